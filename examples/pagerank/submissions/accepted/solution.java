class Solution {
    public double[] pagerank(int[][] links, double damping, int iterations) {
        int n = links.length;
        int[] all = IntStream.range(0, n).toArray();
        double[] ranks = new double[n];
        Arrays.fill(ranks, 1.0 / n);
        while (iterations-- > 0) {
            double[] after = new double[n];
            Arrays.fill(after, (1 - damping) / n);
            for (int page = 0; page < n; page++) {
                int[] targets = links[page].length == 0 ? all : links[page];
                for (int target : targets) after[target] += damping * ranks[page] / targets.length;
            }
            ranks = after;
        }
        return ranks;
    }
}
