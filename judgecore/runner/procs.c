/* procs.c: what a run uses, by sampling its processes, where no control group counts it.
 *
 * CPU time is exact in every sample: a process's clock counts its dead threads too. Memory is the sum
 * of what is resident; where processes share pages, the kernel's proportional figure. What happens
 * between two samples is not seen: the figures are lower bounds, and say so by their source.
 */
#define _GNU_SOURCE
#include "runner.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#define EVERY_US 5000 /* a sample costs some 20 us; touching memory runs at a few MB per ms */
#define MOST_TASKS 64
#define WALK_US 20000 /* the longest that one sample may walk page tables */
#define FORKED_NOT_EXECUTED 0x40 /* PF_FORKNOEXEC of the kernel's sched.h, among the flags in /proc/PID/stat */
#define SHARE 20      /* of the time, at most one part in so many goes into finding processes */

long long now_us(void) {
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * 1000000ll + ts.tv_nsec / 1000;
}

static ssize_t slurp(pid_t pid, const char *name, char *to, size_t room) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, to, room - 1);
    if (fd >= 0) close(fd);
    if (n >= 0) to[n] = 0;
    return n;
}

/* The kernel's number for the CPU clock of a whole process; any process may read it. Made here:
 * clock_getcpuclockid() asks the kernel once more. */
long long cpu_of(pid_t pid, long long unknown) {
    struct timespec ts;
    clockid_t clock = (clockid_t)((~(unsigned)pid << 3) | 2);
    return clock_gettime(clock, &ts) < 0 ? unknown : ts.tv_sec * 1000000ll + ts.tv_nsec / 1000;
}

long long resident(pid_t pid) {
    char text[128], *at;
    if (slurp(pid, "statm", text, sizeof text) <= 0 || !(at = strchr(text, ' '))) return 0;
    return strtoll(at, NULL, 10) * sysconf(_SC_PAGESIZE);
}

static long long proportional(pid_t pid) { /* walks the page tables: milliseconds for a large one */
    char text[2048], *at;
    if (slurp(pid, "smaps_rollup", text, sizeof text) <= 0 || !(at = strstr(text, "\nPss:"))) return resident(pid);
    return strtoll(at + 5, NULL, 10) * 1024;
}

/* Whether `pid` belongs to the run, and the time of the children it has waited for (10 ms ticks). */
static bool belongs(const struct procs *t, pid_t pid, long long *waited_us) {
    char text[1024], *at;
    long group;
    unsigned long long user, system;
    if (pid == 1 && !same_pids) return false;
    if (slurp(pid, "stat", text, sizeof text) <= 0 || !(at = strrchr(text, ')'))) return false;
    if (sscanf(at + 1, " %*c %*d %ld %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %llu %llu", &group, &user, &system) != 3) return false;
    if (same_pids && group != t->leader) return false;
    *waited_us += (long long)(user + system) * (1000000 / sysconf(_SC_CLK_TCK));
    return true;
}

static bool of_scratch(dev_t device) {
    struct stat st;
    for (size_t i = 0; i < COUNT(scratch_fds); i++)
        if (scratch_fds[i] >= 0 && fstat(scratch_fds[i], &st) == 0 && st.st_dev == device) return true;
    return false;
}

/* Memory in files without a name, which nobody need have mapped: held by a descriptor alone. */
static long long unlinked(pid_t pid) {
    char path[64];
    long long bytes = 0;
    ino_t seen[64];
    int count = 0;
    snprintf(path, sizeof path, "/proc/%d/fd", pid);
    DIR *list = opendir(path);
    for (struct dirent *e; list && count < (int)COUNT(seen) && (e = readdir(list));) {
        struct stat st;
        struct statfs fs;
        if (fstatat(dirfd(list), e->d_name, &st, 0) < 0 || !S_ISREG(st.st_mode) || st.st_nlink || st.st_ino == input_inode) continue;
        if (of_scratch(st.st_dev)) continue;
        snprintf(path, sizeof path, "/proc/%d/fd/%.20s", pid, e->d_name);
        if (statfs(path, &fs) < 0 || fs.f_type != TMPFS_MAGIC) continue;
        bool again = false;
        for (int i = 0; i < count; i++) again |= seen[i] == st.st_ino;
        if (!again) seen[count++] = st.st_ino, bytes += st.st_blocks * 512ll;
    }
    if (list) closedir(list);
    return bytes;
}

/* Memory in the slot's own writable mounts. */
static long long scratch(void) {
    struct statvfs fs;
    long long bytes = 0;
    for (size_t i = 0; !same_pids && same_uid && i < COUNT(scratch_fds); i++)
        if (scratch_fds[i] >= 0 && fstatvfs(scratch_fds[i], &fs) == 0)
            bytes += (long long)(fs.f_blocks - fs.f_bfree) * (long long)fs.f_frsize;
    return bytes;
}

static void find(struct procs *t) {
    long long began = now_us();
    DIR *list = opendir("/proc");
    t->count = 0;
    t->waited_us = 0;
    for (struct dirent *e; list && t->count < (int)COUNT(t->known) && (e = readdir(list));) {
        pid_t pid = isdigit((unsigned char)e->d_name[0]) ? atoi(e->d_name) : 0;
        if (pid > 0 && belongs(t, pid, &t->waited_us)) t->known[t->count++] = pid;
    }
    if (list) closedir(list);
    t->full_at_us = now_us();
    t->full_cost_us = t->full_at_us - began;
}

