// A panic that is caught, and one that is not.
use std::collections::HashMap;

fn main() {
    let counts: HashMap<_, _> = "abca".chars().map(|c| (c, c as u32)).collect();
    println!("{} {:?}", counts.len(), std::panic::catch_unwind(|| panic!("caught")).is_err());
    std::thread::spawn(|| println!("thread")).join().unwrap();
    let none: Option<i32> = None;
    println!("{}", none.expect("nothing"));
}
