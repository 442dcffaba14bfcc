class Solution {
public:
    vector<vector<int>> beamSearch(vector<vector<vector<double>>>& steps, int width) {
        vector<pair<double, vector<int>>> beam = {{0, {}}};
        for (auto& step : steps) {
            vector<pair<double, vector<int>>> found;
            for (auto& [score, path] : beam) {
                auto& row = step[path.empty() ? 0 : path.back()];
                for (size_t state = 0; state < row.size(); state++) {
                    if (row[state] <= 0) continue;
                    found.emplace_back(score + log(row[state]), path);
                    found.back().second.push_back(state);
                }
            }
            sort(found.rbegin(), found.rend());
            if ((int)found.size() > width) found.resize(width);
            beam = found;
        }
        vector<vector<int>> result;
        for (auto& [score, path] : beam) result.push_back(path);
        return result;
    }
};
