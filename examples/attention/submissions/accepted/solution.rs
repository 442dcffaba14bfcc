fn attention(queries: Vec<Vec<f64>>, keys: Vec<Vec<f64>>, values: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    queries.iter().map(|q| {
        let dot = |k: &Vec<f64>| k.iter().zip(q).map(|(a, b)| a * b).sum::<f64>() / (q.len() as f64).sqrt();
        let scores: Vec<f64> = keys.iter().map(dot).collect();
        let top = scores.iter().cloned().fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<f64> = scores.iter().map(|s| (s - top).exp()).collect();
        let total: f64 = weights.iter().sum();
        (0..values[0].len()).map(|j| weights.iter().zip(&values).map(|(w, v)| w * v[j]).sum::<f64>() / total).collect()
    }).collect()
}
