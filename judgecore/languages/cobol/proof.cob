identification division.
program-id. totals.
data division.
working-storage section.
01 line-in pic x(80).
01 n pic 9(4).
01 x pic s9(9).
01 total pic s9(9) value 0.
01 squares pic s9(9) value 0.
01 shown pic -(8)9.
01 where-at pic 9(4) value 1.
01 word pic x(12).
procedure division.
    accept line-in
    move function numval(line-in) to n
    accept line-in
    perform n times
        unstring line-in delimited by all spaces into word with pointer where-at
        compute x = function numval(word)
        add x to total
        compute squares = squares + x * x
    end-perform
    move total to shown
    display function trim(shown) " " with no advancing
    move squares to shown
    display function trim(shown)
    stop run.
