/* What reads the host's frames, fed with anything: frames.c, input.c, and the staging of
 * files.c and work.c, unchanged.
 *
 * Every input must end in one of three ways: it is understood, and then all that came out of it
 * lies inside the frame; it is refused by die(); or the stream ends. Nothing may be written outside
 * the box. Built by libFuzzer (tests/fuzz/run) and by gcc with a driver of our own (driver.c).
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static jmp_buf back;
static void *frame; /* the one at hand: the runner frees it, or ends */
static void *taken; /* the latest memory of a step that has not ended */

static void *take(size_t n) {
    return taken = malloc(n);
}

static void give(void *p) {
    if (p == taken) taken = NULL;
    free(p);
}

#define malloc take
#define free give
#define _exit(code) longjmp(back, 1 + (code)) /* the runner would end here */
#include "../../judgecore/runner/empty.c"
#include "../../judgecore/runner/files.c"
#include "../../judgecore/runner/frames.c"
#include "../../judgecore/runner/input.c"
#include "../../judgecore/runner/work.c"

#include "../../judgecore/runner/mode.c" /* as in a container */

struct cgroup group; /* none: as where the host gave the slot no control group */

static void must(bool holds) {
    if (!holds) abort();
}

static bool inside(const void *p, size_t size, const uint8_t *data, uint32_t length) {
    return (const uint8_t *)p >= data && (const uint8_t *)p + size <= data + length;
}

static char top[] = "/dev/shm/judgecore-fuzz-XXXXXX";
static int top_fd = -1;

static void stop(void) {
    if (wipe(top_fd)) rmdir(top);
}

static void start(void) {
    must(mkdtemp(top) != NULL);
    top_fd = open_dir(AT_FDCWD, top);
    must(top_fd >= 0 && atexit(stop) == 0 && mkdirat(top_fd, "box", 0755) == 0 && mkdirat(top_fd, "tmp", 0755) == 0);
    box_fd = open_dir(top_fd, "box");
    scratch_fds[0] = open_dir(top_fd, "tmp");
    in_fd = memfd_create("in", MFD_CLOEXEC);
    out_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
    must(box_fd >= 0 && in_fd >= 0 && out_fd >= 0);
}

static void clean(void) {
    must(wipe(box_fd)); /* what was staged, however strangely, can be emptied again */
    DIR *list = opendir(top);
    for (struct dirent *e; (e = readdir(list));) must(is_dot(e->d_name) || !strcmp(e->d_name, "box") || !strcmp(e->d_name, "tmp"));
    closedir(list);
}

static void check(const struct run *r, const uint8_t *data, uint32_t length) {
    for (int i = 0; i < r->argc; i++) must(inside(r->argv[i], strlen(r->argv[i]) + 1, data, length));
    for (int i = 0; i < r->envc; i++) must(inside(r->envp[i], strlen(r->envp[i]) + 1, data, length));
    must(r->argc > 0 && !r->argv[r->argc] && !r->envp[r->envc]);
    must(!r->input || inside(r->input, r->input_size, data, length));
    must(!r->digest || inside(r->digest, DIGEST, data, length));
    for (int i = 0; i < r->file_count; i++) {
        const struct file *f = &r->files[i];
        must(inside(f->path, strlen(f->path) + 1, data, length) && inside(f->data, f->size, data, length));
    }
    must(!r->calls || inside(r->calls, r->calls_size, data, length));
    for (int i = 0; i < r->collect_count; i++)
        must(inside(r->collect[i], strlen(r->collect[i]) + 1, data, length));
}

/* The files of a run are written into a directory of its own, and what is asked for is read there. */
static void work(struct run *r) {
    if (open_work(r) >= 0) collect(r);
    close_work();
    tell_deferred(DONE);
    must(wipe(scratch_fds[0]));
}

/* A live run that takes all that it is fed. */
static void fed(const uint8_t *data, uint32_t length) {
    static struct feed q = {.fd = -1};
    q.fd = q.fd >= 0 ? q.fd : open("/dev/null", O_WRONLY | O_CLOEXEC);
    append_input(&q, data, length);
    feed(&q);
    if (length % 3 == 0) end_feed(&q), q.closing = false;
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
    static struct run r;
    if (in_fd < 0) start();
    must(ftruncate(in_fd, 0) == 0 && pwrite(in_fd, input, size, 0) == (ssize_t)size);
    must(lseek(in_fd, 0, SEEK_SET) == 0);
    while (!setjmp(back)) {
        uint8_t type;
        uint32_t length;
        free(frame);
        frame = taken = NULL; /* what is not freed by now is kept: an input that is stored */
        uint8_t *data = read_frame(&type, &length);
        frame = taken, taken = NULL;
        if (type == RUN) decode_run(data, length, &r), check(&r, data, length), find_input(&r), work(&r);
        else if (type == STORE) frame = store_input(data, length) ? NULL : data;
        else if (type == RESET) forget_inputs();
        else if (type == FEED) fed(data, length);
        else if (type == PUT) put_file(data, length), tell_deferred(DONE);
    }
    free(frame), free(taken);
    frame = NULL;
    static unsigned count;
    if (++count % 64 == 0) clean();
    return 0;
}
