class Solution {
public:
    vector<vector<double>> attention(vector<vector<double>>& queries, vector<vector<double>>& keys,
                                     vector<vector<double>>& values) {
        vector<vector<double>> result;
        for (auto& query : queries) {
            vector<double> weights;
            for (auto& key : keys)
                weights.push_back(inner_product(query.begin(), query.end(), key.begin(), 0.0) /
                                  sqrt((double)query.size()));
            double most = *max_element(weights.begin(), weights.end()), total = 0;
            for (auto& weight : weights) total += weight = exp(weight - most);
            vector<double> row(values[0].size());
            for (size_t i = 0; i < values.size(); i++)
                for (size_t j = 0; j < row.size(); j++) row[j] += weights[i] / total * values[i][j];
            result.push_back(row);
        }
        return result;
    }
};
