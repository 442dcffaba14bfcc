function attention(queries, keys, values) {
    return queries.map(q => {
        const scores = keys.map(k => k.reduce((sum, x, d) => sum + x * q[d], 0) / Math.sqrt(q.length));
        const top = Math.max(...scores), weights = scores.map(s => Math.exp(s - top));
        const total = weights.reduce((a, b) => a + b);
        return values[0].map((_, j) => weights.reduce((sum, w, i) => sum + w * values[i][j], 0) / total);
    });
}
