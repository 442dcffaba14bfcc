let numbers = map(split(join(readfile('/dev/stdin'), ' ')), 'str2nr(v:val)')
let xs = numbers[1 : numbers[0]]
let sum = 0
let squares = 0
for x in xs
  let sum += x
  let squares += x * x
endfor
call writefile([sum .. ' ' .. squares], '/dev/stdout')
quit
