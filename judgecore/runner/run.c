/* run.c: one run from start to report: stage its files, open its streams, watch, wipe, report.
 *
 * What the next run will need, and what of this one can do no harm any more, waits until the host has the
 * report. Whatever could make the slot dirty comes before it.
 */
#define _GNU_SOURCE
#include "runner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CLOSING_MS 100 /* how long a dead program's files take to close, at most: it may wait for a core */

uint64_t scratch_bytes, scratch_files;
uint32_t uid_base, uid_count;
static uint32_t test_uids, compile_uids;

/* A compiler's uid owns what it made, so no test may get it, however many tests there are. */
static uid_t compiler_uid(void) {
    uint32_t compilers = uid_count / 2;
    return uid_base + (uid_count - compilers) + compile_uids++ % compilers;
}

/* Of the next test, until that begins and `test_uids` counts it. */
static uid_t test_uid(void) {
    return uid_base + test_uids % (uid_count - uid_count / 2);
}

/* What the run has left, less what the host staged for it. */
static struct disk measure(const struct watch *w, const struct run *r, const struct disk *staged) {
    struct disk d = same_pids ? sample_disk(r->writable_box, true) : measure_disk(r->writable_box);
    if (!same_pids) d.bytes -= d.bytes < staged->bytes ? d.bytes : staged->bytes, d.files -= d.files < staged->files ? d.files : staged->files;
    if (w->disk_full) d.full = w->disk_full;
    return d;
}

/* How the kernel ends an exec whose arrays do not fit the address space or the machine. */
static bool died_at_start(const struct watch *w) {
    return w->ended && WIFSIGNALED(w->status) && (WTERMSIG(w->status) == SIGSEGV || WTERMSIG(w->status) == SIGKILL);
}

static void tell_end(struct text *t, const struct watch *w) {
    if (shared->step[0]) line(t, "step:%s\nerrno:%d\n", shared->step, shared->step_errno);
    else if (calls_are_done(w)) line(t, "exit:0\n");
    else if (w->ended && WIFEXITED(w->status)) line(t, "exit:%d\n", WEXITSTATUS(w->status));
    else if (w->ended && WIFSIGNALED(w->status)) line(t, "signal:%d\n", WTERMSIG(w->status));
}

/* How long it waited for a core. The samples miss what is short, the first thread's delay misses the
 * other threads and processes; and that one's siblings on the core are no strangers. */
static long long waiting_us(const struct watch *w, long long cpu) {
    long long delay = w->delay_us < w->wall_us - cpu ? w->delay_us : w->wall_us - cpu;
    return delay > starved_us(w, cpu) ? delay : starved_us(w, cpu);
}

/* Whether a clock that sleepers run into ended a run that did not sleep: it waited for a core for a
 * good part of its time. It has CPU time left, be it a little, that may be all it needs. */
static bool starved(const struct watch *w, long long cpu) {
    bool slept = w->limit && (!strcmp(w->limit, "wall") || !strcmp(w->limit, "idle"));
    return slept && starved_us(w, cpu) > w->wall_us / 4;
}

/* Whether nobody is left who could read what the program writes. The kernel closes what a dead
 * partner had open one by one: our input may have ended before our output has lost its reader. */
static bool unread(const struct start *s) {
    struct pollfd in = {.fd = s->in}, out = {.fd = s->out};
    bool ended = poll(&in, 1, 0) == 1 && (in.revents & POLLHUP);
    return poll(&out, 1, ended ? CLOSING_MS : 0) == 1 && (out.revents & POLLERR);
}

/* Which files went to the host before the report: some of them cut, or all that was built. */
struct sent { bool cut, built; };

