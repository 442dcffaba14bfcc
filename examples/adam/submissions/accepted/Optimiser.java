class Adam {
    private final double[] parameters, first, second;
    private final double rate, beta1, beta2, epsilon;
    private int steps;

    public Adam(double[] parameters, double rate, double beta1, double beta2, double epsilon) {
        this.parameters = parameters.clone();
        this.first = new double[parameters.length];
        this.second = new double[parameters.length];
        this.rate = rate;
        this.beta1 = beta1;
        this.beta2 = beta2;
        this.epsilon = epsilon;
    }

    public double[] step(double[] gradients) {
        steps++;
        for (int i = 0; i < gradients.length; i++) {
            first[i] = beta1 * first[i] + (1 - beta1) * gradients[i];
            second[i] = beta2 * second[i] + (1 - beta2) * gradients[i] * gradients[i];
            double mean = first[i] / (1 - Math.pow(beta1, steps));
            double root = Math.sqrt(second[i] / (1 - Math.pow(beta2, steps)));
            parameters[i] -= rate * mean / (root + epsilon);
        }
        return parameters;
    }

    public double[][] moments() {
        return new double[][] {first, second};
    }
}
