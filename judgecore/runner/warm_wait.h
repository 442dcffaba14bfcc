/* What the library in a warm interpreter offers to the part for one interpreter: warm_python.c, warm_ruby.c,
 * warm_php.c, warm_java.c. */
#ifndef JUDGECORE_WARM_WAIT_H
#define JUDGECORE_WARM_WAIT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define WEAK __attribute__((weak))                       /* the process has it, or it does not */
#define INTERPOSED __attribute__((visibility("default"))) /* called in place of the process's own */

typedef int main_function(int argc, char **argv, char **environment);

struct interpreter {
    bool (*is_here)(void); /* in this process, in a version that this was written for */
    unsigned shared_percent; /* of its memory: what its children keep sharing with it, and are not charged for */
    main_function *main;   /* in place of its own; NULL: its own, which calls an interposed function where it waits */
    pid_t (*copy)(void);   /* in place of fork(); NULL: that */
};
extern const struct interpreter python, ruby, php, java;

/* What is to be imported ahead, or empty; the arguments of the process; the last one of them, which names the program. */
extern const char *module_ahead, *program_name;
extern char **arguments;

/* The next definition of an interposed function. */
void *next(const char *name);

/* Whether this is the interpreter, and it has not waited yet. */
bool is_waiting_for(const struct interpreter *i);

/* The same, and it opens its program. */
bool opens_program(const struct interpreter *i, const char *path);

/* Waits, and returns in the child of a run. `fork_one` calls fork_run() and what the interpreter does before and
 * after a fork, and returns 0 in the child; until then it has so many `threads`. */
void wait_for_runs(pid_t (*fork_one)(void), int threads);

/* Forks as fork() does: the child is the runner's, and that of a run. */
pid_t fork_run(void);

#endif
