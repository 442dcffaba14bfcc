class Solution {
    public double[][] attention(double[][] queries, double[][] keys, double[][] values) {
        return Arrays.stream(queries).map(query -> mixed(query, keys, values)).toArray(double[][]::new);
    }

    private double[] mixed(double[] query, double[][] keys, double[][] values) {
        double[] weights = new double[keys.length];
        double most = Double.NEGATIVE_INFINITY, total = 0;
        for (int i = 0; i < keys.length; i++) {
            for (int j = 0; j < query.length; j++) weights[i] += query[j] * keys[i][j];
            weights[i] /= Math.sqrt(query.length);
            most = Math.max(most, weights[i]);
        }
        for (int i = 0; i < keys.length; i++) total += weights[i] = Math.exp(weights[i] - most);
        double[] row = new double[values[0].length];
        for (int i = 0; i < keys.length; i++)
            for (int j = 0; j < row.length; j++) row[j] += weights[i] / total * values[i][j];
        return row;
    }
}
