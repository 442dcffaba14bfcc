class Solution:
    def beam_search(self, steps: List[List[List[float]]], width: int) -> List[List[int]]:
        beam = [(0.0, [])]
        for step in steps:
            found = []
            for score, path in beam:
                for state, likelihood in enumerate(step[path[-1] if path else 0]):
                    if likelihood > 0:
                        found.append((score + math.log(likelihood), path + [state]))
            beam = sorted(found, reverse=True)[:width]
        return [path for _, path in sorted(beam)]
