/* warm_python.c: CPython waits before it opens the program.
 *
 * It has a C interface for each step, so our own main function takes the place of its: it starts Python, waits,
 * and runs the program in the child (warm_program.c). What is used here of CPython has been there, unchanged,
 * since Python 3.8.
 */
#define _GNU_SOURCE
#include "runner.h"
#include "warm_cpython.h"
#include "warm_program.h"
#include "warm_wait.h"

#include <errno.h>

/* ------------------------------------------------------------------ starting Python */

static _Alignas(64) char config[16384]; /* a PyConfig, whose size differs from version to version */

static bool start_python(int argc, char **argv) {
    if (!PyConfig_SetBytesArgv || !PyOS_AfterFork_Child) return false;
    PyConfig_InitPythonConfig(config);
    bool failed = PyStatus_Exception(PyConfig_SetBytesArgv(config, argc, argv)) ||
                  PyStatus_Exception(Py_InitializeFromConfig(config));
    PyConfig_Clear(config);
    return !failed;
}

static bool import(const char *name) {
    object *module = *name ? PyImport_ImportModule(name) : NULL;
    if (module) Py_DecRef(module);
    return module || !*name;
}

/* The generator of numpy that all share was seeded when `numpy.random` was imported, which numpy 2 does at its first use. */
static void seed_numpy(void) {
    object *modules = PySys_GetObject("modules"), *module = PyDict_GetItemString(modules, "numpy.random"), *done = NULL;
    if (!module) return;
    done = PyObject_CallMethod(module, "seed", NULL);
    if (!done) errno = EIO, child_fails("seed");
    Py_DecRef(done);
}

static bool is_here(void) {
    return Py_RunMain;
}

static pid_t fork_python(void) {
    PyOS_BeforeFork();
    pid_t pid = fork_run();
    if (pid) {
        PyOS_AfterFork_Parent();
    } else {
        PyOS_AfterFork_Child();
        seed_numpy();
    }
    return pid;
}

static int main_of_python(int argc, char **argv, char **environment) {
    (void)environment;
    if (!start_python(argc, argv) || !import(module_ahead)) return 1;
    remember_interpreter();
    wait_for_runs(fork_python, 1);
    return run_program(argc, argv);
}

const struct interpreter python = {is_here, 50, main_of_python, NULL};
