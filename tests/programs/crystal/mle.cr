hoard = [] of Array(Int32)
loop { hoard << Array.new(1 << 18, 1) }
