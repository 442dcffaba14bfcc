def adam_update(params, grads, m, v, t, rate):
    m = [0.9 * a + 0.1 * g for a, g in zip(m, grads)]
    v = [0.999 * a + 0.001 * g * g for a, g in zip(v, grads)]
    first = [a for a in m]
    second = [a for a in v]
    params = [p - rate * a / (b**0.5 + 1e-8) for p, a, b in zip(params, first, second)]
    return [params, m, v]
