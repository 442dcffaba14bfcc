import "math"

func attention(queries [][]float64, keys [][]float64, values [][]float64) [][]float64 {
	result := [][]float64{}
	for _, q := range queries {
		weights, top, total := make([]float64, len(keys)), math.Inf(-1), 0.0
		for i, k := range keys {
			for d := range k {
				weights[i] += q[d] * k[d]
			}
			weights[i] /= math.Sqrt(float64(len(q)))
			top = math.Max(top, weights[i])
		}
		row := make([]float64, len(values[0]))
		for i := range weights {
			weights[i] = math.Exp(weights[i] - top)
			total += weights[i]
		}
		for i, w := range weights {
			for j := range row {
				row[j] += w * values[i][j] / total
			}
		}
		result = append(result, row)
	}
	return result
}
