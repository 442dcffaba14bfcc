/* child.c: from fork to exec. */
#define _GNU_SOURCE
#include "runner.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Once, in the runner: what no program gets of what a service manager gave the worker, and how much
 * of the rest there is. */
void lower_limits(void) {
    static const __rlimit_resource_t none[] = {RLIMIT_RTPRIO, RLIMIT_NICE, RLIMIT_MSGQUEUE};
    for (size_t i = 0; i < COUNT(none); i++)
        if (setrlimit(none[i], &(struct rlimit){0, 0}) < 0) die("rlimits");
    for (int what = 0; what < RLIM_NLIMITS; what++) {
        struct rlimit now;
        if (getrlimit((__rlimit_resource_t)what, &now) < 0) die("rlimits");
        highest[what] = now.rlim_max;
    }
}

/* Before Linux 5.9 a child cannot leave a shared table of descriptors for a part of it. */
static bool shares_table(void) {
    static int known = -1;
    if (known < 0) known = syscall(SYS_close_range, ~0u, ~0u, CLOSE_RANGE_UNSHARE) == 0;
    return known;
}

/* A table of its own with what the run needs, and nothing of all that the runner has open. */
static void leave_table(const struct start *s) {
    int needed[] = {s->in, s->out, s->err, s->call_in, s->call_out}, most = 0;
    for (size_t i = 0; i < COUNT(needed); i++)
        if (needed[i] > most) most = needed[i];
    for (int i = 0; i < s->further_count; i++)
        if (s->further[i] > most) most = s->further[i];
    if (syscall(SYS_close_range, (unsigned)most + 1, ~0u, CLOSE_RANGE_UNSHARE) < 0) child_fails("own-fds");
}

_Noreturn static void child(struct run *r, uint64_t others, const struct start *s, bool shares) {
    if (group.version == 1 && write(group.run->enter, "0", 1) != 1) child_fails("cgroup-move"); /* "0": itself */
    settle(r, others, s);
    const char *failed = same_uid ? confine(r->writable_box) : NULL;
    if (failed) child_fails(failed);
    if (shares) leave_table(s);
    settle_streams(s, 0);
    execvpe(r->argv[0], r->argv, r->envp);
    child_fails("exec");
}

struct spawned { struct run *run; uint64_t others; const struct start *start; };

static int spawned(void *given) {
    const struct spawned *s = given;
    child(s->run, s->others, s->start, true);
}

/* The child runs in our memory and has our descriptors: there is nothing to copy, and we have nothing to do
 * until the exec. Until then it writes our memory, so it may only call what leaves it as it is. Its new
 * uid is no way in: nobody else has that uid, and the memory is not dumpable. */
static pid_t spawn_sharing(struct run *r, uint64_t others, const struct start *s) {
    static uint8_t stack[256 << 10] __attribute__((aligned(16)));
    struct spawned given = {r, others, s};
    if (shares_table()) return clone(spawned, stack + sizeof stack, CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD, &given);
    pid_t pid = vfork();
    if (pid == 0) child(r, others, s, false);
    return pid;
}

pid_t spawn(struct run *r, const struct start *s) {
    pid_t pid;
    uint64_t others = same_uid ? (uint64_t)tasks_of_this_uid() : 0; /* the limit counts them too */
    if (group.version == 2) { /* straight into the run's group; the filter, which hides clone3, comes after */
        struct clone_args args = {.flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (uint64_t)group.run->enter};
        cpu_set_t cores;
        bool known = sched_getaffinity(0, sizeof cores, &cores) == 0;
        pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);
        /* Another group may have other cores: the kernel then forgets the runner's for the child. */
        if (pid == 0 && known && sched_setaffinity(0, sizeof cores, &cores) < 0) child_fails("core");
        if (pid == 0) install_filter();
    } else {
        pid = same_uid ? fork() : spawn_sharing(r, others, s);
        if (pid == 0 && same_uid && !same_pids) install_filter(); /* the runner itself must mount */
    }
    if (pid < 0) die("fork");
    if (pid == 0) child(r, others, s, false);
    if (same_pids) setpgid(pid, pid), run_group = pid; /* here too: it may have to die before it gets there */
    return pid;
}

/* Bytes that the loader would map for an executable beneath the box; 0 when it is no such. */
uint64_t image_bytes(const char *path) {
    int fd = strncmp(path, "./", 2) ? -1 : openat(box_fd, path + 2, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    Elf64_Ehdr head;
    uint64_t total = 0;
    bool elf = fd >= 0 && pread(fd, &head, sizeof head, 0) == sizeof head &&
               !memcmp(head.e_ident, ELFMAG, SELFMAG) && head.e_ident[EI_CLASS] == ELFCLASS64;
    for (unsigned i = 0; elf && i < head.e_phnum; i++) {
        Elf64_Phdr part;
        if (pread(fd, &part, sizeof part, (off_t)(head.e_phoff + i * sizeof part)) != sizeof part) break;
        if (part.p_type == PT_LOAD && __builtin_add_overflow(total, part.p_memsz, &total)) total = INT64_MAX;
    }
    if (fd >= 0) close(fd);
    return total > INT64_MAX ? INT64_MAX : total;
}
