const std = @import("std");

pub fn main() !void {
    var buffer: [4096]u8 = undefined;
    const length = try std.io.getStdIn().readAll(&buffer);
    var words = std.mem.tokenizeAny(u8, buffer[0..length], " \n");
    var left = try std.fmt.parseInt(usize, words.next().?, 10);
    var sum: i64 = 0;
    var squares: i64 = 0;
    while (left > 0) : (left -= 1) {
        const x = try std.fmt.parseInt(i64, words.next().?, 10);
        sum += x;
        squares += x * x;
    }
    try std.io.getStdOut().writer().print("{d} {d}\n", .{ sum, squares });
}
