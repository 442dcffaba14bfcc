[n, ...rest] = (require \fs).readFileSync(0, \utf8).trim!.split(/\s+/).map Number
xs = rest.slice 0, n
total = (f) -> xs.reduce ((a, x) -> a + f x), 0
console.log (total -> it), (total -> it * it)
