input := InputTextUser();
n := Int(Chomp(ReadLine(input)));
xs := List(SplitString(Chomp(ReadLine(input)), " "), Int){[1 .. n]};
Print(Sum(xs), " ", Sum(xs, x -> x ^ 2), "\n");
