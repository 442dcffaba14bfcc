/* watch.c: a run from its program's start until nothing of it is alive: drain, watch the clocks, kill.
 *
 * Stalls. A container that was paused, or a machine that gave the runner no time, would make an
 * honest program look slow. The runner never sleeps longer than BEAT_US; when it wakes much later
 * than it asked to, the slot itself stood still, and that time counts for no clock of the program.
 * A crowd of busy processes makes the runner late, too: but then they got time, and it is no stall.
 *
 * Frames. While a run is on the host may send one frame ahead, which is kept for later; it may feed
 * a live run, and it may end any run (STOP).
 */
#define _GNU_SOURCE
#include "runner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
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
#define SOON_US 1000
#define SHORT_WAIT_US 200 /* what a run waits for a core, beside a stranger, is a multiple */
#define PATIENCE_US 60000000 /* the host adds as much to its deadline: wire.py */

int signal_fd = -1;

/* The leader's end is noticed first and reaped last: until everything is killed its number, which
 * is the group's too, must not become anybody else's. */
static void note_end(struct watch *w) {
    w->ended = true;
    w->ended_us = now_us();
    w->wall_us = w->ended_us - w->began_us;
    bool waited = w->wall_us - (cpu_of(w->pid, 0) - w->before.cpu_us) > SHORT_WAIT_US;
    w->delay_us = waited ? delay_of(w->pid) - w->before.delay_us : 0;
}

static void note_reaped(struct watch *w, pid_t pid, int status, const struct rusage *u) {
    if (pid == w->pid) w->status = status, w->rusage_us -= w->before.cpu_us;
    else if (w->by_itself && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) w->left = true;
    w->rusage_us += timeval_us(u->ru_utime) + timeval_us(u->ru_stime);
    if (u->ru_maxrss > w->maxrss_kb) w->maxrss_kb = u->ru_maxrss;
}

static void reap(struct watch *w, bool killed) {
    for (;;) {
        struct rusage u;
        int status;
        siginfo_t seen = {.si_pid = 0};
        if (waitid(P_ALL, 0, &seen, WEXITED | WNOHANG | WNOWAIT) < 0 || !seen.si_pid) return;
        if (seen.si_pid == w->pid && !w->ended) note_end(w);
        if (seen.si_pid == w->pid && !killed) return;
        if (wait4(seen.si_pid, &status, 0, &u) < 0) return;
        note_reaped(w, seen.si_pid, status, &u);
    }
}

/* After the leader's end, where all our children are the run's; whether there is none left. */
static bool reap_rest(struct watch *w) {
    struct rusage u;
    int status;
    pid_t pid;
    while ((pid = wait4(-1, &status, WNOHANG | __WALL, &u)) > 0) note_reaped(w, pid, status, &u);
    return pid < 0 && errno == ECHILD;
}

/* Signals of one number are one signal until it is read: no more than one can wait. */
void drop_signals(void) {
    struct signalfd_siginfo dropped;
    if (read(signal_fd, &dropped, sizeof dropped) < 0 && errno != EAGAIN) die("signals");
}

/* Warm interpreters live on: then all that has the run's uid is killed, and nothing in a run has another.
 * With that effective uid the runner may signal nothing else; its real one keeps it out of reach. */
static void kill_run(const struct watch *w) {
    if (!w->only_uid) { kill(same_pids ? -w->pid : -1, SIGKILL); return; }
    kill(w->pid, SIGKILL); /* it may not have come to its uid yet */
    if (seteuid(w->only_uid) < 0) die("kill-uid");
    kill(-1, SIGKILL);
    if (seteuid(0) < 0) die("kill-uid");
}

/* Warm interpreters are not seen. */
static bool childless(void) {
    siginfo_t info;
    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 && errno == ECHILD;
}

/* Whether a run whose first process has ended is over when the runner has no child: orphans become its
 * children. kill() looks at every process of the machine, and is spared then. */
static bool orphans_are_ours(const struct watch *w) {
    return w->ended && !same_pids && !w->only_uid;
}

/* One call reaches the whole run, atomically, so that a fork bomb cannot outrun it: as PID 1 of its
 * namespace the runner kills all there is, without one the process group that no program can
 * leave. False when something will not die. */
static bool kill_all(struct watch *w) {
    long long until = now_us() + 10000000; /* a process of many mappings takes its time to end */
    bool over = orphans_are_ours(w) && reap_rest(w);
    w->by_itself = w->ended && !w->limit;
    while (!over) {
        kill_run(w);
        reap(w, true);
        if (childless()) break;
        if (now_us() > until) return false;
        poll(&(struct pollfd){signal_fd, POLLIN, 0}, 1, 5);
        drop_signals();
    }
    run_group = 0;
    return true;
}

/* Of our network namespace: how many sockets there are, and a list of the unix ones, which takes ten
 * times as long to read; -1 where the namespace is not ours alone. */
static int used_fd = -1, sockets_fd = -1;
static int own_used = -1, own_sockets = -1;

