puts 2**1000, 10**40 / 3, -7 / 2, -7 % 3, 1e100.to_i, 0.1 + 0.2, 1r / 3, Complex(1, 2)**2, 100.digits.inspect, Integer.sqrt(10**30), 255.to_s(2), "0x1f".hex, 3.7.floor, 1_000.to_s.rjust(8, "."), format("%05.2f|%-5s|%+d", 3.14159, "a", 5)
puts (1..20).inject(:*), 5.pow(117, 19), 1.0 / 0, -1 ** 2
1 / 0
