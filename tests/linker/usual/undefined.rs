extern "C" {
    fn nowhere() -> i32;
}

fn main() {
    println!("{}", unsafe { nowhere() });
}
