/* Shared between the runner's files. */
#ifndef JUDGECORE_RUNNER_H
#define JUDGECORE_RUNNER_H

#include "mode.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>

#define PROTOCOL 2
#define MAX_FRAME (80u << 20)
#define MAX_ARGS 4096
#define MAX_FILES 128    /* of one run */
#define MAX_COLLECT 128
#define MAX_INPUTS 10240 /* stored in one slot, and their bytes */
#define MAX_STORED (256u << 20)
#define MAX_PAIRS 16     /* of pipes that a connected program has: one to each of its partners */
#define FURTHER 5        /* the descriptors of the second pair and those after it begin here */
#define DIGEST 32
#define CHUNK 65536
#define PROMPT 4090 /* with its header no more than a pipe takes at once */
#define COUNT(a) (sizeof(a) / sizeof *(a))

enum { HELLO = 1, PUT, RUN, RESET, STORE, FEED, CLOSE_STDIN, STOP, PIPES, REPLY,
       READY = 65, OUTPUT, REPORT, DONE, FATAL, COLLECTED, BUILT, RESULT, QUERY };
enum { T_ARG = 1, T_ENV, T_STDIN, T_CPU_MS, T_WALL_MS, T_IDLE_MS, T_MEMORY, T_STACK, T_OUTPUT,
       T_FILE, T_PROCESSES, T_OPEN_FILES, T_WRITABLE_BOX, T_PATH, T_MODE, T_DATA,
       T_DIGEST, T_RUN_FILE, T_COLLECT, T_LIVE, T_CONNECT, T_WRITABLE_RUN,
       T_CORE, T_BUILT, T_CALLS, T_CALL_CPU_MS, T_CALL_WALL_MS, T_WARM, T_QUERIES };

struct file { char *path; const uint8_t *data; size_t size; };

struct run {
    int argc, envc;
    const uint8_t *input, *digest;
    size_t input_size;
    int file_count, collect_count;
    uint64_t cpu_ms, wall_ms, idle_ms, memory, stack, output, file, processes, open_files;
    bool writable_box, writable_run, live, connected, held, on_core;
    uint64_t core; /* the one on which the run stays, where `on_core` */
    uint64_t built; /* send what is in the box afterwards, if it has no more bytes; 0: don't */
    const uint8_t *calls; /* frames, to be handed over one by one; NULL: the program is not called */
    size_t calls_size;
    uint64_t call_cpu_ms, call_wall_ms;
    bool queries; /* the host answers what the program asks during a call */
    const char *warm; /* fork a warm interpreter that has imported this module (empty: none); NULL: start one */
    /* Large, and only as far as they are counted of this run; the first two end in NULL. */
    char *argv[MAX_ARGS + 1], *envp[MAX_ARGS + 1];
    struct file files[MAX_FILES];
    char *collect[MAX_COLLECT];
};

struct stream { /* one of the program's outputs on its way to the host */
    int fd;
    uint8_t kind;
    uint64_t total;
    size_t used;
    bool truncated;
    uint8_t data[5 + 1 + CHUNK];
};

struct feed { /* a live program's stdin, and what it has not taken yet */
    int fd;
    bool closing; /* nothing more will come */
    uint8_t *data;
    size_t used, done, room;
};

struct start { /* what a program starts with */
    uid_t uid;
    int work, in, out, err; /* the working directory and the streams */
    int call_in, call_out;  /* its descriptors 3 and 4, or -1 */
    int further[2 * MAX_PAIRS], further_count; /* ends of pipes to other partners: its descriptors from FURTHER on */
    pid_t warm_pid;         /* forked already by a warm interpreter; 0: not */
    int go;                 /* by which that one is let go */
    uint64_t inherited;     /* bytes that it has from the interpreter, which its group is not charged for */
    const char *warmth;     /* how it was started, for the report; NULL: as others are */
};

struct calls { /* see calls.c; all times in microseconds */
    int in, out;              /* our ends, -1 where the program is not called */
    const uint8_t *at, *end;  /* of what has not been written yet */
    size_t left;              /* bytes of the call under way that the pipe has not taken */
    uint8_t *data;            /* the answer so far */
    size_t used, room;
    uint64_t total, answered;
    bool ready, asked;
    const char *fault;        /* why its answers are none */
    long long began_us, leader_us, own_us, others_us; /* of the call under way; its first process's then; its children's; all children's so far */
    long long seen_us; /* the first process's, when it was last looked at */
    long long last_us, last_wall_us;
    long long queried_us; /* since when the host has had a query; 0: it has none */
};

struct shared { /* written by the child before exec, gone from it afterwards */
    volatile int step_errno;
    char step[32];
};

struct disk { /* what a run left in the directories that it could write */
    uint64_t bytes, files;
    const char *full; /* which limit it ran into: "bytes", "files", or none */
    bool untouched;   /* /tmp and /dev/shm are as they were */
};

