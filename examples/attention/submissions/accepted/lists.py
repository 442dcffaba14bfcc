class Solution:
    def attention(
        self, queries: List[List[float]], keys: List[List[float]], values: List[List[float]]
    ) -> List[List[float]]:
        return [self._mixed(query, keys, values) for query in queries]

    def _mixed(self, query, keys, values):
        scores = [sum(q * k for q, k in zip(query, key)) / math.sqrt(len(query)) for key in keys]
        most = max(scores)
        weights = [math.exp(score - most) for score in scores]
        total = sum(weights)
        return [sum(w * v for w, v in zip(weights, column)) / total for column in zip(*values)]
