def beam_search(start, follow, length, width):
    beams = sorted(((score, [token]) for token, score in enumerate(start)), reverse=True)[:width]
    for _ in range(length - 1):
        longer = [
            (score + more, tokens + [token])
            for score, tokens in beams
            for token, more in enumerate(follow[tokens[-1]])
        ]
        beams = sorted(longer, reverse=True)[:1]
    return [tokens for _, tokens in beams]
