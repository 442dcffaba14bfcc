so fs
very text is plz fs.readFileSync with 0 'utf8'
very numbers is text.trim().split(/\s+/).map(Number)
very sum is 0
very squares is 0
much very i as 1 next i smaller numbers[0] + 1 next i more 1
    sum more numbers[i]
    squares more numbers[i] * numbers[i]
wow
plz console.loge with sum squares
