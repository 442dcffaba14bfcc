require "securerandom"
require "tempfile"
puts rand, Random.rand, Random.new.rand, Random.new_seed, Random.seed, Random.bytes(8).inspect, SecureRandom.hex, SecureRandom.uuid, [*1..50].shuffle.inspect, [*1..1000].sample(5).inspect, srand, Random.urandom(8).inspect, Tempfile.new.path
