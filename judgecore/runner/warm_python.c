/* warm_python.c: what the runner loads into CPython, so that it starts, waits, and forks for each run.
 *
 * It takes the place of the interpreter's main(). Python starts as it does by itself, with the
 * arguments and the environment of the run to come, up to the point where it would open the
 * program. There it waits. For every run it forks; the child becomes that of a run, by the same
 * code as any other (settle.c), and goes on from that point. So a program can see nothing of this in
 * the interpreter: no module, no frame, no argument. The waiting process never runs a line of it.
 *
 * Rights. The process has a uid of its own, and of the runner's rights those two that a change of
 * uid takes. The child gives them up before it opens the program. Nobody can trace or read it.
 *
 * The child is forked by a process that ends at once, so that it becomes the runner's own child. It
 * waits until the runner has put it into the control group of the run (v2), or lets it go there by
 * itself (v1): for a process that moves itself the kernel need not wait for any other.
 *
 * The library needs no header and no version of Python or of libc: what it uses has been there,
 * unchanged, since Python 3.8.
 */
#define _GNU_SOURCE
#include "runner.h"
#include "warm.h"
#include "warm_cpython.h"
#include "warm_program.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <pthread.h>
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

/* ------------------------------------------------------------------ starting Python */

static _Alignas(64) char config[16384]; /* a PyConfig, whose size differs from version to version */

static bool start_python(int argc, char **argv) {
    if (!Py_RunMain || !PyConfig_SetBytesArgv || !PyOS_AfterFork_Child) return false;
    PyConfig_InitPythonConfig(config);
    bool failed = PyStatus_Exception(PyConfig_SetBytesArgv(config, argc, argv)) ||
                  PyStatus_Exception(Py_InitializeFromConfig(config));
    PyConfig_Clear(config);
    return !failed;
}

static bool import(const char *name) {
    object *module = *name ? PyImport_ImportModule(name) : NULL;
    if (module) Py_DecRef(module);
    return module || !*name;
}

/* The generator of numpy that all share was seeded when `numpy.random` was imported, which numpy 2 does at its first use. */
static void seed_numpy(void) {
    object *modules = PySys_GetObject("modules"), *module = PyDict_GetItemString(modules, "numpy.random"), *done = NULL;
    if (!module) return;
    done = PyObject_CallMethod(module, "seed", NULL);
    if (!done) errno = EIO, child_fails("seed");
    Py_DecRef(done);
}

/* ------------------------------------------------------------------ the child */

static void drop_capabilities(void) {
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}}, now[2];
    if (syscall(SYS_capset, &head, none) < 0 || syscall(SYS_capget, &head, now) < 0) child_fails("caps");
    if (memcmp(now, none, sizeof now)) errno = EPERM, child_fails("caps");
}

/* Of threads to come: the C library has it from the limit that the interpreter started with. */
static void set_thread_stacks(uint64_t stack) {
    pthread_attr_t attributes;
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), size = stack < 16384 ? 16384 : (stack + page - 1) / page * page;
    errno = EINVAL;
    if (pthread_attr_init(&attributes) || pthread_attr_setstacksize(&attributes, size) ||
        pthread_setattr_default_np(&attributes))
        child_fails("thread-stacks");
    pthread_attr_destroy(&attributes);
}

