/* warm_php.c: PHP waits where it opens the program, which is after the start of its modules and before that of its
 * request: all that depends on time, streams or chance comes after. It has one thread, and needs nothing around a fork.
 */
#define _GNU_SOURCE
#include "warm_wait.h"

#include <stdio.h>

extern WEAK unsigned php_version_id(void);

static bool is_here(void) {
    return php_version_id && php_version_id() / 100 == 804;
}

INTERPOSED FILE *fopen(const char *path, const char *mode) {
    static FILE *(*own)(const char *, const char *);
    if (!own) own = (FILE * (*)(const char *, const char *)) next("fopen");
    if (opens_program(&php, path)) wait_for_runs(fork_run, 1);
    return own(path, mode);
}

const struct interpreter php = {is_here, 100, NULL, NULL};
