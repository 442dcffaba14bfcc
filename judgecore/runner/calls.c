/* calls.c: a run that is called: its inputs are handed over one by one, each after the last answer.
 *
 * The program reads calls from descriptor 3 and writes answers to descriptor 4, both as frames: a
 * 32-bit length, then so many bytes. Its first frame is empty and says that it is ready: what it
 * needed to start is no call's time. A call is written when the answer to the one before it is
 * whole, so no program sees an input before its turn, and a forged answer is just an answer.
 *
 * Queries. In a run with QUERIES an answer that begins with ASKS is none: the host gets it, and what it
 * says to it goes to the program as a frame. The clocks of wall time stand meanwhile, CPU time counts.
 *
 * Time. What a call used is what the program's first process used between the call and the answer,
 * which costs one system call. Only when a call takes long is the whole tree looked at: what its
 * children used since that was last done is charged to the call that runs.
 */
#define _GNU_SOURCE
#include "runner.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HIGH 10       /* the program's ends get numbers above the ones that they are to have */
#define RESULT_HEAD 37
#define ASKS 3         /* the first byte of a query */

const char ended_calls[] = "none"; /* a "limit" of its own: the last answer came, nothing was exceeded */

static struct { uint8_t data[CHUNK]; size_t used; } results; /* on their way to the host */

/* ------------------------------------------------------------------ opening and closing */

static void high_pipe(int fds[2], int ours) {
    if (pipe2(fds, O_CLOEXEC) < 0) die("pipe");
    if (fcntl(fds[ours], F_SETFL, O_NONBLOCK) < 0) die("pipe-flags");
    if (fchmod(fds[ours], ours ? 0444 : 0222) < 0) die("pipe-mode");
    int high = fcntl(fds[!ours], F_DUPFD_CLOEXEC, HIGH);
    if (high < 0) die("pipe-number");
    close(fds[!ours]);
    fds[!ours] = high;
}

void open_calls(struct calls *c, const struct run *r, struct start *s) {
    *c = (struct calls){.in = -1, .out = -1};
    s->call_in = s->call_out = -1;
    results.used = 0;
    if (!r->calls) return;
    int in[2], out[2];
    high_pipe(in, 1);
    high_pipe(out, 0);
    *c = (struct calls){.in = in[1], .out = out[0], .at = r->calls, .end = r->calls + r->calls_size};
    s->call_in = in[0];
    s->call_out = out[1];
}

void close_call_ends(const struct start *s) {
    if (s->call_in >= 0) close(s->call_in);
    if (s->call_out >= 0) close(s->call_out);
}

static void flush_results(void) {
    struct iovec iov = {results.data, results.used};
    if (results.used) send_all(&iov, 1);
    results.used = 0;
}

void close_calls(struct calls *c) {
    if (c->in >= 0) close(c->in);
    if (c->out >= 0) close(c->out);
    free(c->data);
    c->in = c->out = -1;
    c->data = NULL;
    flush_results();
}

/* ------------------------------------------------------------------ what a call used */

/* Kept: when one call ends the next one begins. */
static long long leader_cpu_us(struct watch *w) {
    return w->calls.seen_us = cpu_of(w->pid, w->calls.seen_us);
}

/* Of the call that runs, or of the start; `all`: with what its children used. */
static long long call_cpu_us(struct watch *w, bool all) {
    struct calls *c = &w->calls;
    long long leader = leader_cpu_us(w), others = all ? cpu_used(w) - leader : 0;
    if (others > c->others_us) c->own_us += others - c->others_us, c->others_us = others;
    return leader - c->leader_us + c->own_us;
}

/* Now, for clocks of wall time: they stand while the host answers a query. */
long long wall_now_us(const struct watch *w) {
    return w->calls.queried_us ? w->calls.queried_us : now_us();
}

/* How long the call may still run, microseconds; 0: its time is over, and `limit` says which. */
long long call_left_us(struct watch *w, const struct run *r, int ncores) {
    long long wall = (long long)r->call_wall_ms * 1000 - (wall_now_us(w) - w->calls.began_us);
    if (wall <= 0) { w->limit = "wall"; return 0; }
    long long cpu = (long long)r->call_cpu_ms * 1000 - call_cpu_us(w, true);
    if (cpu < 0) { w->limit = "cpu"; return 0; }
    cpu = cpu / ncores + 1000;
    return cpu < wall ? cpu : wall;
}

/* ------------------------------------------------------------------ calls out, answers in */

void pass_call(struct calls *c) {
    while (c->in >= 0 && c->left) {
        ssize_t n = write(c->in, c->at, c->left);
        if (n < 0 && errno == EAGAIN) return;
        if (n <= 0) { /* it closed the descriptor: there will be no answer either */
            close(c->in);
            c->in = -1;
            return;
        }
        c->at += n;
        c->left -= (size_t)n;
    }
}

static void begin_call(struct watch *w) {
    struct calls *c = &w->calls;
    uint32_t size;
    c->asked = true;
    c->began_us = w->cpu_seen_at_us = now_us();
    c->leader_us = c->seen_us;
    c->own_us = 0;
    memcpy(&size, c->at, 4);
    c->left = 4 + (size_t)size;
    pass_call(c);
}

