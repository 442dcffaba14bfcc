S S S S N
T	N
T	T	S S S T	N
T	N
T	T	S S S S N
T	T	T	S S S T	N
T	T	T	T	S S S T	N
S T	S S S S N
T	T	T	S S S T	N
T	T	T	T	S S N
T	N
S T	N
N
N
