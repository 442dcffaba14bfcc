using System;
using System.Linq;

class Program {
    static void Main() {
        int n = int.Parse(Console.ReadLine());
        var xs = Console.ReadLine().Split(' ').Take(n).Select(long.Parse).ToArray();
        Console.WriteLine($"{xs.Sum()} {xs.Sum(x => x * x)}");
    }
}
