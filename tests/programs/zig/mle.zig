const std = @import("std");
pub fn main() !void { while (true) { const more = try std.heap.page_allocator.alloc(u8, 1 << 20); @memset(more, 1); std.mem.doNotOptimizeAway(more.ptr); } }
