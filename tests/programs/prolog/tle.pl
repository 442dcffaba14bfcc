main :- main.
