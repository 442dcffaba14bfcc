use std::io::{read_to_string, stdin};

fn main() {
    let text = read_to_string(stdin()).unwrap();
    let mut numbers = text.split_whitespace().map(|word| word.parse::<i64>().unwrap());
    let n = numbers.next().unwrap() as usize;
    let xs: Vec<i64> = numbers.take(n).collect();
    println!("{} {}", xs.iter().sum::<i64>(), xs.iter().map(|x| x * x).sum::<i64>());
}
