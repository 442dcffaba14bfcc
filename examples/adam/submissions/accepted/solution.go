import "math"

func adamUpdate(params []float64, grads []float64, m []float64, v []float64, t int, rate float64) [][]float64 {
	for i, g := range grads {
		m[i] = 0.9*m[i] + 0.1*g
		v[i] = 0.999*v[i] + 0.001*g*g
		first := m[i] / (1 - math.Pow(0.9, float64(t)))
		second := v[i] / (1 - math.Pow(0.999, float64(t)))
		params[i] -= rate * first / (math.Sqrt(second) + 1e-8)
	}
	return [][]float64{params, m, v}
}
