/* kernel_objects.c KIND COUNT: makes kernel objects of one kind until COUNT, or until a call fails,
 * and prints what it made, the error that ended it, and by how much the kernel's own memory grew.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

static char name[256];
static int held; /* a descriptor that a kind keeps from one object to the next */

static const char *numbered(const char *form, long n) {
    snprintf(name, sizeof name, form, n);
    return name;
}

static int file(void) {
    if (!held) held = open("/tmp/file", O_CREAT | O_RDWR, 0600);
    return held;
}

/* Each makes one object, and returns a negative number when it cannot. */

static int event_counter(long n) { (void)n; return eventfd(0, 0); }
static int timer_descriptor(long n) { (void)n; return timerfd_create(CLOCK_MONOTONIC, 0); }
static int epoll(long n) { (void)n; return epoll_create1(0); }
static int process_descriptor(long n) { (void)n; return (int)syscall(SYS_pidfd_open, getpid(), 0); }
static int memory_file(long n) { return memfd_create(numbered("%0200ld", n), 0); }
static int symbolic_link(long n) { numbered("/tmp/%0120ld", n); return symlink(name, name); }
static int directory(long n) { return mkdir(numbered("/tmp/%0200ld", n), 0700); }
static int attribute(long n) { numbered("user.%0100ld", n); return fsetxattr(file(), name, name, 200, 0); }
static int missing_name(long n) { struct stat s; stat(numbered("/usr/share/none-%0200ld", n), &s); return 0; }

static int access_list(long n) {
    struct { unsigned version; struct { unsigned short tag, rights; unsigned id; } entry[5]; } list = {
        2, {{1, 7, ~0u}, {2, 7, 4}, {4, 7, ~0u}, {16, 7, ~0u}, {32, 7, ~0u}}};
    int fd = open(numbered("/tmp/%ld", n), O_CREAT | O_RDWR, 0700);
    int made = fd < 0 ? -1 : fsetxattr(fd, "system.posix_acl_access", &list, sizeof list, 0);
    if (fd >= 0) close(fd);
    return made;
}

static int socket_pair(long n) { int s[2]; (void)n; return socketpair(AF_UNIX, SOCK_STREAM, 0, s); }

static int socket_name(long n) {
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    snprintf(at.sun_path + 1, sizeof at.sun_path - 1, "%0100ld", n);
    return fd < 0 ? fd : bind(fd, (struct sockaddr *)&at, sizeof at);
}

static int message_in_flight(long n) {
    static int s[2], size = 1 << 30;
    if (n == 0) {
        if (socketpair(AF_UNIX, SOCK_STREAM, 0, s) < 0) return -1;
        fcntl(s[0], F_SETFL, O_NONBLOCK), setsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    }
    return (int)write(s[0], "x", 1);
}

static int large_pipe(long n) { int p[2]; (void)n; return pipe(p) < 0 ? -1 : fcntl(p[0], F_SETPIPE_SZ, 1 << 20); }

static int watch(long n) {
    if (!held) held = inotify_init();
    close(open(numbered("/tmp/%ld", n), O_CREAT | O_WRONLY, 0600));
    return inotify_add_watch(held, name, IN_ALL_EVENTS);
}

static int directory_notice(long n) {
    int fd = open("/tmp", O_RDONLY | O_DIRECTORY);
    if (n == 0) signal(SIGIO, SIG_IGN);
    return fd < 0 ? fd : fcntl(fd, F_NOTIFY, DN_CREATE | DN_MULTISHOT);
}

static int epoll_watch(long n) {
    static int pipe_ends[2];
    if (n == 0 && ((held = epoll_create1(0)) < 0 || pipe(pipe_ends) < 0)) return -1;
    int fd = dup(pipe_ends[0]);
    return fd < 0 ? fd : epoll_ctl(held, EPOLL_CTL_ADD, fd, &(struct epoll_event){.events = EPOLLIN});
}

