/* What warm_program.c and warm_end.c offer: the program's part of a warm interpreter. */
#ifndef JUDGECORE_WARM_PROGRAM_H
#define JUDGECORE_WARM_PROGRAM_H

#include <stdbool.h>

/* In the interpreter that waits: what is there before any program. */
void remember_interpreter(void);

/* Whether that is known, and this version of Python. */
bool interpreter_is_known(void);

/* In a child, after its program: whether Python's own end would do nothing that anybody could see. */
bool nothing_to_see(void);

/* In a child: the program, and its end. Returns the exit code. */
int run_program(int argc, char **argv);

#endif
