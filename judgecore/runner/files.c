/* files.c: staging, sealing and wiping the slot's writable directories.
 *
 * Everything is opened relative to a directory handle, beneath the box, and no link is followed.
 *
 * In containers and namespaces they are tmpfs of limited size and number of files. The kernel counts
 * both, so a directory whose counts are those of an empty one holds nothing (not even a deleted file
 * that somebody keeps open) and need not be read to be wiped. Elsewhere it is always read.
 */
#define _GNU_SOURCE
#include "runner.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

static char deferred_step[32]; /* a PUT that failed: told with the next answer */
static int deferred_errno;
int box_fd = -1, scratch_fds[2] = {-1, -1};
char box_path[4096] = "/box", tmp_path[4096] = "/tmp";
pid_t run_group; /* of the run under way, where there is no pid namespace */
static int home_fd = -1;
static const char *home;
enum { BOX_DIR = COUNT(scratch_fds), DIRS };
static struct empty { bool counted; uint64_t blocks, files; } empties[DIRS];
static bool staged; /* since the box was sealed last */

/* ------------------------------------------------------------------ writable directories */

/* A slot that is not a namespace ends its run and removes its files itself. */
static void remove_home(void) {
    if (run_group) {
        kill(-run_group, SIGKILL);
        while (waitpid(-1, NULL, 0) > 0) {}
    }
    if (wipe(home_fd)) rmdir(home);
}

/* What is emptied must have been mounted for us: somebody who starts this program by hand, on a
 * host, would lose what is in /tmp. An image may lack one of them; the box it may not. */
static int open_mounted(const char *path) {
    struct stat top, here;
    int fd = open_dir(AT_FDCWD, path);
    if (fd < 0) return fd;
    if (stat("/", &top) < 0 || fstat(fd, &here) < 0) die("writable-dir");
    if (here.st_dev == top.st_dev) errno = EXDEV, die("writable-dir");
    return fd;
}

/* In a container or namespaces they are mounts of their own; otherwise they are made in a directory
 * that the host made for this slot. */
void open_dirs(const char *at, bool clean) {
    if (at) {
        home = at;
        home_fd = open_dir(AT_FDCWD, at);
        if (home_fd < 0) die("home");
        before_exit = remove_home;
        if (clean) exit_runner(0);
        if (mkdirat(home_fd, "box", 0755) < 0 || mkdirat(home_fd, "tmp", 0700) < 0) die("home");
        if (snprintf(box_path, sizeof box_path, "%s/box", at) >= (int)sizeof box_path) errno = ENAMETOOLONG, die("home");
        snprintf(tmp_path, sizeof tmp_path, "%s/tmp", at);
        box_fd = open_dir(home_fd, "box");
        scratch_fds[0] = open_dir(home_fd, "tmp");
        if (scratch_fds[0] < 0) die("home");
    } else {
        box_fd = open_mounted(box_path); /* first: no host has one, so nothing else is touched there */
        if (box_fd < 0) die("box");
        scratch_fds[0] = open_mounted(tmp_path);
        scratch_fds[1] = open_mounted("/dev/shm");
    }
    if (box_fd < 0) die("box");
}

/* ------------------------------------------------------------------ files */

void defer(const char *step) {
    if (deferred_step[0]) return;
    snprintf(deferred_step, sizeof deferred_step, "%s", step);
    deferred_errno = errno;
}

bool is_plain(const char *part) {
    return *part && strcmp(part, ".") && strcmp(part, "..");
}

/* Opens the directory of `path` beneath `top`, making it, following no link; `path` becomes the
 * last part. Nothing of a submission runs while this happens. */
int open_parent(int top, char **path) {
    int dir = open_dir(top, ".");
    char *part = *path;
    for (char *slash; dir >= 0 && (slash = strchr(part, '/')); part = slash + 1) {
        *slash = 0;
        if (!is_plain(part)) { close(dir); errno = EINVAL; return -1; }
        mkdirat(dir, part, 0755);
        int next = open_dir(dir, part);
        close(dir);
        dir = next;
    }
    if (dir >= 0 && !is_plain(part)) { close(dir); errno = EINVAL; return -1; }
    *path = part;
    return dir;
}

