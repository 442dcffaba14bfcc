/* runner.c: the process that runs programs nobody trusts, one at a time, and reports facts.
 *
 * Theory of operation
 *
 *   host ──frames──► runner (uid 0, PID 1 of the slot) ──fork──► program (a fresh uid)
 *
 * The runner is the first process of a slot: a container, or namespaces it made itself (setup.c).
 * It speaks only after the host's first frame. A frame is a 32-bit little-endian payload length,
 * a type byte, the payload (docs/protocol.md). It stages files, starts the program of a run under
 * a uid never used before in this slot, feeds and drains its three streams, ends it when a limit
 * fires, kills whatever is left of it, wipes what it wrote, and sends a report of `key:value`
 * lines. It never judges. When the stream ends, it exits, and the slot with it.
 *
 * Rights. The runner keeps SETUID, SETGID, KILL, DAC_OVERRIDE, FOWNER and nothing else; the
 * program has none, cannot gain any (no_new_privs), and inherits the runner's system-call filter.
 * The program's uid differs from the runner's, so it can neither signal nor trace it, nor open its
 * descriptors; every descriptor of ours is close-on-exec.
 *
 * Who may write where. Staged files and the box belong to uid 0. While compiling the box is open
 * to the program; afterwards it is sealed (write permission of others removed, recursively), so
 * that no test can leave anything for the next. /tmp and /dev/shm are emptied after every run.
 *
 * Memory. Baseline and peak of the slot's control group are read around a run; what the runner
 * itself and the staged files hold is in the baseline and so is not the program's.
 *
 * Failure. Trouble of ours is never shown as the program's: die() sends the step and errno in a
 * FATAL frame and ends the slot. A report marked `dirty` tells the host to throw the slot away.
 */
#define _GNU_SOURCE
#include "runner.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_FRAME (80u << 20)
#define MAX_ARGS 4096
#define CHUNK 65536
#define COUNT(a) (sizeof(a) / sizeof *(a))

enum { HELLO = 1, PUT = 2, RUN = 3, RESET = 4, READY = 65, OUTPUT = 66, REPORT = 67, DONE = 68, FATAL = 69 };
enum { T_ARG = 1, T_ENV, T_STDIN, T_CPU_MS, T_WALL_MS, T_IDLE_MS, T_MEMORY, T_STACK, T_OUTPUT,
       T_FILE, T_PROCESSES, T_OPEN_FILES, T_WRITABLE_BOX, T_PATH, T_MODE, T_DATA };

struct run {
    char *argv[MAX_ARGS + 1], *envp[MAX_ARGS + 1];
    int argc, envc;
    const uint8_t *input;
    size_t input_size;
    uint64_t cpu_ms, wall_ms, idle_ms, memory, stack, output, file, processes, open_files;
    bool writable_box;
};

struct stream { /* one of the program's outputs on its way to the host */
    int fd;
    uint8_t kind;
    uint64_t total;
    size_t used;
    bool truncated;
    uint8_t data[5 + 1 + CHUNK];
};

struct shared { /* written by the child before exec, gone from it afterwards */
    volatile int step_errno;
    char step[32];
};

static int in_fd = -1, out_fd = -1, signal_fd = -1;
static struct cgroup group;
static uint32_t uid_base, uid_count, uid_next;
static char deferred_step[32]; /* a PUT that failed: told with the next answer */
static int deferred_errno;
static struct stream streams[2] = {{.fd = -1, .kind = 1}, {.fd = -1, .kind = 2}};
static struct shared *shared;
static const char *const SCRATCH[] = {"/tmp", "/dev/shm"};

/* ------------------------------------------------------------------ the stream to the host */

