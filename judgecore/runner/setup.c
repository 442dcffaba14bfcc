/* setup.c: what happens once, before the first frame: the control group's files are opened, rights
 * are dropped, and the system-call filter that every program gets is installed.
 */
#define _GNU_SOURCE
#include "runner.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

bool same_uid, same_pids;

/* ------------------------------------------------------------------ control groups */

static int open_in(int dir, const char *name, int flags) {
    return openat(dir, name, flags | O_CLOEXEC | O_NOFOLLOW);
}

static void write_zero(int dir) { /* "0" is the writer itself */
    int fd = open_in(dir, "cgroup.procs", O_WRONLY);
    if (fd < 0 || write(fd, "0", 1) != 1) die("cgroup-enter");
    close(fd);
}

void open_cgroup(struct cgroup *cg, const struct options *opt) {
    *cg = (struct cgroup){0, {-1, -1, -1, -1}, -1, -1, -1};
    if (opt->cpu_dir) {
        int dir = open(opt->cpu_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (dir < 0) die("cgroup-cpu");
        if (opt->enter) write_zero(dir);
        cg->cpu = open_in(dir, "cpuacct.usage", O_RDONLY);
        close(dir);
    }
    if (!opt->memory_dir) {
        cg->oom = open("/sys/fs/cgroup/memory/memory.oom_control", O_RDONLY | O_CLOEXEC);
        return;
    }
    int dir = open(opt->memory_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0) die("cgroup-memory");
    cg->dir = dir;
    if (faccessat(dir, "memory.limit_in_bytes", F_OK, 0) < 0) { /* v2 */
        if (faccessat(dir, "cgroup.procs", W_OK, AT_EACCESS) < 0) die("cgroup-memory");
        cg->version = 2;
        return;
    }
    cg->version = 1;
    if (opt->enter) write_zero(dir);
    int swappiness = open_in(dir, "memory.swappiness", O_WRONLY); /* 0: no limit is stretched by swap */
    if (swappiness >= 0 && write(swappiness, "0", 1) != 1) die("cgroup-swappiness");
    if (swappiness >= 0) close(swappiness);
    account_renew();
}

/* ------------------------------------------------------------------ rights */

static void must(int rc, const char *step) {
    if (rc < 0) die(step);
}

/* A core limit of 0 does not stop a core_pattern that is a pipe: the kernel would start the host's
 * handler, as root, on a crash of a judged program. It looks for the value 1 (do_coredump), so
 * that is what every program gets, and the filter keeps it from changing it. */
void forbid_cores(void) {
    struct rlimit now;
    must(getrlimit(RLIMIT_CORE, &now), "rlimit-core");
    if (setrlimit(RLIMIT_CORE, &(struct rlimit){1, 1}) < 0) {
        now.rlim_cur = now.rlim_max; /* already lower, and we may not raise it */
        must(setrlimit(RLIMIT_CORE, &now), "rlimit-core");
    }
}

/* A terminal's buffers are kernel memory that no control group counts, there is one set of numbers
 * for the whole machine, and its line disciplines are kernel modules that whoever has a terminal may
 * load. A container brings a multiplexer of its own, which is ours to close; namespaces have none. */
void forbid_terminals(void) {
    static const char *const multiplexers[] = {"/dev/pts/ptmx", "/dev/ptmx"}; /* the second is a link, if it is there */
    for (size_t i = 0; i < COUNT(multiplexers); i++)
        if (chmod(multiplexers[i], 0) < 0 && errno != ENOENT) die("terminals");
}

void drop_rights(void) {
    static const int kept[] = {CAP_SETUID, CAP_SETGID, CAP_KILL, CAP_DAC_OVERRIDE, CAP_FOWNER};
    uint64_t mask = 0;
    for (size_t i = 0; i < COUNT(kept); i++) mask |= 1ull << kept[i];
    if (same_uid && !same_pids) mask |= 1ull << CAP_SYS_ADMIN; /* in its own user namespace: the box */
    for (int cap = 0; prctl(PR_CAPBSET_READ, cap) >= 0; cap++)
        if (!(mask >> cap & 1) && prctl(PR_CAPBSET_DROP, cap) < 0 && errno != EPERM)
            die("caps-bounding");
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct now[2], want[2];
    must((int)syscall(SYS_capget, &head, now), "caps-get");
    for (int i = 0; i < 2; i++) {
        uint32_t keep = (uint32_t)(mask >> (32 * i)) & now[i].permitted;
        want[i] = (struct __user_cap_data_struct){keep, keep, 0};
    }
    must((int)syscall(SYS_capset, &head, want), "caps-set");
    must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no-new-privs");
}

#if defined __x86_64__
#define ARCH AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define ARCH AUDIT_ARCH_AARCH64
#else
#error "add the audit architecture of this machine"
#endif
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define IF_ABOVE(k, yes, no) BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, (k), (yes), (no))
#define IF_EQ(k, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (k), (yes), (no))
#define IF_SET(k, yes, no) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (k), (yes), (no))
#define RET(k) BPF_STMT(BPF_RET | BPF_K, (k))
#define SKIP(count) BPF_STMT(BPF_JMP | BPF_JA, (count))
#define FAIL(e) (SECCOMP_RET_ERRNO | (e))
#define NEW_NAMESPACES \
    (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | \
     CLONE_NEWNET)

