func kmeansStep(points [][]float64, centroids [][]float64) [][]float64 {
	dims := len(centroids[0])
	sums, counts := make([][]float64, len(centroids)), make([]float64, len(centroids))
	for c := range sums {
		sums[c] = make([]float64, dims)
	}
	for _, p := range points {
		best, least := 0, -1.0
		for c := range centroids {
			far := 0.0
			for d := range p {
				far += (p[d] - centroids[c][d]) * (p[d] - centroids[c][d])
			}
			if least < 0 || far < least {
				best, least = c, far
			}
		}
		counts[best]++
		for d := range p {
			sums[best][d] += p[d]
		}
	}
	for c := range sums {
		for d := range sums[c] {
			if counts[c] > 0 {
				sums[c][d] /= counts[c]
			} else {
				sums[c][d] = centroids[c][d]
			}
		}
	}
	return sums
}
