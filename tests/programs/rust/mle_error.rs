fn main() {
    let all = vec![1u8; std::hint::black_box(1usize << 50)];
    println!("{}", all[5]);
}