struct field { uint8_t tag; uint32_t size; uint8_t *data; };
struct text { char data[1024]; size_t used; };

struct usage { /* the control group's figures around one run */
    long long oom, cpu_us, self_us;
    uint64_t inherited; /* memory of the run that is not in its group */
};

struct memory { /* files of the group of one run */
    int limit, peak, usage, oom;
    int cpu;      /* v2 */
    int enter;    /* v1: its tasks; v2: the directory */
    bool spoiled; /* a process was killed in it for memory */
    uint64_t most; /* its limit; 0: not set yet */
    unsigned long long turn;
};

struct cgroup {        /* what the host gave this slot for exact figures; fds are -1 if absent */
    int version;       /* 0 none, 1, 2 */
    struct memory *run; /* the group of the next run */
    int dir;            /* the slot's directory, in which the runs' groups are */
    int oom;            /* no group of our own: the container's, for its OOM kills */
    int cpu;            /* v1 cpuacct.usage */
};

struct options {
    const char *socket, *memory_dir, *cpu_dir, *home;
    bool stdio, namespaces, enter, probe, clean;
    int fd, core;
    uint64_t box_bytes, tmp_bytes, inodes;
};

struct procs { /* what is alive of a run, where no control group counts it */
    pid_t leader, known[512], share_of[512];
    bool begun; /* the leader is a program, no longer a copy of the runner */
    int count;
    long long cpu_us, waited_us, bytes, peak, full_at_us, full_cost_us, share[512]; /* share: of share_of */
    unsigned next; /* whose share is measured next */
};

/* reference.c: work to measure a machine by */
int reference_work(void);

/* setup.c: once, before the first frame */
void drop_rights(void);
void forbid_cores(void);
void forbid_terminals(void);
void forbid_queues(void);

/* seccomp.c: the filter that every program gets */
void install_filter(void);

/* namespaces.c: a slot without Docker */
void enter_namespaces(const struct options *opt);

/* confine.c: a program that has the runner's own uid */
void open_rulesets(void);
extern int landlock_at_most;
int landlock_version(void);
const char *confine(bool writable_box);
long tasks_of_this_uid(void);

/* procs.c: sampling, and the process group of a run */
struct watch;
long long now_us(void);
long long cpu_of(pid_t pid, long long unknown);
long long sample_procs(struct procs *t);
bool run_wants_core(struct procs *t);
long long cpu_sampled(struct watch *w);
long long cpu_used(struct watch *w);

/* disk.c: what a run has written, where nothing bounds it */
void disk_begin(uint64_t bytes, uint64_t files);
struct disk sample_disk(bool box, bool now);

long long resident(pid_t pid);
long long delay_of(pid_t pid);

/* frames.c: the stream to the host */
extern int in_fd, out_fd;
extern struct stream streams[2];
extern int passed_fds[2 * MAX_PAIRS], passed_count; /* that came with a frame: pairs for the next connected run */
extern bool live_stream;  /* the host may be sending while we are */
extern void (*before_exit)(void); /* what has to be cleaned up first; set by files.c */
_Noreturn void exit_runner(int code);
_Noreturn void die(const char *step);
void send_all(struct iovec *iov, int n);
struct iovec framed(struct stream *s);
void send_output(struct stream *s);
void send_file(const char *path, const uint8_t *data, size_t size);
void send_built(const char *path, uint64_t mode, const uint8_t *data, size_t size);
void send_text(uint8_t type, const char *text, size_t length);
__attribute__((format(printf, 2, 3))) void line(struct text *t, const char *format, ...);
uint8_t *read_frame(uint8_t *type, uint32_t *length);
uint8_t *next_frame(uint8_t *type, uint32_t *length);
void keep_frame(uint8_t type, uint32_t length, uint8_t *data);
bool has_kept_frame(void);
bool next_field(uint8_t **at, uint8_t *end, struct field *f);
uint64_t number(const struct field *f);
char *text(const struct field *f);
void decode_run(uint8_t *data, uint32_t length, struct run *r);

/* empty.c: opens a directory, and empties it */
int open_dir(int at, const char *name);
bool is_dot(const char *name);
bool empty_directory(int top);

/* files.c: staging, sealing, wiping */
void put_file(uint8_t *data, uint32_t length);
void defer(const char *step);
bool is_plain(const char *part);
bool write_file(int top, char *path, uint64_t mode, const uint8_t *data, size_t size);
/* Opens the directory of `path` beneath `top`; `path` becomes the last part. */
int open_parent(int top, char **path);
bool tell_deferred(uint8_t type);
extern int box_fd, scratch_fds[2]; /* opened once: a program could replace the path later */
extern char box_path[4096], tmp_path[4096];
extern pid_t run_group;
void open_dirs(const char *home, bool clean);
bool wipe(int dir);
bool wipe_scratch(void);
bool clear_scratch(void);
bool wipe_box(void);
bool first_wipe(void);
struct disk measure_disk(bool box);
bool open_box(bool writable);
bool close_box(bool was_writable);
bool seal_box(void);