static int count_used(void) {
    static const char head[] = "sockets: used ";
    char text[64];
    ssize_t n = used_fd < 0 ? -1 : pread(used_fd, text, sizeof text - 1, 0);
    if (n > 0) text[n] = 0;
    return n > (ssize_t)sizeof head && !memcmp(text, head, sizeof head - 1) ? atoi(text + sizeof head - 1) : -1;
}

static int count_sockets(void) {
    char text[4096];
    int lines = 0;
    off_t at = 0;
    for (ssize_t n; sockets_fd >= 0 && (n = pread(sockets_fd, text, sizeof text, at)) > 0; at += n)
        for (ssize_t i = 0; i < n; i++) lines += text[i] == '\n';
    return sockets_fd < 0 ? -1 : lines;
}

void count_own_sockets(void) {
    if (getpid() == 1 && sockets_fd < 0) {
        sockets_fd = open("/proc/self/net/unix", O_RDONLY | O_CLOEXEC);
        used_fd = open("/proc/self/net/sockstat", O_RDONLY | O_CLOEXEC);
    }
    own_sockets = count_sockets();
    own_used = count_used();
}

/* Sockets sent to each other in messages outlive their processes, and so do their names and every
 * file sent with them, until the kernel's collector finds the cycle. Closing a socket calls it. */
static bool sockets_gone(void) {
    if (own_used >= 0 && count_used() == own_used) return true;
    for (int i = 0; i < 1000; i++) {
        if (count_sockets() <= own_sockets) return true;
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd >= 0) close(fd);
        usleep(1000);
    }
    return false;
}

int cores(void) {
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) < 0 ? 1 : CPU_COUNT(&set);
}

/* Whether the slot stood still, being this late; to be called at every beat. Before it was late the
 * program may have been busy on all cores. */
static bool stood_still(struct watch *w, long long now, long long late, int ncores) {
    long long since = now - w->beat_at_us;
    if (late <= STALL_US && since < BEAT_US / 2) return false;
    long long used = cpu_used(w), burnt = used - w->beat_cpu_us - (since - late) * ncores;
    w->beat_at_us = now;
    w->beat_cpu_us = used;
    return late > STALL_US && burnt < late / 20;
}

/* At every beat: a program that sleeps is told from one that gets no core. Not when a signal has woken us: a
 * program that is stopped and goes on signals us itself, each time just as it runs. */
static void sample_state(struct watch *w, long long now) {
    long long since = now - w->state_at_us;
    if (since < BEAT_US / 2) return;
    if (run_wants_core(&w->procs)) w->wanting_us += since;
    w->state_at_us = now;
}

/* How long the run wanted a core and had none. What it used on several cores at once hides some. */
long long starved_us(const struct watch *w, long long cpu) {
    return w->wanting_us > cpu ? w->wanting_us - cpu : 0;
}

/* A compiler is not measured, it has to finish: while it waits for a core, its clock stands, for up
 * to PATIENCE_US. */
static long long wall_left(const struct watch *w, const struct run *r, long long used) {
    long long waited = r->writable_box ? starved_us(w, used) : 0;
    return (long long)r->wall_ms * 1000 - (wall_now_us(w) - w->began_us) + (waited < PATIENCE_US ? waited : PATIENCE_US);
}

/* Checks the clocks; returns how long to sleep before any of them can fire, microseconds. CPU time
 * cannot grow faster than the wall clock times the cores, so a sleep that long misses nothing. */
static long long check_clocks(struct watch *w, const struct run *r, int ncores) {
    long long now = now_us(), used = cgroup_cpu(&w->usage), sleep = wall_left(w, r, used < 0 ? w->cpu_high_us : used);
    if (sleep <= 0) { w->limit = "wall"; return 0; }
    long long call_left = r->calls ? call_left_us(w, r, ncores) : sleep;
    if (w->limit) return 0;
    if (call_left < sleep) sleep = call_left;
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
    if (r->idle_ms && used >= 0 && !w->calls.queried_us) {
        if (used - w->cpu_seen_us > 1000) w->cpu_seen_us = used, w->cpu_seen_at_us = now;
        long long left = (long long)r->idle_ms * 1000 - (now - w->cpu_seen_at_us);
        if (left <= 0) { w->limit = "idle"; return 0; }
        if (left < sleep) sleep = left;
    }
    return sleep;
}

/* For so long the program could not run, or waited for the host. */
static void stop_clocks(struct watch *w, long long us) {
    w->began_us += us, w->cpu_seen_at_us += us, w->state_at_us += us, w->calls.began_us += us;
    if (w->calls.queried_us) w->calls.queried_us += us; /* counted here, and not once more with the reply */
}

/* What the host sends while a run is on. */
static void take_frame(struct watch *w, const struct run *r) {
    uint8_t type;
    uint32_t length;
    uint8_t *data = read_frame(&type, &length);
    if (type == STOP) w->limit = "stopped";
    else if (r->live && type == FEED) append_input(&w->in, data, length), feed(&w->in);
    else if (r->queries && type == REPLY) stop_clocks(w, take_reply(w, data, length));
    else if (r->live && type == CLOSE_STDIN) w->in.closing = true, feed(&w->in);
    else { keep_frame(type, length, data); return; }
    free(data);
}

