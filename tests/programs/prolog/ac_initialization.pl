:- initialization(main).

main :-
    read_string(user_input, _, Text),
    split_string(Text, " ", " \n", Parts),
    foldl([Part, A, B]>>(number_string(N, Part), B is A + N), Parts, 0, Sum),
    writeln(Sum).
