func distance(a, b []float64) (sum float64) {
	for j := range a {
		sum += (a[j] - b[j]) * (a[j] - b[j])
	}
	return
}

func kmeansStep(points [][]float64, centroids [][]float64) [][]float64 {
	result, counts := make([][]float64, len(centroids)), make([]float64, len(centroids))
	for i := range result {
		result[i] = make([]float64, len(centroids[i]))
	}
	for _, point := range points {
		nearest, unused := 0, 0
		for i := range centroids {
			if distance(point, centroids[i]) < distance(point, centroids[nearest]) {
				nearest = i
			}
		}
		counts[nearest]++
		for j := range point {
			result[nearest][j] += point[j]
		}
	}
	for i := range result {
		if counts[i] == 0 {
			result[i] = centroids[i]
			continue
		}
		for j := range result[i] {
			result[i][j] /= counts[i]
		}
	}
	return result
}
