enum { ACCEPT = 42, REJECT = 43 };
