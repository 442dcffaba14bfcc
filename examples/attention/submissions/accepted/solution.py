import math


def attention(queries, keys, values):
    result = []
    for q in queries:
        scores = [sum(a * b for a, b in zip(q, k)) / math.sqrt(len(q)) for k in keys]
        top = max(scores)
        weights = [math.exp(score - top) for score in scores]
        total = sum(weights)
        result.append([sum(w * v[j] for w, v in zip(weights, values)) / total for j in range(len(values[0]))])
    return result
