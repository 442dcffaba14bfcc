/* account.c: the control group's figures around one run.
 *
 * Baseline and peak are read around a run, so that what the runner itself and the staged files
 * hold is not the program's.
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

/* ------------------------------------------------------------------ control group */

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

static long long group_cpu_us(const struct account *a) {
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

/* File pages that earlier runs left charged to the group. The kernel gives them up under pressure,
 * so counting them into the baseline would let a program exceed its limit by as much. */
static long long reclaimable(const struct memory *m, long long usage) {
    static long long seen = -1, cached; /* memory.stat is slow: read it when the usage has moved */
    if (m != &group.run || seen < 0 || llabs(usage - seen) > 1 << 18) {
        long long cache = read_number(m->stat, "total_cache "), shmem = read_number(m->stat, "total_shmem ");
        if (cache < 0 || shmem < 0) die("cgroup-stat");
        long long now = cache - shmem < usage ? cache - shmem : usage;
        if (m != &group.run) return now;
        seen = usage;
        cached = now;
    }
    return cached;
}

static void begin_v1(struct account *a, const struct memory *m, uint64_t bytes) {
    long long usage = read_number(m->usage, NULL);
    if (usage < 0) die("cgroup-usage");
    write_number(m->limit, (uint64_t)(usage - reclaimable(m, usage)) + bytes, "cgroup-limit");
    write_number(m->peak, 0, "cgroup-peak");
    a->v1 = m;
    a->baseline = read_number(m->usage, NULL);
    a->oom = read_number(m->oom, "oom_kill ");
    if (a->baseline < 0 || a->oom < 0) die("cgroup-usage");
}

void account_begin(struct account *a, const struct run *r) {
    *a = (struct account){.cpu_us = -1, .v2 = -1};
    if (group.version == 1) {
        begin_v1(a, r->writable_box ? &group.compile : &group.run, r->memory);
    } else if (group.version == 2) {
        if (mkdirat(group.dir, "run", 0755) < 0 && errno != EEXIST) die("cgroup-run");
        a->v2 = v2_file(group.dir, "run", O_RDONLY | O_DIRECTORY);
        v2_set(a->v2, "memory.max", r->memory);
        int swap = openat(a->v2, "memory.swap.max", O_WRONLY | O_CLOEXEC);
        if (swap >= 0) write_number(swap, 0, "cgroup-run-swap"), close(swap);
    } else {
        a->oom = read_number(group.oom, "oom_kill ");
    }
    a->self_us = self_cpu_us();
    a->cpu_us = group_cpu_us(a);
}

/* CPU time of the tree so far, microseconds; -1 where no control group tells. */
long long account_cpu(const struct account *a) {
    long long now = a->cpu_us < 0 ? -1 : group_cpu_us(a);
    if (now < 0) return -1;
    long long own = group.cpu >= 0 ? self_cpu_us() - a->self_us : 0;
    long long used = now - a->cpu_us - own;
    return used < 0 ? 0 : used;
}

long long account_oom(const struct account *a) {
    if (group.version == 2) {
        int fd = v2_file(a->v2, "memory.events", O_RDONLY);
        long long n = read_number(fd, "oom_kill ");
        close(fd);
        return n < 0 ? 0 : n;
    }
    long long now = read_number(a->v1 ? a->v1->oom : group.oom, "oom_kill ");
    if (a->v1 && now < 0) die("cgroup-oom");
    return now < 0 || a->oom < 0 ? 0 : now - a->oom;
}

long long account_peak(const struct account *a) {
    if (a->v1) {
        long long peak = read_number(a->v1->peak, NULL);
        return peak < 0 ? -1 : peak > a->baseline ? peak - a->baseline : 0;
    }
    if (group.version == 2) {
        int fd = v2_file(a->v2, "memory.peak", O_RDONLY);
        long long peak = read_number(fd, NULL);
        close(fd);
        return peak;
    }
    return -1;
}

bool account_end(struct account *a) {
    if (a->v2 < 0) return true;
    close(a->v2);
    for (int i = 0; i < 200; i++) { /* the last exit may still be on its way */
        if (unlinkat(group.dir, "run", AT_REMOVEDIR) == 0) return true;
        usleep(500);
    }
    return false;
}
