/* warm_program.c: how a child of a warm CPython runs its program.
 *
 * Python's own main function gives no hold between the program and its end, so its steps for one file
 * are here. They are those of 3.12 and 3.13; any other version is left to itself. How the child ends,
 * warm_end.c decides.
 */
#define _GNU_SOURCE
#include "warm_program.h"
#include "warm_cpython.h"

#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As Python names it: from the root on. */
static const char *full_name(const char *name) {
    static char full[2 * PATH_MAX];
    if (*name == '/') return name;
    if (!getcwd(full, PATH_MAX)) return NULL;
    if (name[0] == '.' && name[1] == '/') name += 2;
    size_t used = strlen(full);
    return snprintf(full + used, PATH_MAX, "/%s", name) < PATH_MAX ? full : NULL;
}

/* The file, where the command is `python3 [-B] FILE`; else NULL. */
static const char *only_file(int argc, char **argv) {
    int at = argc > 1 && !strcmp(argv[1], "-B") ? 2 : 1;
    bool one = argc == at + 1 && *argv[at] != '-' && !getenv("PYTHONSAFEPATH") && !getenv("PYTHONINSPECT");
    return one ? full_name(argv[at]) : NULL;
}

/* Python's own main asks whether the file can be imported from, and keeps the answer. */
static bool is_importable(const char *name) {
    object *path = PyUnicode_DecodeFSDefault(name), *importer = path ? PyImport_GetImporter(path) : NULL;
    bool so = importer != PYTHON(_Py_NoneStruct);
    if (path) Py_DecRef(path);
    if (importer) Py_DecRef(importer);
    return so;
}

static FILE *open_program(const char *name) {
    struct stat s;
    FILE *file = fopen(name, "rbe");
    if (!file || (fstat(fileno(file), &s) == 0 && S_ISREG(s.st_mode))) return file;
    fclose(file);
    return NULL;
}

/* The directory of the file becomes the first of sys.path. (The oldest realpath(), which a library that is
 * linked to nothing gets, needs a buffer.) */
static bool add_directory(const char *name) {
    static char room[PATH_MAX];
    char *full = realpath(name, room), *end = full ? strrchr(full, '/') : NULL;
    if (end) end[end == full] = 0;
    object *path = PySys_GetObject("path"), *directory = end ? PyUnicode_DecodeFSDefault(full) : NULL;
    bool added = path && directory && PyList_Insert(path, 0, directory) == 0;
    if (directory) Py_DecRef(directory);
    return added;
}

/* After an exception, which has been printed: the end and the exit code that Python gives. */
static int ended_by_exception(void) {
    bool interrupted = PySys_GetObject("last_type") == PyExc_KeyboardInterrupt;
    if (Py_FinalizeEx() < 0) return 120;
    if (!interrupted) return 1;
    signal(SIGINT, SIG_DFL);
    kill(getpid(), SIGINT);
    return 130;
}

int run_program(int argc, char **argv) {
    const char *name = interpreter_is_known() ? only_file(argc, argv) : NULL;
    if (!name || is_importable(name)) return Py_RunMain(); /* a directory or an archive can be imported from */
    FILE *file = open_program(name);
    if (!file || !add_directory(name)) return Py_RunMain();
    if (PyRun_SimpleFileExFlags(file, name, 1, NULL) < 0) return ended_by_exception();
    if (nothing_to_see()) return 0;
    return Py_FinalizeEx() < 0 ? 120 : 0;
}
