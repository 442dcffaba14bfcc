class Solution {
public:
    vector<vector<double>> kmeansStep(vector<vector<double>>& points, vector<vector<double>>& centroids) {
        size_t width = centroids[0].size();
        vector<vector<double>> sums(centroids.size(), vector<double>(width));
        vector<int> counts(centroids.size());
        for (auto& point : points) {
            size_t nearest = 0;
            double least = INFINITY;
            for (size_t i = 0; i < centroids.size(); i++) {
                double distance = 0;
                for (size_t j = 0; j < width; j++) distance += pow(point[j] - centroids[i][j], 2);
                if (distance < least) least = distance, nearest = i;
            }
            counts[nearest]++;
            for (size_t j = 0; j < width; j++) sums[nearest][j] += point[j];
        }
        for (size_t i = 0; i < sums.size(); i++)
            for (size_t j = 0; j < width; j++)
                sums[i][j] = counts[i] ? sums[i][j] / counts[i] : centroids[i][j];
        return sums;
    }
};
