pub fn main() void { var i: u32 = 0; const p: *volatile u32 = &i; while (true) { p.* +%= 1; } }
