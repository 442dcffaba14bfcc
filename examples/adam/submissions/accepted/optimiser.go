import "math"

type Adam struct {
	parameters, first, second             []float64
	rate, beta1, beta2, epsilon, of1, of2 float64
}

func Constructor(parameters []float64, rate float64, beta1 float64, beta2 float64, epsilon float64) Adam {
	count := len(parameters)
	return Adam{parameters, make([]float64, count), make([]float64, count), rate, beta1, beta2, epsilon, 1, 1}
}

func (this *Adam) Step(gradients []float64) []float64 {
	this.of1 *= this.beta1
	this.of2 *= this.beta2
	for i, gradient := range gradients {
		this.first[i] = this.beta1*this.first[i] + (1-this.beta1)*gradient
		this.second[i] = this.beta2*this.second[i] + (1-this.beta2)*gradient*gradient
		root := math.Sqrt(this.second[i] / (1 - this.of2))
		this.parameters[i] -= this.rate * this.first[i] / (1 - this.of1) / (root + this.epsilon)
	}
	return append([]float64{}, this.parameters...)
}

func (this *Adam) Moments() [][]float64 {
	return [][]float64{append([]float64{}, this.first...), append([]float64{}, this.second...)}
}
