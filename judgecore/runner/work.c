/* work.c: the working directory of a run that gets files of its own or may write there.
 *
 * The box is sealed, and every test must find it as the compiler left it. So such a run does not work
 * in the box, but in a directory that is made for it in /tmp: the run's own files lie in it, and
 * what is in the box appears there as links. It goes with everything else in /tmp after the run.
 */
#define _GNU_SOURCE
#include "runner.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WORK "work"

static int work_fd = -1;

static bool link_box(void) {
    DIR *list = fdopendir(open_dir(box_fd, "."));
    bool ok = list != NULL;
    for (struct dirent *e; ok && (e = readdir(list));) {
        char target[4096 + 256 + 2];
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
        snprintf(target, sizeof target, "%s/%s", box_path, e->d_name);
        ok = symlinkat(target, work_fd, e->d_name) == 0 || errno == EEXIST; /* the run's own file comes first */
    }
    if (list) closedir(list);
    return ok;
}

/* A path that ends with a slash is an empty directory, open to the run as its working directory is. */
static bool make_directory(const struct run *r, char *path) {
    char *end = path + strlen(path) - 1;
    *end = 0;
    int dir = open_parent(work_fd, &path);
    bool ok = dir >= 0 && (mkdirat(dir, path, 0755) == 0 || errno == EEXIST);
    int made = ok ? open_dir(dir, path) : -1;
    ok = made >= 0 && (!r->writable_run || fchmod(made, 0777) == 0);
    if (!ok) defer("stage-directory");
    if (dir >= 0) close(dir);
    if (made >= 0) close(made);
    return ok;
}

static bool make_file(const struct run *r, const struct file *f) {
    size_t length = strlen(f->path);
    if (length && f->path[length - 1] == '/') return make_directory(r, f->path);
    return write_file(work_fd, f->path, 0444, f->data, f->size);
}

static bool needed(const struct run *r) {
    return !r->writable_box && (r->writable_run || r->file_count);
}

/* The directory to work in; -1 when it cannot be made, with the reason deferred. */
int open_work(struct run *r) {
    if (!needed(r)) return box_fd;
    if (scratch_fds[0] < 0 || mkdirat(scratch_fds[0], WORK, 0755) < 0 || (work_fd = open_dir(scratch_fds[0], WORK)) < 0) {
        defer("work-directory");
        return -1;
    }
    for (int i = 0; i < r->file_count; i++)
        if (!make_file(r, &r->files[i])) return -1;
    if (!link_box()) { defer("work-links"); return -1; }
    if (r->writable_run && fchmod(work_fd, 0777) < 0) { defer("work-mode"); return -1; }
    return work_fd;
}

void close_work(void) {
    if (work_fd >= 0) close(work_fd);
    work_fd = -1;
}

/* ------------------------------------------------------------------ files to bring back */

/* A file beneath the working directory, reached through no link; -1 when there is none. Nothing of
 * the run is alive. */
static int open_result(char *path) {
    int dir = open_dir(work_fd >= 0 ? work_fd : box_fd, "."), fd = -1;
    char *part = path;
    for (char *slash; dir >= 0 && (slash = strchr(part, '/')); part = slash + 1) {
        *slash = 0;
        int next = is_plain(part) ? open_dir(dir, part) : -1;
        *slash = '/';
        close(dir);
        dir = next;
    }
    if (dir >= 0 && is_plain(part)) fd = openat(dir, part, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (dir >= 0) close(dir);
    struct stat st;
    if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))) close(fd), fd = -1;
    return fd;
}

size_t read_up_to(int fd, uint8_t *to, size_t room) {
    size_t size = 0;
    for (ssize_t n; size < room && (n = read(fd, to + size, room - size)) > 0;) size += (size_t)n;
    return size;
}

/* One byte more than there is room for is asked for, which tells whether something was cut. */
static bool send_result(const char *path, int fd, uint64_t *room) {
    struct stat st;
    if (fstat(fd, &st) < 0) return true;
    uint64_t most = (uint64_t)st.st_size < *room ? (uint64_t)st.st_size : *room;
    uint8_t *data = malloc((size_t)most + 1);
    if (!data) die("collect-memory");
    size_t size = read_up_to(fd, data, (size_t)most);
    bool whole = size == (uint64_t)st.st_size;
    send_file(path, data, size);
    *room -= size;
    free(data);
    return whole;
}

/* Sends what was asked for, as far as it fits the run's limit on output; false when it was cut. */
bool collect(struct run *r) {
    uint64_t room = r->output;
    bool whole = true;
    for (int i = 0; i < r->collect_count; i++) {
        int fd = open_result(r->collect[i]);
        if (fd < 0) continue;
        whole &= send_result(r->collect[i], fd, &room);
        close(fd);
    }
    return whole;
}
