/* run.c: one run from start to report: feed, drain, watch the clocks, kill, wipe, tell.
 *
 * Stalls. A container that was paused, or a machine that gave the runner no time, would make an
 * honest program look slow. The runner never sleeps longer than BEAT_US; when it wakes much later
 * than it asked to, the slot itself stood still, and that time counts for no clock of the program.
 * A crowd of busy processes makes the runner late, too: but then they got time, and it is no stall.
 */
#define _GNU_SOURCE
#include "runner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BEAT_US 100000
#define STALL_US 250000

int signal_fd = -1;
uint64_t scratch_bytes, scratch_files;
uint32_t uid_base, uid_count;
static uint32_t test_uids, compile_uids;

/* ------------------------------------------------------------------ watching one run */

struct watch {
    pid_t pid;
    int status, in;
    bool ended, by_itself, left; /* left: what outlived the program and had to be killed */
    size_t fed;
    const char *limit, *disk_full; /* disk_full: what the run was ended for; others may free it meanwhile */
    long long stalled_us, began_us, wall_us, rusage_us, maxrss_kb, cpu_high_us, cpu_seen_us, cpu_seen_at_us;
    long long beat_at_us, beat_cpu_us; /* the last beat, and the CPU time used by then */
    struct usage usage;
    bool sampled; /* no control group counts this run */
    long long inherited; /* then: what ru_maxrss has of the runner itself, which fork passes on */
    struct procs procs;
};

/* The leader's end is noticed first and reaped last: until everything is killed its number, which
 * is the group's too, must not become anybody else's. */
static void reap(struct watch *w, bool killed) {
    for (;;) {
        struct rusage u;
        int status;
        siginfo_t seen = {.si_pid = 0};
        if (waitid(P_ALL, 0, &seen, WEXITED | WNOHANG | WNOWAIT) < 0 || !seen.si_pid) return;
        if (seen.si_pid == w->pid && !w->ended) {
            w->ended = true;
            w->wall_us = now_us() - w->began_us;
        }
        if (seen.si_pid == w->pid && !killed) return;
        if (wait4(seen.si_pid, &status, 0, &u) < 0) return;
        if (seen.si_pid == w->pid) w->status = status;
        else if (killed && w->by_itself && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) w->left = true;
        w->rusage_us += timeval_us(u.ru_utime) + timeval_us(u.ru_stime);
        if (u.ru_maxrss > w->maxrss_kb) w->maxrss_kb = u.ru_maxrss;
    }
}

/* One call reaches the whole run, atomically, so that a fork bomb cannot outrun it: as PID 1 of its
 * namespace the runner kills all there is, without one the process group that no program can
 * leave. False when something will not die. */
static bool kill_all(struct watch *w) {
    long long until = now_us() + 5000000;
    w->by_itself = w->ended && !w->limit;
    for (;;) {
        kill(same_pids ? -w->pid : -1, SIGKILL);
        reap(w, true);
        siginfo_t info;
        if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 && errno == ECHILD) break;
        if (now_us() > until) return false;
        poll(&(struct pollfd){signal_fd, POLLIN, 0}, 1, 5);
        struct signalfd_siginfo drop[8];
        while (read(signal_fd, drop, sizeof drop) > 0) {}
    }
    run_group = 0;
    return true;
}

/* The unix sockets of our network namespace; -1 where it is not ours alone. */
static int count_sockets(void) {
    char text[4096];
    int lines = 0, fd = getpid() == 1 ? open("/proc/self/net/unix", O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0) return -1;
    for (ssize_t n; (n = read(fd, text, sizeof text)) > 0;)
        for (ssize_t i = 0; i < n; i++) lines += text[i] == '\n';
    close(fd);
    return lines;
}

static int own_sockets = -1;

void count_own_sockets(void) {
    own_sockets = count_sockets();
}

/* Sockets sent to each other in messages outlive their processes, and so do their names and every
 * file sent with them, until the kernel's collector finds the cycle. Closing a socket calls it. */
