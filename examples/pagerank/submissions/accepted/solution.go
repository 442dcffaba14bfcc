func pagerank(links [][]int, damping float64, iterations int) []float64 {
	n := len(links)
	all, ranks := make([]int, n), make([]float64, n)
	for page := range all {
		all[page], ranks[page] = page, 1/float64(n)
	}
	for ; iterations > 0; iterations-- {
		after := make([]float64, n)
		for page := range after {
			after[page] = (1 - damping) / float64(n)
		}
		for page, targets := range links {
			if len(targets) == 0 {
				targets = all
			}
			for _, target := range targets {
				after[target] += damping * ranks[page] / float64(len(targets))
			}
		}
		ranks = after
	}
	return ranks
}
