vector<vector<int>> beamSearch(vector<double> start, vector<vector<double>> follow, int length, int width) {
    vector<pair<double, vector<int>>> beams;
    for (size_t token = 0; token < start.size(); token++) beams.push_back({start[token], {int(token)}});
    for (int step = 1;; step++) {
        sort(beams.rbegin(), beams.rend());
        if (int(beams.size()) > width) beams.resize(width);
        if (step == length) break;
        vector<pair<double, vector<int>>> longer;
        for (auto &[score, tokens] : beams)
            for (size_t token = 0; token < start.size(); token++) {
                longer.push_back({score + follow[tokens.back()][token], tokens});
                longer.back().second.push_back(token);
            }
        beams = longer;
    }
    vector<vector<int>> result;
    for (auto &beam : beams) result.push_back(beam.second);
    return result;
}
