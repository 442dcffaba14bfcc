numbers <- scan(file("stdin"), quiet = TRUE)
xs <- numbers[-1][seq_len(numbers[1])]
cat(sum(xs), sum(xs^2), "\n")
