/* cgroup.c: the control group's figures around one run.
 *
 * Every run gets a memory group to which nothing is charged: its peak is the program's, and file pages
 * that an earlier run left in the cache count for nobody. The runner and the staged files are outside
 * it, so that no limit of a program's can make the kernel kill the runner. On v2 the program is forked
 * straight into it; on v1 it moves there before exec.
 *
 * Making a group costs more than all else that the runner does for a short run. So the groups take
 * turns. What the kernel frees late, and what it keeps ready for a group, is gone when a group's turn
 * comes again, as a rule: a group to which no more than RESIDUE is charged by then, and which has seen
 * no OOM kill, is as good as a new one. Any other is made anew. Either is done ahead, while the host
 * looks at the report of the run before.
 */
#define _GNU_SOURCE
#include "runner.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_GROUPS 32 /* the kernel frees late for some 20 ms */
#define HIGH_FD 64
#define RESIDUE 16384 /* bytes: far less than what the kernel charges ahead */

struct cgroup group;

/* ------------------------------------------------------------------ figures of one run */

static long long read_number(int fd, const char *key) {
    char text[4096], *at = text;
    ssize_t n = fd < 0 ? -1 : pread(fd, text, sizeof text - 1, 0);
    if (n <= 0) return -1;
    text[n] = 0;
    if (key) {
        at = strstr(text, key);
        if (!at) return -1;
        at += strlen(key);
    }
    return strtoll(at, NULL, 10);
}

static void write_number(int fd, uint64_t value, const char *step) {
    char text[24];
    int n = snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    if (pwrite(fd, text, (size_t)n, 0) != n) die(step);
}

long long timeval_us(struct timeval tv) {
    return tv.tv_sec * 1000000ll + tv.tv_usec;
}

static long long self_cpu_us(void) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return timeval_us(u.ru_utime) + timeval_us(u.ru_stime);
}

static long long group_cpu_us(void) {
    if (group.version == 2) return read_number(group.run->cpu, "usage_usec ");
    long long ns = read_number(group.cpu, NULL);
    return ns < 0 ? -1 : ns / 1000;
}

void cgroup_begin(struct usage *a, const struct run *r, uint64_t inherited) {
    *a = (struct usage){.inherited = inherited};
    uint64_t most = r->memory - inherited;
    if (group.version && group.run->most != most) write_number(group.run->limit, group.run->most = most, "cgroup-limit");
    if (!group.version) a->oom = read_number(group.oom, "oom_kill ");
    a->self_us = self_cpu_us();
    a->cpu_us = group_cpu_us();
}

/* CPU time of the tree so far, microseconds; -1 where no control group tells. */
long long cgroup_cpu(const struct usage *a) {
    long long now = a->cpu_us < 0 ? -1 : group_cpu_us();
    if (now < 0) return -1;
    long long own = group.cpu >= 0 ? self_cpu_us() - a->self_us : 0;
    long long used = now - a->cpu_us - own;
    return used < 0 ? 0 : used;
}

long long cgroup_oom(const struct usage *a) {
    if (!group.version) {
        long long now = read_number(group.oom, "oom_kill ");
        return now < 0 || a->oom < 0 ? 0 : now - a->oom;
    }
    long long kills = read_number(group.run->oom, "oom_kill ");
    if (kills < 0) die("cgroup-oom");
    group.run->spoiled |= kills > 0;
    return kills;
}

long long cgroup_peak(const struct usage *a) {
    long long peak = group.version ? read_number(group.run->peak, NULL) : -1;
    return peak < 0 ? peak : peak + (long long)a->inherited;
}

/* ------------------------------------------------------------------ the groups of the runs */

static struct memory groups[MOST_GROUPS];
static unsigned made;
static unsigned long long turns;

static int open_in(int dir, const char *name, int flags) {
    return openat(dir, name, flags | O_CLOEXEC | O_NOFOLLOW);
}

/* Out of the way of the numbers that a program's streams get: see leave_table() in child.c. */
static int high(int fd) {
    int moved = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, HIGH_FD);
    if (fd >= 0) close(fd);
    return moved;
}

