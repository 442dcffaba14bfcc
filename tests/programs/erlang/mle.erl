-module(main).
-export([main/0]).
main() -> hoard([]).
hoard(L) -> hoard([lists:seq(1, 10000) | L]).
