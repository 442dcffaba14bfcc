class Solution {
    public double[][] kmeansStep(double[][] points, double[][] centroids) {
        double[][] sums = new double[centroids.length][centroids[0].length];
        int[] counts = new int[centroids.length];
        for (double[] point : points) {
            int nearest = 0;
            for (int i = 1; i < centroids.length; i++)
                if (distance(point, centroids[i]) < distance(point, centroids[nearest])) nearest = i;
            counts[nearest]++;
            for (int j = 0; j < point.length; j++) sums[nearest][j] += point[j];
        }
        for (int i = 0; i < sums.length; i++)
            for (int j = 0; j < sums[i].length; j++)
                sums[i][j] = counts[i] == 0 ? centroids[i][j] : sums[i][j] / counts[i];
        return sums;
    }

    private double distance(double[] a, double[] b) {
        double sum = 0;
        for (int j = 0; j < a.length; j++) sum += (a[j] - b[j]) * (a[j] - b[j]);
        return sum;
    }
}
