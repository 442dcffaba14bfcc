begin
  exit 2
rescue SystemExit => e
  puts e.status, e.success?
end
raise SystemExit.new(9, "message")
