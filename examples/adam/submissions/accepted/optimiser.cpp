class Adam {
    vector<double> parameters, first, second;
    double rate, beta1, beta2, epsilon;
    int steps = 0;

public:
    Adam(vector<double>& parameters, double rate, double beta1, double beta2, double epsilon)
        : parameters(parameters), first(parameters.size()), second(parameters.size()), rate(rate),
          beta1(beta1), beta2(beta2), epsilon(epsilon) {}

    vector<double> step(vector<double>& gradients) {
        steps++;
        for (size_t i = 0; i < gradients.size(); i++) {
            first[i] += (1 - beta1) * (gradients[i] - first[i]);
            second[i] += (1 - beta2) * (gradients[i] * gradients[i] - second[i]);
            double root = sqrt(second[i] / (1 - pow(beta2, steps)));
            parameters[i] -= rate * first[i] / (1 - pow(beta1, steps)) / (root + epsilon);
        }
        return parameters;
    }

    vector<vector<double>> moments() { return {first, second}; }
};
