local n = io.read("n")
local sum, squares = 0, 0
for _ = 1, n do
  local x = io.read("n")
  sum = sum + x
  squares = squares + x * x
end
print(string.format("%d %d", sum, squares))
