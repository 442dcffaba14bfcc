function beamSearch(start, follow, length, width) {
    const best = beams => beams.sort((a, b) => b[0] - a[0]).slice(0, width);
    let beams = best(start.map((score, token) => [score, [token]]));
    for (let step = 1; step < length; step++)
        beams = best(beams.flatMap(([score, tokens]) => follow[tokens.at(-1)].map((more, token) => [score + more, [...tokens, token]])));
    return beams.map(([, tokens]) => tokens);
}
