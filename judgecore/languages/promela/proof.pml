/* Reads digits up to the end of the line; prints their sum and the sum of their squares. */
chan STDIN;

init {
  int c, sum = 0, squares = 0;
  do
  :: STDIN ? c ->
     if
     :: c == '\n' -> break
     :: c >= '0' && c <= '9' -> sum = sum + c - '0'; squares = squares + (c - '0') * (c - '0')
     :: else -> skip
     fi
  od;
  printf("%d %d\n", sum, squares)
}
