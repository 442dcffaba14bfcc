/* warm.c: interpreters that have started and wait, and fork for each run (warm_wait.c).
 *
 * An interpreter serves the runs of one command line, one environment, one working directory and one
 * limit on the stack: so all that it found when it started is what it would find now. It is started
 * while no program runs, when /tmp holds nothing that a program wrote; and it reads nothing from there
 * afterwards.
 *
 * It has rights that no program may have. Should it not come to wait, as one that the library cannot
 * be loaded into, it would go on to the program. So the working directory is closed to it while it
 * starts, and what has not come to wait is killed before that ends.
 *
 * Who is whose child. The runner waits for everything that a run leaves, until it has no child: the
 * interpreter must not be one. So there is a keeper between, which the runner has forked as a child of
 * the kind that wait() does not see (one that signals no end), and which does nothing but wait. The
 * children of the interpreter lose their parent and become the runner's.
 *
 * Everything that runs has the uid of the run, and by it is killed at the end: keepers and
 * interpreters have another one.
 *
 * Any failure ends the interpreter, and the program is started as others are.
 */
#define _GNU_SOURCE
#include "runner.h"
#include "warm.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
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

#define MOST_WARM 6 /* Python, Ruby and PHP have five commands, compilers included; with numpy six; the JVM has any number */
#define MOST_RUNS 1000
#define MOST_AGE_US 600000000ll
#define MOST_FAILURES 3
#define START_MS 20000
#define FORK_MS 2000
#define LEAST_OWN (4u << 20)     /* of memory that a run may use beside what it has from the interpreter */
#define HIGH_FD 16

static struct warm {
    char *key;
    size_t key_size;
    pid_t keeper, pid;
    int control;
    uint64_t bytes;
    long long began_us, used_us;
    unsigned runs;
    bool failed; /* to start: there is none, and none is tried until the entry is removed */
} warm[MOST_WARM];
static int failures, library_fd = -1;
int shared_fd = -1;

/* ------------------------------------------------------------------ ending one */

static void reap_orphan(pid_t pid) {
    for (int i = 0; i < 1000 && waitpid(pid, NULL, WNOHANG) == 0; i++) usleep(1000);
}

static void stop_warm(struct warm *w) {
    if (w->control >= 0) close(w->control);
    if (w->keeper > 0) {
        kill(w->keeper, SIGKILL);
        kill(-w->keeper, SIGKILL); /* all that it has started; it waits to be reaped, so the number is still its own */
        waitpid(w->keeper, NULL, __WALL);
        while (waitpid(-w->keeper, NULL, 0) > 0) {} /* what has lost its parent by that is ours */
    }
    w->control = w->keeper = -1;
    count_own_sockets();
}

static void end_warm(struct warm *w) {
    stop_warm(w);
    free(w->key);
    *w = (struct warm){.control = -1, .keeper = -1};
}

bool any_warm(void) {
    for (int i = 0; i < MOST_WARM; i++)
        if (warm[i].key && !warm[i].failed) return true;
    return false;
}

/* Between two submissions: so that hash seeds and addresses do not stay for ever. */
void renew_warm(void) {
    for (int i = 0; i < MOST_WARM; i++)
        if (warm[i].key && (warm[i].runs >= MOST_RUNS || now_us() - warm[i].began_us > MOST_AGE_US)) end_warm(&warm[i]);
}

/* ------------------------------------------------------------------ the keeper, and exec */

static int set_capabilities(uint32_t mask) {
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct set[2] = {{mask, mask, mask}, {0, 0, 0}};
    return (int)syscall(SYS_capset, &head, set);
}

#define RIGHTS (1u << CAP_SETUID | 1u << CAP_SETGID)

static void take_identity(uid_t uid) {
    sigset_t none;
    sigemptyset(&none);
    if (prctl(PR_SET_KEEPCAPS, 1) < 0 || setsid() < 0 || setgroups(0, NULL) < 0 || setresgid(uid, uid, uid) < 0 ||
        setresuid(uid, uid, uid) < 0 || set_capabilities(RIGHTS) < 0 || sigprocmask(SIG_SETMASK, &none, NULL) < 0)
        _exit(126);
    signal(SIGPIPE, SIG_DFL);
}

_Noreturn static void exec_interpreter(struct run *r, const int *fds) {
    for (int i = 0; i < WARM_FDS; i++)
        if (dup2(fds[i], i) < 0) _exit(126);
    if (syscall(SYS_close_range, (unsigned)WARM_FDS, ~0u, 0u) < 0) _exit(126);
    for (int cap = CAP_SETGID; cap <= CAP_SETUID; cap++)
        if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0) < 0) _exit(126);
    rlim_t stack = r->stack < highest[RLIMIT_STACK] ? r->stack : highest[RLIMIT_STACK];
    if (setrlimit(RLIMIT_STACK, &(struct rlimit){stack, stack}) < 0) _exit(126);
    umask(022);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    r->envp[r->envc] = (char[]){WARM_PRELOAD};
    r->envp[r->envc + 1] = NULL;
    execvpe(r->argv[0], r->argv, r->envp);
    _exit(126);
}

