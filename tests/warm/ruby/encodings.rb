puts __ENCODING__, Encoding.default_external, Encoding.default_internal.inspect, Encoding.find("locale"), Encoding.find("filesystem")
puts $stdin.external_encoding.inspect, $stdout.external_encoding.inspect, "é".bytes.inspect, "éß".upcase, "é".encode("ISO-8859-1").bytes.inspect
puts ARGV.inspect, "\xff".valid_encoding?
"\xff" =~ /x/
