/* The program that bench/accuracy.py measures.
 *
 *   cpu single|threads|forks MS     use MS of CPU time by the kernel's own clock: alone, in four
 *                                   threads, in four children
 *   memory single|three|file BYTES  hold BYTES: alone, in three processes, in a mapped file of /tmp
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void burn(clockid_t clock, long ms) {
    struct timespec now;
    do {
        for (volatile int i = 0; i < 20000; i++) {}
        clock_gettime(clock, &now);
    } while (now.tv_sec * 1000 + now.tv_nsec / 1000000 < ms);
}

static void *thread(void *ms) {
    burn(CLOCK_THREAD_CPUTIME_ID, (long)ms);
    return NULL;
}

static int cpu(const char *how, long ms) {
    if (!strcmp(how, "single")) burn(CLOCK_PROCESS_CPUTIME_ID, ms);
    if (!strcmp(how, "threads")) {
        pthread_t all[4];
        for (int i = 0; i < 4; i++) pthread_create(&all[i], NULL, thread, (void *)(ms / 4));
        for (int i = 0; i < 4; i++) pthread_join(all[i], NULL);
    }
    if (!strcmp(how, "forks")) {
        for (int i = 0; i < 4; i++) {
            if (fork()) continue;
            burn(CLOCK_PROCESS_CPUTIME_ID, ms / 4);
            _exit(0);
        }
        while (wait(NULL) > 0) {}
    }
    return 0;
}

static void touch(volatile char *p, long bytes) {
    for (long i = 0; i < bytes; i += 4096) p[i] = 1;
}

static char *anonymous(long bytes) {
    return mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* Parent and two children hold a third each, all at one time: nobody leaves before the last is there. */
static int three(long bytes) {
    int there[2], go[2];
    char c;
    if (pipe(there) || pipe(go)) return 1;
    for (int i = 0; i < 2; i++) {
        if (fork()) continue;
        touch(anonymous(bytes / 3), bytes / 3);
        close(go[1]);
        if (write(there[1], "x", 1) != 1 || read(go[0], &c, 1)) _exit(1);
        _exit(0);
    }
    touch(anonymous(bytes / 3), bytes / 3);
    if (read(there[0], &c, 1) != 1 || read(there[0], &c, 1) != 1) return 1;
    close(go[1]);
    while (wait(NULL) > 0) {}
    return 0;
}

static int memory(const char *how, long bytes) {
    if (!strcmp(how, "three")) return three(bytes);
    if (!strcmp(how, "single")) return touch(anonymous(bytes), bytes), 0;
    int fd = open("/tmp/mapped", O_CREAT | O_RDWR, 0600);
    if (fd < 0 || ftruncate(fd, bytes)) return 1;
    touch(mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), bytes);
    return 0;
}

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    return strcmp(argv[1], "cpu") ? memory(argv[2], atol(argv[3])) : cpu(argv[2], atol(argv[3]));
}
