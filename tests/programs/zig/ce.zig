pub fn main() void { const x: i32 = "text"; _ = x; }
