numbers(Ns) :-
    read_string(user_input, _, Text),
    split_string(Text, " \n", " \n", Words),
    findall(N, (member(W, Words), number_string(N, W)), Ns).

main :-
    numbers([N | Rest]),
    length(Xs, N),
    append(Xs, _, Rest),
    sum_list(Xs, Sum),
    foldl([X, A, B]>>(B is A + X * X), Xs, 0, Squares),
    format("~w ~w~n", [Sum, Squares]).
