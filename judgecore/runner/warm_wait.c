/* warm_wait.c: what the runner loads into an interpreter, so that it starts, waits, and forks for each run.
 *
 * The interpreter starts as it does by itself, with the arguments and the environment of the run to
 * come, up to the point where it would read the program. There it waits. For every run it forks; the
 * child becomes that of a run, by the same code as any other (settle.c), and goes on from that point.
 * So a program can see nothing of this in the interpreter: no module, no frame, no argument. The
 * waiting process never runs a line of it; until it waits, it could not even open it (warm.c).
 *
 * How an interpreter is brought to wait there differs: warm_python.c, warm_ruby.c, warm_php.c,
 * warm_java.c. A process that is none of these is left alone: the shell that starts one.
 *
 * Rights. The process has a uid of its own, and of the runner's rights those two that a change of
 * uid takes. The child gives them up before it opens the program. Nobody can trace or read it.
 *
 * The child is forked by a process that ends at once, so that it becomes the runner's own child. It
 * waits until the runner has put it into the control group of the run (v2), or lets it go there by
 * itself (v1): for a process that moves itself the kernel need not wait for any other.
 *
 * The library needs no header and no version of an interpreter or of libc.
 */
#define _GNU_SOURCE
#include "runner.h"
#include "warm.h"
#include "warm_wait.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define HIGH_FD 200 /* above all that an interpreter opens while it starts */

static const struct interpreter *const known[] = {&python, &ruby, &php, &java};
static const struct interpreter *here, *waiting; /* until it waits; from then on */
static main_function *own_main;
static struct warm_request request;
static int passed[PASSED], control_fd;
static unsigned first_free; /* descriptor: those below are the interpreter's own */
char **arguments;
const char *module_ahead, *program_name;

void *next(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (!found) abort();
    return found;
}

/* ------------------------------------------------------------------ the child */

static void drop_capabilities(void) {
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}}, now[2];
    if (syscall(SYS_capset, &head, none) < 0 || syscall(SYS_capget, &head, now) < 0) child_fails("caps");
    if (memcmp(now, none, sizeof now)) errno = EPERM, child_fails("caps");
}

/* What one run does to an open file, the next one would see if they shared it: its position, its locks. So each
 * has files of its own. What is no file of a directory, stays as it is. */
static void open_files_anew(void) {
    char path[32];
    struct stat s;
    for (int fd = 3; fd < (int)first_free; fd++) {
        if (fstat(fd, &s) < 0 || !S_ISREG(s.st_mode) || !s.st_nlink) continue;
        int flags = fcntl(fd, F_GETFD);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        int own = open(path, O_RDONLY | O_CLOEXEC);
        if (own < 0 || dup3(own, fd, flags & FD_CLOEXEC ? O_CLOEXEC : 0) < 0 || close(own) < 0) child_fails("reopen");
    }
}

static void become_a_run(void) {
    static struct run r;
    const struct warm_request *q = &request;
    struct sigaction on_pipe;
    const int *calls = passed + ALWAYS + q->moves;
    struct start s = {.uid = q->uid, .work = passed[WORK], .in = passed[IN], .out = passed[OUT], .err = passed[ERR],
                      .call_in = q->called ? calls[0] : -1, .call_out = q->called ? calls[1] : -1};
    char go;
    if (read(passed[GO], &go, 1) != 1) _exit(127); /* the runner gave it up */
    if (q->moves && write(passed[GROUP], "0", 1) != 1) child_fails("cgroup-move"); /* "0": itself */
    r = (struct run){.cpu_ms = q->cpu_ms, .file = q->file, .open_files = q->open_files, .processes = q->processes,
                     .stack = q->stack, .core = q->core, .on_core = q->on_core};
    if (sigaction(SIGPIPE, NULL, &on_pipe) < 0) child_fails("signals");
    enter_work(&s);
    settle(&r, 0, s.uid);
    drop_capabilities();
    sigaction(SIGPIPE, &on_pipe, NULL); /* as the interpreter has set it */
    settle_streams(&s, first_free);
    if (prctl(PR_SET_DUMPABLE, 1) < 0) child_fails("dumpable"); /* as after exec: its own memory is its own */
    open_files_anew();
}

/* True in the child. vfork() copies nothing, so the process between costs next to nothing; it ends
 * before its number is told, so the child is the runner's by then. */
static bool fork_away(volatile pid_t *child) {
    static pid_t (*copy)(void);
    if (!copy) copy = waiting->copy ? waiting->copy : (pid_t (*)(void))next("fork");
    int status;
    *child = -1;
    pid_t between = vfork();
    if (between == 0) {
        pid_t pid = copy();
        if (pid == 0) return true;
        *child = pid;
        _exit(0);
    }
    if (between < 0 || waitpid(between, &status, 0) != between || *child < 0) _exit(1);
    return false;
}

pid_t fork_run(void) {
    volatile pid_t child;
    if (!fork_away(&child)) return child;
    become_a_run();
    return 0;
}

/* ------------------------------------------------------------------ the interpreter that waits */

static long number_in(const char *path, const char *key) {
    char text[4096], *at;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0) close(fd);
    text[n < 0 ? 0 : n] = 0;
    return (at = strstr(text, key)) ? strtol(at + strlen(key), NULL, 10) : -1;
}

/* Memory that a child would share with us and with all other children: what one writes, the next one reads.
 * What is only read stays: files of the C library. What has no name any more may be made writable. */
