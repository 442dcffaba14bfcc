#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* Tries on every other process what could stop, read or change it; says so where it can. */
#define COUNT(list) (sizeof(list) / sizeof *(list))

static void tried(int reached, const char *what, int pid) {
    if (reached) printf("BREACH %s %d\n", what, pid);
}

static int opens(int pid, const char *name, int flags) {
    char path[64], byte = '1';
    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    int fd = open(path, flags);
    int done = fd >= 0 && (flags == O_RDONLY ? read(fd, &byte, 1) : write(fd, &byte, 1)) > 0;
    if (fd >= 0) close(fd);
    return done;
}

static void attack(int pid) {
    static const char *const read_in[] = {"mem", "maps", "environ", "auxv", "io", "syscall", "stack"};
    static const char *const write_to[] = {"mem", "oom_score_adj", "coredump_filter", "timerslack_ns", "clear_refs", "comm"};
    char bytes[8];
    struct iovec own = {bytes, sizeof bytes}, other = {(void *)0x400000, sizeof bytes};
    struct rlimit least = {1, 1};
    struct sched_param none = {0};
    cpu_set_t core;
    CPU_ZERO(&core);
    CPU_SET(0, &core);
    for (int signal = 0; signal <= 64; signal++) tried(kill(pid, signal) == 0, "signal", pid);
    for (unsigned i = 0; i < COUNT(read_in); i++) tried(opens(pid, read_in[i], O_RDONLY), read_in[i], pid);
    for (unsigned i = 0; i < COUNT(write_to); i++) tried(opens(pid, write_to[i], O_WRONLY), write_to[i], pid);
    tried(process_vm_readv(pid, &own, 1, &other, 1, 0) >= 0, "memory", pid);
    tried(prlimit(pid, RLIMIT_CPU, &least, NULL) == 0, "limit", pid);
    tried(sched_setaffinity(pid, sizeof core, &core) == 0, "cores", pid);
    tried(sched_setscheduler(pid, SCHED_IDLE, &none) == 0, "scheduler", pid);
    tried(setpriority(PRIO_PROCESS, (id_t)pid, 19) == 0, "priority", pid);
    tried(syscall(SYS_ioprio_set, 1, pid, 0x6000) == 0, "io priority", pid);
}

int main(void) {
    DIR *all = opendir("/proc");
    int others = 0;
    for (struct dirent *e; (e = readdir(all));) {
        int pid = atoi(e->d_name);
        if (pid > 0 && pid != getpid()) attack(pid), others++;
    }
    puts(others < 3 ? "nobody to attack" : "held"); /* the runner, a keeper, the JVM that waits */
}
