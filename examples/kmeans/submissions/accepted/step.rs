fn kmeans_step(points: Vec<Vec<f64>>, centroids: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let mut sums = vec![vec![0.0; centroids[0].len()]; centroids.len()];
    let mut counts = vec![0.0; centroids.len()];
    for p in &points {
        let far: Vec<f64> = centroids.iter().map(|c| c.iter().zip(p).map(|(a, b)| (a - b) * (a - b)).sum()).collect();
        let mut best = 0;
        for c in 1..far.len() { if far[c] < far[best] { best = c } }
        counts[best] += 1.0;
        for (sum, x) in sums[best].iter_mut().zip(p) { *sum += x }
    }
    for (c, sum) in sums.iter_mut().enumerate() {
        if counts[c] == 0.0 { *sum = centroids[c].clone() } else { for x in sum.iter_mut() { *x /= counts[c] } }
    }
    sums
}
