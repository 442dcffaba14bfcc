const steps = [];
class Adam {
    constructor(parameters, rate, beta1, beta2, epsilon) {
        Object.assign(this, { rate, beta1, beta2, epsilon });
        this.parameters = [...parameters];
        this.first = parameters.map(() => 0);
        this.second = parameters.map(() => 0);
    }

    step(gradients) {
        steps.push(this);
        gradients.forEach((gradient, i) => {
            this.first[i] = this.beta1 * this.first[i] + (1 - this.beta1) * gradient;
            this.second[i] = this.beta2 * this.second[i] + (1 - this.beta2) * gradient ** 2;
            const mean = this.first[i] / (1 - this.beta1 ** steps.length);
            const root = Math.sqrt(this.second[i] / (1 - this.beta2 ** steps.length));
            this.parameters[i] -= (this.rate * mean) / (root + this.epsilon);
        });
        return this.parameters;
    }

    moments() {
        return [this.first, this.second];
    }
}