static void become_a_run(const struct warm_request *q, const int *fds) {
    static struct run r;
    struct sigaction on_pipe;
    const int *calls = fds + ALWAYS + q->moves;
    struct start s = {.uid = q->uid, .work = fds[WORK], .in = fds[IN], .out = fds[OUT], .err = fds[ERR],
                      .call_in = q->called ? calls[0] : -1, .call_out = q->called ? calls[1] : -1};
    char go;
    if (read(fds[GO], &go, 1) != 1) _exit(127); /* the runner gave it up */
    if (q->moves && write(fds[GROUP], "0", 1) != 1) child_fails("cgroup-move"); /* "0": itself */
    r = (struct run){.cpu_ms = q->cpu_ms, .file = q->file, .open_files = q->open_files, .processes = q->processes,
                     .stack = q->stack, .core = q->core, .on_core = q->on_core};
    if (sigaction(SIGPIPE, NULL, &on_pipe) < 0) child_fails("signals");
    settle(&r, 0, &s);
    drop_capabilities();
    sigaction(SIGPIPE, &on_pipe, NULL); /* as Python has set it */
    settle_streams(&s);
    set_thread_stacks(q->stack);
    if (prctl(PR_SET_DUMPABLE, 1) < 0) child_fails("dumpable"); /* as after exec: its own memory is its own */
    PyOS_AfterFork_Child();
    seed_numpy();
    munmap(shared, sizeof *shared);
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

static int receive(struct warm_request *q, int *fds) {
    union { struct cmsghdr head; char space[CMSG_SPACE(PASSED * sizeof(int))]; } control;
    struct iovec iov = {q, sizeof *q};
    struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    ssize_t n;
    while ((n = recvmsg(WARM_CONTROL, &m, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) {}
    if (n != sizeof *q || (m.msg_flags & (MSG_CTRUNC | MSG_TRUNC))) _exit(0); /* the runner is gone, or done with us */
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    int count = c ? (int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int)) : 0;
    if (count) memcpy(fds, CMSG_DATA(c), (size_t)count * sizeof(int));
    return count;
}

static void answer(pid_t pid, uint64_t bytes) {
    struct warm_answer a = {pid, bytes};
    if (send(WARM_CONTROL, &a, sizeof a, MSG_NOSIGNAL) != sizeof a) _exit(0);
}

/* True in the child. vfork() copies nothing, so the process between costs next to nothing; it ends
 * before its number is told, so the child is the runner's by then. */
static bool fork_away(volatile pid_t *child) {
    int status;
    *child = -1;
    pid_t between = vfork();
    if (between == 0) {
        pid_t pid = fork();
        if (pid == 0) return true;
        *child = pid;
        _exit(0);
    }
    if (between < 0 || waitpid(between, &status, 0) != between) *child = -1;
    return false;
}

/* Returns in the child of a run; ends with the runner's end of the socket. */
static void wait_for_runs(void) {
    for (;;) {
        struct warm_request q;
        int fds[PASSED];
        volatile pid_t child;
        int count = receive(&q, fds);
        if (count != ALWAYS + q.moves + 2 * q.called) _exit(1);
        PyOS_BeforeFork();
        if (fork_away(&child)) {
            become_a_run(&q, fds);
            return;
        }
        PyOS_AfterFork_Parent();
        for (int i = 0; i < count; i++) close(fds[i]);
        answer(child, 0);
    }
}

static void begin(char **environment) {
    size_t n = 0;
    prctl(PR_SET_DUMPABLE, 0);
    while (environment[n]) n++;
    if (!n || strcmp(environment[n - 1], WARM_PRELOAD)) _exit(1);
    memset(environment[n - 1], 0, sizeof WARM_PRELOAD - 1);
    environment[n - 1] = NULL;
    close(WARM_LIBRARY_FD);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, WARM_SHARED, 0);
    if (shared == MAP_FAILED) _exit(1);
    close(WARM_SHARED);
    for (int what = 0; what < RLIM_NLIMITS; what++) {
        struct rlimit now = {0, 0};
        if (what != RLIMIT_CORE && getrlimit((__rlimit_resource_t)what, &now) < 0) _exit(1); /* no program may ask for that one */
        highest[what] = now.rlim_max;
    }
}

static int main_of_python(int argc, char **argv, char **environment) {
    static struct warm_request first;
    begin(environment);
    receive(&first, (int[PASSED]){0});
    if (!start_python(argc, argv) || !import(first.module)) return 1;
    remember_interpreter();
    if (chdir("/") < 0 || number_in("/proc/self/status", "\nThreads:") != 1) return 1;
    /* A child is charged for what it copies, which is half of it and more at the least; the other half
     * has to be added, so that a limit means what it means without us. */
    answer(getpid(), (uint64_t)number_in("/proc/self/status", "\nRssAnon:") * 1024 / 2);
    wait_for_runs();
    return run_program(argc, argv);
}

typedef int main_function(int, char **, char **);
typedef int start_function(main_function *, int, char **, void (*)(void), void (*)(void), void (*)(void), void *);

__attribute__((visibility("default"))) int __libc_start_main(main_function *, int, char **, void (*)(void), void (*)(void), void (*)(void), void *);

int __libc_start_main(main_function *own, int argc, char **argv, void (*init)(void), void (*fini)(void),
                      void (*unload)(void), void *stack) {
    start_function *start = (start_function *)dlsym(RTLD_NEXT, "__libc_start_main");
    (void)own;
    return start ? start(main_of_python, argc, argv, init, fini, unload, stack) : 1;
}
