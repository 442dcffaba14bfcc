class Solution:
    def kmeans_step(
        self, points: List[List[float]], centroids: List[List[float]]
    ) -> List[List[float]]:
        clusters = [[] for _ in centroids]
        for point in points:
            distances = [math.dist(point, centroid) for centroid in centroids]
            clusters[distances.index(min(distances))].append(point)
        return [
            [sum(point[j] for point in cluster) / len(cluster) for j in range(len(centroid))]
            for cluster, centroid in zip(clusters, centroids)
        ]
