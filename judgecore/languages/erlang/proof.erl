-module(main).
-export([main/0]).

main() ->
    {ok, [N]} = io:fread("", "~d"),
    Xs = [X || {ok, [X]} <- [io:fread("", "~d") || _ <- lists:seq(1, N)]],
    io:format("~b ~b~n", [lists:sum(Xs), lists:sum([X * X || X <- Xs])]).
