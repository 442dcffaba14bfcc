function line() {
    local text = "", c;
    while ((c = stdin.readn('b')) != '\n') text += c.tochar();
    return text;
}

local n = line().tointeger(), sum = 0, squares = 0;
foreach (word in split(line(), " ").slice(0, n)) {
    local x = word.tointeger();
    sum += x;
    squares += x * x;
}
print(sum + " " + squares + "\n");