/* Writes a file beneath `top`; false when it failed, with the reason deferred. */
bool write_file(int top, char *path, uint64_t mode, const uint8_t *data, size_t size) {
    int dir = open_parent(top, &path);
    if (dir < 0) { defer("stage-directory"); return false; }
    unlinkat(dir, path, 0);
    int fd = openat(dir, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, (mode_t)(mode & 0755));
    close(dir);
    if (fd < 0) { defer("stage-create"); return false; }
    ssize_t done = 0;
    for (size_t at = 0; at < size && done >= 0; at += (size_t)done)
        if ((done = write(fd, data + at, size - at)) == 0) done = -1;
    if (done < 0) defer("stage-write");
    close(fd);
    return done >= 0;
}

void put_file(uint8_t *data, uint32_t length) {
    struct field f;
    char *path = NULL;
    uint64_t mode = 0644;
    const uint8_t *bytes = NULL;
    size_t size = 0;
    for (uint8_t *at = data; next_field(&at, data + length, &f);) {
        if (f.tag == T_PATH) path = text(&f);
        else if (f.tag == T_MODE) mode = number(&f);
        else if (f.tag == T_DATA) bytes = f.data, size = f.size;
        else errno = EBADMSG, die("field-tag");
    }
    if (!path) errno = EBADMSG, die("field-missing");
    staged = true;
    if (same_pids && fchmod(box_fd, 0755) < 0) defer("stage-directory");
    else write_file(box_fd, path, mode, bytes, size);
}

bool wipe(int dir) {
    if (dir < 0) return true;
    struct stat st; /* a compiler's input may have locked it */
    if (same_uid && (fstat(dir, &st) < 0 || fchmod(dir, (st.st_mode & 07777) | 0700) < 0)) return false;
    return empty_directory(dir);
}

static int dir_fd(int which) {
    return which == BOX_DIR ? box_fd : scratch_fds[which];
}

static bool counts_as_empty(const struct empty *e, const struct statfs *now) {
    return !same_uid && e->counted && (uint64_t)now->f_bfree == e->blocks && (uint64_t)now->f_ffree == e->files;
}

static bool untouched(int which) {
    struct statfs now;
    return !same_uid && empties[which].counted && fstatfs(dir_fd(which), &now) == 0 && counts_as_empty(&empties[which], &now);
}

/* Extended attributes and access lists of the directory itself, which whoever may write there (a
 * compiler in the box) can leave for the next submission. */
static bool clear_attributes(int dir) {
    static char names[65536]; /* the kernel's own limit */
    ssize_t size = flistxattr(dir, names, sizeof names);
    if (size < 0) return errno == ENOTSUP;
    for (ssize_t at = 0; at < size; at += (ssize_t)strlen(names + at) + 1)
        if (strncmp(names + at, "security.", 9) && fremovexattr(dir, names + at) < 0 && errno != ENODATA) return false;
    return true;
}

static bool clear_dir(int which) {
    static const struct timespec epoch[2]; /* when it was last written is a message too */
    int dir = dir_fd(which);
    return dir < 0 || (clear_attributes(dir) && futimens(dir, epoch) == 0);
}

static bool wipe_dir(int which) {
    return (untouched(which) || wipe(dir_fd(which))) && clear_dir(which);
}

/* All that there is to wipe where a run left nothing. */
bool clear_scratch(void) {
    bool ok = true;
    for (int i = 0; i < BOX_DIR; i++) ok &= clear_dir(i);
    return ok;
}

bool wipe_scratch(void) {
    bool ok = true;
    for (int i = 0; i < BOX_DIR; i++) {
        ok &= wipe_dir(i);
        if (same_uid && dir_fd(i) >= 0) ok &= fchmod(dir_fd(i), same_pids ? 0700 : 01777) == 0;
    }
    return ok;
}

bool wipe_box(void) {
    return wipe_dir(BOX_DIR) && fchmod(box_fd, 0755) == 0;
}

/* Before the first program: what the directories count when they are empty. (A program that owns them
 * could change more than their contents: there they are read and wiped all the same.) */
bool first_wipe(void) {
    if (!wipe_box() || !wipe_scratch()) return false;
    for (int i = 0; i < DIRS; i++) {
        struct statfs s;
        if (same_pids || dir_fd(i) < 0 || fstatfs(dir_fd(i), &s) < 0) continue;
        empties[i] = (struct empty){s.f_type == TMPFS_MAGIC && s.f_files > 0 && s.f_blocks > 0,
                                    (uint64_t)s.f_bfree, (uint64_t)s.f_ffree};
    }
    return true;
}