static void put_result(const struct watch *w, const uint8_t *data, uint32_t size, long long cpu) {
    uint64_t figures[] = {(uint64_t)cpu, (uint64_t)(now_us() - w->calls.began_us), streams[0].total, streams[1].total};
    uint32_t length = sizeof figures + size;
    uint8_t head[RESULT_HEAD];
    memcpy(head, &length, 4);
    head[4] = RESULT;
    memcpy(head + 5, figures, sizeof figures);
    if (results.used + RESULT_HEAD + size > sizeof results.data) flush_results();
    if (RESULT_HEAD + size > sizeof results.data) {
        struct iovec iov[] = {{head, RESULT_HEAD}, {(void *)data, size}};
        send_all(iov, COUNT(iov));
        return;
    }
    memcpy(results.data + results.used, head, RESULT_HEAD);
    memcpy(results.data + results.used + RESULT_HEAD, data, size);
    results.used += RESULT_HEAD + size;
}

static void put_query(struct calls *c, uint32_t size) {
    uint8_t head[5];
    memcpy(head, &size, 4);
    head[4] = QUERY;
    struct iovec iov[] = {{head, sizeof head}, {c->data + 5, size}};
    flush_results(); /* the host counts them: they tell whose query it is */
    send_all(iov, COUNT(iov));
    c->used = 0;
    c->queried_us = now_us();
}

/* Whether all of it went into the pipe: who reads its call, and each reply, before it asks has room. A
 * program that died while it asked reads no more; how it died says what happened. */
static bool pass_reply(const struct calls *c, const uint8_t *data, uint32_t size) {
    struct iovec iov[] = {{&size, 4}, {(void *)data, size}};
    if (c->left || c->in < 0) return false;
    ssize_t sent = writev(c->in, iov, COUNT(iov));
    return sent == 4 + (ssize_t)size || (sent < 0 && errno == EPIPE);
}

/* The first byte says whether the host has an answer. Between the program's end and its report there
 * may be one for nobody. Returns how long it took, microseconds. */
long long take_reply(struct watch *w, const uint8_t *data, uint32_t size) {
    struct calls *c = &w->calls;
    if (!c->queried_us) return 0;
    long long took = now_us() - c->queried_us;
    c->queried_us = 0;
    if (!size || !data[0]) c->fault = "refused";
    else if (!pass_reply(c, data + 1, size - 1)) c->fault = "unread";
    if (c->fault && !w->limit) w->limit = ended_calls;
    return took;
}

/* A whole frame is there. */
static void take_answer(struct watch *w, const struct run *r, uint32_t size) {
    struct calls *c = &w->calls;
    if (c->used != 4 + (size_t)size || (!c->ready && size)) { c->fault = c->ready ? "extra" : "early"; return; }
    if (r->queries && size && c->data[4] == ASKS) { put_query(c, size - 1); return; }
    if (c->ready) {
        bool slow = now_us() - c->began_us > (long long)r->call_cpu_ms * 500;
        put_result(w, c->data + 4, size, call_cpu_us(w, slow));
        c->answered++;
    } else {
        leader_cpu_us(w);
    }
    c->ready = true;
    c->asked = false;
    c->used = 0;
    if (c->at == c->end) w->limit = ended_calls;
    else begin_call(w);
}

static bool make_room(struct calls *c) {
    if (c->room - c->used >= CHUNK) return true;
    size_t room = c->room * 2 + CHUNK;
    uint8_t *more = realloc(c->data, room);
    if (!more) die("answer-memory");
    c->data = more;
    c->room = room;
    return true;
}

/* Reads once; false when there is nothing more for now. The end of the stream says nothing: the
 * program's own end follows, or one of the clocks. */
static bool read_answer(struct calls *c) {
    make_room(c);
    size_t room = c->room - c->used;
    ssize_t n = read(c->out, c->data + c->used, room);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (n <= 0) {
        close(c->out);
        c->out = -1;
        return false;
    }
    c->used += (size_t)n;
    c->total += (uint64_t)n;
    return (size_t)n == room;
}

void take_answers(struct watch *w, const struct run *r) {
    struct calls *c = &w->calls;
    uint32_t size = 0;
    bool more;
    do {
        more = c->out >= 0 && read_answer(c);
        if (c->total > r->output) w->limit = "output";
    } while (more && !w->limit);
    if (c->queried_us && c->used) c->fault = "extra";
    if (c->fault && !w->limit) w->limit = ended_calls;
    if (w->limit || c->used < 4) return;
    memcpy(&size, c->data, 4);
    if (c->used >= 4 + (size_t)size) take_answer(w, r, size);
    else if (size > r->output) c->fault = "size";
    if (c->fault && !w->limit) w->limit = ended_calls;
}

/* ------------------------------------------------------------------ the report */

/* Before anything is killed: afterwards nobody knows what its last call used. */
void note_last_call(struct watch *w) {
    if (w->calls.asked) w->calls.last_us = call_cpu_us(w, true), w->calls.last_wall_us = now_us() - w->calls.began_us;
}

/* Whether the runner ended the program because nothing was left to ask. */
bool calls_are_done(const struct watch *w) {
    return w->limit == ended_calls && !w->calls.fault;
}

void tell_calls(struct text *t, const struct watch *w) {
    const struct calls *c = &w->calls;
    line(t, "ready:%d\n", c->ready);
    if (c->fault) line(t, "call_fault:%s\n", c->fault);
    if (c->asked) line(t, "call_us:%lld\ncall_wall_us:%lld\n", c->last_us, c->last_wall_us);
}
