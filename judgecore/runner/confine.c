/* confine.c: a program that has the runner's own uid.
 *
 * What another uid would prevent, these prevent instead: a second system-call filter that checks
 * arguments, Landlock where the kernel has it (5.13; signals from 6.12), and no capabilities.
 *
 * In namespaces of its own (NAMESPACES) a program sees no process but those of its run and PID 1,
 * which no signal from inside can end, and the box is mounted read-only for tests. Without them
 * (PROCESS) it shares a pid and IPC namespace and the file tree with the runner and its host:
 * signals are held by Landlock's scope, or where the kernel has none (UNSCOPED) by letting a program
 * signal nothing but its own group and its leader; the box is sealed by modes, which bind the
 * program because it may not change them (SEALED).
 */
#define _GNU_SOURCE
#include "runner.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ------------------------------------------------------------------ the table */

enum when { ALWAYS = 1, NAMESPACES = 2, PROCESS = 4, UNSCOPED = 8, SEALED = 16 };
enum { LEADER = 0xfffffff0u, GROUP = 0xfffffff1u }; /* stand for the run's own numbers */
#define ANY -1

struct rule {
    int nr, when, arg; /* ANY: whatever its arguments */
    bool allows;       /* whether these values are the only good ones, or the bad ones */
    int n;
    uint32_t values[8];
};
#define NEVER(name, when) {__NR_##name, when, ANY, false, 0, {0}}
#define ONLY(name, when, arg, ...) \
    {__NR_##name, when, arg, true, sizeof((uint32_t[]){__VA_ARGS__}) / 4, {__VA_ARGS__}}
#define NOT(name, when, arg, ...) \
    {__NR_##name, when, arg, false, sizeof((uint32_t[]){__VA_ARGS__}) / 4, {__VA_ARGS__}}

static const struct rule RULES[] = {
    /* limits and scheduling of other processes of this uid */
    ONLY(prlimit64, ALWAYS, 0, 0),
    ONLY(sched_setaffinity, ALWAYS, 0, 0),
    ONLY(sched_setscheduler, ALWAYS, 0, 0),
    ONLY(sched_setparam, ALWAYS, 0, 0),
    ONLY(sched_setattr, ALWAYS, 0, 0),
    ONLY(setpriority, ALWAYS, 0, PRIO_PROCESS, PRIO_PGRP),
    ONLY(setpriority, ALWAYS, 1, 0),
    ONLY(ioprio_set, ALWAYS, 0, 1, 2), /* a process, a group; not a user */
    ONLY(ioprio_set, ALWAYS, 1, 0),
    /* signals to the runner: without effect, but a success would look like one */
    NOT(kill, NAMESPACES, 0, 1),
    NOT(tkill, NAMESPACES, 0, 1),
    NOT(tgkill, NAMESPACES, 0, 1),
    NOT(rt_sigqueueinfo, NAMESPACES, 0, 1),
    NOT(rt_tgsigqueueinfo, NAMESPACES, 0, 1),
    NOT(pidfd_open, NAMESPACES, 0, 1),
    /* modes: a sealed file stays sealed, and the owner's other files stay as they are */
#ifdef __NR_chmod
    NEVER(chmod, SEALED),
#endif
    NEVER(fchmod, SEALED),
    NEVER(fchmodat, SEALED),
    {452, SEALED, ANY, false, 0, {0}}, /* fchmodat2 */
    NEVER(utimensat, SEALED), /* when a file was written is a message to the next test */
#ifdef __NR_utime
    NEVER(utime, SEALED),
    NEVER(utimes, SEALED),
    NEVER(futimesat, SEALED),
#endif
    ONLY(fallocate, PROCESS, 1, 0), /* blocks beyond a file's end, which no limit of its size counts */
    /* the group is what the runner kills, the session what the host kills */
    NEVER(setsid, PROCESS),
    NEVER(setpgid, PROCESS),
    /* sockets by path reach whoever listens on this host */
    NEVER(socket, PROCESS),
    NEVER(connect, PROCESS),
    NEVER(bind, PROCESS),
    NEVER(listen, PROCESS),
    ONLY(socketpair, PROCESS, 0, AF_UNIX),
    ONLY(socketpair, PROCESS, 1, /* not SOCK_DGRAM, which sends to any path */
         SOCK_STREAM, SOCK_STREAM | SOCK_CLOEXEC, SOCK_STREAM | SOCK_NONBLOCK,
         SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, SOCK_SEQPACKET, SOCK_SEQPACKET | SOCK_CLOEXEC,
         SOCK_SEQPACKET | SOCK_NONBLOCK, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK),
    /* System V and POSIX IPC objects of this uid, by number or name */
    NEVER(shmat, PROCESS), NEVER(shmctl, PROCESS), NEVER(semop, PROCESS), NEVER(semtimedop, PROCESS),
    NEVER(semctl, PROCESS), NEVER(msgsnd, PROCESS), NEVER(msgrcv, PROCESS), NEVER(msgctl, PROCESS),
    NEVER(mq_unlink, PROCESS),
    /* signals; the last four by way of a descriptor's owner */
    ONLY(kill, UNSCOPED, 0, 0, LEADER, GROUP),
    ONLY(tkill, UNSCOPED, 0, LEADER),
    ONLY(tgkill, UNSCOPED, 0, LEADER),
    ONLY(rt_sigqueueinfo, UNSCOPED, 0, LEADER),
    ONLY(rt_tgsigqueueinfo, UNSCOPED, 0, LEADER),
    NEVER(pidfd_send_signal, UNSCOPED),
    NOT(fcntl, UNSCOPED, 1, F_SETOWN, F_SETOWN_EX),
    NOT(ioctl, UNSCOPED, 1, 0x8901, 0x8902), /* FIOSETOWN, SIOCSPGRP */
};

/* ------------------------------------------------------------------ the filter */

#define LOAD(at) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (at))
#define IF_EQ(k, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (k), (uint8_t)(yes), (uint8_t)(no))
#define RET(k) BPF_STMT(BPF_RET | BPF_K, (k))
#define REFUSE(r) RET(SECCOMP_RET_ERRNO | error_of(r))

/* The kernel takes pids and the like as 32 bits: the low word is all there is to look at. */
static uint32_t low_word(int arg) {
    return (uint32_t)(offsetof(struct seccomp_data, args) + 8 * (size_t)arg);
}

static uint32_t meant(uint32_t value) {
    return value == LEADER ? (uint32_t)getpid() : value == GROUP ? (uint32_t)-getpid() : value;
}

static uint32_t error_of(const struct rule *r) {
    return r->nr == __NR_socket || r->nr == __NR_socketpair ? EAFNOSUPPORT : EPERM;
}

static struct sock_filter *emit(struct sock_filter *p, const struct rule *r) {
    if (r->arg == ANY) {
        *p++ = (struct sock_filter)IF_EQ((uint32_t)r->nr, 0, 1);
        *p++ = (struct sock_filter)REFUSE(r);
        return p;
    }
    *p++ = (struct sock_filter)IF_EQ((uint32_t)r->nr, 0, r->n + 3);
    *p++ = (struct sock_filter)LOAD(low_word(r->arg));
    for (int i = 0; i < r->n; i++) {
        int to_refuse = r->n - 1 - i;
        bool last = i == r->n - 1;
        if (r->allows) *p++ = (struct sock_filter)IF_EQ(meant(r->values[i]), to_refuse + 1, 0);
        else *p++ = (struct sock_filter)IF_EQ(meant(r->values[i]), to_refuse, last);
    }
    *p++ = (struct sock_filter)REFUSE(r);
    *p++ = (struct sock_filter)LOAD(offsetof(struct seccomp_data, nr));
    return p;
}

static int install_rules(int when) {
    struct sock_filter code[16 * COUNT(RULES)], *p = code;
    *p++ = (struct sock_filter)LOAD(offsetof(struct seccomp_data, nr)); /* install_filter() has seen to the architecture */
    for (size_t i = 0; i < COUNT(RULES); i++)
        if (RULES[i].when & when) p = emit(p, &RULES[i]);
    *p++ = (struct sock_filter)RET(SECCOMP_RET_ALLOW);
    struct sock_fprog prog = {(unsigned short)(p - code), code};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog);
}

/* ------------------------------------------------------------------ Landlock */

/* By number: libcs have no wrappers, and headers older than the kernel lack the later rights. */
enum { CREATE_RULESET = 444, ADD_RULE = 445, RESTRICT_SELF = 446, PATH_BENEATH = 1 };
enum {
    EXECUTE = 1 << 0, WRITE_FILE = 1 << 1, READ_FILE = 1 << 2, READ_DIR = 1 << 3,
    MAKE_CHAR = 1 << 6, MAKE_BLOCK = 1 << 11, REFER = 1 << 13, TRUNCATE = 1 << 14,
    READ = READ_FILE | READ_DIR, SHOW_ = READ | EXECUTE, ALL = (1 << 15) - 1,
};
enum { SCOPE_VERSION = 6, TCP = 3, SCOPES = 3 };

static const char *const HOST_PATHS[] = {
#define HOST_PATH(path) "/" path,
#include "host_paths.h"
#undef HOST_PATH
};

static int testing = -1, compiling = -1; /* rulesets; each run makes a domain of its own from one */

int landlock_at_most = INT_MAX; /* to behave as on an older kernel: for tests */

int landlock_version(void) {
    static long version = -2;
    if (version == -2) version = syscall(CREATE_RULESET, NULL, 0, 1);
    return version < 0 ? 0 : version < landlock_at_most ? (int)version : landlock_at_most;
}

static uint64_t handled(void) {
    int version = landlock_version();
    return ALL & ~(uint64_t)((version < 2 ? REFER : 0) | (version < 3 ? TRUNCATE : 0));
}

static void allow(int ruleset, int fd, uint64_t rights) {
    struct stat st;
    if (fd < 0) return; /* this host has none */
    if (fstat(fd, &st) < 0) die("landlock-stat");
    if (!S_ISDIR(st.st_mode)) rights &= EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE;
    struct { uint64_t rights; int32_t fd; } __attribute__((packed)) rule = {rights & handled(), fd};
    if (syscall(ADD_RULE, ruleset, PATH_BENEATH, &rule, 0) < 0) die("landlock-rule");
}

static void allow_path(int ruleset, const char *path, uint64_t rights) {
    int fd = open(path, O_PATH | O_CLOEXEC);
    allow(ruleset, fd, rights);
    if (fd >= 0) close(fd);
}

static int make_ruleset(bool writable_box) {
    int version = landlock_version();
    struct { uint64_t files, net, scoped; } attr = {handled(), TCP, SCOPES};
    size_t size = version < 4 ? 8 : version < SCOPE_VERSION ? 16 : 24;
    int set = (int)syscall(CREATE_RULESET, &attr, size, 0); /* close-on-exec by itself */
    if (set < 0) die("landlock-ruleset");
    for (size_t i = 0; i < COUNT(HOST_PATHS); i++) allow_path(set, HOST_PATHS[i], SHOW_);
    allow_path(set, "/proc", READ);
    allow_path(set, "/dev/null", READ_FILE | WRITE_FILE | TRUNCATE);
    allow_path(set, "/dev/zero", READ_FILE | WRITE_FILE);
    allow_path(set, "/dev/full", READ_FILE | WRITE_FILE);
    allow_path(set, "/dev/random", READ_FILE);
    allow_path(set, "/dev/urandom", READ_FILE);
    uint64_t everything = handled() & ~(uint64_t)(MAKE_CHAR | MAKE_BLOCK);
    allow(set, box_fd, writable_box ? everything : SHOW_);
    allow(set, scratch_fds[0], everything);
    return set;
}

void open_rulesets(void) {
    if (!landlock_version()) return;
    testing = make_ruleset(false);
    compiling = make_ruleset(true);
}

/* ------------------------------------------------------------------ the child's last steps */

static int drop_capabilities(void) {
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}};
    return (int)syscall(SYS_capset, &head, none);
}

/* In the child, with the streams still elsewhere; NULL, or the step that failed. */
const char *confine(bool writable_box) {
    bool scoped = same_pids && landlock_version() >= SCOPE_VERSION;
    int when = ALWAYS | (same_pids ? PROCESS : NAMESPACES);
    if (same_pids) when |= (scoped ? 0 : UNSCOPED) | (writable_box ? 0 : SEALED);
    int ruleset = writable_box ? compiling : testing;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) return "pdeathsig";
    if (drop_capabilities() < 0) return "caps";
    if (ruleset >= 0 && syscall(RESTRICT_SELF, ruleset, 0) < 0) return "landlock";
    return install_rules(when) < 0 ? "seccomp-arguments" : NULL;
}