static bool sockets_gone(void) {
    for (int i = 0; i < 1000; i++) {
        if (count_sockets() <= own_sockets) return true;
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd >= 0) close(fd);
        usleep(1000);
    }
    return false;
}

static void feed(struct watch *w, const struct run *r) {
    while (w->in >= 0 && w->fed < r->input_size) {
        ssize_t n = write(w->in, r->input + w->fed, r->input_size - w->fed);
        if (n < 0 && errno == EAGAIN) return;
        if (n <= 0) break; /* the program closed its stdin: its right */
        w->fed += (size_t)n;
    }
    if (w->in >= 0) close(w->in);
    w->in = -1;
}

/* Moves what is there from the program to the buffer, and full buffers to the host. */
static void drain(struct watch *w, struct stream *s, uint64_t cap) {
    while (s->fd >= 0) {
        if (s->used == CHUNK) {
            struct iovec iov = framed(s);
            send_all(&iov, 1);
            s->used = 0;
        }
        uint8_t waste[4096];
        bool over = s->total >= cap;
        size_t room = CHUNK - s->used, left = (size_t)(cap - (over ? cap : s->total));
        ssize_t n = over ? read(s->fd, waste, sizeof waste)
                         : read(s->fd, s->data + 6 + s->used, room < left ? room : left);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (n <= 0) {
            close(s->fd);
            s->fd = -1;
            return;
        }
        if (over) { /* one byte too many is enough to know */
            s->truncated = true;
            if (!w->limit) w->limit = "output";
            return;
        }
        s->used += (size_t)n;
        s->total += (uint64_t)n;
    }
}

int cores(void) {
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) < 0 ? 1 : CPU_COUNT(&set);
}

/* What is alive, and what has been waited for: never less than what was seen before. */
static long long cpu_sampled(struct watch *w) {
    long long now = w->rusage_us + w->procs.cpu_us + w->procs.waited_us;
    if (now > w->cpu_high_us) w->cpu_high_us = now;
    return w->cpu_high_us;
}

static long long cpu_used(struct watch *w) {
    long long used = cgroup_cpu(&w->usage);
    if (used >= 0) return used;
    sample_procs(&w->procs);
    return cpu_sampled(w);
}

/* Whether the slot stood still, being this late; to be called at every beat. Before it was late the
 * program may have been busy on all cores. */
static bool stood_still(struct watch *w, long long late, int ncores) {
    long long now = now_us(), since = now - w->beat_at_us;
    if (late <= STALL_US && since < BEAT_US / 2) return false;
    long long used = cpu_used(w), burnt = used - w->beat_cpu_us - (since - late) * ncores;
    w->beat_at_us = now;
    w->beat_cpu_us = used;
    return late > STALL_US && burnt < late / 20;
}

/* Checks the clocks; returns how long to sleep before any of them can fire, microseconds. CPU time
 * cannot grow faster than the wall clock times the cores, so a sleep that long misses nothing. */
static long long check_clocks(struct watch *w, const struct run *r, int ncores) {
    long long now = now_us(), wall_left = (long long)r->wall_ms * 1000 - (now - w->began_us);
    if (wall_left <= 0) { w->limit = "wall"; return 0; }
    long long sleep = wall_left, used = cgroup_cpu(&w->usage);
    if (w->sampled) {
        long long next = sample_procs(&w->procs);
        if (next < sleep) sleep = next;
        if (w->procs.peak > (long long)r->memory) { w->limit = "memory"; return 0; }
        if (same_pids && (w->disk_full = sample_disk(r->writable_box, false).full)) { w->limit = "disk"; return 0; }
        if (used < 0) used = cpu_sampled(w);
    }
    if (used >= 0) {
        long long left = (long long)r->cpu_ms * 1000 - used;
        if (left < 0) { w->limit = "cpu"; return 0; }
        left = left / ncores + 1000;
        if (left < sleep) sleep = left;
    }
    if (r->idle_ms && used >= 0) {
        if (used - w->cpu_seen_us > 1000) w->cpu_seen_us = used, w->cpu_seen_at_us = now;
        long long left = (long long)r->idle_ms * 1000 - (now - w->cpu_seen_at_us);
        if (left <= 0) { w->limit = "idle"; return 0; }
        if (left < sleep) sleep = left;
    }
    return sleep;
}