static void report(struct watch *w, const struct run *r, const struct start *s, struct disk disk, const struct sent *sent, const char *dirty) {
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
    tell_end(&t, w);
    line(&t, "cpu_us:%lld\ncpu_source:%s\nwall_us:%lld\nended_us:%lld\n", cpu, cpu_source, w->wall_us, w->ended_us);
    line(&t, "memory:%lld\nmemory_source:%s\nlimit:%s\noom_kills:%lld\n", peak, memory_source, w->limit ? w->limit : "none",
         cgroup_oom(&w->usage));
    if (streams[0].truncated) line(&t, "stdout_truncated:1\n");
    if (streams[1].truncated) line(&t, "stderr_truncated:1\n");
    if (sent->cut) line(&t, "collect_truncated:1\n");
    if (sent->built) line(&t, "built:1\n");
    if (disk.files) line(&t, "disk_bytes:%llu\ndisk_files:%llu\n", (unsigned long long)disk.bytes, (unsigned long long)disk.files);
    if (disk.full) line(&t, "disk_full:%s\n", disk.full);
    if (w->left) line(&t, "left:1\n");
    if (w->unread) line(&t, "unread:1\n");
    if (s->warmth) line(&t, "warm:%s\n", s->warmth);
    if (r->calls) tell_calls(&t, w);
    if (w->stalled_us) line(&t, "stalled_us:%lld\n", w->stalled_us);
    if (waiting_us(w, cpu) > 0) line(&t, "waiting_us:%lld\n", waiting_us(w, cpu));
    if (starved(w, cpu)) line(&t, "starved:1\n");
    if (died_at_start(w)) line(&t, "image_bytes:%llu\n", (unsigned long long)image_bytes(r->argv[0]));
    if (dirty) line(&t, "dirty:%s\n", dirty);
    send_text(REPORT, t.data, t.used);
}

static void start(struct watch *w, struct run *r, struct start *s) {
    open_streams(w, r, s);
    open_calls(&w->calls, r, s);
    shared->step[0] = 0;
    if ((r->warm || r->writable_box || !child_waits(r)) && drop_child()) cgroup_renew();
    s->uid = r->writable_box ? compiler_uid() : test_uid();
    if (!r->writable_box) test_uids++;
    prepare_warm(r, s, uid_base + uid_count);
    if (!open_box(r->writable_box)) die("box-open");
    cgroup_begin(&w->usage, r, s->inherited);
    w->only_uid = any_warm() ? s->uid : 0;
    w->began_us = now_us();
    w->sampled = group.version == 0;
    if (w->sampled) w->inherited = resident(getpid());
    if (s->warm_pid && !release_warm(s, uid_base + uid_count)) {
        cgroup_renew();
        cgroup_begin(&w->usage, r, 0);
    }
    w->pid = s->warm_pid ? s->warm_pid : spawn(r, s, &w->before);
    w->procs.leader = w->pid;
    w->procs.begun = s->warm_pid; /* a copy of an interpreter: its memory is the program's */
    w->calls.began_us = w->began_us;
    close_call_ends(s);
}

/* Whether the next run is likely to be of the same kind. One that is there already gains nothing: we would make its
 * child now, or when it begins. */
static bool child_is_wanted(const struct run *r) {
    struct pollfd host = {in_fd, POLLIN, 0};
    return !r->warm && !r->writable_box && !has_kept_frame() && poll(&host, 1, 0) == 0;
}

/* Between two runs: the host has its answer, and the next run will find all this done. */
static void prepare_next(const struct run *r, struct start *s, const struct disk *disk, const char *dirty) {
    close_streams(s);
    if (disk->untouched && !clear_scratch()) die("scratch-times");
    drop_signals();
    cgroup_renew();
    prepare_streams();
    if (!dirty && child_is_wanted(r)) prepare_child(r, test_uid());
}

void run(uint8_t *data, uint32_t length) {
    static struct run r;
    struct watch w = {.in.fd = -1};
    decode_run(data, length, &r);
    find_input(&r);
    if (r.live || r.connected) r.idle_ms = 0; /* it waits for its partner */
    struct start s = {.work = open_work(&r)};
    if (tell_deferred(REPORT)) { close_work(); return; }
    if (same_pids) disk_begin(scratch_bytes, scratch_files);
    struct disk staged = same_pids || s.work == box_fd ? (struct disk){0} : measure_disk(false);
    live_stream = r.live;
    start(&w, &r, &s);
    if ((r.live || r.connected) && !r.held) close_ends(&s);
    watch(&w, &r);
    w.unread = r.held && unread(&s); /* its partner ended first: it sees our pipes close only below */
    const char *dirty = end_run(&w);
    if (r.held) close_ends(&s);
    drain_streams(&w, &r);
    close_calls(&w.calls);
    struct disk disk = measure(&w, &r, &staged);
    struct sent sent = {.cut = !collect(&r)};
    close_work();
    if (!close_box(r.writable_box)) dirty = "seal";
    sent.built = r.built && !dirty && send_box(r.built);
    if (!disk.untouched && !wipe_scratch()) dirty = "wipe";
    report(&w, &r, &s, disk, &sent, dirty);
    live_stream = false;
    prepare_next(&r, &s, &disk, dirty);
}
