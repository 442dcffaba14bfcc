at_exit { puts 1 }
at_exit { puts 2; exit 7 }
at_exit { raise "three" }
END { puts 4 }
puts 0
