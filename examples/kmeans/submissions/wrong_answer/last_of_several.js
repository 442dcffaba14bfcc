function kmeansStep(points, centroids) {
    const clusters = centroids.map(() => []);
    for (const point of points) {
        const distances = centroids.map((one) => Math.hypot(...one.map((x, j) => x - point[j])));
        clusters[distances.lastIndexOf(Math.min(...distances))].push(point);
    }
    return clusters.map((cluster, i) =>
        cluster.length === 0
            ? centroids[i]
            : centroids[i].map((_, j) => cluster.reduce((sum, p) => sum + p[j], 0) / cluster.length),
    );
}
