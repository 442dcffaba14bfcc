/* namespaces.c: a slot without Docker.
 *
 * The runner makes namespaces of its own: pid, mount, network, IPC, UTS; a root file system put
 * together from read-only binds of the host's toolchains (host_paths.h); tmpfs where a program may
 * write. Root can do that; anybody else first makes a user namespace, in which the one uid they
 * have is mapped to itself. Then the program has no uid of its own (confine.c makes up for it).
 */
#define _GNU_SOURCE
#include "runner.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const HOST_PATHS[] = {
#define HOST_PATH(path) path,
#include "host_paths.h"
#undef HOST_PATH
};
static const char *const MASKED[] = { /* files of /proc that tell of the machine or steer it */
    "proc/kcore", "proc/keys", "proc/key-users", "proc/kmsg", "proc/kallsyms", "proc/sched_debug",
    "proc/sysrq-trigger", "proc/timer_list", "proc/latency_stats", "proc/locks", "proc/interrupts",
};
static const char *const DEVICES[] = {"null", "zero", "full", "random", "urandom"};

static void must(int rc, const char *step) {
    if (rc < 0) die(step);
}

#define ATTR_RDONLY 1 /* of mount_setattr, which older libcs do not know */
#define ATTR_NOSUID 2
#define ATTR_NODEV 4

/* Read-only with everything mounted beneath it. Attributes are only ever added, which is all that a
 * user namespace may do to mounts that it was given. */
static void show_at(const char *from, const char *to, uint64_t attributes) {
    must(mount(from, to, NULL, MS_BIND | MS_REC, NULL), "ns-bind");
    struct { uint64_t set, clear, propagation, userns; } attr = {.set = ATTR_NOSUID | attributes};
    if (syscall(442, AT_FDCWD, to, AT_RECURSIVE, &attr, sizeof attr) == 0) return;
    if (errno != ENOSYS) die("ns-bind-attributes");
    unsigned long flags = attributes & ATTR_RDONLY ? MS_RDONLY | MS_NODEV : 0; /* before 5.12 */
    must(mount(NULL, to, NULL, MS_BIND | MS_REMOUNT | MS_NOSUID | flags, NULL), "ns-bind-remount");
}

static void make_parents(char *path) {
    for (char *slash = path + 2; (slash = strchr(slash, '/')); *slash++ = '/') {
        *slash = 0;
        if (mkdir(path, 0755) < 0 && errno != EEXIST) die("ns-parents");
    }
}

static void show(const char *name) {
    char from[64], to[64], target[256];
    struct stat st;
    snprintf(from, sizeof from, "/%s", name);
    snprintf(to, sizeof to, "./%s", name);
    if (lstat(from, &st) < 0) return; /* this host has none */
    make_parents(to);
    if (S_ISLNK(st.st_mode)) {
        ssize_t n = readlink(from, target, sizeof target - 1);
        if (n < 0) die("ns-readlink");
        target[n] = 0;
        must(symlink(target, to), "ns-symlink");
        return;
    }
    if (S_ISDIR(st.st_mode)) must(mkdir(to, 0755), "ns-mkdir");
    else must(close(open(to, O_CREAT | O_WRONLY | O_CLOEXEC, 0644)), "ns-create");
    show_at(from, to, ATTR_RDONLY | ATTR_NODEV);
}

static void scratch(const char *at, uint64_t bytes, uint64_t inodes, const char *mode) {
    char data[128];
    snprintf(data, sizeof data, "size=%llu,nr_inodes=%llu,mode=%s", (unsigned long long)bytes,
             (unsigned long long)inodes, mode);
    must(mkdir(at, 0755), "ns-mkdir");
    must(mount("judgecore", at, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOATIME, data), "ns-tmpfs");
}

static void build_root(const struct options *opt) {
    must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "ns-private");
    must(mount("judgecore", "/tmp", "tmpfs", MS_NOSUID, "size=1m,mode=0755"), "ns-root");
    must(chdir("/tmp"), "ns-chdir");
    for (size_t i = 0; i < COUNT(HOST_PATHS); i++) show(HOST_PATHS[i]);
    must(mkdir("dev", 0755), "ns-mkdir");
    for (size_t i = 0; i < COUNT(DEVICES); i++) {
        char from[64], to[64];
        snprintf(from, sizeof from, "/dev/%s", DEVICES[i]);
        snprintf(to, sizeof to, "./dev/%s", DEVICES[i]);
        must(close(open(to, O_CREAT | O_WRONLY | O_CLOEXEC, 0644)), "ns-create");
        show_at(from, to, 0);
    }
    must(symlink("/proc/self/fd", "dev/fd"), "ns-symlink");
    must(symlink("/proc/self/fd/0", "dev/stdin"), "ns-symlink");
    must(symlink("/proc/self/fd/1", "dev/stdout"), "ns-symlink");
    must(symlink("/proc/self/fd/2", "dev/stderr"), "ns-symlink");
    scratch("dev/shm", opt->tmp_bytes, opt->inodes, "1777");
    scratch("tmp", opt->tmp_bytes, opt->inodes, "1777");
    scratch("box", opt->box_bytes, opt->inodes, "0755");
    must(mkdir("proc", 0755), "ns-mkdir");
    must(mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, "hidepid=2"), "ns-proc");
    show_at("proc/sys", "proc/sys", ATTR_RDONLY | ATTR_NODEV);
    for (size_t i = 0; i < COUNT(MASKED); i++)
        if (access(MASKED[i], F_OK) == 0) must(mount("dev/null", MASKED[i], NULL, MS_BIND, NULL), "ns-mask");
    if (access("proc/pressure", F_OK) == 0) /* who may open these may have the kernel watch the whole machine */
        must(mount("judgecore", "proc/pressure", "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=4k,mode=0555"), "ns-mask");
    must(mount(NULL, "/tmp", NULL, MS_REMOUNT | MS_RDONLY | MS_NOSUID, "size=1m"), "ns-root-ro");
    must((int)syscall(SYS_pivot_root, ".", "."), "ns-pivot");
    must(umount2(".", MNT_DETACH), "ns-detach");
    must(chdir("/"), "ns-chdir");
}

static void write_text(const char *path, const char *text) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, text, strlen(text)) < 0) die("ns-user-map");
    close(fd);
}

/* The one uid there is, mapped to itself: not to 0, which would give the program back on exec what
 * it gave up. */
static void enter_user_namespace(void) {
    char uids[64], gids[64];
    snprintf(uids, sizeof uids, "%u %u 1", geteuid(), geteuid());
    snprintf(gids, sizeof gids, "%u %u 1", getegid(), getegid());
    must(prctl(PR_SET_DUMPABLE, 1), "ns-user-dumpable"); /* else /proc/self belongs to root */
    must(unshare(CLONE_NEWUSER), "ns-user");
    write_text("/proc/self/setgroups", "deny");
    write_text("/proc/self/uid_map", uids);
    write_text("/proc/self/gid_map", gids);
}

void enter_namespaces(const struct options *opt) {
    if (same_uid) enter_user_namespace();
    must(unshare(CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS),
         "ns-unshare");
    pid_t parent = getpid(), pid = fork();
    must(pid, "ns-fork");
    if (pid > 0) { /* stay as the handle by which the host can kill the slot */
        close(opt->fd);
        int status;
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
        _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    }
    must(prctl(PR_SET_PDEATHSIG, SIGKILL), "ns-pdeathsig");
    (void)parent; /* its pid is not visible here; had it died already, the stream is closed too */
    must(sethostname("slot", 4), "ns-hostname");
    build_root(opt);
}
