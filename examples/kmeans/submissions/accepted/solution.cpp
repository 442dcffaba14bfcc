vector<vector<double>> kmeansStep(vector<vector<double>> points, vector<vector<double>> centroids) {
    size_t k = centroids.size(), dims = centroids[0].size();
    vector<vector<double>> sums(k, vector<double>(dims));
    vector<int> counts(k);
    for (auto &p : points) {
        size_t best = 0;
        double least = INFINITY;
        for (size_t c = 0; c < k; c++) {
            double far = 0;
            for (size_t d = 0; d < dims; d++) far += (p[d] - centroids[c][d]) * (p[d] - centroids[c][d]);
            if (far < least) least = far, best = c;
        }
        counts[best]++;
        for (size_t d = 0; d < dims; d++) sums[best][d] += p[d];
    }
    for (size_t c = 0; c < k; c++)
        for (size_t d = 0; d < dims; d++) sums[c][d] = counts[c] ? sums[c][d] / counts[c] : centroids[c][d];
    return sums;
}
