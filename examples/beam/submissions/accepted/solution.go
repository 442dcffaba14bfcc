import "sort"

func beamSearch(start []float64, follow [][]float64, length int, width int) [][]int {
	type beam struct {
		score  float64
		tokens []int
	}
	beams := []beam{}
	for token, score := range start {
		beams = append(beams, beam{score, []int{token}})
	}
	for step := 1; ; step++ {
		sort.Slice(beams, func(a, b int) bool { return beams[a].score > beams[b].score })
		if len(beams) > width {
			beams = beams[:width]
		}
		if step == length {
			break
		}
		longer := []beam{}
		for _, one := range beams {
			for token, more := range follow[one.tokens[len(one.tokens)-1]] {
				tokens := append(append([]int{}, one.tokens...), token)
				longer = append(longer, beam{one.score + more, tokens})
			}
		}
		beams = longer
	}
	result := [][]int{}
	for _, one := range beams {
		result = append(result, one.tokens)
	}
	return result
}
