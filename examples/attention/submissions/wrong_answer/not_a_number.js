function attention(queries, keys, values) {
    return queries.map((query) => {
        const scores = keys.map(
            (key) => key.reduce((sum, k, j) => sum + k * query[j], 0) / Math.sqrt(query.length),
        );
        const weights = scores.map((score) => Math.exp(score));
        const total = weights.reduce((a, b) => a + b);
        return values[0].map((_, j) =>
            weights.reduce((sum, weight, i) => sum + (weight / total) * values[i][j], 0),
        );
    });
}