static void watch(struct watch *w, const struct run *r) {
    int ncores = cores();
    w->cpu_seen_at_us = w->beat_at_us = w->began_us;
    long long wake = now_us() + (long long)(r->cpu_ms < r->wall_ms ? r->cpu_ms : r->wall_ms) * 1000 / ncores;
    if (r->idle_ms && w->began_us + (long long)r->idle_ms * 1000 < wake) wake = w->began_us + (long long)r->idle_ms * 1000;
    if (w->sampled) wake = now_us() + 2000;
    while (!w->ended && !w->limit) {
        struct pollfd p[5] = {
            {signal_fd, POLLIN, 0},
            {streams[0].fd, POLLIN, 0},
            {streams[1].fd, POLLIN, 0},
            {w->in, POLLOUT, 0},
            {in_fd, POLLRDHUP, 0},
        };
        long long before = now_us(), pause = wake - before;
        pause = pause < 0 ? 0 : pause < BEAT_US ? pause : BEAT_US;
        int ready = ppoll(p, COUNT(p), &(struct timespec){0, pause * 1000}, NULL);
        long long late = now_us() - before - pause;
        if (stood_still(w, late, ncores)) w->stalled_us += late, w->began_us += late, w->cpu_seen_at_us += late, wake += late;
        if (ready < 0 && errno != EINTR) die("poll");
        if (p[4].revents & (POLLRDHUP | POLLHUP | POLLERR)) exit_runner(0); /* the host is gone */
        if (p[3].revents) feed(w, r);
        if (p[1].revents) drain(w, &streams[0], r->output);
        if (p[2].revents) drain(w, &streams[1], r->output);
        if (p[0].revents) {
            struct signalfd_siginfo drop[8];
            while (read(signal_fd, drop, sizeof drop) > 0) {}
            reap(w, false);
        }
        if (!w->ended && !w->limit && now_us() >= wake) wake = now_us() + check_clocks(w, r, ncores);
    }
}

/* ------------------------------------------------------------------ one run */

/* A compiler's uid owns what it made, so no test may get it, however many tests there are. */
static uid_t next_uid(bool compiling) {
    uint32_t compilers = uid_count / 2, tests = uid_count - compilers;
    return compiling ? uid_base + tests + compile_uids++ % compilers : uid_base + test_uids++ % tests;
}

static void make_pipe(int fds[2], int ours) {
    if (pipe2(fds, O_CLOEXEC) < 0) die("pipe");
    if (fcntl(fds[ours], F_SETFL, O_NONBLOCK) < 0) die("pipe-flags");
    /* Opening /dev/stdin by name asks the mode of the pipe, which is ours and not the program's. */
    if (fchmod(fds[ours], ours ? 0444 : 0222) < 0) die("pipe-mode");
}

/* How the kernel ends an exec whose arrays do not fit the address space or the machine. */
static bool died_at_start(const struct watch *w) {
    return w->ended && WIFSIGNALED(w->status) && (WTERMSIG(w->status) == SIGSEGV || WTERMSIG(w->status) == SIGKILL);
}

