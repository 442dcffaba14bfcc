main :- hoard([]).
hoard(L) :- numlist(1, 10000, N), hoard([N | L]).
