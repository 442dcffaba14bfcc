/* warm_ruby.c: Ruby waits between its own start and the reading of the program.
 *
 * It opens the program before the longer part of its start (the prelude, which loads RubyGems), to look at its first
 * byte for "#!". So it is given a file of one byte that stands for the program. Between the prelude and the parser
 * it calls ruby_set_script_name(): there it waits. The child puts the program in the place of that file and lets
 * Ruby look again. A program that Ruby would look at longer is started anew, by exec.
 *
 * A thread of Ruby's own runs already. Ruby forks by itself (Process._fork), so that it ends that thread and starts
 * another one in the child, and does what else it does in children; only its call of fork() is ours.
 */
#define _GNU_SOURCE
#include "runner.h"
#include "warm_wait.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

typedef unsigned long value, name_id;
extern WEAK const char ruby_version[];
extern WEAK value rb_mProcess;
extern WEAK name_id rb_intern(const char *name);
extern WEAK value rb_funcallv(value object, name_id method, int count, const value *parameters);
extern WEAK value rb_io_getbyte(value io);
extern WEAK value rb_io_ungetbyte(value io, value byte);

static int stand_in = -1;
static value program; /* the IO object; the parser's frames hold it */
static bool forks_run;

static bool is_here(void) {
    return ruby_version && !strncmp(ruby_version, "3.3.", 4);
}

/* ------------------------------------------------------------------ in the child */

/* Whether it is a file, and its first line none that Ruby would take options from. */
static bool is_ordinary(int fd) {
    static const char *const common[] = {"#!/usr/bin/env ruby\n", "#!/usr/bin/ruby\n"};
    struct stat s;
    char start[32] = "";
    if (fd < 0 || fstat(fd, &s) < 0 || !S_ISREG(s.st_mode) || pread(fd, start, sizeof start - 1, 0) < 1) return false;
    if (start[0] != '#' || start[1] != '!') return true;
    for (size_t i = 0; i < COUNT(common); i++)
        if (!strncmp(start, common[i], strlen(common[i]))) return true;
    return false;
}

static void open_program(void) {
    int fd = open(program_name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (!is_ordinary(fd) || fcntl(fd, F_SETFL, 0) < 0) {
        execvp(arguments[0], arguments);
        child_fails("exec");
    }
    rb_io_getbyte(program);
    if (dup3(fd, stand_in, O_CLOEXEC) < 0 || close(fd) < 0) child_fails("program");
    rb_io_ungetbyte(program, rb_io_getbyte(program));
}

static pid_t fork_ruby(void) {
    forks_run = true;
    long pid = (long)rb_funcallv(rb_mProcess, rb_intern("_fork"), 0, NULL) >> 1;
    forks_run = false;
    if (pid == 0) open_program();
    return (pid_t)pid;
}

/* ------------------------------------------------------------------ what Ruby calls */

INTERPOSED pid_t fork(void) {
    static pid_t (*own)(void);
    if (!own) own = (pid_t (*)(void))next("fork");
    return forks_run ? fork_run() : own();
}

INTERPOSED int open(const char *path, int flags, ...) {
    static int (*own)(const char *, int, ...);
    mode_t mode = 0;
    if (!own) own = (int (*)(const char *, int, ...))next("open");
    if (flags & (O_CREAT | O_TMPFILE)) {
        va_list more;
        va_start(more, flags);
        mode = va_arg(more, mode_t);
        va_end(more);
    }
    if (stand_in >= 0 || !opens_program(&ruby, path)) return own(path, flags, mode);
    stand_in = memfd_create("program", MFD_CLOEXEC);
    if (stand_in < 0 || pwrite(stand_in, "\n", 1, 0) != 1) _exit(1);
    return stand_in;
}

INTERPOSED value rb_io_fdopen(int fd, int flags, const char *path) {
    value io = ((value (*)(int, int, const char *))next("rb_io_fdopen"))(fd, flags, path);
    if (fd == stand_in && !program) program = io;
    return io;
}

INTERPOSED void ruby_set_script_name(value name) {
    static bool waited;
    ((void (*)(value))next("ruby_set_script_name"))(name);
    if (!program || waited) return;
    waited = true;
    wait_for_runs(fork_ruby, 2);
}

const struct interpreter ruby = {is_here, 100, NULL, NULL};
