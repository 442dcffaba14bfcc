/* frames.c: the stream to the host: frames and their fields. (HELLO's lines are read in runner.c.)
 *
 * The other end is trusted (it is the host), but a bug there must end in a FATAL
 * frame and not in a strange run: every length is checked, unknown tags and absent fields are
 * errors, and numbers have one size.
 */
#define _GNU_SOURCE
#include "runner.h"

#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int in_fd = -1, out_fd = -1, passed_fds[2 * MAX_PAIRS], passed_count;
bool live_stream;
struct stream streams[2] = {{.fd = -1, .kind = 1}, {.fd = -1, .kind = 2}};

void (*before_exit)(void);

/* The only way out. */
_Noreturn void exit_runner(int code) {
    if (before_exit) before_exit();
    _exit(code);
}

/* ------------------------------------------------------------------ the stream to the host */

/* While a run is live the host may be blocked in sending what the program does not read any more;
 * it would never read what we send. So it is read here, and dropped. */
static void wait_to_send(void) {
    for (;;) {
        struct pollfd p[2] = {{out_fd, POLLOUT, 0}, {has_kept_frame() ? -1 : in_fd, POLLIN, 0}};
        if (poll(p, COUNT(p), -1) < 0 && errno != EINTR) exit_runner(0);
        if (p[0].revents) return;
        if (!p[1].revents) continue;
        uint8_t type;
        uint32_t length;
        uint8_t *data = read_frame(&type, &length);
        if (type == FEED || type == CLOSE_STDIN || type == STOP) free(data);
        else keep_frame(type, length, data);
    }
}

void send_all(struct iovec *iov, int n) {
    while (n > 0) {
        struct iovec part = {iov->iov_base, iov->iov_len < PROMPT + 6 ? iov->iov_len : PROMPT + 6};
        if (live_stream) wait_to_send();
        ssize_t done = live_stream ? writev(out_fd, &part, 1) : writev(out_fd, iov, n);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) exit_runner(0); /* nobody listens any more */
        for (; n > 0 && (size_t)done >= iov->iov_len; iov++, n--) done -= (ssize_t)iov->iov_len;
        if (n > 0) {
            iov->iov_base = (char *)iov->iov_base + done;
            iov->iov_len -= (size_t)done;
        }
    }
}

static void put_header(uint8_t *at, uint32_t length, uint8_t type) {
    memcpy(at, &length, 4);
    at[4] = type;
}

struct iovec framed(struct stream *s) {
    put_header(s->data, (uint32_t)(1 + s->used), OUTPUT);
    s->data[5] = s->kind;
    return (struct iovec){s->data, 6 + s->used};
}

void send_output(struct stream *s) {
    struct iovec iov = framed(s);
    send_all(&iov, 1);
    s->used = 0;
}

/* `fields` come before the path. */
static void send_with(uint8_t type, struct iovec fields, const char *path, const uint8_t *data, size_t size) {
    uint8_t head[5], path_head[5] = {T_PATH}, data_head[5] = {T_DATA};
    uint32_t path_size = (uint32_t)strlen(path), data_size = (uint32_t)size;
    put_header(head, (uint32_t)fields.iov_len + 5 + path_size + 1 + 5 + data_size + 1, type);
    memcpy(path_head + 1, &path_size, 4);
    memcpy(data_head + 1, &data_size, 4);
    struct iovec iov[] = {
        {head, 5},      fields,               {path_head, 5}, {(void *)path, path_size + 1},
        {data_head, 5}, {(void *)data, size}, {(void *)"", 1},
    };
    send_all(iov, COUNT(iov));
}

void send_file(const char *path, const uint8_t *data, size_t size) {
    send_with(COLLECTED, (struct iovec){NULL, 0}, path, data, size);
}

void send_built(const char *path, uint64_t mode, const uint8_t *data, size_t size) {
    uint8_t field[5 + sizeof mode + 1] = {T_MODE, sizeof mode};
    memcpy(field + 5, &mode, sizeof mode);
    send_with(BUILT, (struct iovec){field, sizeof field}, path, data, size);
}

void send_text(uint8_t type, const char *text, size_t length) {
    uint8_t head[5];
    struct iovec iov[4];
    int n = 0;
    for (size_t i = 0; type == REPORT && i < COUNT(streams); i++)
        if (streams[i].used) iov[n++] = framed(&streams[i]);
    put_header(head, (uint32_t)length, type);
    iov[n++] = (struct iovec){head, 5};
    iov[n++] = (struct iovec){(void *)text, length};
    send_all(iov, n);
    for (size_t i = 0; i < COUNT(streams); i++) streams[i].used = 0;
}

