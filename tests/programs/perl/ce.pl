my $x = (;