/* What a program has left in them, and which of their limits it ran into. */
struct disk measure_disk(bool box) {
    struct disk d = {.untouched = true};
    for (int i = 0; i < (box ? DIRS : BOX_DIR); i++) {
        const struct empty *e = &empties[i];
        struct statfs now;
        bool known = e->counted && fstatfs(dir_fd(i), &now) == 0;
        if (i != BOX_DIR && dir_fd(i) >= 0) d.untouched &= known && counts_as_empty(e, &now);
        if (!known) continue;
        d.bytes += (e->blocks - (uint64_t)now.f_bfree) * (uint64_t)now.f_bsize;
        d.files += e->files - (uint64_t)now.f_ffree;
        if (now.f_bfree == 0) d.full = "bytes";
        else if (now.f_ffree <= 1) d.full = "files"; /* newer kernels charge a file's name as well */
    }
    return d;
}

/* Takes others' write permission from everything in the box. What lies deeper than any artefact
 * is removed, so that nobody can cost us a slot by digging. */
enum { DEEPEST = 64 };
static bool seal(int dir, int depth, long *budget) {
    DIR *list = fdopendir(dir);
    if (!list) return close(dir), false;
    bool ok = true;
    for (struct dirent *e; ok && (e = readdir(list));) {
        struct stat st;
        if (is_dot(e->d_name)) continue;
        if (--*budget < 0 || fstatat(dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0) { ok = false; break; }
        if (S_ISLNK(st.st_mode)) continue;
        if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) { /* sockets, fifos: no artefacts */
            ok = unlinkat(dir, e->d_name, 0) == 0;
            continue;
        }
        /* Where the program has the owner's uid it may not chmod (confine.c), so that modes bind it. */
        mode_t wanted = (st.st_mode | (S_ISDIR(st.st_mode) ? 0555 : 0444)) & (same_pids ? 0555 : 0755);
        if (wanted != (st.st_mode & 07777)) ok = fchmodat(dir, e->d_name, wanted, 0) == 0;
        if (ok && S_ISDIR(st.st_mode)) {
            int sub = open_dir(dir, e->d_name);
            if (sub < 0 || depth < DEEPEST) {
                ok = sub >= 0 && seal(sub, depth + 1, budget);
                continue;
            }
            ok = (!same_pids || fchmod(dir, 0755) == 0) && wipe(sub) && unlinkat(dir, e->d_name, AT_REMOVEDIR) == 0 &&
                 (!same_pids || fchmod(dir, 0555) == 0);
            close(sub);
        }
    }
    closedir(list);
    return ok;
}

bool seal_box(void) {
    const struct empty *e = &empties[BOX_DIR];
    long budget = e->counted ? (long)e->files : 100000;
    staged = false;
    if (fchmod(box_fd, 0755) < 0) return false;
    int dir = open_dir(box_fd, ".");
    return dir >= 0 && seal(dir, 0, &budget) && fchmod(box_fd, same_pids ? 0555 : 0755) == 0;
}

/* Read-only to everybody, or not: where the program owns the box, but the mount is ours. */
static bool mount_box(unsigned long read_only) {
    if (!same_uid || same_pids) return true;
    return mount(NULL, box_path, NULL, MS_REMOUNT | MS_BIND | MS_NOSUID | MS_NODEV | MS_NOATIME | read_only, NULL) == 0;
}

/* Before a run: to a compiler the box is open, to everybody else it is sealed. */
bool open_box(bool writable) {
    if (writable) return fchmod(box_fd, 0777) == 0;
    return (!same_pids || !staged || seal_box()) && mount_box(MS_RDONLY);
}

/* After a run, when nothing of it is alive. */
bool close_box(bool was_writable) {
    return mount_box(0) && (!was_writable || seal_box());
}

bool tell_deferred(uint8_t type) {
    if (!deferred_step[0]) return false;
    struct text t = {.used = 0};
    line(&t, "step:%s\nerrno:%d\ndirty:%s\n", deferred_step, deferred_errno, deferred_step);
    deferred_step[0] = 0;
    send_text(type, t.data, t.used);
    return true;
}
