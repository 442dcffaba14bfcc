/* warm_end.c: whether a child of a warm CPython may end without taking itself apart.
 *
 * Python's own end takes longer than everything else in a short run: it takes apart all that an
 * interpreter consists of, and each page that it touches is copied, since the child shares it with the
 * interpreter that waits. Nobody sees that work. What a program can see of its end is done without it:
 * streams are flushed, and the C library's own functions run. Where there is more to see (an object
 * that has a __del__, a file that may hold data, a function of atexit, a thread), Python must end in
 * its own way. In doubt it must. So must every version that this was not written for.
 */
#define _GNU_SOURCE
#include "warm_cpython.h"
#include "warm_program.h"

#include <string.h>

enum { MIDDLE = 1, OLDEST = 2 };              /* generations of objects */
enum { SLOT_DEL = 53, SLOT_FINALIZE = 80 }; /* of the stable interface: Py_tp_del, Py_tp_finalize */
#define IS_A_TYPE (1ul << 31)                  /* Py_TPFLAGS_TYPE_SUBCLASS */
#define HAS_COLLECTOR (1ul << 14)              /* Py_TPFLAGS_HAVE_GC */

/* ------------------------------------------------------------------ what the interpreter had */

static struct {
    bool known; /* this version, and all that is needed */
    object *out, *err, *gc, *thread, *atexit;
    object *bytes, *text, *reader, *writer, *file, *wrapper; /* types of the module io */
    object *first; /* of the objects that were there before the program, in the order of the collector */
    ssize_t modules;
    long callbacks, collections, frozen, filters;
} before;

static bool version_is_known(void) {
    int major = 0, minor = 0;
    return Py_GetVersion && sscanf(Py_GetVersion(), "%d.%d", &major, &minor) == 2 && major == 3 && (minor == 12 || minor == 13) &&
           !strstr(Py_GetVersion(), "free-threading"); /* its collector has no generations */
}

static object *attribute(const char *module, const char *name) {
    object *m = PyImport_ImportModule(module), *o = m ? PyObject_GetAttrString(m, name) : NULL;
    if (m) Py_DecRef(m);
    if (!o) PyErr_Clear();
    return o;
}

/* The number that a function without arguments returns; -1: it failed. */
static long number(object *module, const char *function) {
    object *o = PyObject_CallMethod(module, function, NULL);
    long n = o ? PyLong_AsLong(o) : -1;
    if (o) Py_DecRef(o);
    if (n < 0) PyErr_Clear();
    return n;
}

/* A module that is part of the interpreter's binary, and that the program shall not find imported. */
static object *unseen_module(const char *name) {
    object *modules = PySys_GetObject("modules"), *was = PyObject_CallMethod(modules, "get", "s", name);
    object *module = PyImport_ImportModule(name);
    if (module && was == PYTHON(_Py_NoneStruct)) PyDict_DelItemString(modules, name);
    if (was) Py_DecRef(was);
    if (!module) PyErr_Clear();
    return module;
}

static long collections_of(object *all, ssize_t generation) {
    object *one = PyList_GetItem(all, generation), *n = one ? PyDict_GetItemString(one, "collections") : NULL;
    long times = n ? PyLong_AsLong(n) : -1;
    if (times < 0) PyErr_Clear();
    return times;
}

/* How often the collector has put objects into the oldest generation, behind those that were there; -1: unknown. */
static long collections(void) {
    object *all = PyObject_CallMethod(before.gc, "get_stats", NULL);
    if (!all) return PyErr_Clear(), -1;
    long middle = collections_of(all, MIDDLE), oldest = collections_of(all, OLDEST);
    Py_DecRef(all);
    return middle < 0 || oldest < 0 ? -1 : middle + oldest;
}

/* How many filters of warnings there are; -1: unknown. With others, files that nobody closed may be named. */
static long filters(void) {
    object *modules = PySys_GetObject("modules"), *module = PyDict_GetItemString(modules, "warnings");
    if (!module) module = PyDict_GetItemString(modules, "_warnings"); /* not imported: a program may see that */
    object *list = module ? PyObject_GetAttrString(module, "filters") : NULL;
    long n = list ? number(list, "__len__") : -1;
    if (list) Py_DecRef(list);
    else PyErr_Clear();
    return n;
}

