/* disk.c: what a run has written, where its writable directories are part of the host's disk and
 * no file system of their own limits them.
 *
 * The directories are walked now and then, no deeper than DEEPEST. Deeper files, and files without a
 * name, show only in the count of the whole file system, which others share. So that count is used
 * only for what the walk cannot see.
 */
#define _GNU_SOURCE
#include "runner.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define DEEPEST 64
#define EVERY_US 50000

static uint64_t most_bytes, most_files, free_files, free_bytes;
static long long walked_at_us;
static struct disk staged; /* the run's own files, which the host sent */
static bool deeper;

static void count(int dir, int depth, struct disk *d) {
    DIR *list = dir < 0 ? NULL : fdopendir(dir);
    if (!list && dir >= 0) close(dir);
    for (struct dirent *e; list && d->files <= most_files && (e = readdir(list));) {
        struct stat st;
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
        if (fstatat(dirfd(list), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0) continue;
        d->files++;
        d->bytes += (uint64_t)st.st_blocks * 512;
        if (!S_ISDIR(st.st_mode)) continue;
        if (depth == DEEPEST) deeper = true;
        else count(openat(dirfd(list), e->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW), depth + 1, d);
    }
    if (list) closedir(list);
}

static struct disk walk(bool box) {
    struct disk d = {0, 0, NULL};
    deeper = false;
    count(openat(scratch_fds[0], ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), 0, &d);
    if (box) count(openat(box_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), 0, &d);
    return d;
}

static uint64_t shrunk(uint64_t from, uint64_t to) {
    return from > to ? from - to : 0;
}

void disk_begin(uint64_t bytes, uint64_t files) {
    struct statfs now;
    bool known = fstatfs(scratch_fds[0], &now) == 0;
    most_files = UINT64_MAX;
    staged = walk(false);
    most_bytes = bytes;
    most_files = files;
    free_files = known ? (uint64_t)now.f_ffree : 0;
    free_bytes = known ? (uint64_t)now.f_bfree * (uint64_t)now.f_bsize : 0;
    walked_at_us = now_us();
}

/* What the run has written so far; `full` when it is more than it may. */
struct disk sample_disk(bool box, bool now) {
    struct disk d = {0, 0, NULL};
    struct statfs fs;
    bool known = fstatfs(scratch_fds[0], &fs) == 0;
    uint64_t files = known ? shrunk(free_files, (uint64_t)fs.f_ffree) : 0;
    uint64_t bytes = known ? shrunk(free_bytes, (uint64_t)fs.f_bfree * (uint64_t)fs.f_bsize) : 0;
    bool much = files > most_files || bytes > most_bytes;
    if (!now && now_us() - walked_at_us < (much ? EVERY_US / 10 : EVERY_US)) return d;
    d = walk(box);
    walked_at_us = now_us();
    d.bytes = shrunk(d.bytes, staged.bytes);
    d.files = shrunk(d.files, staged.files);
    if (d.bytes > most_bytes) d.full = "bytes";
    else if (d.files > most_files || (deeper && files > most_files)) d.full = "files";
    return d;
}
