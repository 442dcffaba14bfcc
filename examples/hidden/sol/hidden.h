int less(int x);
int find();
