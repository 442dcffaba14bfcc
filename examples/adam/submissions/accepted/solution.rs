fn adam_update(mut params: Vec<f64>, grads: Vec<f64>, mut m: Vec<f64>, mut v: Vec<f64>, t: i32, rate: f64) -> Vec<Vec<f64>> {
    for (i, g) in grads.iter().enumerate() {
        m[i] = 0.9 * m[i] + 0.1 * g;
        v[i] = 0.999 * v[i] + 0.001 * g * g;
        let (first, second) = (m[i] / (1.0 - 0.9f64.powi(t)), v[i] / (1.0 - 0.999f64.powi(t)));
        params[i] -= rate * first / (second.sqrt() + 1e-8);
    }
    vec![params, m, v]
}
