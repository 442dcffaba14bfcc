/* built.c: what a compiler left in the box, for the host to keep and to stage again.
 *
 * The box is sealed, and nothing of the run is alive. Only what PUT can stage is sent: regular files
 * in directories. With a link or an empty directory among them, or more than the host takes, nothing
 * is: a part of a build is none.
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

enum { MOST_BUILT = 4096, DEEPEST = 64 };

struct walk {
    char path[4096];
    uint64_t room;
    int files, depth;
    bool sending; /* else it only counts */
};

static bool visit(int dir, size_t used, struct walk *w);

static bool send_one(int dir, const char *name, const struct stat *st, const struct walk *w) {
    size_t size = (size_t)st->st_size;
    uint8_t *data = malloc(size + 1);
    if (!data) die("built-memory");
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    bool whole = fd >= 0 && read_up_to(fd, data, size) == size;
    if (fd >= 0) close(fd);
    if (whole) send_built(w->path, st->st_mode & 0755, data, size);
    free(data);
    return whole;
}

static bool visit_file(int dir, const char *name, const struct stat *st, struct walk *w) {
    if (w->sending) return send_one(dir, name, st, w);
    if (++w->files > MOST_BUILT || (uint64_t)st->st_size > w->room) return false;
    w->room -= (uint64_t)st->st_size;
    return true;
}

static bool visit_entry(int dir, const char *name, size_t used, struct walk *w) {
    struct stat st;
    int length = snprintf(w->path + used, sizeof w->path - used, "%s%s", used ? "/" : "", name);
    if (length < 0 || used + (size_t)length >= sizeof w->path) return false;
    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0) return false;
    if (S_ISREG(st.st_mode)) return visit_file(dir, name, &st, w);
    if (!S_ISDIR(st.st_mode) || w->depth == DEEPEST) return false;
    w->depth++;
    bool ok = visit(open_dir(dir, name), used + (size_t)length, w);
    w->depth--;
    return ok;
}

/* Closes `dir`. */
static bool visit(int dir, size_t used, struct walk *w) {
    DIR *list = dir < 0 ? NULL : fdopendir(dir);
    if (!list) {
        if (dir >= 0) close(dir);
        return false;
    }
    bool ok = true, empty = true;
    for (struct dirent *e; ok && (e = readdir(list));) {
        if (!is_plain(e->d_name)) continue;
        empty = false;
        ok = visit_entry(dirfd(list), e->d_name, used, w);
    }
    closedir(list);
    return ok && !empty;
}

/* False when it cannot be kept. */
bool send_box(uint64_t most_bytes) {
    struct walk w = {.room = most_bytes};
    if (!visit(open_dir(box_fd, "."), 0, &w)) return false;
    w.sending = true;
    return visit(open_dir(box_fd, "."), 0, &w);
}
