/* mode.c: how this runner runs, decided once in main(). */
#include "mode.h"

bool same_uid, same_pids, pinned;
