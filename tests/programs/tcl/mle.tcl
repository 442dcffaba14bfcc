while 1 {lappend hoard [string repeat x 1048576][incr i]}
