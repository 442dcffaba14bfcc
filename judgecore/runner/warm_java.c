/* warm_java.c: the JVM waits where it looks for the program's class, or opens its file, after its own start.
 *
 * It has a dozen threads by then; warm_threads.c copies them. While it starts, it asks whether the directory of the
 * class path is there, which is closed to it (warm.c): it is told so.
 */
#define _GNU_SOURCE
#include "runner.h"
#include "warm_threads.h"
#include "warm_wait.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

extern WEAK int JLI_Launch(void);

static bool is_here(void) {
    return THREADS_CAN_BE_FORKED && JLI_Launch;
}

/* Whether a path ends with the last argument, where that stands for a file or for a class. */
static bool is_program(const char *path) {
    static const char ending[] = ".class";
    size_t n = strlen(path), name = strlen(program_name), rest = sizeof ending - 1;
    bool class = n > name + rest && !strcmp(path + n - rest, ending);
    if (class) n -= rest;
    if (n < name || (n > name && path[n - name - 1] != '/')) return false;
    for (size_t i = 0; i < name; i++)
        if (path[n - name + i] != (class && program_name[i] == '.' ? '/' : program_name[i])) return false;
    return true;
}

/* ------------------------------------------------------------------ what it runs before it waits */

/* Functions of JNI, by their numbers in its tables (chapters 4 and 5 of its specification). */
enum {
    GET_ENV = 6, DEFINE_CLASS = 5, FIND_CLASS = 6, DELETE_LOCAL = 23, NEW_OBJECT = 28, METHOD = 33,
    STATIC_METHOD = 113, CALL_STATIC_VOID = 141, EXCEPTION_CHECK = 228
};
#define JNI_VERSION 0x00010008
#define CALL(table, number, result, ...) ((result (*)())(*(void ***)(table))[number])(table, __VA_ARGS__)

/* The class that the image has for it (images/prebuilt/Warm.java), where it has one. */
static size_t read_class(char *room, size_t size) {
    int fd = open("/opt/prebuilt/warm/judgecore/Warm.class", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, room, size);
    if (fd >= 0) close(fd);
    return n > 0 && (size_t)n < size ? (size_t)n : 0;
}

/* A class loader without a parent. Were the class defined by the JVM's first loader, which is asked before the class
 * path, a class of the program that has its name would never be loaded. */
static void *new_loader(void *jni) {
    void *type = CALL(jni, FIND_CLASS, void *, "java/security/SecureClassLoader");
    void *constructor = type ? CALL(jni, METHOD, void *, type, "<init>", "(Ljava/lang/ClassLoader;)V") : NULL;
    void *loader = constructor ? CALL(jni, NEW_OBJECT, void *, type, constructor, (void *)NULL) : NULL;
    if (!loader) _exit(1);
    CALL(jni, DELETE_LOCAL, void, type);
    return loader;
}

static void use_what_programs_use(void) {
    static char bytes[1 << 16];
    int (*machines)(void **, int, int *) = (int (*)(void **, int, int *))dlsym(RTLD_DEFAULT, "JNI_GetCreatedJavaVMs");
    size_t size = read_class(bytes, sizeof bytes);
    void *machine, *jni = NULL;
    int count = 0;
    if (!size || !machines || machines(&machine, 1, &count) || count != 1) return;
    if (CALL(machine, GET_ENV, int, &jni, JNI_VERSION) || !jni) return;
    void *loader = new_loader(jni), *class = CALL(jni, DEFINE_CLASS, void *, NULL, loader, bytes, (int)size);
    void *method = class ? CALL(jni, STATIC_METHOD, void *, class, "run", "()V") : NULL;
    if (method) CALL(jni, CALL_STATIC_VOID, void, class, method);
    if (!method || CALL(jni, EXCEPTION_CHECK, unsigned char, 0)) _exit(1);
    CALL(jni, DELETE_LOCAL, void, class);
    CALL(jni, DELETE_LOCAL, void, loader);
}

/* ------------------------------------------------------------------ where it waits */

static pid_t fork_java(void) {
    sigset_t mask;
    sigprocmask(SIG_SETMASK, NULL, &mask);
    pid_t pid = fork_run();
    if (pid) return pid;
    sigprocmask(SIG_SETMASK, &mask, NULL); /* of a thread of the JVM */
    start_threads();
    return 0;
}

static void wait_before(const char *path) {
    if (!is_program(path)) return;
    use_what_programs_use();
    wait_for_runs(fork_java, stop_threads() + 1);
}

INTERPOSED int open64(const char *path, int flags, ...) {
    static int (*own)(const char *, int, ...);
    mode_t mode = 0;
    if (!own) own = (int (*)(const char *, int, ...))next("open64");
    if (flags & (O_CREAT | O_TMPFILE)) {
        va_list more;
        va_start(more, flags);
        mode = va_arg(more, mode_t);
        va_end(more);
    }
    if (is_waiting_for(&java)) wait_before(path);
    return own(path, flags, mode);
}

INTERPOSED int stat64(const char *path, struct stat64 *s) {
    static int (*own)(const char *, struct stat64 *);
    if (!own) own = (int (*)(const char *, struct stat64 *))next("stat64");
    if (!is_waiting_for(&java)) return own(path, s);
    wait_before(path);
    int result = own(path, s);
    if (result == 0 || errno != EACCES || *path != '/' || !is_waiting_for(&java)) return result;
    *s = (struct stat64){.st_mode = S_IFDIR | 0755, .st_nlink = 2};
    return 0;
}

const struct interpreter java = {is_here, 50, NULL, copy_process};
