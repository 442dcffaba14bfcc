/* setup.c: what happens once, before the first frame: rights are dropped. */
#define _GNU_SOURCE
#include "runner.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
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

/* Where a container mounts message queues, everybody may write, so that anybody could set the times of
 * the directory and leave a message in them. The queues themselves are denied. */
void forbid_queues(void) {
    if (chmod("/dev/mqueue", 0) < 0 && errno != ENOENT) die("queues");
}

void drop_rights(void) {
    if (!same_uid) must(setgroups(0, NULL), "groups"); /* before any program: its own call has nothing to do then */
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
