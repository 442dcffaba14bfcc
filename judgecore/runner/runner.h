/* Shared between runner.c and setup.c. */
#ifndef JUDGECORE_RUNNER_H
#define JUDGECORE_RUNNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROTOCOL 1
#define BOX "/box"

struct memory {          /* files of one v1 memory group */
    int limit, peak, usage, stat, oom, procs;
};

struct cgroup {          /* what the host gave this slot for exact figures; fds are -1 if absent */
    int version;         /* 0 none, 1, 2 */
    struct memory run;     /* v1: the runner lives here, and so do the programs it tests */
    struct memory compile; /* v1: compilers move here, with the file pages that they leave behind */
    int oom;             /* no group of our own: the container's, for its OOM kills */
    int cpu;             /* v1 cpuacct.usage */
    int dir;             /* v2: the slot's directory, in which a "run" group is made per run */
};

struct options {
    const char *socket, *memory_dir, *cpu_dir;
    bool stdio, namespaces, enter;
    int fd, core;
    uint64_t box_bytes, tmp_bytes, inodes;
};

/* setup.c */
void open_cgroup(struct cgroup *cg, const struct options *opt);
void enter_namespaces(const struct options *opt);
void drop_rights(void);
void install_filter(void);

/* runner.c */
_Noreturn void die(const char *step);

#endif
