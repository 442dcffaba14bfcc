class Solution {
    public double[] pageRank(int[][] links, double damping, int iterations) {
        int count = links.length;
        double[] ranks = new double[count];
        Arrays.fill(ranks, 1.0 / count);
        for (int round = 0; round < iterations; round++) {
            double[] following = new double[count];
            double lost = 0;
            for (int i = 0; i < count; i++) {
                if (links[i].length == 0) lost += ranks[i];
                for (int page : links[i]) following[page] += ranks[i] / links[i].length;
            }
            for (int i = 0; i < count; i++)
                ranks[i] = (1 - damping) / count + damping * (following[i] + lost / count);
        }
        return ranks;
    }
}