static void report(struct watch *w, const struct run *r, struct disk disk, const char *dirty) {
    struct text t = {.used = 0};
    long long cpu = cgroup_cpu(&w->usage), peak = cgroup_peak(&w->usage);
    const char *cpu_source = "cgroup", *memory_source = group.version == 1 ? "cgroup-v1" : "cgroup-v2";
    if (cpu < 0) cpu = w->cpu_high_us, cpu_source = "sampled";
    if (w->rusage_us >= cpu) cpu = w->rusage_us, cpu_source = "rusage";
    if (peak < 0) {
        bool seen = w->procs.peak > w->maxrss_kb * 1024 || w->maxrss_kb * 1024 <= w->inherited;
        peak = seen ? w->procs.peak : w->maxrss_kb * 1024;
        memory_source = seen ? "sampled" : "maxrss";
    }
    if (shared->step[0]) {
        line(&t, "step:%s\nerrno:%d\n", shared->step, shared->step_errno);
    } else if (w->ended && WIFEXITED(w->status)) {
        line(&t, "exit:%d\n", WEXITSTATUS(w->status));
    } else if (w->ended && WIFSIGNALED(w->status)) {
        line(&t, "signal:%d\n", WTERMSIG(w->status));
    }
    line(&t, "cpu_us:%lld\ncpu_source:%s\n", cpu, cpu_source);
    line(&t, "wall_us:%lld\n", w->wall_us);
    line(&t, "memory:%lld\nmemory_source:%s\n", peak, memory_source);
    line(&t, "limit:%s\noom_kills:%lld\n", w->limit ? w->limit : "none", cgroup_oom(&w->usage));
    line(&t, "stdout_truncated:%d\nstderr_truncated:%d\n", streams[0].truncated, streams[1].truncated);
    if (disk.files) line(&t, "disk_bytes:%llu\ndisk_files:%llu\n", (unsigned long long)disk.bytes, (unsigned long long)disk.files);
    if (disk.full) line(&t, "disk_full:%s\n", disk.full);
    if (w->left) line(&t, "left:1\n");
    if (w->stalled_us) line(&t, "stalled_us:%lld\n", w->stalled_us);
    if (died_at_start(w)) line(&t, "image_bytes:%llu\n", (unsigned long long)image_bytes(r->argv[0]));
    if (!cgroup_end(&w->usage) && !dirty) dirty = "cgroup-end";
    if (dirty) line(&t, "dirty:%s\n", dirty);
    send_text(REPORT, t.data, t.used);
}

void run(uint8_t *data, uint32_t length) {
    static struct run r;
    int in[2], out[2], err[2];
    decode_run(data, length, &r);
    if (tell_deferred(REPORT)) return;
    struct watch w = {.in = -1};
    make_pipe(in, 1);
    make_pipe(out, 0);
    make_pipe(err, 0);
    w.in = in[1];
    feed(&w, &r);
    for (int i = 0; i < 2; i++) streams[i].total = 0, streams[i].used = 0, streams[i].truncated = false;
    streams[0].fd = out[0];
    streams[1].fd = err[0];
    shared->step[0] = 0;
    if (!open_box(r.writable_box)) die("box-open");
    uid_t uid = next_uid(r.writable_box);
    cgroup_begin(&w.usage, &r);
    if (same_pids) disk_begin(scratch_bytes, scratch_files);
    w.began_us = now_us();
    w.sampled = group.version == 0;
    if (w.sampled) w.inherited = resident(getpid());
    w.pid = spawn(&r, &w.usage, uid, in[0], out[1], err[1]);
    w.procs.leader = w.pid;
    close(in[0]);
    close(out[1]);
    close(err[1]);
    watch(&w, &r);
    const char *dirty = kill_all(&w) ? NULL : "kill";
    if (!w.ended) dirty = "wait";
    if (!sockets_gone()) dirty = "sockets";
    for (int i = 0; i < 2; i++) {
        drain(&w, &streams[i], r.output);
        if (streams[i].fd >= 0) close(streams[i].fd);
        streams[i].fd = -1;
    }
    if (w.in >= 0) close(w.in);
    struct disk disk = same_pids ? sample_disk(r.writable_box, true) : measure_disk(r.writable_box);
    if (w.disk_full) disk.full = w.disk_full;
    if (!close_box(r.writable_box)) dirty = "seal";
    if (!wipe_scratch()) dirty = "wipe";
    report(&w, &r, disk, dirty);
    cgroup_renew();
}
