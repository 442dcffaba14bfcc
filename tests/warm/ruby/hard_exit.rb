at_exit { puts "never" }
$stdout.write("kept?")
exit! 4
