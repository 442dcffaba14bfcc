my $n = get.Int;
my @xs = get.words.head($n)».Int;
say @xs.sum, ' ', @xs.map(* ** 2).sum;
