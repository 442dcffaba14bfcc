function pagerank(links, damping, iterations) {
    const n = links.length, all = links.map((_, page) => page);
    let ranks = Array(n).fill(1 / n);
    for (; iterations > 0; iterations--) {
        const after = Array(n).fill((1 - damping) / n);
        links.forEach((own, page) => {
            const targets = own.length ? own : all;
            for (const target of targets) after[target] += damping * ranks[page] / targets.length;
        });
        ranks = after;
    }
    return ranks;
}
