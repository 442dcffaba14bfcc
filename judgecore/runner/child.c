/* child.c: between fork and exec. Each step has one job; the one that fails is named in the report. */
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

struct shared *shared;

/* ------------------------------------------------------------------ the child, before exec */

_Noreturn static void child_fails(const char *step) {
    snprintf(shared->step, sizeof shared->step, "%s", step);
    shared->step_errno = errno ? errno : EINVAL;
    _exit(127);
}

static rlim_t highest[RLIM_NLIMITS]; /* what the slot was started with: no program may get more */

static void limit(int what, uint64_t wanted, const char *step) {
    rlim_t value = wanted < highest[what] ? wanted : highest[what];
    if (setrlimit((__rlimit_resource_t)what, &(struct rlimit){value, value}) < 0) child_fails(step);
}

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

static void setup_streams(const struct start *s) {
    if (dup2(s->in, 0) < 0 || dup2(s->out, 1) < 0 || dup2(s->err, 2) < 0) child_fails("dup");
    bool called = s->call_in >= 0; /* its ends have high numbers: nothing is overwritten here */
    if (called && (dup2(s->call_in, 3) < 0 || dup2(s->call_out, 4) < 0)) child_fails("dup");
    if (syscall(SYS_close_range, called ? 5u : 3u, ~0u, 0u) < 0 && errno != ENOSYS) child_fails("close-fds");
}

static void setup_limits(const struct run *r, uint64_t others) {
    /* The kernel counts by ticks, up to a third too much on a shared core: our own clock must come first. */
    limit(RLIMIT_CPU, r->cpu_ms / 500 + 5, "rlimit-cpu");
    limit(RLIMIT_FSIZE, r->file, "rlimit-fsize");
    limit(RLIMIT_NOFILE, r->open_files, "rlimit-nofile");
    limit(RLIMIT_NPROC, r->processes + others, "rlimit-nproc");
    limit(RLIMIT_STACK, r->stack, "rlimit-stack");
}

/* A core that the slot may not use says nothing about the program: then it runs anywhere. */
static void setup_core(const struct run *r) {
    if (!r->on_core) return;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(r->core, &one);
    sched_setaffinity(0, sizeof one, &one);
}

static void setup_identity(uid_t uid) {
    /* Without a pid namespace the session is the slot and the group is the run: what the host and
     * the runner kill as a whole. */
    if ((same_pids ? setpgid(0, 0) : setsid()) < 0) child_fails("setsid");
    if (same_uid) return;
    if (setgroups(0, NULL) < 0) child_fails("setgroups");
    if (setresgid(uid, uid, uid) < 0) child_fails("setresgid");
    if (setresuid(uid, uid, uid) < 0) child_fails("setresuid");
}

static void setup_signals(void) {
    sigset_t none;
    sigemptyset(&none);
    signal(SIGPIPE, SIG_DFL);
    if (sigprocmask(SIG_SETMASK, &none, NULL) < 0) child_fails("sigmask");
}

_Noreturn static void child(struct run *r, uint64_t others, const struct start *s) {
    if (group.run.tasks >= 0 && write(group.run.tasks, "0", 1) != 1) child_fails("cgroup-move"); /* "0": itself */
    if (fchdir(s->work) < 0) child_fails("chdir");
    setup_limits(r, others);
    setup_core(r);
    umask(022);
    setup_identity(s->uid);
    setup_signals();
    const char *failed = same_uid ? confine(r->writable_box) : NULL;
    if (failed) child_fails(failed);
    setup_streams(s);
    execvpe(r->argv[0], r->argv, r->envp);
    child_fails("exec");
}

pid_t spawn(struct run *r, const struct usage *a, const struct start *s) {
    pid_t pid;
    uint64_t others = same_uid ? (uint64_t)tasks_of_this_uid() : 0; /* the limit counts them too */
    if (a->v2 >= 0) { /* straight into the run's group; the filter, which hides clone3, comes after */
        struct clone_args args = {.flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (uint64_t)a->v2};
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
