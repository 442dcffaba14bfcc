class Adam:
    def __init__(
        self, parameters: List[float], rate: float, beta1: float, beta2: float, epsilon: float
    ):
        self.parameters = list(parameters)
        self.rate, self.beta1, self.beta2, self.epsilon = rate, beta1, beta2, epsilon
        self.first = [0.0] * len(parameters)
        self.second = [0.0] * len(parameters)
        self.steps = 0

    def step(self, gradients: List[float]) -> List[float]:
        self.steps += 1
        for i, gradient in enumerate(gradients):
            self.first[i] = self.beta1 * self.first[i] + (1 - self.beta1) * gradient
            self.second[i] = self.beta2 * self.second[i] + (1 - self.beta2) * gradient**2
            first = self.first[i] / (1 - self.beta1**self.steps)
            second = self.second[i] / (1 - self.beta2**self.steps)
            self.parameters[i] -= self.rate * first / (math.sqrt(second) + self.epsilon)

    def moments(self) -> List[List[float]]:
        return [self.first, self.second]