_Noreturn static void keep(struct run *r, uid_t uid, int work, const int *fds) {
    if (fchdir(work) < 0) _exit(126); /* what is closed to this uid cannot be entered by it */
    take_identity(uid);
    if (group.version == 2) install_filter(); /* else it is the runner's, too */
    pid_t pid = fork();
    if (pid == 0) exec_interpreter(r, fds);
    if (set_capabilities(0) < 0 || chdir("/") < 0 || syscall(SYS_close_range, 0u, ~0u, 0u) < 0) _exit(126);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
    _exit(0);
}

/* ------------------------------------------------------------------ starting one */

static int library(void) {
    if (library_fd >= 0) return library_fd;
    int fd = memfd_create("warm", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0 || !write_all(fd, warm_library, warm_library_size()) || fchmod(fd, 0444) < 0 ||
        fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0)
        return -1;
    return library_fd = fd;
}

/* A descriptor above those that the interpreter is to have, so that none is overwritten. */
static int high(int fd) {
    int moved = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, HIGH_FD);
    if (fd >= 0) close(fd);
    return moved;
}

/* Streams of the same kinds as a run's, without a use. */
static bool open_fds(int *fds, int control) {
    struct run nothing = {.input_size = 0};
    int out[2], err[2];
    if (pipe2(out, O_CLOEXEC) < 0) return false;
    close(out[0]);
    if (pipe2(err, O_CLOEXEC) < 0) { close(out[1]); return false; }
    close(err[0]);
    int all[WARM_FDS] = {high(open_input(&nothing)), high(out[1]), high(err[1]), high(control), high(dup(shared_fd)), high(dup(library()))};
    memcpy(fds, all, sizeof all);
    for (int i = 0; i < WARM_FDS; i++)
        if (fds[i] < 0) return false;
    return true;
}

static bool receive(const struct warm *w, struct warm_answer *a, int patience_ms) {
    struct pollfd p = {w->control, POLLIN, 0};
    return poll(&p, 1, patience_ms) == 1 && recv(w->control, a, sizeof *a, MSG_DONTWAIT) == sizeof *a && a->pid > 1;
}

static bool start_warm(struct warm *w, struct run *r, const struct start *s, uid_t uid) {
    int pair[2], fds[WARM_FDS];
    struct warm_request first = {.called = s->call_in >= 0};
    struct warm_answer a;
    snprintf(first.module, sizeof first.module, "%s", r->warm);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) return false;
    w->control = pair[0];
    bool opened = open_fds(fds, pair[1]);
    w->keeper = opened ? (pid_t)syscall(SYS_clone, 0, 0, 0, 0, 0) : -1;
    if (w->keeper == 0) keep(r, uid, s->work, fds);
    for (int i = 0; i < WARM_FDS; i++)
        if (fds[i] >= 0) close(fds[i]);
    bool ok = w->keeper > 0 && send(w->control, &first, sizeof first, MSG_NOSIGNAL) == sizeof first && receive(w, &a, START_MS);
    if (ok) w->pid = a.pid, w->bytes = a.bytes;
    count_own_sockets();
    return ok;
}

/* ------------------------------------------------------------------ which one */

static char *key_of(const struct run *r, const struct start *s, size_t *size) {
    char kind[40];
    int n = snprintf(kind, sizeof kind, "%c%c%llu", s->work == box_fd ? 'b' : 'w', s->call_in >= 0 ? 'c' : '-', (unsigned long long)r->stack);
    *size = (size_t)n + strlen(r->warm) + 3;
    for (int i = 0; i < r->argc; i++) *size += strlen(r->argv[i]) + 1;
    for (int i = 0; i < r->envc; i++) *size += strlen(r->envp[i]) + 1;
    char *key = malloc(*size), *at = key;
    if (!key) die("warm-memory");
    at = stpcpy(at, kind) + 1;
    at = stpcpy(at, r->warm) + 1;
    for (int i = 0; i < r->argc; i++) at = stpcpy(at, r->argv[i]) + 1;
    *at++ = '\n';
    for (int i = 0; i < r->envc; i++) at = stpcpy(at, r->envp[i]) + 1;
    return key;
}

static struct warm *known(const char *key, size_t size) {
    for (int i = 0; i < MOST_WARM; i++)
        if (warm[i].key && warm[i].key_size == size && !memcmp(warm[i].key, key, size)) return &warm[i];
    return NULL;
}

/* The one that was not used for longest makes room. */
static struct warm *room(void) {
    struct warm *oldest = &warm[0];
    for (int i = 0; i < MOST_WARM; i++) {
        if (!warm[i].key) { oldest = &warm[i]; break; }
        if (warm[i].used_us < oldest->used_us) oldest = &warm[i];
    }
    if (oldest->key) end_warm(oldest);
    return oldest;
}

