puts "aé"
puts "broken: \xE9".inspect
puts "a\u0000b".size
