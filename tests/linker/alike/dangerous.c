/* The usual linker warns of this function. */
#include <stdio.h>
#include <stdlib.h>

int main(void) { puts(tmpnam(NULL) ? "a name" : "none"); }
