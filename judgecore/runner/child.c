/* child.c: from fork to exec; the fork may come before there is a run. */
#define _GNU_SOURCE
#include "runner.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
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

static void enter_group(void) {
    if (group.version == 1 && write(group.run->enter, "0", 1) != 1) child_fails("cgroup-move"); /* "0": itself */
}

_Noreturn static void exec_program(struct run *r, const struct start *s) {
    settle_streams(s, 0);
    execvpe(r->argv[0], r->argv, r->envp);
    child_fails("exec");
}

_Noreturn static void child(struct run *r, uint64_t others, const struct start *s, bool shares) {
    enter_group();
    enter_work(s);
    settle(r, others, s->uid);
    const char *failed = same_uid ? confine(r->writable_box) : NULL;
    if (failed) child_fails(failed);
    if (shares) leave_table(s);
    exec_program(r, s);
}

/* ------------------------------------------------------------------ a child that shares our memory */

/* The child runs in our memory and has our descriptors: there is nothing to copy. Until its exec it writes our
 * memory, even our errno: so either it runs or we do. Its new uid is no way in: nobody else has that uid, and the
 * memory is not dumpable. */
static uint8_t stack[256 << 10] __attribute__((aligned(16)));

struct spawned { struct run *run; const struct start *start; };

static int spawned(void *given) {
    const struct spawned *s = given;
    child(s->run, 0, s->start, true);
}

static pid_t spawn_sharing(struct run *r, const struct start *s) {
    struct spawned given = {r, s};
    if (shares_table()) return clone(spawned, stack + sizeof stack, CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD, &given);
    pid_t pid = vfork();
    if (pid == 0) child(r, 0, s, false);
    return pid;
}

/* One that is made before its run is there, while the host looks at the report of the run before. It waits
 * in the group of the next run, with its uid, and with the limits of the run before, which is most often like
 * it. The kernel sets the word to GONE, and wakes us, when the child has its program's memory, and when it ends. */
enum { GONE, MADE, WAITS, GOES };
static atomic_int word;
static struct { pid_t pid; uid_t uid; struct spawned given; struct spent before; } next;
static struct run like; /* without what is large */

static void wait_while(int value) {
    while (word == value) syscall(SYS_futex, &word, FUTEX_WAIT, value, NULL, NULL, 0);
}

static void say(int value) {
    word = value;
    syscall(SYS_futex, &word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static int made(void *unused) {
    (void)unused;
    enter_group();
    settle(&like, 0, next.uid);
    say(WAITS);
    wait_while(WAITS);
    enter_work(next.given.start);
    leave_table(next.given.start);
    exec_program(next.given.run, next.given.start);
}

/* Nothing of a run is alive. Where there can be none, the next run gets its child as others do. */
void prepare_child(const struct run *before, uid_t uid) {
    if (next.pid || same_uid || group.version == 2 || !shares_table()) return;
    word = MADE;
    memcpy(&like, before, offsetof(struct run, argv));
    next.uid = uid;
    pid_t pid = clone(made, stack + sizeof stack, CLONE_VM | CLONE_FILES | CLONE_CHILD_CLEARTID | SIGCHLD, NULL, NULL, NULL, (pid_t *)&word);
    if (pid < 0) return;
    next.pid = pid;
    wait_while(MADE);
    next.before = (struct spent){cpu_of(pid, 0), delay_of(pid)};
}

/* What waits must not be seen by a run that is another's child. True: there was one, and the group is no longer
 * as new. */
bool drop_child(void) {
    if (!next.pid) return false;
    kill(next.pid, SIGKILL);
    while (waitpid(next.pid, NULL, 0) < 0 && errno == EINTR) {}
    next.pid = 0;
    return true;
}

bool child_waits(const struct run *r) {
    return next.pid && word == WAITS && settled_alike(r, &like);
}

static pid_t release_child(struct run *r, const struct start *s, struct spent *before) {
    pid_t pid = next.pid;
    next.given = (struct spawned){r, s};
    *before = next.before;
    next.pid = 0;
    say(GOES);
    wait_while(GOES);
    return pid;
}

pid_t spawn(struct run *r, const struct start *s, struct spent *before) {
    if (next.pid) return release_child(r, s, before);
    *before = (struct spent){0, 0};
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
        pid = same_uid ? fork() : spawn_sharing(r, s);
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
