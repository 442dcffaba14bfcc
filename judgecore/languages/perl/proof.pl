use strict;
use warnings;

my $n = <STDIN>;
my @xs = (split ' ', <STDIN>)[0 .. $n - 1];
my ($sum, $squares) = (0, 0);
for my $x (@xs) {
    $sum += $x;
    $squares += $x * $x;
}
print "$sum $squares\n";
