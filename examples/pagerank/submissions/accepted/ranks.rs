fn page_rank(links: Vec<Vec<i32>>, damping: f64, iterations: i32) -> Vec<f64> {
    let n = links.len();
    let all: Vec<i32> = (0..n as i32).collect();
    let mut ranks = vec![1.0 / n as f64; n];
    for _ in 0..iterations {
        let mut after = vec![(1.0 - damping) / n as f64; n];
        for (page, own) in links.iter().enumerate() {
            let targets = if own.is_empty() { &all } else { own };
            for &target in targets { after[target as usize] += damping * ranks[page] / targets.len() as f64 }
        }
        ranks = after;
    }
    ranks
}
