begin
  [1].frist
rescue NoMethodError => e
  puts e.detailed_message(highlight: false)
end
foo = { a: 1 }
puts foo.fetch(:a)
nil.upcase + 1