/* Of the process that holds most: several may hold the same file. */
static long long fullest(const struct procs *t) {
    long long most = 0;
    for (int i = 0; i < t->count && i < 8; i++) {
        long long bytes = unlinked(t->known[i]);
        if (bytes > most) most = bytes;
    }
    return most;
}

/* What the processes hold, with their parts of what they share. A process of many mappings takes long
 * to walk, and the clocks must be looked at meanwhile: who is not reached in time counts with what was
 * seen of it before, and comes first next time. */
static long long shares(struct procs *t) {
    long long until = now_us() + WALK_US, bytes = 0;
    for (int n = 0; n < t->count && (!n || now_us() < until); n++) {
        unsigned i = t->next++ % (unsigned)t->count;
        t->share[i] = proportional(t->known[i]);
        t->share_of[i] = t->known[i];
    }
    for (int i = 0; i < t->count; i++) {
        long long most = t->share_of[i] == t->known[i] ? resident(t->known[i]) : 0;
        bytes += t->share[i] < most ? t->share[i] : most;
    }
    return bytes;
}

/* Whether the run's program has begun. Until then its process is a copy of the runner's, with all the
 * memory that this one has, a large input for instance. */
static bool has_begun(struct procs *t) {
    char text[1024], *at;
    unsigned flags;
    if (t->begun) return true;
    if (slurp(t->leader, "stat", text, sizeof text) <= 0 || !(at = strrchr(text, ')'))) return false;
    if (sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %u", &flags) != 1) return false;
    return t->begun = !(flags & FORKED_NOT_EXECUTED);
}

/* Takes a sample; returns after how long to take the next, microseconds. */
long long sample_procs(struct procs *t) {
    if (!t->full_at_us || now_us() - t->full_at_us > SHARE * t->full_cost_us) find(t);
    t->cpu_us = t->bytes = 0;
    for (int i = 0; i < t->count; i++) {
        t->cpu_us += cpu_of(t->known[i], 0);
        if (t->known[i] != t->leader || has_begun(t)) t->bytes += resident(t->known[i]);
    }
    if (t->count > 1 && t->bytes > t->peak) t->bytes = shares(t);
    t->bytes += fullest(t) + scratch();
    if (t->bytes > t->peak) t->peak = t->bytes;
    return EVERY_US;
}

/* Whether a thread of the process runs or waits for a core: the kernel calls both R. */
static bool wants_core(pid_t pid) {
    char path[64], text[256], *at;
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *list = opendir(path);
    bool wants = false;
    int looked = 0;
    for (struct dirent *e; !wants && looked < MOST_TASKS && list && (e = readdir(list));) {
        snprintf(path, sizeof path, "task/%.20s/stat", e->d_name);
        if (!isdigit((unsigned char)e->d_name[0]) || slurp(pid, path, text, sizeof text) <= 0) continue;
        looked++;
        wants = (at = strrchr(text, ')')) && at[1] == ' ' && at[2] == 'R';
    }
    if (list) closedir(list);
    return wants;
}

/* For how long the first thread of a process, dead or alive, waited for a core, microseconds. */
long long delay_of(pid_t pid) {
    char text[128];
    unsigned long long delay;
    if (slurp(pid, "schedstat", text, sizeof text) <= 0 || sscanf(text, "%*u %llu", &delay) != 1) return 0;
    return (long long)(delay / 1000);
}

/* Whether anything of the run does. */
bool run_wants_core(struct procs *t) {
    if (!t->full_at_us || now_us() - t->full_at_us > SHARE * t->full_cost_us) find(t);
    for (int i = 0; i < t->count; i++)
        if (wants_core(t->known[i])) return true;
    return false;
}

/* What is alive, and what has been waited for: never less than what was seen before. */
long long cpu_sampled(struct watch *w) {
    long long now = w->rusage_us + w->procs.cpu_us + w->procs.waited_us;
    if (now > w->cpu_high_us) w->cpu_high_us = now;
    return w->cpu_high_us;
}

long long cpu_used(struct watch *w) {
    long long used = cgroup_cpu(&w->usage);
    if (used >= 0) return used;
    sample_procs(&w->procs);
    return cpu_sampled(w);
}

/* Tasks that count against RLIMIT_NPROC beside the run's own. A user namespace counts for itself
 * (kernel 5.14): the runner and its handle. */
long tasks_of_this_uid(void) {
    if (!same_pids) return 2;
    static long long counted_at;
    static long tasks;
    if (counted_at && now_us() - counted_at < 1000000) return tasks;
    char text[4096], *at;
    DIR *list = opendir("/proc");
    tasks = 0;
    for (struct dirent *e; list && (e = readdir(list));) {
        pid_t pid = isdigit((unsigned char)e->d_name[0]) ? atoi(e->d_name) : 0;
        if (pid <= 0 || slurp(pid, "status", text, sizeof text) <= 0) continue;
        if (!(at = strstr(text, "\nUid:")) || strtoul(at + 5, NULL, 10) != getuid()) continue;
        if ((at = strstr(text, "\nThreads:"))) tasks += strtol(at + 9, NULL, 10);
    }
    if (list) closedir(list);
    counted_at = now_us();
    return tasks;
}
