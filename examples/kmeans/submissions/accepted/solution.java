class Solution {
    public double[][] kmeansStep(double[][] points, double[][] centroids) {
        int dims = centroids[0].length;
        double[][] sums = new double[centroids.length][dims];
        int[] counts = new int[centroids.length];
        for (double[] p : points) {
            int best = 0;
            double least = Double.POSITIVE_INFINITY;
            for (int c = 0; c < centroids.length; c++) {
                double far = 0;
                for (int d = 0; d < dims; d++) far += (p[d] - centroids[c][d]) * (p[d] - centroids[c][d]);
                if (far < least) { least = far; best = c; }
            }
            counts[best]++;
            for (int d = 0; d < dims; d++) sums[best][d] += p[d];
        }
        for (int c = 0; c < centroids.length; c++)
            for (int d = 0; d < dims; d++) sums[c][d] = counts[c] > 0 ? sums[c][d] / counts[c] : centroids[c][d];
        return sums;
    }
}