/* cgroup.c: control group figures */
void open_cgroup(struct cgroup *cg, const struct options *opt);
extern struct cgroup group;
long long timeval_us(struct timeval tv);
void cgroup_begin(struct usage *a, const struct run *r, uint64_t inherited);
long long cgroup_cpu(const struct usage *a);
long long cgroup_oom(const struct usage *a);
long long cgroup_peak(const struct usage *a);
void cgroup_renew(void);

/* input.c: what a program reads */
extern ino_t input_inode;
bool store_input(uint8_t *data, uint32_t length);
void forget_inputs(void);
void find_input(struct run *r);
bool write_all(int fd, const uint8_t *data, size_t size);
void prepare_input(void);
int open_input(const struct run *r);
void append_input(struct feed *q, const uint8_t *data, size_t size);
void feed(struct feed *q);
void end_feed(struct feed *q);

/* work.c: the working directory of a run with files of its own */
int open_work(struct run *r);
void close_work(void);
bool collect(struct run *r);
size_t read_up_to(int fd, uint8_t *to, size_t room);

/* built.c: what a compiler left in the box */
bool send_box(uint64_t most_bytes);

/* settle.c: what makes a forked process that of a run */
extern struct shared *shared;
extern rlim_t highest[RLIM_NLIMITS];
_Noreturn void child_fails(const char *step);
void enter_work(const struct start *s);
void settle(const struct run *r, uint64_t others, uid_t uid);
bool settled_alike(const struct run *a, const struct run *b);
void settle_streams(const struct start *s, unsigned own);

/* warm.c: interpreters that fork for each run */
extern int shared_fd; /* the file of `shared` */
bool any_warm(void);
void renew_warm(void);
void prepare_warm(struct run *r, struct start *s, uid_t uid);
bool release_warm(struct start *s, uid_t uid);

/* child.c: from fork to exec */
uint64_t image_bytes(const char *path);
void lower_limits(void);
struct spent { long long cpu_us, delay_us; }; /* by a process, before its run began */
pid_t spawn(struct run *r, const struct start *s, struct spent *before);
void prepare_child(const struct run *before, uid_t uid);
bool child_waits(const struct run *r);
bool drop_child(void);

/* watch.c: from the program's start until nothing of it is alive */
struct watch {
    pid_t pid;
    uid_t only_uid; /* end what has this uid; 0: all there is */
    int status;
    struct feed in;
    struct calls calls;
    bool ended, by_itself, unread, left; /* left: what outlived the program and had to be killed */
    const char *limit, *disk_full; /* disk_full: what the run was ended for; others may free it meanwhile */
    long long stalled_us, began_us, wall_us, ended_us, rusage_us, maxrss_kb, cpu_high_us, cpu_seen_us, cpu_seen_at_us;
    long long beat_at_us, beat_cpu_us; /* the last beat, and the CPU time used by then */
    long long wanting_us, state_at_us; /* for how long it wanted a core; when that was sampled last */
    long long delay_us; /* for how long its first thread waited for a core */
    struct spent before; /* by the first process, if it was made ahead */
    struct usage usage;
    bool sampled; /* no control group counts this run */
    long long inherited; /* then: what ru_maxrss has of the runner itself, which fork passes on */
    struct procs procs;
};
extern int signal_fd;
int cores(void);
void count_own_sockets(void);
long long starved_us(const struct watch *w, long long cpu);
void drop_signals(void);
void watch(struct watch *w, const struct run *r);
const char *end_run(struct watch *w);

/* streams.c: what a run reads and writes */
void prepare_streams(void);
void open_streams(struct watch *w, const struct run *r, struct start *s);
void drain(struct watch *w, struct stream *s, uint64_t cap);
bool writable(void);
void pass_on(struct watch *w, struct stream *s, uint64_t cap);
void drain_streams(struct watch *w, const struct run *r);
void close_ends(struct start *s);
void close_streams(struct start *s);

/* calls.c: inputs handed over one by one */
extern const char ended_calls[];
void open_calls(struct calls *c, const struct run *r, struct start *s);
void close_call_ends(const struct start *s);
void close_calls(struct calls *c);
long long wall_now_us(const struct watch *w);
long long call_left_us(struct watch *w, const struct run *r, int ncores);
void pass_call(struct calls *c);
void take_answers(struct watch *w, const struct run *r);
long long take_reply(struct watch *w, const uint8_t *data, uint32_t size);
void note_last_call(struct watch *w);
bool calls_are_done(const struct watch *w);
void tell_calls(struct text *t, const struct watch *w);

/* run.c: one run, start to report */
extern uint64_t scratch_bytes, scratch_files; /* that a run may leave, where no mount bounds it */
extern uint32_t uid_base, uid_count;
void run(uint8_t *data, uint32_t length);

#endif