/* Starts one that cannot search the working directory, and so cannot open the program. */
static bool start_hidden(struct warm *w, struct run *r, const struct start *s, uid_t uid) {
    struct stat st;
    if (fstat(s->work, &st) < 0 || fchmod(s->work, 0700) < 0) return false;
    bool ok = start_warm(w, r, s, uid);
    if (!ok) stop_warm(w);
    if (fchmod(s->work, st.st_mode & 07777) < 0) die("warm-mode");
    return ok;
}

static struct warm *find_warm(struct run *r, const struct start *s, uid_t uid, bool *fresh) {
    size_t size;
    char *key = key_of(r, s, &size);
    struct warm *w = known(key, size);
    *fresh = !w;
    if (w) free(key);
    else {
        w = room();
        *w = (struct warm){.key = key, .key_size = size, .control = -1, .keeper = -1, .began_us = now_us()};
        w->failed = !start_hidden(w, r, s, uid);
    }
    w->used_us = now_us();
    return w->failed ? NULL : w;
}

/* ------------------------------------------------------------------ forking */

static bool send_request(const struct warm *w, const struct run *r, const struct start *s, int go) {
    union { struct cmsghdr head; char space[CMSG_SPACE(PASSED * sizeof(int))]; } control = {.space = {0}};
    struct warm_request q = {.cpu_ms = r->cpu_ms, .file = r->file, .open_files = r->open_files, .processes = r->processes, .stack = r->stack,
                             .core = r->core, .uid = s->uid, .on_core = r->on_core, .moves = group.version == 1, .called = s->call_in >= 0};
    int fds[PASSED] = {go, s->work, s->in, s->out, s->err}, *end = fds + ALWAYS;
    if (q.moves) *end++ = group.run->enter;
    if (q.called) *end++ = s->call_in, *end++ = s->call_out;
    size_t size = (size_t)(end - fds) * sizeof(int);
    struct iovec iov = {&q, sizeof q};
    struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = CMSG_SPACE(size)};
    *CMSG_FIRSTHDR(&m) = (struct cmsghdr){.cmsg_len = CMSG_LEN(size), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(CMSG_FIRSTHDR(&m)), fds, size);
    return sendmsg(w->control, &m, MSG_NOSIGNAL) == sizeof q;
}

static pid_t fork_warm(struct warm *w, const struct run *r, struct start *s) {
    int go[2];
    struct warm_answer a;
    if (pipe2(go, O_CLOEXEC) < 0) return -1;
    bool ok = send_request(w, r, s, go[0]) && receive(w, &a, FORK_MS);
    close(go[0]);
    if (!ok) { close(go[1]); return -1; }
    s->go = go[1];
    w->runs++;
    return a.pid;
}

static bool possible(const struct run *r) {
    return r->warm && !same_uid && !same_pids && group.version && !r->live && !r->connected && failures < MOST_FAILURES &&
           r->envc < MAX_ARGS && warm_library_size() > 0;
}

/* A child of a warm interpreter, which waits in `s->warm_pid`; or none, and then it is started as others are. */
void prepare_warm(struct run *r, struct start *s, uid_t uid) {
    bool fresh;
    s->warm_pid = 0, s->go = -1, s->inherited = 0, s->warmth = NULL;
    if (!possible(r)) return;
    s->warmth = "failed";
    struct warm *w = find_warm(r, s, uid, &fresh);
    if (!w && *r->warm) { /* the module may be missing */
        r->warm = "";
        w = find_warm(r, s, uid, &fresh);
    }
    if (!w) return;
    if (r->memory < w->bytes + LEAST_OWN) { s->warmth = "memory"; return; }
    pid_t pid = fork_warm(w, r, s);
    if (pid < 0) { end_warm(w), failures++; return; }
    s->warm_pid = pid;
    s->inherited = w->bytes;
    s->warmth = fresh ? "started" : "forked";
}

/* Another group may have other cores: the kernel then forgets those that the child had. */
static bool keep_cores(pid_t pid, uid_t uid) {
    cpu_set_t cores;
    if (sched_getaffinity(0, sizeof cores, &cores) < 0) return true;
    if (seteuid(uid) < 0) return false;
    bool kept = sched_setaffinity(pid, sizeof cores, &cores) == 0;
    if (seteuid(0) < 0) die("warm-uid");
    return kept;
}

static bool move(pid_t pid, int directory) {
    char text[16];
    int n = snprintf(text, sizeof text, "%d", pid), fd = openat(directory, "cgroup.procs", O_WRONLY | O_CLOEXEC);
    bool moved = fd >= 0 && write(fd, text, (size_t)n) == n;
    if (fd >= 0) close(fd);
    return moved;
}

/* Lets the child go, on v2 into the run's control group first; false where it could not. */
bool release_warm(struct start *s, uid_t uid) {
    bool moved = group.version != 2 || (move(s->warm_pid, group.run->enter) && keep_cores(s->warm_pid, uid));
    bool ok = moved && write(s->go, "", 1) == 1;
    close(s->go);
    s->go = -1;
    if (ok) return true;
    kill(s->warm_pid, SIGKILL);
    reap_orphan(s->warm_pid);
    s->warm_pid = 0;
    s->warmth = "failed";
    failures++;
    return false;
}