/* After a full collection all that there is belongs to the oldest generation, which the collector shows last. */
static bool find_first(void) {
    if (number(before.gc, "collect") < 0) return false;
    object *old = PyObject_CallMethod(before.gc, "get_objects", "i", OLDEST);
    before.first = old ? PyList_GetItem(old, 0) : NULL;
    if (old) Py_DecRef(old);
    if (!before.first) PyErr_Clear();
    return before.first;
}

void remember_interpreter(void) {
    if (!version_is_known() || !PyUnstable_GC_VisitObjects) return;
    before.out = PySys_GetObject("stdout"), before.err = PySys_GetObject("stderr");
    before.gc = unseen_module("gc"), before.thread = unseen_module("_thread"), before.atexit = unseen_module("atexit");
    before.bytes = attribute("io", "BytesIO"), before.text = attribute("io", "StringIO");
    before.reader = attribute("io", "BufferedReader"), before.writer = attribute("io", "BufferedWriter");
    before.file = attribute("io", "FileIO"), before.wrapper = attribute("io", "TextIOWrapper");
    if (!before.out || !before.err || !before.gc || !before.thread || !before.atexit || !before.bytes || !before.text ||
        !before.reader || !before.writer || !before.file || !before.wrapper)
        return;
    before.callbacks = number(before.atexit, "_ncallbacks");
    before.frozen = number(before.gc, "get_freeze_count");
    before.filters = filters();
    before.modules = PyDict_Size(PySys_GetObject("modules"));
    before.known = before.callbacks >= 0 && before.filters >= 0 && find_first() && (before.collections = collections()) >= 0;
}

/* ------------------------------------------------------------------ what a program would see of its end */

static object *type_of(object *o) {
    object *type = PyObject_Type(o);
    Py_DecRef(type); /* the object holds it */
    return type;
}

static bool is_closed(object *o) {
    object *value = PyObject_GetAttrString(o, "closed");
    bool closed = value && PyObject_IsTrue(value) == 1;
    if (value) Py_DecRef(value);
    else PyErr_Clear();
    return closed;
}

/* What a stream reads from or writes to, where that is of one of two types; else NULL. */
static object *below(object *o, const char *name, object *type, object *or_that) {
    object *lower = PyObject_GetAttrString(o, name);
    if (!lower) return PyErr_Clear(), NULL;
    Py_DecRef(lower); /* the stream holds it */
    return type_of(lower) == type || type_of(lower) == or_that ? lower : NULL;
}

/* A stream that holds no data that has still to be written. */
static bool stream_is_quiet(object *o, object *type) {
    if (type == before.bytes || type == before.text || type == before.reader || type == before.file) return true;
    if (type == before.writer) return below(o, "raw", before.file, before.file) && is_closed(o);
    if (type != before.wrapper) return false;
    if (below(o, "buffer", before.reader, before.bytes)) return true;
    object *writer = below(o, "buffer", before.writer, before.writer);
    return writer && stream_is_quiet(writer, before.writer);
}

static bool is_text(object *o, const char *name, const char *expected, const char *or_that) {
    object *value = PyObject_GetAttrString(o, name);
    const char *text = value ? PyUnicode_AsUTF8(value) : NULL;
    bool same = text && (!strcmp(text, expected) || !strcmp(text, or_that));
    if (value) Py_DecRef(value);
    if (!text) PyErr_Clear();
    return same;
}

/* A reference whose end nobody is told, but for Python's own tables. */
static bool reference_is_quiet(object *o, object *type) {
    if (type != PYTHON(_PyWeakref_RefType) && !is_text(type, "__module__", "weakref", "weakref")) return false;
    object *told = PyObject_GetAttrString(o, "__callback__");
    if (!told) return PyErr_Clear(), false;
    bool quiet = told == PYTHON(_Py_NoneStruct) ||
                 (type_of(told) == PYTHON(PyCFunction_Type) && is_text(told, "__name__", "_destroy", "_destroy")) || /* of the module abc */
                 (type_of(told) == PYTHON(PyFunction_Type) && is_text(told, "__module__", "weakref", "_weakrefset"));
    Py_DecRef(told);
    return quiet;
}

