let let = (;
