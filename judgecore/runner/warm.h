/* What the runner and a warm interpreter say to each other (warm.c, warm_wait.c). */
#ifndef JUDGECORE_WARM_H
#define JUDGECORE_WARM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { WARM_CONTROL = 3, WARM_SHARED, WARM_LIBRARY_FD, WARM_FDS }; /* the interpreter's descriptors */
enum { GO, WORK, IN, OUT, ERR, ALWAYS }; /* those that come with each request */
enum { GROUP = ALWAYS, CALL_IN, CALL_OUT, PASSED }; /* and with some; what is missing takes no place */
#define WARM_PRELOAD "LD_PRELOAD=/proc/self/fd/5" /* WARM_LIBRARY_FD; a variable of its environment */

struct warm_request { /* fork, for this run; the first one of all holds `called` and `module` alone */
    uint64_t cpu_ms, file, open_files, processes, stack, core;
    uid_t uid;
    uint8_t on_core, moves, called;
    char module[32]; /* to import ahead; or empty */
};

struct warm_answer {
    pid_t pid;      /* of the interpreter itself, where it has started; then of each child */
    uint64_t bytes; /* of the memory that a child has from it without being charged for it */
};

/* warm_library.c: the library that an interpreter is started with; 0 bytes where there is none */
extern const uint8_t warm_library[], warm_library_end[];
size_t warm_library_size(void);

#endif