/* The answer before the streams: what was printed before it is then seen with it. */
enum { SIGNAL, ANSWER, CALL, OUT, ERR, IN, HOST, TO_HOST, POLLED };

static void set_polled(struct pollfd *p, const struct watch *w, const struct run *r) {
    bool full = r->live && !writable();
    p[SIGNAL] = (struct pollfd){signal_fd, POLLIN, 0};
    p[ANSWER] = (struct pollfd){w->calls.out, POLLIN, 0};
    p[CALL] = (struct pollfd){w->calls.left ? w->calls.in : -1, POLLOUT, 0};
    p[OUT] = (struct pollfd){full ? -1 : streams[0].fd, POLLIN, 0};
    p[ERR] = (struct pollfd){full ? -1 : streams[1].fd, POLLIN, 0};
    p[IN] = (struct pollfd){w->in.done < w->in.used ? w->in.fd : -1, POLLOUT, 0};
    p[HOST] = (struct pollfd){in_fd, (short)(POLLRDHUP | (has_kept_frame() ? 0 : POLLIN)), 0};
    p[TO_HOST] = (struct pollfd){full ? out_fd : -1, POLLOUT, 0};
}

static void serve_polled(const struct pollfd *p, struct watch *w, const struct run *r) {
    if (p[HOST].revents & (POLLRDHUP | POLLHUP | POLLERR)) exit_runner(0); /* the host is gone */
    if (p[IN].revents) feed(&w->in);
    for (int i = 0; i < 2; i++) {
        if (!p[OUT + i].revents) continue;
        if (r->live) pass_on(w, &streams[i], r->output);
        else drain(w, &streams[i], r->output);
    }
    if (p[CALL].revents) pass_call(&w->calls);
    if (p[ANSWER].revents && !w->limit) take_answers(w, r);
    if (p[HOST].revents & POLLIN) take_frame(w, r);
    if (p[SIGNAL].revents) reap(w, false);
    if (p[SIGNAL].revents && !w->ended) { /* else it is dropped when the host has its answer */
        drop_signals();
        reap(w, false);
    }
}

/* No longer than until the next sample; if that waits because of a signal, it comes when what signalled
 * has had its time. */
static long long pause_us(const struct watch *w, long long pause, long long now) {
    long long sample = w->state_at_us + BEAT_US - now;
    if (sample < SOON_US) sample = SOON_US;
    if (pause > sample) pause = sample;
    return pause < 0 ? 0 : pause;
}

static long long first_wake(const struct watch *w, const struct run *r, int ncores) {
    uint64_t first = r->cpu_ms < r->wall_ms ? r->cpu_ms : r->wall_ms;
    if (r->calls && r->call_cpu_ms < first) first = r->call_cpu_ms;
    if (r->calls && r->call_wall_ms < first) first = r->call_wall_ms;
    long long wake = now_us() + (long long)first * 1000 / ncores;
    if (r->idle_ms && w->began_us + (long long)r->idle_ms * 1000 < wake) wake = w->began_us + (long long)r->idle_ms * 1000;
    return w->sampled ? now_us() + 2000 : wake;
}

/* A short program on our own core has ended before we come to look. What comes by calls is read first. */
static bool has_ended(struct watch *w, const struct run *r) {
    if (!r->calls && !r->live) reap(w, false);
    return w->ended;
}

void watch(struct watch *w, const struct run *r) {
    if (has_ended(w, r)) return;
    int ncores = cores();
    w->cpu_seen_at_us = w->beat_at_us = w->state_at_us = w->began_us;
    long long wake = first_wake(w, r, ncores);
    while (!w->ended && !w->limit) {
        struct pollfd p[POLLED];
        set_polled(p, w, r);
        long long before = now_us(), pause = pause_us(w, wake - before, before);
        int ready = ppoll(p, COUNT(p), &(struct timespec){0, pause * 1000}, NULL);
        long long now = now_us(), late = now - before - pause;
        if (stood_still(w, now, late, ncores)) {
            w->stalled_us += late, wake += late;
            stop_clocks(w, late);
        }
        if (ready < 0 && errno != EINTR) die("poll");
        if (ready > 0) serve_polled(p, w, r);
        if (!w->ended && !(ready > 0 && p[SIGNAL].revents)) sample_state(w, now);
        if (!w->ended && !w->limit && now >= wake) wake = now_us() + check_clocks(w, r, ncores);
    }
    note_last_call(w);
}

/* Ends whatever is left of a run; the reason why the slot is dirty, or NULL. */
const char *end_run(struct watch *w) {
    const char *dirty = kill_all(w) ? NULL : "kill";
    if (!w->ended) dirty = "wait";
    if (!sockets_gone()) dirty = "sockets";
    return dirty;
}
