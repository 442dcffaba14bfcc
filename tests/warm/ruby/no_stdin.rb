STDIN.close
puts File.open("/dev/null").fileno
gets
