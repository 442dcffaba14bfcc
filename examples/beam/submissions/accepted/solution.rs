fn beam_search(start: Vec<f64>, follow: Vec<Vec<f64>>, length: i32, width: i32) -> Vec<Vec<i32>> {
    let mut beams: Vec<(f64, Vec<i32>)> = start.iter().enumerate().map(|(token, score)| (*score, vec![token as i32])).collect();
    for step in 1.. {
        beams.sort_by(|a, b| b.0.partial_cmp(&a.0).unwrap());
        beams.truncate(width as usize);
        if step == length { break }
        let mut longer = Vec::new();
        for (score, tokens) in &beams {
            for (token, more) in follow[*tokens.last().unwrap() as usize].iter().enumerate() {
                let mut tokens = tokens.clone();
                tokens.push(token as i32);
                longer.push((score + more, tokens));
            }
        }
        beams = longer;
    }
    beams.into_iter().map(|(_, tokens)| tokens).collect()
}
