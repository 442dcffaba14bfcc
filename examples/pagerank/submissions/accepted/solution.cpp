vector<double> pagerank(vector<vector<int>> links, double damping, int iterations) {
    int n = links.size();
    vector<int> all(n);
    iota(all.begin(), all.end(), 0);
    vector<double> ranks(n, 1.0 / n);
    while (iterations--) {
        vector<double> after(n, (1 - damping) / n);
        for (int page = 0; page < n; page++) {
            auto &targets = links[page].empty() ? all : links[page];
            for (int target : targets) after[target] += damping * ranks[page] / targets.size();
        }
        ranks = after;
    }
    return ranks;
}
