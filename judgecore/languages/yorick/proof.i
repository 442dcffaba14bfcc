input = open("/dev/stdin");
n = 0;
read, input, n;
xs = array(long, n);
read, input, xs;
write, format="%ld %ld\n", sum(xs), sum(xs^2);
