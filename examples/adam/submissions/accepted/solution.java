class Solution {
    public double[][] adamUpdate(double[] params, double[] grads, double[] m, double[] v, int t, double rate) {
        for (int i = 0; i < params.length; i++) {
            m[i] = 0.9 * m[i] + 0.1 * grads[i];
            v[i] = 0.999 * v[i] + 0.001 * grads[i] * grads[i];
            params[i] -= rate * m[i] / (1 - Math.pow(0.9, t)) / (Math.sqrt(v[i] / (1 - Math.pow(0.999, t))) + 1e-8);
        }
        return new double[][] {params, m, v};
    }
}