static unsigned shared_mappings(void) {
    char text[4096], line[256];
    size_t used = 0;
    unsigned found = 0;
    int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    if (fd < 0) _exit(1);
    for (ssize_t n; (n = read(fd, text, sizeof text)) > 0;) {
        for (ssize_t i = 0; i < n; i++) {
            if (text[i] != '\n') {
                if (used < sizeof line - 1) line[used++] = text[i];
                continue;
            }
            line[used] = 0, used = 0;
            const char *rights = strchr(line, ' ');
            found += rights && rights[4] == 's' && (rights[2] == 'w' || strstr(rights, " (deleted)"));
        }
    }
    close(fd);
    return found;
}

/* The number of descriptors that came with a request. */
static int receive(void) {
    union { struct cmsghdr head; char space[CMSG_SPACE(PASSED * sizeof(int))]; } control;
    struct iovec iov = {&request, sizeof request};
    struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    ssize_t n;
    while ((n = recvmsg(control_fd, &m, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) {}
    if (n != sizeof request || (m.msg_flags & (MSG_CTRUNC | MSG_TRUNC))) _exit(0); /* the runner is gone, or done with us */
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    int count = c ? (int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int)) : 0;
    if (count) memcpy(passed, CMSG_DATA(c), (size_t)count * sizeof(int));
    return count;
}

static void answer(pid_t pid, uint64_t bytes) {
    struct warm_answer a = {pid, bytes};
    if (send(control_fd, &a, sizeof a, MSG_NOSIGNAL) != sizeof a) _exit(0);
}

bool is_waiting_for(const struct interpreter *i) {
    return here == i;
}

bool opens_program(const struct interpreter *i, const char *path) {
    return here == i && path && !strcmp(path, program_name);
}

void wait_for_runs(pid_t (*fork_one)(void), int threads) {
    bool called = request.called; /* so descriptors 3 and 4 are taken already */
    unsigned percent = here->shared_percent;
    int unused = dup(control_fd);
    waiting = here, here = NULL;
    if (unused < 0 || close(unused) < 0 || chdir("/") < 0 || number_in("/proc/self/status", "\nThreads:") != threads) _exit(1);
    if (shared_mappings() != 1) _exit(1); /* `shared` itself */
    first_free = (unsigned)unused;
    /* A child is charged for what it copies alone; the rest is added, so that a limit means what it means without us. */
    answer(getpid(), (uint64_t)number_in("/proc/self/status", "\nRssAnon:") * 1024 * percent / 100);
    for (;;) {
        int count = receive();
        if (count != ALWAYS + request.moves + 2 * request.called || request.called != called) _exit(1);
        pid_t pid = fork_one();
        if (pid == 0) break;
        for (int i = 0; i < count; i++) close(passed[i]);
        answer(pid, 0);
    }
    munmap(shared, sizeof *shared);
}

/* ------------------------------------------------------------------ how it starts */

/* The variable by which this library was loaded: the others move up, in the block that they lie in. */
static void forget_preload(char **environment) {
    const size_t size = sizeof WARM_PRELOAD;
    size_t at = 0, n = 0;
    while (environment[n]) n++;
    while (at < n && strcmp(environment[at], WARM_PRELOAD)) at++;
    if (at == n) _exit(1);
    char *hole = environment[at], *end = environment[n - 1] + strlen(environment[n - 1]) + 1;
    memmove(hole, hole + size, (size_t)(end - hole) - size);
    memset(end - size, 0, size);
    for (; at + 1 < n; at++) environment[at] = environment[at + 1] - size;
    environment[n - 1] = NULL;
}

static void begin(int argc, char **argv, char **environment) {
    static char module[sizeof request.module];
    prctl(PR_SET_DUMPABLE, 0);
    arguments = argv;
    program_name = argv[argc - 1];
    forget_preload(environment);
    close(WARM_LIBRARY_FD);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, WARM_SHARED, 0);
    control_fd = fcntl(WARM_CONTROL, F_DUPFD_CLOEXEC, HIGH_FD);
    if (shared == MAP_FAILED || control_fd < 0) _exit(1);
    receive();
    if (!request.called) close(WARM_CONTROL), close(WARM_SHARED);
    memcpy(module, request.module, sizeof module - 1);
    module_ahead = module;
    for (int what = 0; what < RLIM_NLIMITS; what++) {
        struct rlimit now = {0, 0};
        if (what != RLIMIT_CORE && getrlimit((__rlimit_resource_t)what, &now) < 0) _exit(1); /* no program may ask for that one */
        highest[what] = now.rlim_max;
    }
}

static int held_main(int argc, char **argv, char **environment) {
    begin(argc, argv, environment);
    return (here->main ? here->main : own_main)(argc, argv, environment);
}

typedef int start_function(main_function *, int, char **, void (*)(void), void (*)(void), void (*)(void), void *);

INTERPOSED int __libc_start_main(main_function *, int, char **, void (*)(void), void (*)(void), void (*)(void), void *);

int __libc_start_main(main_function *own, int argc, char **argv, void (*init)(void), void (*fini)(void),
                      void (*unload)(void), void *stack) {
    start_function *start = (start_function *)next("__libc_start_main");
    own_main = own;
    for (size_t i = 0; i < COUNT(known) && !here; i++)
        if (known[i]->is_here()) here = known[i];
    return start(here ? held_main : own, argc, argv, init, fini, unload, stack);
}
