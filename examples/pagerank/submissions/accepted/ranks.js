function pageRank(links, damping, iterations) {
    const count = links.length;
    let ranks = new Array(count).fill(1 / count);
    for (let round = 0; round < iterations; round++) {
        const lost = ranks.reduce((sum, rank, i) => (links[i].length ? sum : sum + rank), 0);
        const following = new Array(count).fill((1 - damping + damping * lost) / count);
        links.forEach((out, i) => {
            for (const page of out) following[page] += (damping * ranks[i]) / out.length;
        });
        ranks = following;
    }
    return ranks;
}
