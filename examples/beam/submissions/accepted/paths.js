function beamSearch(steps, width) {
    let beam = [{ score: 0, states: [] }];
    for (const step of steps) {
        beam = beam
            .flatMap(({ score, states }) =>
                step[states.at(-1) ?? 0].map((likelihood, state) => ({
                    score: score + Math.log(likelihood),
                    states: [...states, state],
                })),
            )
            .filter((path) => path.score > -Infinity)
            .sort((a, b) => b.score - a.score)
            .slice(0, width);
    }
    return beam.map((path) => path.states);
}
