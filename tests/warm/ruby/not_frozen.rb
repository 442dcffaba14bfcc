puts "a".frozen?, :a.to_s.frozen?, "a#{1}".frozen?
puts ("a" << "b")
A = [1].freeze
A << 2