static int record_lock(long n) {
    struct flock lock = {.l_type = F_WRLCK, .l_start = 2 * n, .l_len = 1};
    return fcntl(file(), F_SETLK, &lock);
}

static int process_timer(long n) {
    struct sigevent none = {.sigev_notify = SIGEV_NONE};
    timer_t timer;
    (void)n;
    return timer_create(CLOCK_MONOTONIC, &none, &timer);
}

static int queued_signal(long n) {
    sigset_t all;
    if (n == 0) sigfillset(&all), sigprocmask(SIG_BLOCK, &all, NULL);
    return sigqueue(getpid(), SIGRTMIN, (union sigval){0});
}

static int ruleset(long n) {
    unsigned long long rights[3] = {1 << 2, 0, 0};
    (void)n;
    return (int)syscall(SYS_landlock_create_ruleset, rights, sizeof rights[0], 0);
}

static int open_view(long n) {
    char byte;
    int fd = open(n & 1 ? "/proc/self/maps" : "/proc/self/mountinfo", O_RDONLY);
    return fd < 0 ? fd : (int)read(fd, &byte, 1);
}

static int mapping_name(long n) {
    static char *place;
    if (n == 0) place = mmap(NULL, 400ul << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    numbered("%070ld", n);
    return place == MAP_FAILED ? -1 : prctl(0x53564d41, 0, place + n * 8192, 4096, name);
}

static int memory_policy(long n) {
    static char *place;
    unsigned long node = 1;
    if (n == 0) {
        int fd = memfd_create("policies", 0);
        if (ftruncate(fd, 32 << 20) < 0) return -1;
        place = mmap(NULL, 32 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    }
    return place == MAP_FAILED ? -1 : (int)syscall(SYS_mbind, place + n * 4096, 4096, 2 + (n & 1), &node, 8, 0);
}

static const struct kind { const char *name; int (*make)(long n); } kinds[] = {
    {"event_counter", event_counter}, {"timer_descriptor", timer_descriptor}, {"epoll", epoll},
    {"process_descriptor", process_descriptor}, {"memory_file", memory_file},
    {"symbolic_link", symbolic_link}, {"directory", directory}, {"attribute", attribute},
    {"missing_name", missing_name}, {"access_list", access_list}, {"socket_pair", socket_pair},
    {"socket_name", socket_name}, {"message_in_flight", message_in_flight}, {"large_pipe", large_pipe},
    {"watch", watch}, {"directory_notice", directory_notice}, {"epoll_watch", epoll_watch},
    {"record_lock", record_lock}, {"process_timer", process_timer}, {"queued_signal", queued_signal},
    {"ruleset", ruleset}, {"open_view", open_view}, {"mapping_name", mapping_name},
    {"memory_policy", memory_policy},
};

/* The kernel's own memory, KiB: objects, areas and what each core has. */
static long of_the_kernel(void) {
    static const char *parts[] = {"Slab:", "Percpu:", "VmallocUsed:", "KernelStack:", "PageTables:"};
    static char text[8192];
    long total = 0;
    static int fd; /* opened before the others are used up */
    if (!fd) fd = open("/proc/meminfo", O_RDONLY);
    ssize_t size = pread(fd, text, sizeof text - 1, 0);
    if (size <= 0) return -1;
    text[size] = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const char *at = strstr(text, parts[i]);
        total += at ? atol(at + strlen(parts[i])) : 0;
    }
    return total;
}

int main(int argc, char **argv) {
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (argc == 1) puts(kinds[i].name);
        if (argc != 3 || strcmp(argv[1], kinds[i].name)) continue;
        long made = 0, wanted = atol(argv[2]), before = of_the_kernel();
        while (made < wanted && kinds[i].make(made) >= 0) made++;
        const char *ended = made < wanted ? strerrorname_np(errno) : "-";
        long after = of_the_kernel();
        printf("%ld %s %ld\n", made, ended, before < 0 || after < 0 ? -1 : after - before);
    }
}
