import (
	"math"
	"sort"
)

type path struct {
	score  float64
	states []int
}

func beamSearch(steps [][][]float64, width int) [][]int {
	beam := []path{{0, []int{}}}
	for _, step := range steps {
		found := []path{}
		for _, one := range beam {
			last := 0
			if len(one.states) > 0 {
				last = one.states[len(one.states)-1]
			}
			for state, likelihood := range step[last] {
				if likelihood > 0 {
					states := append(append([]int{}, one.states...), state)
					found = append(found, path{one.score + math.Log(likelihood), states})
				}
			}
		}
		sort.Slice(found, func(i, j int) bool { return found[i].score > found[j].score })
		beam = found[:min(width, len(found))]
	}
	result := [][]int{}
	for _, one := range beam {
		result = append(result, one.states)
	}
	return result
}
