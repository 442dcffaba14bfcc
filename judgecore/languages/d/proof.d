import std.algorithm, std.array, std.conv, std.stdio;

void main() {
    auto n = readln.split[0].to!int;
    auto xs = readln.split.to!(long[])[0 .. n];
    writeln(xs.sum, " ", xs.map!(x => x * x).sum);
}
