class Solution {
    public double[][] attention(double[][] queries, double[][] keys, double[][] values) {
        double[][] result = new double[queries.length][values[0].length];
        for (int r = 0; r < queries.length; r++) {
            double[] weights = new double[keys.length];
            double top = Double.NEGATIVE_INFINITY, total = 0;
            for (int i = 0; i < keys.length; i++) {
                for (int d = 0; d < keys[i].length; d++) weights[i] += queries[r][d] * keys[i][d];
                weights[i] /= Math.sqrt(queries[r].length);
                top = Math.max(top, weights[i]);
            }
            for (int i = 0; i < weights.length; i++) total += weights[i] = Math.exp(weights[i] - top);
            for (int i = 0; i < weights.length; i++)
                for (int j = 0; j < values[0].length; j++) result[r][j] += weights[i] * values[i][j] / total;
        }
        return result;
    }
}
