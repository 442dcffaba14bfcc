:- initialization(main).

main :-
    read_integer(N),
    total(N, 0, 0).

total(0, Sum, Squares) :-
    write(Sum), write(' '), write(Squares), nl.
total(N, Sum, Squares) :-
    N > 0,
    read_integer(X),
    M is N - 1,
    Sum1 is Sum + X,
    Squares1 is Squares + X * X,
    total(M, Sum1, Squares1).