/* A proxy does not say whether it has a function to call. */
static bool is_proxy(object *type) {
    return type == PYTHON(_PyWeakref_ProxyType) || type == PYTHON(_PyWeakref_CallableProxyType);
}

static bool type_is_quiet(object *type) {
    return !PyType_GetSlot(type, SLOT_FINALIZE) && !PyType_GetSlot(type, SLOT_DEL);
}

/* Objects of a type that the collector does not know: nobody can look at them. */
static bool has_unseen_objects(object *type) {
    return !(PyType_GetFlags(type) & HAS_COLLECTOR) && !type_is_quiet(type);
}

/* One that waits in an expression has no statement that could run when it is closed. */
static bool generator_is_quiet(object *o) {
    return is_text(o, "__name__", "<genexpr>", "<genexpr>");
}

static bool object_is_quiet(object *o) {
    object *type = type_of(o);
    if (PyType_GetFlags(type) & IS_A_TYPE) return !has_unseen_objects(o) && type_is_quiet(type);
    if (PyType_IsSubtype(type, PYTHON(_PyWeakref_RefType))) return reference_is_quiet(o, type) && type_is_quiet(type);
    if (type == PYTHON(PyGen_Type)) return generator_is_quiet(o);
    return !is_proxy(type) && (type_is_quiet(type) || stream_is_quiet(o, type));
}

struct look { bool quiet, to_the_end; };

static int look_at(object *o, void *with) {
    struct look *look = with;
    if (o == before.first && !look->to_the_end) return 0; /* those that the program has not made follow */
    return look->quiet = object_is_quiet(o);
}

/* A module in C may have objects of any kind. Those of Python itself and of numpy are known: databases write
 * when they are closed. */
static bool module_is_quiet(object *module) {
    object *dict = PyModule_GetDict(module), *path = dict ? PyDict_GetItemString(dict, "__file__") : NULL;
    const char *text = path ? PyUnicode_AsUTF8(path) : NULL, *end = text ? strrchr(text, '.') : NULL;
    PyErr_Clear();
    if (!end || strcmp(end, ".so")) return true;
    return (strstr(text, "/lib-dynload/") && !strstr(text, "dbm") && !strstr(text, "_sqlite3")) || strstr(text, "/numpy/");
}

static bool modules_are_quiet(void) {
    object *modules = PySys_GetObject("modules"), *module;
    ssize_t at = 0;
    if (!modules || PyDict_Size(modules) < before.modules) return false;
    if (PyDict_Size(modules) == before.modules) return true;
    while (PyDict_Next(modules, &at, NULL, &module))
        if (!module_is_quiet(module)) return false;
    return true;
}

static bool flushed(const char *name, object *stream) {
    if (PySys_GetObject(name) != stream) return false;
    object *done = PyObject_CallMethod(stream, "flush", NULL);
    if (done) Py_DecRef(done);
    else PyErr_Clear();
    return done;
}

/* A collection in the program may have put what it made among the rest: then all are looked at. */
static bool objects_are_quiet(void) {
    struct look look = {.quiet = true, .to_the_end = collections() != before.collections};
    if (number(before.gc, "get_freeze_count") == before.frozen) PyUnstable_GC_VisitObjects(look_at, &look);
    else look.quiet = false;
    return look.quiet;
}

/* Nobody is told of the last collections. */
static bool collector_is_quiet(void) {
    object *told = PyObject_GetAttrString(before.gc, "callbacks");
    long count = told ? number(told, "__len__") : -1;
    if (told) Py_DecRef(told);
    else PyErr_Clear();
    return count == 0 && number(before.gc, "get_debug") == 0;
}

bool nothing_to_see(void) {
    return number(before.thread, "_count") == 0 && number(before.atexit, "_ncallbacks") == before.callbacks &&
           modules_are_quiet() && filters() == before.filters && collector_is_quiet() && objects_are_quiet() &&
           flushed("stdout", before.out) && flushed("stderr", before.err);
}

bool interpreter_is_known(void) {
    return before.known;
}
