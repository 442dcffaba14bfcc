/* What warm_program.c offers: the program's part of a warm interpreter. */
#ifndef JUDGECORE_WARM_PROGRAM_H
#define JUDGECORE_WARM_PROGRAM_H

#include <stdbool.h>

/* In the interpreter that waits: what is there before any program. */
void remember_interpreter(void);

/* In a child: the program, and its end. Returns the exit code. */
int run_program(int argc, char **argv);

#endif
