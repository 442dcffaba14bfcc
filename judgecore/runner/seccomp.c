/* seccomp.c: the system-call filter that every program gets, made from the table in denied.h. */
#define _GNU_SOURCE
#include "runner.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

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

#define LAST_KNOWN 466 /* removexattrat, Linux 6.13: highest system call reviewed; raise it after reviewing newer ones */
#ifndef PR_SCHED_CORE
#define PR_SCHED_CORE 62
#endif
#ifndef PR_SET_MEMORY_MERGE /* Linux 6.4 */
#define PR_SET_MEMORY_MERGE 67
#endif

#ifndef __NR_cachestat /* Linux 6.5 */
#define __NR_cachestat 451
#endif
#ifndef __NR_statmount /* Linux 6.8 */
#define __NR_statmount 457
#define __NR_listmount 458
#endif
#ifndef __NR_setxattrat /* Linux 6.13 */
#define __NR_setxattrat 463
#endif
#define EXT4_IOC_SETVERSION _IOW('f', 4, long)
#define SUCCESS 0

enum { WHOLE, UNLESS_EQUAL, IF_EQUAL, IF_ANY_SET, IF_EQUAL_AND_SET };

static const struct denied {
    int nr, error, test, argument;
    uint32_t value;
    int second;
    uint32_t mask;
} DENIED[] = {
#define DENY(name, error, stops, hurts) {__NR_##name, error, WHOLE, 0, 0, 0, 0},
#define ALLOW_ONLY(name, arg, value, error, stops, hurts) {__NR_##name, error, UNLESS_EQUAL, arg, value, 0, 0},
#define DENY_VALUE(name, arg, value, error, stops, hurts) {__NR_##name, error, IF_EQUAL, arg, value, 0, 0},
#define DENY_FLAGS(name, arg, mask, error, stops, hurts) {__NR_##name, error, IF_ANY_SET, arg, mask, 0, 0},
#define DENY_FLAGS_OF(name, arg, value, second, mask, error, stops, hurts) \
    {__NR_##name, error, IF_EQUAL_AND_SET, arg, value, second, mask},
#include "denied.h"
#undef DENY
#undef ALLOW_ONLY
#undef DENY_VALUE
#undef DENY_FLAGS
#undef DENY_FLAGS_OF
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

/* One row. The number of the call is loaded before it, and after it where a later row needs it. */
static struct sock_filter *emit(struct sock_filter *p, const struct denied *d) {
    bool both = d->test == IF_EQUAL_AND_SET;
    *p++ = (struct sock_filter)IF_EQ((uint32_t)d->nr, 0, d->test == WHOLE ? 1 : both ? 6 : 4);
    if (d->test != WHOLE) {
        *p++ = load_argument(d->argument);
        if (both) {
            *p++ = (struct sock_filter)IF_EQ(d->value, 0, 2);
            *p++ = load_argument(d->second);
            *p++ = (struct sock_filter)IF_SET(d->mask, 1, 0);
        } else if (d->test == UNLESS_EQUAL) *p++ = (struct sock_filter)IF_EQ(d->value, 0, 1);
        else if (d->test == IF_EQUAL) *p++ = (struct sock_filter)IF_EQ(d->value, 1, 0);
        else *p++ = (struct sock_filter)IF_SET(d->value, 1, 0);
        if (has_more_rows(d)) *p++ = (struct sock_filter)SKIP(1);
        else *p++ = (struct sock_filter)RET(SECCOMP_RET_ALLOW);
    }
    *p++ = (struct sock_filter)RET(FAIL((uint32_t)d->error));
    if (d->test != WHOLE && has_more_rows(d)) *p++ = (struct sock_filter)LOAD(nr);
    return p;
}

void install_filter(void) {
    struct sock_filter code[32 + 8 * COUNT(DENIED)], *p = code;
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
    for (size_t i = 0; i < COUNT(DENIED); i++) p = emit(p, &DENIED[i]);
    *p++ = (struct sock_filter)RET(SECCOMP_RET_ALLOW);
    struct sock_fprog prog = {(unsigned short)(p - code), code};
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) < 0) die("seccomp");
}
