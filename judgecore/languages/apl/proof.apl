n ← ⍎⍞
line ← ⍞
line[('-'=line)/⍳⍴line] ← '¯'
xs ← n ↑ ⍎line
⎕ ← (+/xs) , +/xs*2
