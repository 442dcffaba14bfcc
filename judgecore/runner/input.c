/* input.c: what a program reads: a memory file, or a pipe that the host feeds while it runs.
 *
 * Most inputs are known before the run. The program then gets a file, as most programs expect: its
 * size is known, it can be mapped, rewound and opened anew. It is made for this run alone and is
 * read-only (also sealed, where the program owns it), so that no run can change it. Its pages are
 * charged to the runner, which wrote them. Inputs that the host stored (STORE) are in the runner's
 * own memory, which no program can read.
 */
#define _GNU_SOURCE
#include "runner.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8u
#endif
#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

/* ------------------------------------------------------------------ stored inputs */

static struct stored { uint8_t digest[DIGEST], *data, *frame; size_t size; } *stored;
static size_t stored_count;
static uint64_t stored_bytes;

static const struct stored *find(const uint8_t *digest) {
    for (size_t i = 0; i < stored_count; i++)
        if (!memcmp(stored[i].digest, digest, DIGEST)) return &stored[i];
    return NULL;
}

/* Keeps the frame's memory, unless the answer is false. */
bool store_input(uint8_t *data, uint32_t length) {
    struct field f;
    struct stored new = {.frame = data};
    bool named = false;
    for (uint8_t *at = data; next_field(&at, data + length, &f);) {
        if (f.tag == T_DIGEST && f.size == DIGEST) memcpy(new.digest, f.data, DIGEST), named = true;
        else if (f.tag == T_DATA) new.data = f.data, new.size = f.size;
        else errno = EBADMSG, die("field-tag");
    }
    if (!named || !new.data) errno = EBADMSG, die("field-missing");
    if (find(new.digest)) return false;
    if (stored_bytes + new.size > MAX_STORED || stored_count == MAX_INPUTS) { errno = ENOSPC, defer("store"); return false; }
    if (!stored && !(stored = malloc(MAX_INPUTS * sizeof *stored))) die("store-memory");
    stored_bytes += new.size;
    stored[stored_count++] = new;
    return true;
}

void forget_inputs(void) {
    while (stored_count) free(stored[--stored_count].frame);
    stored_bytes = 0;
}

void find_input(struct run *r) {
    if (!r->digest) return;
    const struct stored *s = find(r->digest);
    if (!s) errno = ENOENT, die("input-unknown");
    r->input = s->data;
    r->input_size = s->size;
}

/* ------------------------------------------------------------------ a file */

ino_t input_inode; /* of the run under way: its memory is not the program's */

static int memory_file(void) {
    static unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL;
    int fd = memfd_create("input", flags);
    if (fd < 0 && errno == EINVAL) { /* before Linux 6.3 */
        flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
        fd = memfd_create("input", flags);
    }
    return fd;
}

bool write_all(int fd, const uint8_t *data, size_t size) {
    for (size_t at = 0; at < size;) {
        ssize_t n = write(fd, data + at, size - at);
        if (n <= 0) return false;
        at += (size_t)n;
    }
    return true;
}

static int writing = -1, reading = -1; /* of the next input, which is still empty */

/* Opened anew for reading: the program must not get the descriptor that could write. */
void prepare_input(void) {
    char path[32];
    if (writing >= 0) return;
    writing = memory_file();
    if (writing < 0) die("input-file");
    if (fchmod(writing, 0444) < 0) die("input-mode");
    snprintf(path, sizeof path, "/proc/self/fd/%d", writing);
    reading = open(path, O_RDONLY | O_CLOEXEC);
    if (reading < 0) die("input-open");
}

int open_input(const struct run *r) {
    struct stat st;
    prepare_input();
    if (!write_all(writing, r->input, r->input_size)) die("input-write");
    if (same_uid && fcntl(writing, F_ADD_SEALS, SEALS) < 0) die("input-seal");
    if (!group.version && fstat(writing, &st) < 0) die("input-stat");
    if (!group.version) input_inode = st.st_ino; /* for procs.c */
    close(writing);
    writing = -1;
    return reading;
}

/* ------------------------------------------------------------------ a pipe, fed while it runs */

void append_input(struct feed *q, const uint8_t *data, size_t size) {
    if (q->closing || !size) return;
    if (q->done == q->used) q->done = q->used = 0;
    if (q->used - q->done + size > MAX_FRAME) errno = ENOBUFS, die("feed");
    if (q->used + size > q->room) {
        size_t room = (q->used + size) * 2;
        uint8_t *more = realloc(q->data, room);
        if (!more) die("feed-memory");
        q->data = more;
        q->room = room;
    }
    memcpy(q->data + q->used, data, size);
    q->used += size;
}

/* Passes on what the pipe takes; closes it when all is passed on and no more will come. */
void feed(struct feed *q) {
    while (q->fd >= 0 && q->done < q->used) {
        ssize_t n = write(q->fd, q->data + q->done, q->used - q->done);
        if (n < 0 && errno == EAGAIN) return;
        if (n <= 0) { q->closing = true; break; } /* the program closed its stdin: its right */
        q->done += (size_t)n;
    }
    if (q->closing) end_feed(q);
}

void end_feed(struct feed *q) {
    if (q->fd >= 0) close(q->fd);
    free(q->data);
    *q = (struct feed){.fd = -1, .closing = true};
}
