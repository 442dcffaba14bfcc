function kmeansStep(points, centroids) {
    const groups = centroids.map(() => []);
    for (const p of points) {
        const far = centroids.map(c => c.reduce((sum, x, d) => sum + (x - p[d]) ** 2, 0));
        groups[far.indexOf(Math.min(...far))].push(p);
    }
    return groups.map((g, c) => g.length ? g[0].map((_, d) => g.reduce((sum, p) => sum + p[d], 0) / g.length) : centroids[c]);
}
