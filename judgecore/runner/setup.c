/* setup.c: what happens once, before the first frame.
 *
 * In a container the engine (Docker) has made the namespaces already; here only the control
 * group's files are opened and the system-call filter is installed. Without Docker the runner
 * makes namespaces of its own: pid, mount, network, IPC, UTS; a root file system put together
 * from read-only binds of the host's toolchains; tmpfs where a program may write.
 */
#define _GNU_SOURCE
#include "runner.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* ------------------------------------------------------------------ control groups */

static int open_in(int dir, const char *name, int flags) {
    return openat(dir, name, flags | O_CLOEXEC | O_NOFOLLOW);
}

static void write_zero(int dir) { /* "0" is the writer itself */
    int fd = open_in(dir, "cgroup.procs", O_WRONLY);
    if (fd < 0 || write(fd, "0", 1) != 1) die("cgroup-enter");
    close(fd);
}

void open_cgroup(struct cgroup *cg, const struct options *opt) {
    *cg = (struct cgroup){0, {-1, -1, -1, -1}, -1, -1, -1};
    if (opt->cpu_dir) {
        int dir = open(opt->cpu_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (dir < 0) die("cgroup-cpu");
        if (opt->enter) write_zero(dir);
        cg->cpu = open_in(dir, "cpuacct.usage", O_RDONLY);
        close(dir);
    }
    if (!opt->memory_dir) {
        cg->oom = open("/sys/fs/cgroup/memory/memory.oom_control", O_RDONLY | O_CLOEXEC);
        return;
    }
    int dir = open(opt->memory_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0) die("cgroup-memory");
    cg->dir = dir;
    if (faccessat(dir, "memory.limit_in_bytes", F_OK, 0) < 0) { /* v2 */
        if (faccessat(dir, "cgroup.procs", W_OK, AT_EACCESS) < 0) die("cgroup-memory");
        cg->version = 2;
        return;
    }
    cg->version = 1;
    if (opt->enter) write_zero(dir);
    int swappiness = open_in(dir, "memory.swappiness", O_WRONLY); /* 0: no limit is stretched by swap */
    if (swappiness >= 0 && write(swappiness, "0", 1) != 1) die("cgroup-swappiness");
    if (swappiness >= 0) close(swappiness);
    account_renew();
}

/* ------------------------------------------------------------------ namespaces */

static const char *const SHOWN[] = { /* of the host's tree, read-only */
    "bin", "sbin", "lib", "lib32", "lib64", "libx32", "usr", "opt",
    "etc/alternatives", "etc/ld.so.cache", "etc/ld.so.conf", "etc/ld.so.conf.d", "etc/localtime",
    "etc/java", "etc/java-11-openjdk", "etc/java-17-openjdk", "etc/java-21-openjdk",
    "etc/java-25-openjdk", "etc/mono", "etc/ghc", "etc/nsswitch.conf", "etc/passwd", "etc/group",
};
static const char *const MASKED[] = { /* files of /proc that tell of the machine or steer it */
    "proc/kcore", "proc/keys", "proc/key-users", "proc/kmsg", "proc/kallsyms", "proc/sched_debug",
    "proc/sysrq-trigger", "proc/timer_list", "proc/latency_stats",
};
static const char *const DEVICES[] = {"null", "zero", "full", "random", "urandom"};

static void must(int rc, const char *step) {
    if (rc < 0) die(step);
}

static void show_at(const char *from, const char *to, unsigned long flags) {
    must(mount(from, to, NULL, MS_BIND | MS_REC, NULL), "ns-bind");
    must(mount(NULL, to, NULL, MS_BIND | MS_REMOUNT | MS_NOSUID | flags, NULL), "ns-bind-remount");
}

static void show(const char *name) {
    char from[64], to[64], target[256];
    struct stat st;
    snprintf(from, sizeof from, "/%s", name);
    snprintf(to, sizeof to, "./%s", name);
    if (lstat(from, &st) < 0) return; /* this host has none */
    if (S_ISLNK(st.st_mode)) {
        ssize_t n = readlink(from, target, sizeof target - 1);
        if (n < 0) die("ns-readlink");
        target[n] = 0;
        must(symlink(target, to), "ns-symlink");
        return;
    }
    if (S_ISDIR(st.st_mode)) must(mkdir(to, 0755), "ns-mkdir");
    else must(close(open(to, O_CREAT | O_WRONLY | O_CLOEXEC, 0644)), "ns-create");
    show_at(from, to, MS_RDONLY | MS_NODEV);
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
    must(mkdir("etc", 0755), "ns-mkdir");
    for (size_t i = 0; i < COUNT(SHOWN); i++) show(SHOWN[i]);
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
    show_at("proc/sys", "proc/sys", MS_RDONLY | MS_NODEV | MS_NOEXEC);
    for (size_t i = 0; i < COUNT(MASKED); i++)
        if (access(MASKED[i], F_OK) == 0) must(mount("dev/null", MASKED[i], NULL, MS_BIND, NULL), "ns-mask");
    must(mount(NULL, "/tmp", NULL, MS_REMOUNT | MS_RDONLY | MS_NOSUID, "size=1m"), "ns-root-ro");
    must((int)syscall(SYS_pivot_root, ".", "."), "ns-pivot");
    must(umount2(".", MNT_DETACH), "ns-detach");
    must(chdir("/"), "ns-chdir");
}

void enter_namespaces(const struct options *opt) {
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

/* ------------------------------------------------------------------ rights */

/* A core limit of 0 does not stop a core_pattern that is a pipe: the kernel would start the host's
 * handler, as root, on a crash of a judged program. It looks for the value 1 (do_coredump), so
 * that is what every program gets, and the filter keeps it from changing it. */
void forbid_cores(void) {
    struct rlimit now;
    must(getrlimit(RLIMIT_CORE, &now), "rlimit-core");
    if (setrlimit(RLIMIT_CORE, &(struct rlimit){1, 1}) < 0) {
        now.rlim_cur = now.rlim_max; /* already lower, and we may not raise it */
        must(setrlimit(RLIMIT_CORE, &now), "rlimit-core");
    }
}

void drop_rights(void) {
    static const int kept[] = {CAP_SETUID, CAP_SETGID, CAP_KILL, CAP_DAC_OVERRIDE, CAP_FOWNER};
    uint64_t mask = 0;
    for (size_t i = 0; i < COUNT(kept); i++) mask |= 1ull << kept[i];
    for (int cap = 0; prctl(PR_CAPBSET_READ, cap) >= 0; cap++)
        if (!(mask >> cap & 1) && prctl(PR_CAPBSET_DROP, cap) < 0 && errno != EPERM)
            die("caps-bounding");
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct now[2], want[2];
    must((int)syscall(SYS_capget, &head, now), "caps-get");
    for (int i = 0; i < 2; i++) {
        uint32_t keep = (uint32_t)(mask >> (32 * i)) & now[i].permitted;
        want[i] = (struct __user_cap_data_struct){keep, keep, 0};
    }
    must((int)syscall(SYS_capset, &head, want), "caps-set");
    must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no-new-privs");
}

#if defined __x86_64__
#define ARCH AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define ARCH AUDIT_ARCH_AARCH64
#else
#error "add the audit architecture of this machine"
#endif
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define IF_ABOVE(k, yes, no) BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, (k), (yes), (no))
#define IF_EQ(k, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (k), (yes), (no))
#define IF_SET(k, yes, no) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (k), (yes), (no))
#define RET(k) BPF_STMT(BPF_RET | BPF_K, (k))
#define FAIL(e) (SECCOMP_RET_ERRNO | (e))
#define NEW_NAMESPACES \
    (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | \
     CLONE_NEWNET)

#define LAST_KNOWN 466 /* removexattrat, Linux 6.13: whoever reads up on later ones may raise it */
#ifndef PR_SCHED_CORE
#define PR_SCHED_CORE 62
#endif

enum { WHOLE, UNLESS_EQUAL, IF_EQUAL, IF_ANY_SET };

static const struct denied { int nr, error, test, argument; uint32_t value; } DENIED[] = {
#define DENY(name, error, stops, hurts) {__NR_##name, error, WHOLE, 0, 0},
#define ALLOW_ONLY(name, arg, value, error, stops, hurts) {__NR_##name, error, UNLESS_EQUAL, arg, value},
#define DENY_VALUE(name, arg, value, error, stops, hurts) {__NR_##name, error, IF_EQUAL, arg, value},
#define DENY_FLAGS(name, arg, mask, error, stops, hurts) {__NR_##name, error, IF_ANY_SET, arg, mask},
#include "denied.h"
#undef DENY
#undef ALLOW_ONLY
#undef DENY_VALUE
#undef DENY_FLAGS
};

/* The low half of an argument: all that these calls look at, and where it lies in memory. */
static struct sock_filter load_argument(int number) {
    return (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(offsetof(struct seccomp_data, args) + 8u * (unsigned)number));
}

bool pinned; /* to a core by affinity alone, which a program could leave */

void install_filter(void) {
    struct sock_filter code[32 + 5 * COUNT(DENIED)], *p = code;
    *p++ = (struct sock_filter)LOAD(arch);
    *p++ = (struct sock_filter)IF_EQ(ARCH, 1, 0);
    *p++ = (struct sock_filter)RET(SECCOMP_RET_KILL_PROCESS); /* i386 entry: another table */
    *p++ = (struct sock_filter)LOAD(nr);
#ifdef __x86_64__
    *p++ = (struct sock_filter)IF_SET(0x40000000, 0, 1); /* x32 entry: another table */
    *p++ = (struct sock_filter)RET(SECCOMP_RET_KILL_PROCESS);
#endif
    *p++ = (struct sock_filter)IF_ABOVE(LAST_KNOWN, 0, 1); /* as a kernel without them answers */
    *p++ = (struct sock_filter)RET(FAIL(ENOSYS));
    if (pinned) {
        *p++ = (struct sock_filter)IF_EQ(__NR_sched_setaffinity, 0, 1);
        *p++ = (struct sock_filter)RET(FAIL(EPERM));
    }
    for (size_t i = 0; i < COUNT(DENIED); i++) {
        const struct denied *d = &DENIED[i];
        *p++ = (struct sock_filter)IF_EQ((uint32_t)d->nr, 0, d->test == WHOLE ? 1 : 4);
        if (d->test != WHOLE) {
            *p++ = load_argument(d->argument);
            if (d->test == UNLESS_EQUAL) *p++ = (struct sock_filter)IF_EQ(d->value, 0, 1);
            else if (d->test == IF_EQUAL) *p++ = (struct sock_filter)IF_EQ(d->value, 1, 0);
            else *p++ = (struct sock_filter)IF_SET(d->value, 1, 0);
            *p++ = (struct sock_filter)RET(SECCOMP_RET_ALLOW);
        }
        *p++ = (struct sock_filter)RET(FAIL((uint32_t)d->error));
    }
    *p++ = (struct sock_filter)RET(SECCOMP_RET_ALLOW);
    struct sock_fprog prog = {(unsigned short)(p - code), code};
    must(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog), "seccomp");
}