_Noreturn void die(const char *step) {
    char text[128];
    int n = snprintf(text, sizeof text, "step:%s\nerrno:%d\n", step, errno);
    if (out_fd >= 0) send_text(FATAL, text, (size_t)n);
    else fprintf(stderr, "judgecore runner: %s: %s\n", step, strerror(errno));
    exit_runner(70);
}

static void take_fds(struct msghdr *m) {
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
        size_t size = c->cmsg_len - CMSG_LEN(0), pair = 2 * sizeof *passed_fds;
        if (!size || size % pair || size > sizeof passed_fds || passed_count) errno = EBADMSG, die("pipes");
        memcpy(passed_fds, CMSG_DATA(c), size);
        passed_count = (int)(size / sizeof *passed_fds);
    }
}

/* The kernel drops descriptors that a plain read passes over. */
static ssize_t receive(void *to, size_t n) {
    static bool no_socket;
    char space[CMSG_SPACE(sizeof passed_fds)] __attribute__((aligned(8)));
    struct msghdr m = {.msg_iov = &(struct iovec){to, n}, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
    ssize_t got = no_socket ? -1 : recvmsg(in_fd, &m, MSG_CMSG_CLOEXEC);
    if (got < 0 && !no_socket && errno == ENOTSOCK) no_socket = true;
    if (no_socket) return read(in_fd, to, n);
    if (got > 0) take_fds(&m);
    return got;
}

static bool read_all(void *to, size_t n) {
    for (uint8_t *p = to; n > 0;) {
        ssize_t got = receive(p, n);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        p += got;
        n -= (size_t)got;
    }
    return true;
}

/* Large frames get pages of their own, so that giving them back really frees them. */
uint8_t *read_frame(uint8_t *type, uint32_t *length) {
    uint8_t head[5];
    if (!read_all(head, 5)) exit_runner(0);
    memcpy(length, head, 4);
    *type = head[4];
    if (*length > MAX_FRAME) errno = EMSGSIZE, die("frame-size");
    uint8_t *data = malloc((size_t)*length + 1);
    if (!data) die("frame-memory");
    if (!read_all(data, *length)) exit_runner(0);
    data[*length] = 0;
    return data;
}

/* One frame may be read while a run is on, and is kept for later. */
static struct { uint8_t type; uint32_t length; uint8_t *data; } kept;

bool has_kept_frame(void) {
    return kept.data;
}

void keep_frame(uint8_t type, uint32_t length, uint8_t *data) {
    if (kept.data) errno = EPROTO, die("frame-order");
    kept.type = type;
    kept.length = length;
    kept.data = data;
}

uint8_t *next_frame(uint8_t *type, uint32_t *length) {
    if (!kept.data) return read_frame(type, length);
    uint8_t *data = kept.data;
    *type = kept.type;
    *length = kept.length;
    kept.data = NULL;
    return data;
}

__attribute__((format(printf, 2, 3))) void line(struct text *t, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int n = vsnprintf(t->data + t->used, sizeof t->data - t->used, format, args);
    va_end(args);
    if (n > 0 && t->used + (size_t)n < sizeof t->data) t->used += (size_t)n;
}

/* ------------------------------------------------------------------ decoding */

/* Fields: a tag byte, a 32-bit length, that many bytes and a NUL, so that text needs no copy. */
bool next_field(uint8_t **at, uint8_t *end, struct field *f) {
    if (*at == end) return false;
    if (end - *at < 6) errno = EBADMSG, die("field-short");
    f->tag = **at;
    memcpy(&f->size, *at + 1, 4);
    f->data = *at + 5;
    if (f->size > (size_t)(end - f->data) - 1 || f->data[f->size] != 0)
        errno = EBADMSG, die("field-length");
    *at = f->data + f->size + 1;
    return true;
}

uint64_t number(const struct field *f) {
    uint64_t value;
    if (f->size != 8) errno = EBADMSG, die("field-number");
    memcpy(&value, f->data, 8);
    return value;
}

char *text(const struct field *f) {
    if (memchr(f->data, 0, f->size)) errno = EBADMSG, die("field-text");
    return (char *)f->data;
}

static void decode_file(struct run *r, const struct field *f) {
    const uint8_t *end = memchr(f->data, 0, f->size);
    if (!end) errno = EBADMSG, die("field-file");
    if (r->file_count == MAX_FILES) errno = E2BIG, die("field-files");
    r->files[r->file_count++] = (struct file){(char *)f->data, end + 1, f->size - (size_t)(end + 1 - f->data)};
}

static void decode_number(struct run *r, const struct field *f) {
    switch (f->tag) {
    case T_CPU_MS: r->cpu_ms = number(f); break;
    case T_WALL_MS: r->wall_ms = number(f); break;
    case T_IDLE_MS: r->idle_ms = number(f); break;
    case T_MEMORY: r->memory = number(f); break;
    case T_STACK: r->stack = number(f); break;
    case T_OUTPUT: r->output = number(f); break;
    case T_FILE: r->file = number(f); break;
    case T_PROCESSES: r->processes = number(f); break;
    case T_OPEN_FILES: r->open_files = number(f); break;
    case T_WRITABLE_BOX: r->writable_box = number(f) != 0; break;
    case T_LIVE: r->live = number(f) != 0; break;
    case T_CONNECT: r->connected = number(f) != 0, r->held = number(f) == 2; break;
    case T_WRITABLE_RUN: r->writable_run = number(f) != 0; break;
    case T_CORE: r->on_core = true, r->core = number(f); break;
    case T_BUILT: r->built = number(f); break;
    case T_CALL_CPU_MS: r->call_cpu_ms = number(f); break;
    case T_CALL_WALL_MS: r->call_wall_ms = number(f); break;
    case T_QUERIES: r->queries = number(f) != 0; break;
    default: errno = EBADMSG, die("field-tag");
    }
}

/* One frame at least, and each whole. */
static void decode_calls(struct run *r, const struct field *f) {
    for (size_t at = 0; at < f->size || !at;) {
        uint32_t size;
        if (f->size - at < 4) errno = EBADMSG, die("field-calls");
        memcpy(&size, f->data + at, 4);
        if (size > f->size - at - 4) errno = EBADMSG, die("field-calls");
        at += 4 + (size_t)size;
    }
    r->calls = f->data;
    r->calls_size = f->size;
}

static void check_run(const struct run *r) {
    if (!r->argc || !r->cpu_ms || !r->wall_ms || !r->memory || !r->output)
        errno = EBADMSG, die("field-missing");
    if (r->writable_box && (r->writable_run || r->file_count)) errno = EBADMSG, die("field-conflict");
    if (r->built && !r->writable_box) errno = EBADMSG, die("field-conflict");
    if (r->core >= CPU_SETSIZE) errno = EBADMSG, die("field-core");
    if (r->live + r->connected + (r->input != NULL || r->digest != NULL) > 1) errno = EBADMSG, die("field-conflict");
    if (r->calls && (r->live || r->connected || !r->call_cpu_ms || !r->call_wall_ms)) errno = EBADMSG, die("field-calls");
    if (r->queries && !r->calls) errno = EBADMSG, die("field-calls");
}

void decode_run(uint8_t *data, uint32_t length, struct run *r) {
    memset(r, 0, offsetof(struct run, argv));
    struct field f;
    for (uint8_t *at = data; next_field(&at, data + length, &f);) {
        switch (f.tag) {
        case T_ARG:
            if (r->argc == MAX_ARGS) errno = E2BIG, die("field-args");
            r->argv[r->argc++] = text(&f);
            break;
        case T_ENV:
            if (r->envc == MAX_ARGS) errno = E2BIG, die("field-env");
            r->envp[r->envc++] = text(&f);
            break;
        case T_STDIN: r->input = f.data; r->input_size = f.size; break;
        case T_DIGEST:
            if (f.size != DIGEST) errno = EBADMSG, die("field-digest");
            r->digest = f.data;
            break;
        case T_WARM: r->warm = text(&f); break;
        case T_RUN_FILE: decode_file(r, &f); break;
        case T_CALLS: decode_calls(r, &f); break;
        case T_COLLECT:
            if (r->collect_count == MAX_COLLECT) errno = E2BIG, die("field-collect");
            r->collect[r->collect_count++] = text(&f);
            break;
        default: decode_number(r, &f);
        }
    }
    r->argv[r->argc] = r->envp[r->envc] = NULL;
    check_run(r);
}
