/* What the library in a warm interpreter uses of CPython, without CPython's own headers: so it fits several versions.
 * All of it is weak: the interpreter has it, or its version lacks it. */
#ifndef JUDGECORE_WARM_CPYTHON_H
#define JUDGECORE_WARM_CPYTHON_H

#include <stdio.h>
#include <sys/types.h>

#include "warm_wait.h"

#define PYTHON(name) ((object *)&name) /* an object that Python declares as a variable */

typedef struct object object; /* PyObject */
typedef int visitor(object *, void *);
struct status { int type; const char *function, *message; int exit_code; }; /* PyStatus */
extern WEAK void PyConfig_InitPythonConfig(void *config);
extern WEAK struct status PyConfig_SetBytesArgv(void *config, ssize_t argc, char *const *argv);
extern WEAK struct status Py_InitializeFromConfig(const void *config);
extern WEAK void PyConfig_Clear(void *config);
extern WEAK int PyStatus_Exception(struct status s);
extern WEAK void PyOS_BeforeFork(void);
extern WEAK void PyOS_AfterFork_Parent(void);
extern WEAK void PyOS_AfterFork_Child(void);
extern WEAK int Py_RunMain(void);
extern WEAK int Py_FinalizeEx(void);
extern WEAK const char *Py_GetVersion(void);
extern WEAK int PyRun_SimpleFileExFlags(FILE *file, const char *name, int close_it, void *flags);
extern WEAK object *PyImport_GetImporter(object *path);
extern WEAK object *PyImport_ImportModule(const char *name);
extern WEAK object *PySys_GetObject(const char *name);
extern WEAK object *PyUnicode_DecodeFSDefault(const char *text);
extern WEAK object *PyList_GetItem(object *list, ssize_t at);
extern WEAK int PyList_Insert(object *list, ssize_t at, object *item);
extern WEAK int PyDict_DelItemString(object *dict, const char *key);
extern WEAK object *PyObject_Type(object *o);
extern WEAK object *PyObject_CallMethod(object *o, const char *name, const char *format, ...);
extern WEAK object *PyObject_GetAttrString(object *o, const char *name);
extern WEAK int PyObject_IsTrue(object *o);
extern WEAK const char *PyUnicode_AsUTF8(object *o);
extern WEAK long PyLong_AsLong(object *o);
extern WEAK unsigned long PyType_GetFlags(object *type);
extern WEAK void *PyType_GetSlot(object *type, int slot);
extern WEAK int PyType_IsSubtype(object *type, object *base);
extern WEAK void PyErr_Clear(void);
extern WEAK void Py_DecRef(object *o);
extern WEAK void PyUnstable_GC_VisitObjects(visitor *visit, void *with);
extern WEAK object *PyModule_GetDict(object *module);
extern WEAK object *PyDict_GetItemString(object *dict, const char *key);
extern WEAK ssize_t PyDict_Size(object *dict);
extern WEAK int PyDict_Next(object *dict, ssize_t *at, object **key, object **value);
extern WEAK char _PyWeakref_RefType, _PyWeakref_ProxyType, _PyWeakref_CallableProxyType;
extern WEAK char PyCFunction_Type, PyFunction_Type, PyGen_Type, _Py_NoneStruct;
extern WEAK object *PyExc_KeyboardInterrupt;

#endif
