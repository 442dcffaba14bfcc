class Solution {
    private record Path(double score, Path before, int state) {
        int[] states(int length) {
            int[] found = new int[length];
            Path at = this;
            while (length-- > 0) {
                found[length] = at.state;
                at = at.before;
            }
            return found;
        }
    }

    public int[][] beamSearch(double[][][] steps, int width) {
        List<Path> beam = List.of(new Path(0, null, 0));
        for (double[][] step : steps) {
            List<Path> found = new ArrayList<>();
            for (Path path : beam)
                for (int state = 0; state < step.length; state++)
                    if (step[path.state][state] > 0)
                        found.add(new Path(path.score + Math.log(step[path.state][state]), path, state));
            found.sort(Comparator.comparingDouble(path -> -path.score));
            beam = found.subList(0, Math.min(width, found.size()));
        }
        return beam.stream().map(path -> path.states(steps.length)).toArray(int[][]::new);
    }
}
