hoard = []
loop hoard.push new Array(65536).fill(hoard.length + 0.5)
