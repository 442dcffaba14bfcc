/* What reads the host's frames, fed with anything: frames.c and the staging of files.c, unchanged.
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
static void *taken; /* by read_frame: the runner frees it, or ends */

static void *take(size_t n) {
    return taken = malloc(n);
}

#define malloc take
#define _exit(code) longjmp(back, 1 + (code)) /* the runner would end here */
#include "../../judgecore/runner/files.c"
#include "../../judgecore/runner/frames.c"

#include "../../judgecore/runner/mode.c" /* as in a container */

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
    must(top_fd >= 0 && atexit(stop) == 0 && mkdirat(top_fd, "box", 0755) == 0);
    box_fd = open_dir(top_fd, "box");
    in_fd = memfd_create("in", MFD_CLOEXEC);
    out_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
    must(box_fd >= 0 && in_fd >= 0 && out_fd >= 0);
}

static void clean(void) {
    must(wipe(box_fd)); /* what was staged, however strangely, can be emptied again */
    DIR *list = opendir(top);
    for (struct dirent *e; (e = readdir(list));) must(is_dot(e->d_name) || !strcmp(e->d_name, "box"));
    closedir(list);
}

static void check(const struct run *r, const uint8_t *data, uint32_t length) {
    for (int i = 0; i < r->argc; i++) must(inside(r->argv[i], strlen(r->argv[i]) + 1, data, length));
    for (int i = 0; i < r->envc; i++) must(inside(r->envp[i], strlen(r->envp[i]) + 1, data, length));
    must(r->argc > 0 && !r->argv[r->argc] && !r->envp[r->envc]);
    must(!r->input || inside(r->input, r->input_size, data, length));
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
    static struct run r;
    if (in_fd < 0) start();
    must(ftruncate(in_fd, 0) == 0 && pwrite(in_fd, input, size, 0) == (ssize_t)size);
    must(lseek(in_fd, 0, SEEK_SET) == 0);
    while (!setjmp(back)) {
        uint8_t type;
        uint32_t length;
        free(taken);
        taken = NULL;
        uint8_t *data = read_frame(&type, &length);
        if (type == RUN) decode_run(data, length, &r), check(&r, data, length);
        else if (type == PUT) put_file(data, length), tell_deferred(DONE);
    }
    free(taken);
    taken = NULL;
    static unsigned count;
    if (++count % 64 == 0) clean();
    return 0;
}