static void send_all(struct iovec *iov, int n) {
    while (n > 0) {
        ssize_t done = writev(out_fd, iov, n);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) _exit(0); /* nobody listens any more */
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

static struct iovec framed(struct stream *s) {
    put_header(s->data, (uint32_t)(1 + s->used), OUTPUT);
    s->data[5] = s->kind;
    return (struct iovec){s->data, 6 + s->used};
}

static void send_text(uint8_t type, const char *text, size_t length) {
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
    _exit(70);
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
static uint8_t *read_frame(uint8_t *type, uint32_t *length) {
    uint8_t head[5];
    if (!read_all(head, 5)) _exit(0);
    memcpy(length, head, 4);
    *type = head[4];
    if (*length > MAX_FRAME) errno = EMSGSIZE, die("frame-size");
    uint8_t *data = malloc((size_t)*length + 1);
    if (!data) die("frame-memory");
    if (!read_all(data, *length)) _exit(0);
    data[*length] = 0;
    return data;
}

/* ------------------------------------------------------------------ decoding */

struct field { uint8_t tag; uint32_t size; uint8_t *data; };

/* Fields: a tag byte, a 32-bit length, that many bytes and a NUL, so that text needs no copy. */
static bool next_field(uint8_t **at, uint8_t *end, struct field *f) {
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

static uint64_t number(const struct field *f) {
    uint64_t value;
    if (f->size != 8) errno = EBADMSG, die("field-number");
    memcpy(&value, f->data, 8);
    return value;
}

static char *text(const struct field *f) {
    if (memchr(f->data, 0, f->size)) errno = EBADMSG, die("field-text");
    return (char *)f->data;
}

static void decode_run(uint8_t *data, uint32_t length, struct run *r) {
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

/* ------------------------------------------------------------------ files */

static void defer(const char *step) {
    if (deferred_step[0]) return;
    snprintf(deferred_step, sizeof deferred_step, "%s", step);
    deferred_errno = errno;
}

/* Opens the directory of `path` beneath the box, making it, following no link; `path` becomes the
 * last part. Nothing of a submission runs while this happens. */
static int open_parent(char **path) {
    int dir = open(BOX, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    char *part = *path;
    for (char *slash; dir >= 0 && (slash = strchr(part, '/')); part = slash + 1) {
        *slash = 0;
        if (!*part || !strcmp(part, ".") || !strcmp(part, "..")) { close(dir); errno = EINVAL; return -1; }
        mkdirat(dir, part, 0755);
        int next = openat(dir, part, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        close(dir);
        dir = next;
    }
    if (dir >= 0 && (!*part || !strcmp(part, ".") || !strcmp(part, ".."))) { close(dir); errno = EINVAL; return -1; }
    *path = part;
    return dir;
}

static void put_file(uint8_t *data, uint32_t length) {
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
    int dir = open_parent(&path);
    if (dir < 0) { defer("stage-directory"); return; }
    unlinkat(dir, path, 0);
    int fd = openat(dir, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, (mode_t)(mode & 0755));
    close(dir);
    if (fd < 0) { defer("stage-create"); return; }
    while (size > 0) {
        ssize_t done = write(fd, bytes, size);
        if (done <= 0) { defer("stage-write"); break; }
        bytes += done;
        size -= (size_t)done;
    }
    close(fd);
}

static bool is_dot(const char *name) {
    return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

/* Empties the directory `top`. Directories found in it are emptied by moving their
 * sub-directories up to `top` under new names: no recursion, however deep somebody dug. */
static bool empty_directory(int top) {
    static unsigned long long serial;
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
            int sub = openat(top, e->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
            DIR *inner = sub < 0 ? NULL : fdopendir(sub);
            if (!inner) { if (sub >= 0) close(sub); closedir(list); return false; }
            for (struct dirent *i; (i = readdir(inner));) {
                if (is_dot(i->d_name) || unlinkat(sub, i->d_name, 0) == 0) continue;
                char name[40];
                snprintf(name, sizeof name, ".wipe-%llu", serial++);
                if (unlinkat(sub, i->d_name, AT_REMOVEDIR) < 0 &&
                    renameat(sub, i->d_name, top, name) < 0) {
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

static bool wipe(const char *path) {
    int top = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (top < 0) return errno == ENOENT; /* an image without /dev/shm has nothing to wipe there */
    bool ok = empty_directory(top);
    close(top);
    return ok;
}

static bool wipe_scratch(void) {
    bool ok = true;
    for (size_t i = 0; i < COUNT(SCRATCH); i++) ok &= wipe(SCRATCH[i]);
    return ok;
}

/* Takes others' write permission from everything in the box. Depth and number are bounded: a box
 * that exceeds them is not worth keeping. */
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
        mode_t wanted = (st.st_mode | (S_ISDIR(st.st_mode) ? 0555 : 0444)) & 0755;
        if (wanted != (st.st_mode & 07777)) ok = fchmodat(dir, e->d_name, wanted, 0) == 0;
        if (ok && S_ISDIR(st.st_mode)) {
            int sub = depth > 64 ? -1 : openat(dir, e->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
            ok = sub >= 0 && seal(sub, depth + 1, budget);
        }
    }
    closedir(list);
    return ok;
}

static bool seal_box(void) {
    long budget = 100000;
    int dir = open(BOX, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    return dir >= 0 && fchmod(dir, 0755) == 0 && seal(dir, 0, &budget);
}

/* ------------------------------------------------------------------ control group */

static long long read_number(int fd, const char *key) {
    char text[4096], *at = text;
    ssize_t n = fd < 0 ? -1 : pread(fd, text, sizeof text - 1, 0);
    if (n <= 0) return -1;
    text[n] = 0;
    if (key) {
        at = strstr(text, key);
        if (!at) return -1;
        at += strlen(key);
    }
    return strtoll(at, NULL, 10);
}

static void write_number(int fd, uint64_t value, const char *step) {
    char text[24];
    int n = snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    if (pwrite(fd, text, (size_t)n, 0) != n) die(step);
}

struct account { /* the control group's figures around one run */
    const struct memory *v1; /* NULL where there is none */
    long long baseline, oom, cpu_us, self_us;
    int v2;
};

static int v2_file(int dir, const char *name, int flags) {
    int fd = openat(dir, name, flags | O_CLOEXEC);
    if (fd < 0) die("cgroup-run-file");
    return fd;
}

static void v2_set(int dir, const char *name, uint64_t value) {
    int fd = v2_file(dir, name, O_WRONLY);
    write_number(fd, value, "cgroup-run-limit");
    close(fd);
}

static long long timeval_us(struct timeval tv) {
    return tv.tv_sec * 1000000ll + tv.tv_usec;
}

static long long self_cpu_us(void) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return timeval_us(u.ru_utime) + timeval_us(u.ru_stime);
}

static long long group_cpu_us(const struct account *a) {
    if (group.cpu >= 0) {
        long long ns = read_number(group.cpu, NULL);
        return ns < 0 ? -1 : ns / 1000;
    }
    if (a->v2 < 0) return -1;
    int fd = openat(a->v2, "cpu.stat", O_RDONLY | O_CLOEXEC);
    long long us = read_number(fd, "usage_usec ");
    if (fd >= 0) close(fd);
    return us;
}

/* File pages that earlier runs left charged to the group. The kernel gives them up under pressure,
 * so counting them into the baseline would let a program exceed its limit by as much. */
static long long reclaimable(const struct memory *m, long long usage) {
    static long long seen = -1, cached; /* memory.stat is slow: read it when the usage has moved */
    if (m != &group.run || seen < 0 || llabs(usage - seen) > 1 << 18) {
        long long cache = read_number(m->stat, "total_cache "), shmem = read_number(m->stat, "total_shmem ");
        if (cache < 0 || shmem < 0) die("cgroup-stat");
        long long now = cache - shmem < usage ? cache - shmem : usage;
        if (m != &group.run) return now;
        seen = usage;
        cached = now;
    }
    return cached;
}

static void begin_v1(struct account *a, const struct memory *m, uint64_t bytes) {
    long long usage = read_number(m->usage, NULL);
    if (usage < 0) die("cgroup-usage");
    write_number(m->limit, (uint64_t)(usage - reclaimable(m, usage)) + bytes, "cgroup-limit");
    write_number(m->peak, 0, "cgroup-peak");
    a->v1 = m;
    a->baseline = read_number(m->usage, NULL);
    a->oom = read_number(m->oom, "oom_kill ");
    if (a->baseline < 0 || a->oom < 0) die("cgroup-usage");
}

static void account_begin(struct account *a, const struct run *r) {
    *a = (struct account){.cpu_us = -1, .v2 = -1};
    if (group.version == 1) {
        begin_v1(a, r->writable_box ? &group.compile : &group.run, r->memory);
    } else if (group.version == 2) {
        if (mkdirat(group.dir, "run", 0755) < 0 && errno != EEXIST) die("cgroup-run");
        a->v2 = v2_file(group.dir, "run", O_RDONLY | O_DIRECTORY);
        v2_set(a->v2, "memory.max", r->memory);
        int swap = openat(a->v2, "memory.swap.max", O_WRONLY | O_CLOEXEC);
        if (swap >= 0) write_number(swap, 0, "cgroup-run-swap"), close(swap);
    } else {
        a->oom = read_number(group.oom, "oom_kill ");
    }
    a->self_us = self_cpu_us();
    a->cpu_us = group_cpu_us(a);
}

/* CPU time of the tree so far, microseconds; -1 where no control group tells. */
static long long account_cpu(const struct account *a) {
    long long now = a->cpu_us < 0 ? -1 : group_cpu_us(a);
    if (now < 0) return -1;
    long long own = group.cpu >= 0 ? self_cpu_us() - a->self_us : 0;
    long long used = now - a->cpu_us - own;
    return used < 0 ? 0 : used;
}

static long long account_oom(const struct account *a) {
    if (group.version == 2) {
        int fd = v2_file(a->v2, "memory.events", O_RDONLY);
        long long n = read_number(fd, "oom_kill ");
        close(fd);
        return n < 0 ? 0 : n;
    }
    long long now = read_number(a->v1 ? a->v1->oom : group.oom, "oom_kill ");
    if (a->v1 && now < 0) die("cgroup-oom");
    return now < 0 || a->oom < 0 ? 0 : now - a->oom;
}

static long long account_peak(const struct account *a) {
    if (a->v1) {
        long long peak = read_number(a->v1->peak, NULL);
        return peak < 0 ? -1 : peak > a->baseline ? peak - a->baseline : 0;
    }
    if (group.version == 2) {
        int fd = v2_file(a->v2, "memory.peak", O_RDONLY);
        long long peak = read_number(fd, NULL);
        close(fd);
        return peak;
    }
    return -1;
}

static bool account_end(struct account *a) {
    if (a->v2 < 0) return true;
    close(a->v2);
    for (int i = 0; i < 200; i++) { /* the last exit may still be on its way */
        if (unlinkat(group.dir, "run", AT_REMOVEDIR) == 0) return true;
        usleep(500);
    }
    return false;
}

/* ------------------------------------------------------------------ the child, before exec */

_Noreturn static void child_fails(const char *step) {
    snprintf(shared->step, sizeof shared->step, "%s", step);
    shared->step_errno = errno ? errno : EINVAL;
    _exit(127);
}

static void limit(int what, uint64_t wanted, const char *step) {
    struct rlimit now;
    if (getrlimit((__rlimit_resource_t)what, &now) < 0) child_fails(step);
    rlim_t value = wanted < now.rlim_max ? wanted : now.rlim_max;
    if (setrlimit((__rlimit_resource_t)what, &(struct rlimit){value, value}) < 0) child_fails(step);
}

static void setup_streams(int in, int out, int err) {
    if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0) child_fails("dup");
    if (syscall(SYS_close_range, 3u, ~0u, 0u) < 0 && errno != ENOSYS) child_fails("close-fds");
}

static void setup_limits(const struct run *r) {
    limit(RLIMIT_CPU, r->cpu_ms / 1000 + 2, "rlimit-cpu");
    limit(RLIMIT_FSIZE, r->file, "rlimit-fsize");
    limit(RLIMIT_NOFILE, r->open_files, "rlimit-nofile");
    limit(RLIMIT_NPROC, r->processes, "rlimit-nproc");
    limit(RLIMIT_STACK, r->stack, "rlimit-stack");
    limit(RLIMIT_CORE, 0, "rlimit-core");
    limit(RLIMIT_MSGQUEUE, 0, "rlimit-msgqueue");
}

static void setup_identity(uid_t uid) {
    if (setsid() < 0) child_fails("setsid");
    if (setgroups(0, NULL) < 0) child_fails("setgroups");
    if (setresgid(uid, uid, uid) < 0) child_fails("setresgid");
    if (setresuid(uid, uid, uid) < 0) child_fails("setresuid");
}

static void setup_signals(void) {
    sigset_t none;
    sigemptyset(&none);
    signal(SIGPIPE, SIG_DFL);
    if (sigprocmask(SIG_SETMASK, &none, NULL) < 0) child_fails("sigmask");
}

_Noreturn static void child(struct run *r, uid_t uid, int in, int out, int err) {
    if (r->writable_box && group.compile.procs >= 0 && write(group.compile.procs, "0", 1) != 1) child_fails("cgroup-compile");
    setup_streams(in, out, err);
    setup_limits(r);
    umask(022);
    if (chdir(BOX) < 0) child_fails("chdir");
    setup_identity(uid);
    setup_signals();
    execvpe(r->argv[0], r->argv, r->envp);
    child_fails("exec");
}

static pid_t spawn(struct run *r, const struct account *a, uid_t uid, int in, int out, int err) {
    pid_t pid;
    if (a->v2 >= 0) { /* straight into the run's group; the filter, which hides clone3, comes after */
        struct clone_args args = {.flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (uint64_t)a->v2};
        pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);
        if (pid == 0) install_filter();
    } else {
        pid = fork();
    }
    if (pid < 0) die("fork");
    if (pid == 0) child(r, uid, in, out, err);
    return pid;
}

/* ------------------------------------------------------------------ watching one run */

struct watch {
    pid_t pid;
    int status, in;
    bool ended;
    size_t fed;
    const char *limit;
    long long began_us, wall_us, rusage_us, maxrss_kb, cpu_seen_us, cpu_seen_at_us;
    struct account account;
};

static long long now_us(void) {
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * 1000000ll + ts.tv_nsec / 1000;
}

static void reap(struct watch *w, int flags) {
    struct rusage u;
    int status;
    for (pid_t pid; (pid = wait4(-1, &status, flags, &u)) > 0;) {
        w->rusage_us += timeval_us(u.ru_utime) + timeval_us(u.ru_stime);
        if (u.ru_maxrss > w->maxrss_kb) w->maxrss_kb = u.ru_maxrss;
        if (pid != w->pid || w->ended) continue;
        w->ended = true;
        w->status = status;
        w->wall_us = now_us() - w->began_us;
    }
}

/* As PID 1 of its namespace the runner reaches everything with one call, atomically: a fork bomb
 * cannot outrun it. False when something will not die. */
static bool kill_all(struct watch *w) {
    long long until = now_us() + 5000000;
    for (;;) {
        kill(-1, SIGKILL);
        reap(w, WNOHANG);
        siginfo_t info;
        if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 && errno == ECHILD) return true;
        if (now_us() > until) return false;
        poll(&(struct pollfd){signal_fd, POLLIN, 0}, 1, 5);
        struct signalfd_siginfo drop[8];
        while (read(signal_fd, drop, sizeof drop) > 0) {}
    }
}

static void feed(struct watch *w, const struct run *r) {
    while (w->in >= 0 && w->fed < r->input_size) {
        ssize_t n = write(w->in, r->input + w->fed, r->input_size - w->fed);
        if (n < 0 && errno == EAGAIN) return;
        if (n <= 0) break; /* the program closed its stdin: its right */
        w->fed += (size_t)n;
    }
    if (w->in >= 0) close(w->in);
    w->in = -1;
}

/* Moves what is there from the program to the buffer, and full buffers to the host. */
static void drain(struct watch *w, struct stream *s, uint64_t cap) {
    while (s->fd >= 0) {
        if (s->used == CHUNK) {
            struct iovec iov = framed(s);
            send_all(&iov, 1);
            s->used = 0;
        }
        uint8_t waste[4096];
        bool over = s->total >= cap;
        size_t room = CHUNK - s->used, left = (size_t)(cap - (over ? cap : s->total));
        ssize_t n = over ? read(s->fd, waste, sizeof waste)
                         : read(s->fd, s->data + 6 + s->used, room < left ? room : left);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (n <= 0) {
            close(s->fd);
            s->fd = -1;
            return;
        }
        if (over) { /* one byte too many is enough to know */
            s->truncated = true;
            if (!w->limit) w->limit = "output";
            return;
        }
        s->used += (size_t)n;
        s->total += (uint64_t)n;
    }
}

static int cores(void) {
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) < 0 ? 1 : CPU_COUNT(&set);
}

/* Checks the clocks; returns how long to sleep before any of them can fire, microseconds. CPU time
 * cannot grow faster than the wall clock times the cores, so a sleep that long misses nothing. */
static long long check_clocks(struct watch *w, const struct run *r, int ncores) {
    long long now = now_us(), wall_left = (long long)r->wall_ms * 1000 - (now - w->began_us);
    if (wall_left <= 0) { w->limit = "wall"; return 0; }
    long long sleep = wall_left, used = account_cpu(&w->account);
    if (used >= 0) {
        long long left = (long long)r->cpu_ms * 1000 - used;
        if (left < 0) { w->limit = "cpu"; return 0; }
        left = left / ncores + 1000;
        if (left < sleep) sleep = left;
    }
    if (r->idle_ms && used >= 0) {
        if (used - w->cpu_seen_us > 1000) w->cpu_seen_us = used, w->cpu_seen_at_us = now;
        long long left = (long long)r->idle_ms * 1000 - (now - w->cpu_seen_at_us);
        if (left <= 0) { w->limit = "idle"; return 0; }
        if (left < sleep) sleep = left;
    }
    return sleep;
}

static void watch(struct watch *w, const struct run *r) {
    int ncores = cores();
    w->cpu_seen_at_us = w->began_us;
    long long wake = now_us() + (long long)(r->cpu_ms < r->wall_ms ? r->cpu_ms : r->wall_ms) * 1000 / ncores;
    if (r->idle_ms && w->began_us + (long long)r->idle_ms * 1000 < wake) wake = w->began_us + (long long)r->idle_ms * 1000;
    while (!w->ended && !w->limit) {
        struct pollfd p[5] = {
            {signal_fd, POLLIN, 0},
            {streams[0].fd, POLLIN, 0},
            {streams[1].fd, POLLIN, 0},
            {w->in, POLLOUT, 0},
            {in_fd, POLLRDHUP, 0},
        };
        long long pause = wake - now_us();
        struct timespec ts = {pause > 0 ? pause / 1000000 : 0, pause > 0 ? pause % 1000000 * 1000 : 0};
        int ready = ppoll(p, COUNT(p), &ts, NULL);
        if (ready < 0 && errno != EINTR) die("poll");
        if (p[4].revents & (POLLRDHUP | POLLHUP | POLLERR)) _exit(0); /* the host is gone */
        if (p[3].revents) feed(w, r);
        if (p[1].revents) drain(w, &streams[0], r->output);
        if (p[2].revents) drain(w, &streams[1], r->output);
        if (p[0].revents) {
            struct signalfd_siginfo drop[8];
            while (read(signal_fd, drop, sizeof drop) > 0) {}
            reap(w, WNOHANG);
        }
        if (!w->ended && !w->limit && now_us() >= wake) wake = now_us() + check_clocks(w, r, ncores);
    }
}

/* ------------------------------------------------------------------ one run */

static void make_pipe(int fds[2], int ours) {
    if (pipe2(fds, O_CLOEXEC) < 0) die("pipe");
    if (fcntl(fds[ours], F_SETFL, O_NONBLOCK) < 0) die("pipe-flags");
}

struct text { char data[1024]; size_t used; };

__attribute__((format(printf, 2, 3))) static void line(struct text *t, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int n = vsnprintf(t->data + t->used, sizeof t->data - t->used, format, args);
    va_end(args);
    if (n > 0 && t->used + (size_t)n < sizeof t->data) t->used += (size_t)n;
}

static void report(struct watch *w, const char *dirty) {
    struct text t = {.used = 0};
    long long cpu = account_cpu(&w->account), peak = account_peak(&w->account);
    if (shared->step[0]) {
        line(&t, "step:%s\nerrno:%d\n", shared->step, shared->step_errno);
    } else if (w->ended && WIFEXITED(w->status)) {
        line(&t, "exit:%d\n", WEXITSTATUS(w->status));
    } else if (w->ended && WIFSIGNALED(w->status)) {
        line(&t, "signal:%d\n", WTERMSIG(w->status));
    }
    line(&t, "cpu_us:%lld\ncpu_source:%s\n", cpu > w->rusage_us ? cpu : w->rusage_us, cpu > w->rusage_us ? "cgroup" : "rusage");
    line(&t, "wall_us:%lld\n", w->wall_us);
    line(&t, "memory:%lld\nmemory_source:%s\n", peak >= 0 ? peak : w->maxrss_kb * 1024,
         group.version == 1 ? "cgroup-v1" : group.version == 2 ? "cgroup-v2" : "maxrss");
    line(&t, "limit:%s\noom_kills:%lld\n", w->limit ? w->limit : "none", account_oom(&w->account));
    line(&t, "stdout_truncated:%d\nstderr_truncated:%d\n", streams[0].truncated, streams[1].truncated);
    if (!account_end(&w->account) && !dirty) dirty = "cgroup-end";
    if (dirty) line(&t, "dirty:%s\n", dirty);
    send_text(REPORT, t.data, t.used);
}

static bool tell_deferred(uint8_t type) {
    if (!deferred_step[0]) return false;
    struct text t = {.used = 0};
    line(&t, "step:%s\nerrno:%d\ndirty:%s\n", deferred_step, deferred_errno, deferred_step);
    deferred_step[0] = 0;
    send_text(type, t.data, t.used);
    return true;
}

static void run(uint8_t *data, uint32_t length) {
    static struct run r;
    int in[2], out[2], err[2];
    decode_run(data, length, &r);
    if (tell_deferred(REPORT)) return;
    struct watch w = {.in = -1};
    make_pipe(in, 1);
    make_pipe(out, 0);
    make_pipe(err, 0);
    w.in = in[1];
    feed(&w, &r);
    for (int i = 0; i < 2; i++) streams[i].total = 0, streams[i].used = 0, streams[i].truncated = false;
    streams[0].fd = out[0];
    streams[1].fd = err[0];
    shared->step[0] = 0;
    if (r.writable_box && chmod(BOX, 0777) < 0) die("box-open");
    uid_t uid = uid_base + uid_next++ % uid_count;
    account_begin(&w.account, &r);
    w.began_us = now_us();
    w.pid = spawn(&r, &w.account, uid, in[0], out[1], err[1]);
    close(in[0]);
    close(out[1]);
    close(err[1]);
    watch(&w, &r);
    const char *dirty = kill_all(&w) ? NULL : "kill";
    if (!w.ended) dirty = "wait";
    for (int i = 0; i < 2; i++) {
        drain(&w, &streams[i], r.output);
        if (streams[i].fd >= 0) close(streams[i].fd);
        streams[i].fd = -1;
    }
    if (w.in >= 0) close(w.in);
    if (r.writable_box && !seal_box()) dirty = "seal";
    if (!wipe_scratch()) dirty = "wipe";
    report(&w, dirty);
}

/* ------------------------------------------------------------------ the conversation */

static void hello(uint8_t *data) {
    unsigned protocol = 0, base = 0, count = 0;
    if (sscanf((char *)data, "protocol:%u\nuid_base:%u\nuid_count:%u\n", &protocol, &base, &count) != 3)
        errno = EBADMSG, die("hello");
    if (protocol != PROTOCOL) errno = EPROTONOSUPPORT, die("protocol-version");
    if (!base || !count) errno = EINVAL, die("uid-range");
    uid_base = base;
    uid_count = count;
    if (!wipe(BOX) || !wipe_scratch()) die("first-wipe");
    struct text t = {.used = 0};
    line(&t, "protocol:%d\npid:%d\nmemory_source:%s\n", PROTOCOL, getpid(),
         group.version == 1 ? "cgroup-v1" : group.version == 2 ? "cgroup-v2" : "maxrss");
    line(&t, "cpu_source:%s\ncores:%d\n", group.cpu >= 0 || group.version == 2 ? "cgroup" : "rusage", cores());
    send_text(READY, t.data, t.used);
}

static void reset(void) {
    if (tell_deferred(DONE)) return;
    const char *dirty = !wipe(BOX) ? "wipe-box" : !wipe_scratch() ? "wipe-scratch" : NULL;
    if (chmod(BOX, 0755) < 0) dirty = "box-mode";
    struct text t = {.used = 0};
    if (dirty) line(&t, "dirty:%s\n", dirty);
    send_text(DONE, t.data, t.used);
}

_Noreturn static void serve(void) {
    for (bool greeted = false;;) {
        uint8_t type;
        uint32_t length;
        uint8_t *data = read_frame(&type, &length);
        if (greeted != (type != HELLO)) errno = EPROTO, die("frame-order");
        if (type == HELLO) hello(data), greeted = true;
        else if (type == PUT) put_file(data, length);
        else if (type == RUN) run(data, length);
        else if (type == RESET) reset();
        else errno = EPROTO, die("frame-type");
        free(data);
    }
}

static int dial(const char *path) {
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || strlen(path) >= sizeof to.sun_path) die("socket");
    memcpy(to.sun_path, path, strlen(path) + 1);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0) die("connect");
    return fd;
}

static void parse(int argc, char **argv, struct options *o) {
    *o = (struct options){.fd = -1, .core = -1, .box_bytes = 256u << 20, .tmp_bytes = 256u << 20, .inodes = 65536};
    for (int i = 1; i < argc; i++) {
        const char *key = argv[i], *value = i + 1 < argc ? argv[i + 1] : "";
        if (!strcmp(key, "--stdio")) { o->stdio = true; continue; }
        if (!strcmp(key, "--namespaces")) { o->namespaces = true; continue; }
        if (!strcmp(key, "--enter")) { o->enter = true; continue; }
        if (!strcmp(key, "--socket")) o->socket = value;
        else if (!strcmp(key, "--core")) o->core = atoi(value);
        else if (!strcmp(key, "--fd")) o->fd = atoi(value);
        else if (!strcmp(key, "--cgroup-memory")) o->memory_dir = value;
        else if (!strcmp(key, "--cgroup-cpu")) o->cpu_dir = value;
        else if (!strcmp(key, "--box-bytes")) o->box_bytes = strtoull(value, NULL, 10);
        else if (!strcmp(key, "--tmp-bytes")) o->tmp_bytes = strtoull(value, NULL, 10);
        else if (!strcmp(key, "--inodes")) o->inodes = strtoull(value, NULL, 10);
        else errno = EINVAL, die(key);
        i++;
    }
}

static void open_stream(const struct options *o) {
    if (o->socket) in_fd = out_fd = dial(o->socket);
    else if (o->fd >= 0) in_fd = out_fd = o->fd;
    else in_fd = 0, out_fd = 1;
    if (in_fd == 0) { /* away from the numbers that programs use */
        in_fd = fcntl(0, F_DUPFD_CLOEXEC, 3);
        out_fd = fcntl(1, F_DUPFD_CLOEXEC, 3);
    }
    if (in_fd < 0 || fcntl(in_fd, F_SETFD, FD_CLOEXEC) < 0) die("stream");
}

int main(int argc, char **argv) {
    struct options opt;
    parse(argc, argv, &opt);
    for (int s = 1; s <= SIGRTMAX; s++) signal(s, SIG_DFL); /* what nohup ignores, programs must not inherit */
    signal(SIGPIPE, SIG_IGN);
    open_stream(&opt);
    open_cgroup(&group, &opt);
    if (opt.namespaces) enter_namespaces(&opt);
    if (opt.core >= 0) {
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET((size_t)opt.core, &set);
        if (sched_setaffinity(0, sizeof set, &set) < 0) die("core");
    }
    umask(0);
    if (prctl(PR_SET_DUMPABLE, 0) < 0) die("dumpable");
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0) die("subreaper");
    drop_rights();
    if (group.version != 2) install_filter();
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) die("shared");
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &mask, NULL) < 0) die("sigmask");
    signal_fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signal_fd < 0) die("signalfd");
    serve();
}