static int need(int dir, const char *name, int flags) {
    int fd = high(open_in(dir, name, flags));
    if (fd < 0) die("cgroup-files");
    return fd;
}

/* Before Linux 6.12 nothing resets a peak of v2, before 5.19 there is none. */
static int v2_peak(int dir) {
    int fd = open_in(dir, "memory.peak", O_RDWR);
    return high(fd >= 0 ? fd : open_in(dir, "memory.peak", O_RDONLY));
}

static void no_swap(int dir) {
    int fd = open_in(dir, "memory.swap.max", O_WRONLY);
    if (fd >= 0) write_number(fd, 0, "cgroup-swap"), close(fd);
}

static void open_group(struct memory *m, const char *name) {
    int dir = need(group.dir, name, O_RDONLY | O_DIRECTORY);
    bool v1 = group.version == 1;
    *m = (struct memory){
        .limit = need(dir, v1 ? "memory.limit_in_bytes" : "memory.max", O_WRONLY),
        .peak = v1 ? need(dir, "memory.max_usage_in_bytes", O_RDWR) : v2_peak(dir),
        .usage = need(dir, v1 ? "memory.usage_in_bytes" : "memory.current", O_RDONLY),
        .oom = need(dir, v1 ? "memory.oom_control" : "memory.events", O_RDONLY),
        .cpu = v1 ? -1 : need(dir, "cpu.stat", O_RDONLY),
        /* Not cgroup.procs: moving its only thread takes no lock that stops every fork and exit of the machine. */
        .enter = v1 ? need(dir, "tasks", O_WRONLY) : dir,
    };
    if (v1) close(dir);
    else no_swap(dir);
}

static void close_group(struct memory *m) {
    int fds[] = {m->limit, m->peak, m->usage, m->oom, m->cpu, m->enter};
    for (size_t i = 0; i < COUNT(fds); i++)
        if (fds[i] >= 0) close(fds[i]);
}

static bool remove_group(const char *name) {
    for (int i = 0; i < 200; i++) { /* the last exit may still be on its way */
        if (unlinkat(group.dir, name, AT_REMOVEDIR) == 0 || errno == ENOENT) return true;
        usleep(500);
    }
    return false;
}

static void make_group(unsigned which) {
    char name[16];
    struct memory *m = &groups[which];
    snprintf(name, sizeof name, "run%u", which);
    if (which < made) close_group(m);
    else made++;
    if (!remove_group(name) || mkdirat(group.dir, name, group.version == 1 ? 0700 : 0755) < 0) die("cgroup-run");
    open_group(m, name);
}

static bool as_new(const struct memory *m) {
    if (m->spoiled) return false;
    long long left = read_number(m->usage, NULL);
    return left >= 0 && left <= RESIDUE && pwrite(m->peak, "0", 1, 0) == 1; /* sets it back */
}

/* The group whose turn was longest ago, if it is as good as new; else a new one in its place, or
 * beside it as long as there are few. */
void cgroup_renew(void) {
    if (!group.version) return;
    unsigned next = 0;
    for (unsigned i = 1; i < made; i++)
        if (groups[i].turn < groups[next].turn) next = i;
    if (!made || !as_new(&groups[next])) make_group(next = made < MOST_GROUPS ? made : next);
    group.run = &groups[next];
    group.run->turn = ++turns;
}

/* ------------------------------------------------------------------ once, before the first frame */

static void write_zero(int dir) { /* "0" is the writer itself */
    int fd = open_in(dir, "cgroup.procs", O_WRONLY);
    if (fd < 0 || write(fd, "0", 1) != 1) die("cgroup-enter");
    close(fd);
}

void open_cgroup(struct cgroup *cg, const struct options *opt) {
    *cg = (struct cgroup){.dir = -1, .oom = -1, .cpu = -1};
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
        cgroup_renew();
        return;
    }
    cg->version = 1;
    if (opt->enter) write_zero(dir);
    int swappiness = open_in(dir, "memory.swappiness", O_WRONLY); /* 0: no limit is stretched by swap */
    if (swappiness >= 0 && write(swappiness, "0", 1) != 1) die("cgroup-swappiness");
    if (swappiness >= 0) close(swappiness);
    cgroup_renew();
}