#define LAST_KNOWN 466 /* removexattrat, Linux 6.13: whoever reads up on later ones may raise it */
#ifndef PR_SCHED_CORE
#define PR_SCHED_CORE 62
#endif
#ifndef PR_SET_MEMORY_MERGE /* Linux 6.4 */
#define PR_SET_MEMORY_MERGE 67
#endif

#ifndef __NR_cachestat /* Linux 6.5 */
#define __NR_cachestat 451
#endif
#define SUCCESS 0

enum { WHOLE, UNLESS_EQUAL, IF_EQUAL, IF_ANY_SET };

static const struct denied { int nr, error, test, argument; uint32_t value; } DENIED[] = {
#define DENY(name, error, stops, hurts) {__NR_##name, error, WHOLE, 0, 0},
#define ALLOW_ONLY(name, arg, value, error, stops, hurts) {__NR_##name, error, UNLESS_EQUAL, arg, value},
#define DENY_VALUE(name, arg, value, error, stops, hurts) {__NR_##name, error, IF_EQUAL, arg, value},
#define DENY_FLAGS(name, arg, mask, error, stops, hurts) {__NR_##name, error, IF_ANY_SET, arg, mask},
#include "denied.h"
#undef DENY
#undef ALLOW_ONLY
#undef DENY_VALUE
#undef DENY_FLAGS
};

/* The low half of an argument: all that these calls look at, and where it lies in memory. */
static struct sock_filter load_argument(int number) {
    return (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(offsetof(struct seccomp_data, args) + 8u * (unsigned)number));
}

static bool has_more_rows(const struct denied *d) {
    for (const struct denied *other = d + 1; other < DENIED + COUNT(DENIED); other++)
        if (other->nr == d->nr) return true;
    return false;
}

bool pinned; /* to a core by affinity alone, which a program could leave */

void install_filter(void) {
    struct sock_filter code[32 + 6 * COUNT(DENIED)], *p = code;
    *p++ = (struct sock_filter)LOAD(arch);
    *p++ = (struct sock_filter)IF_EQ(ARCH, 1, 0);
    *p++ = (struct sock_filter)RET(SECCOMP_RET_KILL_PROCESS); /* i386 entry: another table */
    *p++ = (struct sock_filter)LOAD(nr);
#ifdef __x86_64__
    *p++ = (struct sock_filter)IF_SET(0x40000000, 0, 1); /* x32 entry: another table */
    *p++ = (struct sock_filter)RET(SECCOMP_RET_KILL_PROCESS);
#endif
    *p++ = (struct sock_filter)IF_ABOVE(LAST_KNOWN, 0, 1); /* as a kernel without them answers */
    *p++ = (struct sock_filter)RET(FAIL(ENOSYS));
    if (pinned) {
        *p++ = (struct sock_filter)IF_EQ(__NR_sched_setaffinity, 0, 1);
        *p++ = (struct sock_filter)RET(FAIL(EPERM));
    }
    for (size_t i = 0; i < COUNT(DENIED); i++) {
        const struct denied *d = &DENIED[i];
        *p++ = (struct sock_filter)IF_EQ((uint32_t)d->nr, 0, d->test == WHOLE ? 1 : 4);
        if (d->test != WHOLE) {
            *p++ = load_argument(d->argument);
            if (d->test == UNLESS_EQUAL) *p++ = (struct sock_filter)IF_EQ(d->value, 0, 1);
            else if (d->test == IF_EQUAL) *p++ = (struct sock_filter)IF_EQ(d->value, 1, 0);
            else *p++ = (struct sock_filter)IF_SET(d->value, 1, 0);
            if (has_more_rows(d)) *p++ = (struct sock_filter)SKIP(1);
            else *p++ = (struct sock_filter)RET(SECCOMP_RET_ALLOW);
        }
        *p++ = (struct sock_filter)RET(FAIL((uint32_t)d->error));
        if (d->test != WHOLE && has_more_rows(d)) *p++ = (struct sock_filter)LOAD(nr);
    }
    *p++ = (struct sock_filter)RET(SECCOMP_RET_ALLOW);
    struct sock_fprog prog = {(unsigned short)(p - code), code};
    must(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog), "seccomp");
}
