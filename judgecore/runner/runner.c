/* runner.c: the process that runs programs nobody trusts, one at a time, and reports facts.
 *
 * Theory of operation
 *
 *   host ──frames──► runner (uid 0, PID 1 of the slot) ──fork──► program (a fresh uid)
 *
 * The runner is the first process of a slot: a container, or namespaces it made itself (namespaces.c).
 * It speaks only after the host's first frame. A frame is a 32-bit little-endian payload length,
 * a type byte, the payload (docs/protocol.md). It stages files, starts the program of a run under
 * a uid of its own (the host retires a slot before one repeats, slot.py), reads its output, ends it
 * when it exceeds a limit, kills what is left of it, deletes what it wrote, and sends a report of
 * `key:value` lines. It never judges. When the stream ends, it exits, and the slot with it.
 *
 * Rights. The runner keeps SETUID, SETGID, KILL, DAC_OVERRIDE, FOWNER and, where it has a user
 * namespace of its own, SYS_ADMIN in it (to remount the box). The program has none, cannot gain any
 * (no_new_privs), and inherits the runner's system-call filter.
 * The program's uid differs from the runner's, so it can neither signal nor trace it, nor open its
 * descriptors; every descriptor of the runner is close-on-exec.
 *
 * Who may write where. Staged files and the box belong to uid 0. While compiling the box is open
 * to the program; afterwards it is sealed (write permission of others removed, recursively), so
 * that no test can leave anything for the next. /tmp and /dev/shm are emptied after every run.
 *
 * Memory. Every run gets a control group of its own; the runner and the staged files are outside it,
 * and so not the program's. Without control groups the run's processes are sampled.
 *
 * Without root. The program then has the runner's own uid. In namespaces the runner is PID 1, which
 * signals do not reach; in the `process` tier there are no namespaces at all, and a run is one process
 * group that it cannot leave. confine.c prevents what another uid would prevent.
 *
 * Failure. A failure of the runner is never reported as the program's: die() sends the step and errno
 * in a FATAL frame and ends the slot. A report marked `dirty` makes the host destroy the slot.
 *
 * Files. No two files use each other (tests/test_runner_files.py). mode.c: how this runner runs.
 * frames.c: the stream and its fields. setup.c, seccomp.c, namespaces.c: once, before the first frame.
 * files.c, empty.c: staging, sealing, wiping. input.c, streams.c, work.c: what a run reads and writes, and where it works. cgroup.c:
 * measurements by control groups. procs.c, disk.c: sampled measurements. child.c, confine.c: from fork to exec, ahead where that can be.
 * watch.c: until the run's end. run.c: one run, start to report. Here: main(), the options, and
 * what is done with each frame.
 */
#define _GNU_SOURCE
#include "runner.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* ------------------------------------------------------------------ the conversation */

static void hello(uint8_t *data) {
    unsigned protocol = 0, base = 0, count = 0;
    if (sscanf((char *)data, "protocol:%u\nuid_base:%u\nuid_count:%u\n", &protocol, &base, &count) != 3)
        errno = EBADMSG, die("hello");
    if (protocol != PROTOCOL) errno = EPROTONOSUPPORT, die("protocol-version");
    if (!base || count < 8 || base > INT32_MAX || count > INT32_MAX - base) errno = EINVAL, die("uid-range");
    uid_base = base;
    uid_count = count - 1; /* the last one is that of warm interpreters */
    if (!first_wipe()) die("first-wipe");
    count_own_sockets();
    struct text t = {.used = 0};
    line(&t, "protocol:%d\npid:%d\nmemory_source:%s\n", PROTOCOL, getpid(),
         group.version == 1 ? "cgroup-v1" : group.version == 2 ? "cgroup-v2" : "maxrss");
    line(&t, "cpu_source:%s\ncores:%d\n", group.cpu >= 0 || group.version == 2 ? "cgroup" : "rusage", cores());
    line(&t, "uids:%s\nlandlock:%d\n", same_uid ? "shared" : "own", same_pids ? landlock_version() : 0);
    if (same_pids) line(&t, "box:%.256s\ntmp:%.256s\n", box_path, tmp_path);
    send_text(READY, t.data, t.used);
}

static void reset(void) {
    forget_inputs();
    renew_warm();
    if (tell_deferred(DONE)) return;
    const char *dirty = NULL;
    if (!wipe_box()) dirty = "wipe-box";
    else if (!wipe_scratch()) dirty = "wipe-scratch";
    struct text t = {.used = 0};
    if (dirty) line(&t, "dirty:%s\n", dirty);
    send_text(DONE, t.data, t.used);
}

static void need_pipes(void) {
    if (!passed_count) errno = EBADMSG, die("pipes");
}

/* For a run that has ended meanwhile. */
static bool late(uint8_t type) {
    return type == FEED || type == CLOSE_STDIN || type == STOP || type == REPLY;
}

_Noreturn static void serve(void) {
    for (bool greeted = false;;) {
        uint8_t type;
        uint32_t length;
        uint8_t *data = next_frame(&type, &length);
        if (greeted != (type != HELLO)) errno = EPROTO, die("frame-order");
        if (type == HELLO) hello(data), greeted = true;
        else if (type == PUT) put_file(data, length);
        else if (type == RUN) run(data, length);
        else if (type == RESET) reset();
        else if (type == STORE) data = store_input(data, length) ? NULL : data;
        else if (type == PIPES) need_pipes();
        else if (!late(type)) errno = EPROTO, die("frame-type");
        free(data);
    }
}

