class Solution {
    record Beam(double score, List<Integer> tokens) {}

    public List<List<Integer>> beamSearch(double[] start, double[][] follow, int length, int width) {
        List<Beam> beams = new ArrayList<>();
        for (int token = 0; token < start.length; token++) beams.add(new Beam(start[token], List.of(token)));
        for (int step = 1;; step++) {
            beams = beams.stream().sorted((a, b) -> Double.compare(b.score, a.score)).limit(width).toList();
            if (step == length) return beams.stream().map(Beam::tokens).toList();
            List<Beam> longer = new ArrayList<>();
            for (Beam beam : beams)
                for (int token = 0; token < start.length; token++) {
                    List<Integer> tokens = new ArrayList<>(beam.tokens);
                    double more = follow[tokens.get(tokens.size() - 1)][token];
                    tokens.add(token);
                    longer.add(new Beam(beam.score + more, tokens));
                }
            beams = longer;
        }
    }
}
