func pageRank(links [][]int, damping float64, iterations int) []float64 {
	count := float64(len(links))
	ranks := make([]float64, len(links))
	for i := range ranks {
		ranks[i] = 1 / count
	}
	for ; iterations > 0; iterations-- {
		following, lost := make([]float64, len(links)), 0.0
		for i, out := range links {
			if len(out) == 0 {
				lost += ranks[i]
			}
			for _, page := range out {
				following[page] += ranks[i] / float64(len(out))
			}
		}
		for i, rank := range following {
			ranks[i] = (1-damping)/count + damping*(rank+lost/count)
		}
	}
	return ranks
}
