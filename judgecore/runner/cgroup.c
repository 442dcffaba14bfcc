/* cgroup.c: the control group's figures around one run.
 *
 * Every run gets a memory group of its own, which nothing has been charged to: its peak is the
 * program's, and file pages that an earlier run left in the cache count for nobody. The runner and
 * the staged files are outside it, so that no limit of a program's can make the kernel kill the
 * runner. On v2 the program is forked straight into it; on v1 it moves there before exec, and the
 * group is made ahead, while the host looks at the report of the run before.
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

static int v2_file(int dir, const char *name, int flags) {
    int fd = openat(dir, name, flags | O_CLOEXEC);
    if (fd < 0) die("cgroup-run-file");
    return fd;
}

static void v2_set(int dir, const char *name, uint64_t value) {
    int fd = v2_file(dir, name, O_WRONLY);
    write_number(fd, value, "cgroup-run-limit");
    close(fd);
}

long long timeval_us(struct timeval tv) {
    return tv.tv_sec * 1000000ll + tv.tv_usec;
}

static long long self_cpu_us(void) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return timeval_us(u.ru_utime) + timeval_us(u.ru_stime);
}

static long long group_cpu_us(const struct usage *a) {
    if (group.cpu >= 0) {
        long long ns = read_number(group.cpu, NULL);
        return ns < 0 ? -1 : ns / 1000;
    }
    if (a->v2 < 0) return -1;
    int fd = openat(a->v2, "cpu.stat", O_RDONLY | O_CLOEXEC);
    long long us = read_number(fd, "usage_usec ");
    if (fd >= 0) close(fd);
    return us;
}

static int need(int dir, const char *name, int flags) {
    int fd = openat(dir, name, flags | O_CLOEXEC);
    if (fd < 0) die("cgroup-files");
    return fd;
}

static bool remove_run_group(void) {
    for (int i = 0; i < 200; i++) { /* the last exit may still be on its way */
        if (unlinkat(group.dir, "run", AT_REMOVEDIR) == 0 || errno == ENOENT) return true;
        usleep(500);
    }
    return false;
}

void cgroup_renew(void) {
    if (group.version != 1) return;
    struct memory *m = &group.run;
    if (m->limit >= 0) close(m->limit), close(m->peak), close(m->oom), close(m->tasks);
    if (!remove_run_group() || mkdirat(group.dir, "run", 0700) < 0) die("cgroup-run");
    int dir = need(group.dir, "run", O_RDONLY | O_DIRECTORY);
    *m = (struct memory){
        .limit = need(dir, "memory.limit_in_bytes", O_WRONLY),
        .peak = need(dir, "memory.max_usage_in_bytes", O_RDONLY),
        .oom = need(dir, "memory.oom_control", O_RDONLY),
        /* Not cgroup.procs: moving its only thread takes no lock that stops every fork and exit of the machine. */
        .tasks = need(dir, "tasks", O_WRONLY),
    };
    close(dir);
}

void cgroup_begin(struct usage *a, const struct run *r, uint64_t inherited) {
    uint64_t memory = r->memory - inherited;
    *a = (struct usage){.cpu_us = -1, .v2 = -1, .inherited = inherited};
    if (group.version == 1) {
        write_number(group.run.limit, memory, "cgroup-limit");
    } else if (group.version == 2) {
        if (mkdirat(group.dir, "run", 0755) < 0 && errno != EEXIST) die("cgroup-run");
        a->v2 = v2_file(group.dir, "run", O_RDONLY | O_DIRECTORY);
        v2_set(a->v2, "memory.max", memory);
        int swap = openat(a->v2, "memory.swap.max", O_WRONLY | O_CLOEXEC);
        if (swap >= 0) write_number(swap, 0, "cgroup-run-swap"), close(swap);
    } else {
        a->oom = read_number(group.oom, "oom_kill ");
    }
    a->self_us = self_cpu_us();
    a->cpu_us = group_cpu_us(a);
}

/* CPU time of the tree so far, microseconds; -1 where no control group tells. */
long long cgroup_cpu(const struct usage *a) {
    long long now = a->cpu_us < 0 ? -1 : group_cpu_us(a);
    if (now < 0) return -1;
    long long own = group.cpu >= 0 ? self_cpu_us() - a->self_us : 0;
    long long used = now - a->cpu_us - own;
    return used < 0 ? 0 : used;
}

long long cgroup_oom(const struct usage *a) {
    if (group.version == 2) {
        int fd = v2_file(a->v2, "memory.events", O_RDONLY);
        long long n = read_number(fd, "oom_kill ");
        close(fd);
        return n < 0 ? 0 : n;
    }
    long long now = read_number(group.version == 1 ? group.run.oom : group.oom, "oom_kill ");
    if (group.version == 1 && now < 0) die("cgroup-oom");
    return now < 0 || a->oom < 0 ? 0 : now - a->oom;
}

static long long peak_of_group(const struct usage *a) {
    if (group.version == 1) return read_number(group.run.peak, NULL);
    if (group.version == 2) {
        int fd = openat(a->v2, "memory.peak", O_RDONLY | O_CLOEXEC); /* new in Linux 5.19 */
        long long peak = read_number(fd, NULL);
        if (fd >= 0) close(fd);
        return peak;
    }
    return -1;
}

long long cgroup_peak(const struct usage *a) {
    long long peak = peak_of_group(a);
    return peak < 0 ? peak : peak + (long long)a->inherited;
}

bool cgroup_end(struct usage *a) {
    if (a->v2 < 0) return true;
    close(a->v2);
    return remove_run_group();
}

/* ------------------------------------------------------------------ once, before the first frame */

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
    cgroup_renew();
}
