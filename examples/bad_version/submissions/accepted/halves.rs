impl Solution {
    pub fn first_bad_version(n: i32) -> i32 {
        let (mut low, mut high) = (1, n);
        while low < high {
            let middle = low + (high - low) / 2;
            if is_bad_version(middle) {
                high = middle
            } else {
                low = middle + 1
            }
        }
        low
    }
}
