def kmeans_step(points, centroids):
    groups = [[] for _ in centroids]
    for point in points:
        far = [sum((a - b) ** 2 for a, b in zip(point, c)) for c in centroids]
        groups[far.index(min(far))].append(point)
    return [
        [sum(column) / len(group) for column in zip(*group)] if group else list(centroids[c])
        for c, group in enumerate(groups)
    ]
