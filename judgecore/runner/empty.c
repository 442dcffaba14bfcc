/* empty.c: opens a directory, and removes all that is in it, whoever made that and however deep it is. */
#define _GNU_SOURCE
#include "runner.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int open_dir(int at, const char *name) {
    return openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

bool is_dot(const char *name) {
    return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

/* Under a name that nothing has: a program may have guessed what we call them. */
static bool move_up(int from, const char *name, int top) {
    static unsigned long long serial;
    for (;;) {
        char fresh[40];
        snprintf(fresh, sizeof fresh, ".wipe-%llu", serial++);
        if (renameat2(from, name, top, fresh, RENAME_NOREPLACE) == 0) return true;
        if (errno != EEXIST) return false;
    }
}

/* Empties the directory `top`. Directories found in it are emptied by moving their
 * sub-directories up to `top` under new names: no recursion, however deep somebody dug. */
bool empty_directory(int top) {
    for (bool again = true; again;) {
        again = false;
        DIR *list = fdopendir(openat(top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!list) return false;
        for (struct dirent *e; (e = readdir(list));) {
            if (is_dot(e->d_name) || unlinkat(top, e->d_name, 0) == 0) continue;
            if (errno != EISDIR && errno != EPERM) { closedir(list); return false; }
            if (unlinkat(top, e->d_name, AT_REMOVEDIR) == 0) continue;
            if (errno != ENOTEMPTY) { closedir(list); return false; }
            again = true; /* what is moved up must be looked at too */
            if (same_uid && fchmodat(top, e->d_name, 0700, AT_SYMLINK_NOFOLLOW) < 0) { closedir(list); return false; }
            int sub = open_dir(top, e->d_name);
            DIR *inner = sub < 0 ? NULL : fdopendir(sub);
            if (!inner) { if (sub >= 0) close(sub); closedir(list); return false; }
            for (struct dirent *i; (i = readdir(inner));) {
                if (is_dot(i->d_name) || unlinkat(sub, i->d_name, 0) == 0) continue;
                if (unlinkat(sub, i->d_name, AT_REMOVEDIR) == 0) continue;
                bool unlocked = !same_uid || fchmodat(sub, i->d_name, 0700, AT_SYMLINK_NOFOLLOW) == 0;
                if (!unlocked || !move_up(sub, i->d_name, top)) {
                    closedir(inner);
                    closedir(list);
                    return false;
                }
            }
            closedir(inner);
        }
        closedir(list);
    }
    return true;
}
