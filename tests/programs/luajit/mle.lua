hoard = {}
while true do hoard[#hoard + 1] = string.rep('x', 1048576) .. #hoard end
