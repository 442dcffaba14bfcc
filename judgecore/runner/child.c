/* child.c: from fork to exec. */
#define _GNU_SOURCE
#include "runner.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
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

_Noreturn static void child(struct run *r, uint64_t others, const struct start *s) {
    if (group.version == 1 && write(group.run->enter, "0", 1) != 1) child_fails("cgroup-move"); /* "0": itself */
    settle(r, others, s);
    const char *failed = same_uid ? confine(r->writable_box) : NULL;
    if (failed) child_fails(failed);
    settle_streams(s, 0);
    execvpe(r->argv[0], r->argv, r->envp);
    child_fails("exec");
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
        /* vfork: nothing to copy, and the runner has nothing to do until the exec. Until then the
         * child writes our memory, so it may only call what leaves it as it is. Its new uid is no
         * way in: nobody else has that uid, and the memory is not dumpable. */
        pid = same_uid ? fork() : vfork();
        if (pid == 0 && same_uid && !same_pids) install_filter(); /* the runner itself must mount */
    }
    if (pid < 0) die("fork");
    if (pid == 0) child(r, others, s);
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
