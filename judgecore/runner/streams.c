/* streams.c: what a run reads and writes: pipes, or a file in memory as its input (input.c).
 *
 * Every run has pipes of its own, since a pipe keeps what a program can change: its size, its times. They
 * are made ahead, while the host looks at the report of the run before, and so is the file. Our copies of
 * the program's ends are closed then, too: that nothing more can come is known when no process of the run
 * is alive. Where somebody waits for the end of a stream, a partner or whoever feeds a live program,
 * they are closed at once.
 */
#define _GNU_SOURCE
#include "runner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

static int ahead[COUNT(streams)][2] = {{-1, -1}, {-1, -1}};

static void make_pipe(int fds[2], int ours) {
    if (pipe2(fds, O_CLOEXEC) < 0) die("pipe");
    if (fcntl(fds[ours], F_SETFL, O_NONBLOCK) < 0) die("pipe-flags");
    /* Opening /dev/stdin by name asks the mode of the pipe, which is ours and not the program's. */
    if (fchmod(fds[ours], ours ? 0444 : 0222) < 0) die("pipe-mode");
}

/* What is missing of what the next run needs. */
void prepare_streams(void) {
    for (size_t i = 0; i < COUNT(ahead); i++)
        if (ahead[i][0] < 0) make_pipe(ahead[i], 0);
    prepare_input();
}

/* The program's end; ours is in the stream. */
static int take_ahead(int which) {
    if (ahead[which][0] < 0) make_pipe(ahead[which], 0);
    streams[which].fd = ahead[which][0];
    ahead[which][0] = -1;
    return ahead[which][1];
}

/* Those of the first pair become stdin and stdout; the others get numbers above the ones that they
 * are to have. */
static void take_pipes(struct start *s) {
    if (!passed_count) errno = EBADMSG, die("pipes");
    s->in = passed_fds[0];
    s->out = passed_fds[1];
    for (int i = 2; i < passed_count; i++) {
        int high = fcntl(passed_fds[i], F_DUPFD_CLOEXEC, FURTHER + 2 * MAX_PAIRS);
        if (high < 0) die("pipe-number");
        close(passed_fds[i]);
        s->further[s->further_count++] = high;
    }
    passed_count = 0;
}

/* The program's ends in `s`; ours in the watch and the streams. */
void open_streams(struct watch *w, const struct run *r, struct start *s) {
    int in[2];
    for (int i = 0; i < 2; i++) streams[i].total = 0, streams[i].used = 0, streams[i].truncated = false;
    if (r->connected) take_pipes(s);
    else {
        if (r->live) make_pipe(in, 1), w->in.fd = in[1];
        s->in = r->live ? in[0] : open_input(r);
        s->out = take_ahead(0);
    }
    s->err = take_ahead(1);
}

/* Reads once; whether there may be more. */
static bool take(struct watch *w, struct stream *s, uint64_t cap, size_t full) {
    uint8_t waste[4096];
    bool over = s->total >= cap;
    size_t room = full - s->used, left = (size_t)(cap - (over ? cap : s->total));
    ssize_t n = over ? read(s->fd, waste, sizeof waste)
                     : read(s->fd, s->data + 6 + s->used, room < left ? room : left);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (n <= 0) {
        close(s->fd);
        s->fd = -1;
        return false;
    }
    if (over) { /* one byte too many is enough to know */
        s->truncated = true;
        if (!w->limit) w->limit = "output";
        return false;
    }
    s->used += (size_t)n;
    s->total += (uint64_t)n;
    return true;
}

/* Moves what is there from the program to the buffer, and full buffers to the host. */
void drain(struct watch *w, struct stream *s, uint64_t cap) {
    while (s->fd >= 0) {
        if (s->used == CHUNK) send_output(s);
        if (!take(w, s, cap, CHUNK)) return;
    }
}

/* Of a live run: to the host at once, and no more than its stream takes without blocking, so that
 * whoever feeds the program never waits for us. */
bool writable(void) {
    struct pollfd p = {out_fd, POLLOUT, 0};
    return poll(&p, 1, 0) > 0;
}

void pass_on(struct watch *w, struct stream *s, uint64_t cap) {
    if (s->fd < 0 || !writable()) return;
    take(w, s, cap, PROMPT);
    if (s->used) send_output(s);
}

/* What nobody has read yet; nothing of the run is alive. */
void drain_streams(struct watch *w, const struct run *r) {
    for (int i = 0; i < 2; i++) drain(w, &streams[i], r->output);
    end_feed(&w->in);
}

static void close_one(int *fd) {
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

/* The program's ends, as far as they are open here. */
void close_ends(struct start *s) {
    close_one(&s->in);
    close_one(&s->out);
    close_one(&s->err);
    while (s->further_count) close(s->further[--s->further_count]);
}

void close_streams(struct start *s) {
    close_ends(s);
    for (int i = 0; i < 2; i++) close_one(&streams[i].fd);
}
