import "math"

func attention(queries [][]float64, keys [][]float64, values [][]float64) [][]float64 {
	result := [][]float64{}
	for _, query := range queries {
		weights, most, total := make([]float64, len(keys)), math.Inf(-1), 0.0
		for i, key := range keys {
			for j := range key {
				weights[i] += query[j] * key[j]
			}
			weights[i] /= math.Sqrt(float64(len(query)))
			most = math.Max(most, weights[i])
		}
		row := make([]float64, len(values[0]))
		for i := range weights {
			weights[i] = math.Exp(weights[i] - most)
			total += weights[i]
		}
		for i := range weights {
			for j := range row {
				row[j] += weights[i] / total * values[i][j]
			}
		}
		result = append(result, row)
	}
	return result
}
