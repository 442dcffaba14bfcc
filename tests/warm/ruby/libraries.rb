require "json"
require "set"
require "bigdecimal"
require "bigdecimal/util"
require "socket"
require "time"
require "date"
require "digest"
require "stringio"
require "strscan"
require "ostruct"
require "yaml"
require "zlib"
require "tempfile"
require "open3"
require "prime"
puts JSON.parse("{\"a\": [1, 2.5, null]}"), Set[1, 2].inspect, BigDecimal("0.1") + BigDecimal("0.2"), Date.new(2024, 2, 29) + 1
puts Digest::SHA256.hexdigest("x"), StringIO.new("a").read, { "a" => 1 }.to_yaml, Zlib.crc32("x"), Prime.first(5).inspect
a, b = UNIXSocket.pair
a.puts "through"
puts b.gets
puts Open3.capture2e("echo", "out").first, $LOADED_FEATURES.size