static int dial(const char *path) {
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || strlen(path) >= sizeof to.sun_path) die("socket");
    memcpy(to.sun_path, path, strlen(path) + 1);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0) die("connect");
    return fd;
}

static void parse(int argc, char **argv, struct options *o) {
    *o = (struct options){.fd = -1, .core = -1, .box_bytes = 256u << 20, .tmp_bytes = 256u << 20, .inodes = 65536};
    for (int i = 1; i < argc; i++) {
        const char *key = argv[i], *value = i + 1 < argc ? argv[i + 1] : "";
        if (!strcmp(key, "--stdio")) { o->stdio = true; continue; }
        if (!strcmp(key, "--namespaces")) { o->namespaces = true; continue; }
        if (!strcmp(key, "--enter")) { o->enter = true; continue; }
        if (!strcmp(key, "--clean")) { o->clean = true; continue; }
        if (!strcmp(key, "--probe")) { o->probe = true; continue; }
        if (!strcmp(key, "--socket")) o->socket = value;
        else if (!strcmp(key, "--home")) o->home = value;
        else if (!strcmp(key, "--landlock")) landlock_at_most = atoi(value);
        else if (!strcmp(key, "--core")) o->core = atoi(value);
        else if (!strcmp(key, "--fd")) o->fd = atoi(value);
        else if (!strcmp(key, "--cgroup-memory")) o->memory_dir = value;
        else if (!strcmp(key, "--cgroup-cpu")) o->cpu_dir = value;
        else if (!strcmp(key, "--box-bytes")) o->box_bytes = strtoull(value, NULL, 10);
        else if (!strcmp(key, "--tmp-bytes")) o->tmp_bytes = strtoull(value, NULL, 10);
        else if (!strcmp(key, "--inodes")) o->inodes = strtoull(value, NULL, 10);
        else errno = EINVAL, die(key);
        i++;
    }
}

/* When memory is short the kernel must kill a program, or else its slot, and not the host's process.
 * Where this cannot be set (a binary that cannot be read), the kernel chooses by itself. */
static void become_victim(void) {
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd >= 0 && write(fd, "1000", 4) < 0) errno = 0;
    if (fd >= 0) close(fd);
}

static void open_stream(const struct options *o) {
    if (o->socket) in_fd = out_fd = dial(o->socket);
    else if (o->fd >= 0) in_fd = out_fd = o->fd;
    else in_fd = 0, out_fd = 1;
    if (in_fd == 0) { /* away from the numbers that programs use */
        in_fd = fcntl(0, F_DUPFD_CLOEXEC, 3);
        out_fd = fcntl(1, F_DUPFD_CLOEXEC, 3);
    }
    if (in_fd < 0 || fcntl(in_fd, F_SETFD, FD_CLOEXEC) < 0) die("stream");
}

static void pin(size_t core) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    if (sched_setaffinity(0, sizeof set, &set) < 0) die("core");
    pinned = true;
}

/* Ended children are reported on a descriptor, which poll() can wait for. */
static void open_signals(void) {
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &mask, NULL) < 0) die("sigmask");
    signal_fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signal_fd < 0) die("signalfd");
}

static void open_shared(void) {
    shared_fd = memfd_create("shared", MFD_CLOEXEC);
    if (shared_fd < 0 || ftruncate(shared_fd, sizeof *shared) < 0) die("shared-file");
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, shared_fd, 0);
    if (shared == MAP_FAILED) die("shared");
}

int main(int argc, char **argv) {
    struct options opt;
    if (argc == 2 && !strcmp(argv[1], "--reference")) return reference_work();
    parse(argc, argv, &opt);
    for (int s = 1; s <= SIGRTMAX; s++) signal(s, SIG_DFL); /* what nohup ignores, programs must not inherit */
    signal(SIGPIPE, SIG_IGN);
    same_uid = geteuid() != 0;
    same_pids = opt.home != NULL;
    scratch_bytes = opt.tmp_bytes;
    scratch_files = opt.inodes;
    if (!opt.probe && !opt.clean) open_stream(&opt);
    open_cgroup(&group, &opt);
    if (opt.namespaces) enter_namespaces(&opt);
    if (opt.probe) _exit(0);
    if (opt.core >= 0) pin((size_t)opt.core);
    prctl(PR_SET_NAME, "runner-slot"); /* started through a descriptor, it would have its number as name */
    umask(0);
    if (same_pids) become_victim();
    if (prctl(PR_SET_DUMPABLE, 0) < 0) die("dumpable");
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0) die("subreaper");
    forbid_cores();
    lower_limits();
    drop_rights();
    open_dirs(opt.home, opt.clean);
    if (!same_uid) forbid_terminals(), forbid_queues(); /* only now: open_dirs() has checked that this is a slot and no host */
    if (same_pids) open_rulesets();
    if (group.version != 2 && (!same_uid || same_pids)) install_filter(); /* else in the child */
    open_shared();
    open_signals();
    serve();
}
