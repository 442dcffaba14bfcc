# frozen_string_literal: true
puts "a".frozen?, String.new("b").frozen?
"a" << "b"
