/* What warm_threads.c offers: forks of a process that has several threads. */
#ifndef JUDGECORE_WARM_THREADS_H
#define JUDGECORE_WARM_THREADS_H

#include <stdbool.h>
#include <sys/types.h>

#ifdef __x86_64__
#define THREADS_CAN_BE_FORKED true
#else
#define THREADS_CAN_BE_FORKED false
#endif

/* Stops all other threads of this process for good; returns their number, or -1. */
int stop_threads(void);

/* Copies this process with the calling thread alone, as fork() does, which would give up the stacks of the others. */
pid_t copy_process(void);

/* In the copy: starts its copies of the threads that were stopped, each where it was. */
void start_threads(void);

#endif
