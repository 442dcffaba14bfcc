srand(42)
puts rand, rand(100), [1, 2, 3, 4].shuffle.inspect, Random.new(7).bytes(4).bytes.inspect, Random.new_seed.positive?, Random.rand(1.0).class
puts Random.seed == 42, srand
