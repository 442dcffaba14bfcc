/* warm_threads.c: forks of a process with all its threads.
 *
 * The kernel copies the thread that forks, and no other one; what the others have is memory, though, and that is
 * copied: stacks, locks, the C library's descriptor of each thread. What is missing are registers. So each of the
 * other threads is stopped by a signal, for which the kernel writes its registers onto its stack, and never goes on.
 * In a copy of the process a new thread is started on each of these stacks, with the descriptor that is there, and
 * returns from that signal.
 *
 * What a thread has from the kernel beside its registers is set anew: the number in its descriptor, the word that the
 * kernel clears when the thread ends, and its list of robust locks. It is no longer registered for restartable
 * sequences, which the C library then does without. All have the name of the thread that forked.
 */
#define _GNU_SOURCE
#include "runner.h"
#include "warm_threads.h"

#ifdef __x86_64__

#include <asm/prctl.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define MOST_THREADS 128
#define STOP_US 2000000
#define BELOW 1024           /* a stack that is free to use begins so many bytes below what the kernel wrote */
#define DESCRIPTOR_SIZE 2048 /* of the C library's descriptor of a thread, in which its number is looked for */
#define NOT_REGISTERED (-2)  /* for restartable sequences */

extern const ptrdiff_t __rseq_offset __attribute__((weak));

static struct stopped {
    void *registers;      /* as the kernel wrote them for the signal's handler */
    uintptr_t descriptor; /* of the C library; its address is in the register fs */
    void *robust;
    size_t robust_size;
    pid_t tid;
    bool here;
} threads[MOST_THREADS];
static unsigned count;
static size_t number_at; /* of the thread, in its descriptor */

static uintptr_t own_descriptor(void) {
    uintptr_t at = 0;
    syscall(SYS_arch_prctl, ARCH_GET_FS, &at);
    return at;
}

static void stop(int signal, siginfo_t *from, void *registers) {
    (void)signal, (void)from;
    unsigned i = __atomic_fetch_add(&count, 1, __ATOMIC_SEQ_CST);
    if (i >= MOST_THREADS) _exit(1);
    struct stopped *t = &threads[i];
    *t = (struct stopped){.registers = registers, .descriptor = own_descriptor(), .tid = (pid_t)syscall(SYS_gettid)};
    syscall(SYS_get_robust_list, 0, &t->robust, &t->robust_size);
    __atomic_store_n(&t->here, true, __ATOMIC_SEQ_CST);
    for (;;) pause();
}

static bool is_stopped(pid_t tid) {
    for (unsigned i = 0; i < count && i < MOST_THREADS; i++)
        if (__atomic_load_n(&threads[i].here, __ATOMIC_SEQ_CST) && threads[i].tid == tid) return true;
    return false;
}

/* Whether a thread waits for something, so that it is in the middle of nothing. */
static bool sleeps(int directory, const char *tid) {
    char path[64], text[512], *state;
    size_t n = strlen(tid);
    if (n > 16) return false;
    memcpy(path, tid, n);
    memcpy(path + n, "/stat", 6);
    int fd = openat(directory, path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0) close(fd);
    text[got < 0 ? 0 : got] = 0;
    return (state = strrchr(text, ')')) && !strncmp(state, ") S", 3);
}

/* Calls `each` with all other threads of this process, without memory of the C library, whose lock one of them may
 * have; returns how many answered false, or -1. */
static int others(bool (*each)(int directory, const char *tid)) {
    struct entry { uint64_t number, offset; unsigned short size; unsigned char type; char name[]; } *e;
    char room[8192] __attribute__((aligned(8)));
    int fd = open("/proc/self/task", O_RDONLY | O_DIRECTORY | O_CLOEXEC), found = 0;
    pid_t self = (pid_t)syscall(SYS_gettid);
    long n;
    if (fd < 0) return -1;
    while ((n = syscall(SYS_getdents64, fd, room, sizeof room)) > 0)
        for (long at = 0; at < n; at += e->size) {
            e = (struct entry *)(room + at);
            if (*e->name != '.' && atoi(e->name) != self) found += !each(fd, e->name);
        }
    close(fd);
    return n < 0 ? -1 : found;
}

