class Solution:
    def page_rank(self, links: List[List[int]], damping: float, iterations: int) -> List[float]:
        count = len(links)
        ranks = [1 / count] * count
        for _ in range(iterations):
            lost = sum(rank for rank, out in zip(ranks, links) if not out)
            following = [(1 - damping) / count + damping * lost / count] * count
            for rank, out in zip(ranks, links):
                for page in out:
                    following[page] += damping * rank / len(out)
            ranks = following
        return ranks
