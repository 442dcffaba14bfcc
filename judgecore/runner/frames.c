/* frames.c: the stream to the host: frames and their fields. (HELLO's lines are read in runner.c.)
 *
 * Whoever speaks to the runner is trusted (the host made it), but a bug there must end in a FATAL
 * frame and not in a strange run: every length is checked, unknown tags and absent fields are
 * errors, and numbers have one size.
 */
#define _GNU_SOURCE
#include "runner.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int in_fd = -1, out_fd = -1;
struct stream streams[2] = {{.fd = -1, .kind = 1}, {.fd = -1, .kind = 2}};

void (*before_exit)(void);

/* The only way out. */
_Noreturn void exit_runner(int code) {
    if (before_exit) before_exit();
    _exit(code);
}

/* ------------------------------------------------------------------ the stream to the host */

void send_all(struct iovec *iov, int n) {
    while (n > 0) {
        ssize_t done = writev(out_fd, iov, n);
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

static bool read_all(void *to, size_t n) {
    for (uint8_t *p = to; n > 0;) {
        ssize_t got = read(in_fd, p, n);
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

void decode_run(uint8_t *data, uint32_t length, struct run *r) {
    memset(r, 0, sizeof *r);
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
        case T_CPU_MS: r->cpu_ms = number(&f); break;
        case T_WALL_MS: r->wall_ms = number(&f); break;
        case T_IDLE_MS: r->idle_ms = number(&f); break;
        case T_MEMORY: r->memory = number(&f); break;
        case T_STACK: r->stack = number(&f); break;
        case T_OUTPUT: r->output = number(&f); break;
        case T_FILE: r->file = number(&f); break;
        case T_PROCESSES: r->processes = number(&f); break;
        case T_OPEN_FILES: r->open_files = number(&f); break;
        case T_WRITABLE_BOX: r->writable_box = number(&f) != 0; break;
        default: errno = EBADMSG, die("field-tag");
        }
    }
    if (!r->argc || !r->cpu_ms || !r->wall_ms || !r->memory || !r->output)
        errno = EBADMSG, die("field-missing");
}
