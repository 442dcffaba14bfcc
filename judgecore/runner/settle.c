/* settle.c: what makes a process that the runner, or a warm interpreter, has forked that of a run: its
 * limits, its uid, its streams. Each step has one job; the one that fails is named in the report. */
#define _GNU_SOURCE
#include "runner.h"

#include <errno.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct shared *shared;
rlim_t highest[RLIM_NLIMITS]; /* what the slot was started with: no program may get more */

_Noreturn void child_fails(const char *step) {
    snprintf(shared->step, sizeof shared->step, "%s", step);
    shared->step_errno = errno ? errno : EINVAL;
    _exit(127);
}

static void limit(int what, uint64_t wanted, const char *step) {
    rlim_t value = wanted < highest[what] ? wanted : highest[what];
    if (setrlimit((__rlimit_resource_t)what, &(struct rlimit){value, value}) < 0) child_fails(step);
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
    if (getgroups(0, NULL) && setgroups(0, NULL) < 0) child_fails("setgroups"); /* as a rule the runner has none */
    if (setresgid(uid, uid, uid) < 0) child_fails("setresgid");
    if (setresuid(uid, uid, uid) < 0) child_fails("setresuid");
}

static void setup_signals(void) {
    sigset_t none;
    sigemptyset(&none);
    signal(SIGPIPE, SIG_DFL);
    if (sigprocmask(SIG_SETMASK, &none, NULL) < 0) child_fails("sigmask");
}

void settle(const struct run *r, uint64_t others, uid_t uid) {
    setup_limits(r, others);
    setup_core(r);
    umask(022);
    setup_identity(uid);
    setup_signals();
}

/* Whether what was settled for one run is so for the other. */
bool settled_alike(const struct run *a, const struct run *b) {
    return a->cpu_ms == b->cpu_ms && a->file == b->file && a->open_files == b->open_files &&
           a->processes == b->processes && a->stack == b->stack && a->on_core == b->on_core && a->core == b->core;
}

void enter_work(const struct start *s) {
    if (fchdir(s->work) < 0) child_fails("chdir");
}

static void close_from(unsigned first, unsigned last) {
    if (syscall(SYS_close_range, first, last, 0u) < 0 && errno != ENOSYS) child_fails("close-fds");
}

/* Descriptors below `own` stay open: those of an interpreter that has started already. */
void settle_streams(const struct start *s, unsigned own) {
    if (dup2(s->in, 0) < 0 || dup2(s->out, 1) < 0 || dup2(s->err, 2) < 0) child_fails("dup");
    bool called = s->call_in >= 0; /* its ends have high numbers: nothing is overwritten here */
    if (called && (dup2(s->call_in, 3) < 0 || dup2(s->call_out, 4) < 0)) child_fails("dup");
    for (int i = 0; i < s->further_count; i++)
        if (dup2(s->further[i], FURTHER + i) < 0) child_fails("dup");
    if (s->further_count) close_from(3, FURTHER - 1);
    unsigned first = called || s->further_count ? FURTHER + (unsigned)s->further_count : 3;
    close_from(first > own ? first : own, ~0u);
}
