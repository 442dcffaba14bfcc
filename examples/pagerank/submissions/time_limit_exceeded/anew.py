class Solution:
    def page_rank(self, links: List[List[int]], damping: float, iterations: int) -> List[float]:
        return [self._rank(links, page, damping, iterations) for page in range(len(links))]

    def _rank(self, links, page, damping, iterations):
        count = len(links)
        if iterations == 0:
            return 1 / count
        given = sum(
            self._rank(links, other, damping, iterations - 1) / (len(out) or count)
            for other, out in enumerate(links)
            if not out or page in out
        )
        return (1 - damping) / count + damping * given
