function adamUpdate(params, grads, m, v, t, rate) {
    m = m.map((a, i) => 0.9 * a + 0.1 * grads[i]);
    v = v.map((a, i) => 0.999 * a + 0.001 * grads[i] ** 2);
    params = params.map((p, i) => p - rate * m[i] / (1 - 0.9 ** t) / (Math.sqrt(v[i] / (1 - 0.999 ** t)) + 1e-8));
    return [params, m, v];
}