static bool signal_one(int directory, const char *name) {
    (void)directory;
    pid_t tid = atoi(name);
    if (is_stopped(tid)) return true;
    syscall(SYS_tgkill, getpid(), tid, SIGRTMAX);
    return false;
}

static int until_none(bool (*each)(int directory, const char *tid), int patience_us, int pause_us) {
    int left = 0;
    for (int waited = 0; waited <= patience_us && (left = others(each)) > 0; waited += pause_us) usleep((useconds_t)pause_us);
    return left;
}

/* Where the C library keeps the number of a thread: at the same place for all. */
static bool find_number(void) {
    uintptr_t own = own_descriptor();
    pid_t self = (pid_t)syscall(SYS_gettid);
    for (number_at = 0; number_at < DESCRIPTOR_SIZE; number_at += sizeof(pid_t)) {
        bool all = *(pid_t *)(own + number_at) == self;
        for (unsigned i = 0; i < count && all; i++) all = *(pid_t *)(threads[i].descriptor + number_at) == threads[i].tid;
        if (all) return true;
    }
    return false;
}

int stop_threads(void) {
    struct sigaction before, stopping = {.sa_flags = SA_SIGINFO | SA_RESTART};
    stopping.sa_sigaction = stop;
    sigfillset(&stopping.sa_mask);
    until_none(sleeps, STOP_US / 10, 500);
    if (sigaction(SIGRTMAX, &stopping, &before) < 0 || until_none(signal_one, STOP_US, 1000)) return -1;
    if (sigaction(SIGRTMAX, &before, NULL) < 0 || !find_number()) return -1;
    return (int)count;
}

pid_t copy_process(void) {
    pid_t *number = (pid_t *)(own_descriptor() + number_at);
    return (pid_t)syscall(SYS_clone, SIGCHLD | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID, NULL, NULL, number, 0);
}

/* The first thing that a new thread runs. */
__attribute__((used, noreturn)) static void go_on(const struct stopped *t) {
    syscall(SYS_set_robust_list, t->robust, t->robust_size);
    if (&__rseq_offset) ((int32_t *)(t->descriptor + (uintptr_t)__rseq_offset))[1] = NOT_REGISTERED;
    __asm__ volatile("mov %0, %%rsp\n\tsyscall\n\thlt" : : "r"(t->registers), "a"(SYS_rt_sigreturn) : "memory");
    __builtin_unreachable();
}

static bool start_one(const struct stopped *t) {
    const unsigned long flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |
                                CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;
    uintptr_t number = t->descriptor + number_at, stack = ((uintptr_t)t->registers - BELOW) & ~(uintptr_t)15;
    register uintptr_t cleared __asm__("r10") = number, descriptor __asm__("r8") = t->descriptor;
    register const struct stopped *own __asm__("r12") = t;
    register void (*first)(const struct stopped *) __asm__("r13") = go_on;
    long tid;
    __asm__ volatile("syscall\n\t"
                     "test %%rax, %%rax\n\t"
                     "jnz 1f\n\t"
                     "xor %%ebp, %%ebp\n\t"
                     "mov %%r12, %%rdi\n\t"
                     "call *%%r13\n\t"
                     "1:"
                     : "=a"(tid)
                     : "0"(SYS_clone), "D"(flags), "S"(stack), "d"(number), "r"(cleared), "r"(descriptor), "r"(own), "r"(first)
                     : "rcx", "r11", "memory");
    return tid > 0;
}

void start_threads(void) {
    for (unsigned i = 0; i < count; i++)
        if (!start_one(&threads[i])) child_fails("threads");
}

#else

int stop_threads(void) { return -1; }
pid_t copy_process(void) { return -1; }
void start_threads(void) {}

#endif
