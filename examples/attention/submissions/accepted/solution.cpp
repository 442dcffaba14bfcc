vector<vector<double>> attention(vector<vector<double>> queries, vector<vector<double>> keys, vector<vector<double>> values) {
    vector<vector<double>> result;
    for (auto &q : queries) {
        vector<double> weights;
        for (auto &k : keys) weights.push_back(inner_product(q.begin(), q.end(), k.begin(), 0.0) / sqrt(q.size()));
        double top = *max_element(weights.begin(), weights.end()), total = 0;
        for (double &w : weights) total += w = exp(w - top);
        vector<double> row(values[0].size());
        for (size_t i = 0; i < weights.size(); i++)
            for (size_t j = 0; j < row.size(); j++) row[j] += weights[i] * values[i][j] / total;
        result.push_back(row);
    }
    return result;
}
