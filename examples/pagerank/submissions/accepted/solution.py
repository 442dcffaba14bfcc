def pagerank(links, damping, iterations):
    n = len(links)
    ranks = [1 / n] * n
    for _ in range(iterations):
        after = [(1 - damping) / n] * n
        for page, targets in enumerate(links):
            targets = targets or range(n)
            for target in targets:
                after[target] += damping * ranks[page] / len(targets)
        ranks = after
    return ranks
