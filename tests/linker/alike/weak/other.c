int found(void) { return 6; }
int which(void) { return 2; }
const char *text = "of another file";
