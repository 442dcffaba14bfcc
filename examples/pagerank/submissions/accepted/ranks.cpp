class Solution {
public:
    vector<double> pageRank(vector<vector<int>>& links, double damping, int iterations) {
        size_t count = links.size();
        vector<double> ranks(count, 1.0 / count);
        while (iterations--) {
            double lost = 0;
            vector<double> following(count);
            for (size_t i = 0; i < count; i++) {
                if (links[i].empty()) lost += ranks[i];
                for (int page : links[i]) following[page] += ranks[i] / links[i].size();
            }
            for (auto& rank : following) rank = (1 - damping) / count + damping * (rank + lost / count);
            ranks = following;
        }
        return ranks;
    }
};
