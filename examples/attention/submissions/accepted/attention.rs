impl Solution {
    pub fn attention(queries: Vec<Vec<f64>>, keys: Vec<Vec<f64>>, values: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
        queries.iter().map(|query| Self::mixed(query, &keys, &values)).collect()
    }

    fn mixed(query: &[f64], keys: &[Vec<f64>], values: &[Vec<f64>]) -> Vec<f64> {
        let root = (query.len() as f64).sqrt();
        let score = |key: &Vec<f64>| key.iter().zip(query).map(|(k, q)| k * q).sum::<f64>() / root;
        let scores: Vec<f64> = keys.iter().map(score).collect();
        let most = scores.iter().cloned().fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<f64> = scores.iter().map(|score| (score - most).exp()).collect();
        let total: f64 = weights.iter().sum();
        let column = |j: usize| weights.iter().zip(values).map(|(w, row)| w / total * row[j]).sum();
        (0..values[0].len()).map(column).collect()
    }
}
