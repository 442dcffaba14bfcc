/* How this runner runs: what every other file has to know, decided once in main(). */
#ifndef JUDGECORE_MODE_H
#define JUDGECORE_MODE_H

#include <stdbool.h>

extern bool same_uid;  /* not root: the program has no uid of its own (confine.c) */
extern bool same_pids; /* no pid namespace either: the run is one process group, the slot one session */
extern bool pinned;    /* to a core by affinity alone, which a program could leave */

#endif
