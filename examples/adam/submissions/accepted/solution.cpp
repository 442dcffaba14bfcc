vector<vector<double>> adamUpdate(vector<double> params, vector<double> grads, vector<double> m, vector<double> v, int t, double rate) {
    for (size_t i = 0; i < params.size(); i++) {
        m[i] = 0.9 * m[i] + 0.1 * grads[i];
        v[i] = 0.999 * v[i] + 0.001 * grads[i] * grads[i];
        params[i] -= rate * m[i] / (1 - pow(0.9, t)) / (sqrt(v[i] / (1 - pow(0.999, t))) + 1e-8);
    }
    return {params, m, v};
}
