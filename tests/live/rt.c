/* SPDX-License-Identifier: MIT
 *
 * rt.c - a hundred thousand blocks through everything that runs in real time,
 * under the eyes of guard.so or of the kernel.
 *
 *     LD_PRELOAD=guard.so rt [PLUGIN]         allocation, locks, waiting, calls
 *     rt kernel [PLUGIN]                      any system call kills; page faults
 *     ... rt [kernel] plant                   does what must be caught
 *
 * One line for each filter, for the live callback, for the plugin's run().
 */
#include "app/through.h"
#include "lull.h"
#include <dlfcn.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#if __has_include(<ladspa.h>)
#include <ladspa.h>
#define HAVE_LADSPA 1
#endif

enum { BLOCKS = 100000, WARM = 2000, LONGEST = 64, SOUND = 1 << 16, CHANNELS = 2 };
enum { TRAPPED = 98 };
static const double BUDGET_S = 0.25;    /* of a job's blocks */

void rt_enter(void) __attribute__((weak));
void rt_leave(void) __attribute__((weak));

struct job {
    const char *name;
    void *what;
    void (*block)(void *what, const float *in, float *out, size_t frames);
    size_t longest;             /* block, in frames; set by measure() */
};

static float sound[SOUND * CHANNELS], heard[LONGEST * CHANNELS];
static volatile int done;

/* ---- the jobs */

static void planted(void *what, const float *in, float *out, size_t frames)
{
    (void)in, (void)frames;
    if (what)
        syscall(SYS_getppid);
    else
        out[0] = (float)(uintptr_t)malloc(64);
}

static void through_lull(void *what, const float *in, float *out, size_t frames)
{
    static unsigned calls;

    /* Some directions go, and come back. */
    lull_set(what, LULL_RANK, calls++ >> 10 & 1 ? 3 : LULL_MAX_RANK);
    lull_process(what, in, out, frames);
}

static void through_live(void *what, const float *in, float *out, size_t frames)
{
    struct through *const t = what;
    static float drained[LONGEST * CHANNELS];

    static unsigned calls;

    atomic_store(&t->copy, calls++ % 256 ? COPY_NONE : COPY_WANTED);
    through_process(t, in, out, frames, false);
    ring_get(t->record, drained, LONGEST * CHANNELS);
}

#ifdef HAVE_LADSPA
struct hosted {
    const LADSPA_Descriptor *d;
    LADSPA_Handle handle;
    float control[16];
};

static void through_plugin(void *what, const float *in, float *out, size_t frames)
{
    struct hosted *const h = what;

    h->d->connect_port(h->handle, 0, (float *)(uintptr_t)in);
    h->d->connect_port(h->handle, 1, out);
    h->d->run(h->handle, frames);
}

static struct job plugin_job(const char *path)
{
    static struct hosted h = { .control = { [2] = 24, [3] = 1, [7] = 10 } };
    void *const so = dlopen(path, RTLD_NOW);
    LADSPA_Descriptor_Function find;

    if (!so) {
        fprintf(stderr, "rt: %s\n", dlerror());
        exit(1);
    }
    *(void **)&find = dlsym(so, "ladspa_descriptor");
    h.d = find(0);
    h.handle = h.d->instantiate(h.d, 16000);
    for (unsigned long i = 2; i < h.d->PortCount; i++)
        h.d->connect_port(h.handle, i, h.control + i);
    h.d->activate(h.handle);
    return (struct job){ "the plugin's run()", &h, through_plugin, 0 };
}
#endif

/* At the rate of a sensor if it knows that, else of a telephone. */
static lull *new_lull(const char *filter)
{
    lull_config cfg = lull_preset(filter, 250, CHANNELS);
    lull *l = lull_new(&cfg, NULL);
    lull_status why = LULL_OK;

    if (!l) {
        cfg = lull_preset(filter, 16000, CHANNELS);
        l = lull_new(&cfg, &why);
    }
    if (!l) {
        fprintf(stderr, "rt: %s: %s\n", filter, lull_strerror(why));
        exit(1);
    }
    return l;
}

static struct job live_job(void)
{
    static struct through t;
    static struct ring ring;

    if (!through_open(&t, new_lull("speech"), 16000, CHANNELS) || !ring_new(&ring, 1 << 15))
        exit(1);
    t.record = &ring;
    t.learnt_size = lull_save(t.l, NULL, 0);
    t.learnt = calloc(t.learnt_size, 1);
    return (struct job){ "the live callback", &t, through_live, 0 };
}

/* ---- how they are watched */

/* Blocks as long as BUDGET_S allows: some filters take a hundred times as long as
 * others. */
static void measure(struct job *j)
{
    const clock_t began = clock();

    j->block(j->what, sound, heard, LONGEST);
    for (int i = 0; i < 15; i++)
        j->block(j->what, sound + LONGEST * CHANNELS * i, heard, LONGEST);

    const double frame_s = (double)(clock() - began) / CLOCKS_PER_SEC / (16 * LONGEST);
    const double longest = 2 * BUDGET_S / (BLOCKS * (frame_s + 1e-9));

    j->longest = longest < 2 ? 2 : longest > LONGEST ? LONGEST : (size_t)longest;
}

static void run(const struct job *j, unsigned blocks)
{
    unsigned seed = 1;

    for (unsigned i = 0, at = 0; i < blocks; i++) {
        seed = seed * 1664525 + 1013904223;

        const size_t frames = 1 + (seed >> 16) % j->longest;

        at = at + 2 * LONGEST < SOUND ? at + (unsigned)frames : 0;
        if (rt_enter)
            rt_enter();
        j->block(j->what, sound + at * CHANNELS, heard, frames);
        if (rt_leave)
            rt_leave();
    }
}

static void trapped(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)info, (void)context;
    syscall(SYS_exit_group, TRAPPED);
}

/* From here on this thread may end, and nothing else. */
static void close_the_door(void)
{
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog filter = { sizeof rules / sizeof *rules, rules };

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter)) {
        puts("SKIP this kernel has no seccomp");
        exit(0);
    }
}

static struct rusage used(void)
{
    struct rusage u;

    getrusage(RUSAGE_THREAD, &u);
    return u;
}

static long faults_in(const struct job *j)
{
    const struct rusage before = used();

    run(j, BLOCKS);

    const struct rusage after = used();

    return after.ru_minflt - before.ru_minflt + after.ru_majflt - before.ru_majflt +
           after.ru_nvcsw - before.ru_nvcsw;
}

/* A path that is taken for the first time, as when a busy machine makes the
 * governor step in, is a page of the program that is mapped: once.  What comes
 * again is what counts. */
static void *without_faults(void *job)
{
    static long faults;

    run(job, WARM);
    faults = faults_in(job);
    for (int again = 0; faults && again < 2; again++)
        faults = faults_in(job);
    return &faults;
}

static void *without_kernel(void *job)
{
    close_the_door();
    run(job, BLOCKS);
    done = 1;
    syscall(SYS_exit, 0);
    return NULL;
}

static void wait_for_it(void)
{
    while (!done)
        usleep(1000);
    done = 0;
}

static bool watched(struct job *j, bool kernel)
{
    pthread_t thread;
    void *faults;

    measure(j);
    if (!kernel) {
        run(j, BLOCKS);
        printf("%-22s %d blocks\n", j->name, BLOCKS);
        return true;
    }
    pthread_create(&thread, NULL, without_faults, j);
    pthread_join(thread, &faults);
    printf("%-22s %ld page faults and waits", j->name, *(long *)faults);
    fflush(stdout);
    if (*(long *)faults)
        return false;
    pthread_create(&thread, NULL, without_kernel, j);
    pthread_detach(thread);
    wait_for_it();
    printf(", no system call in %d blocks\n", BLOCKS);
    return true;
}

static bool plugin_watched(const char *path, bool kernel)
{
#ifdef HAVE_LADSPA
    struct job hosted = plugin_job(path);

    return watched(&hosted, kernel);
#else
    fprintf(stderr, "rt: %s: built without ladspa.h\n", path);
    (void)kernel;
    return false;
#endif
}

int main(int argc, char **argv)
{
    bool kernel = false, plant = false, well = true;
    const char *plugin = NULL, *name;
    unsigned seed = 1;

    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], "kernel"))
            kernel = true;
        else if (!strcmp(argv[i], "plant"))
            plant = true;
        else
            plugin = argv[i];
    if (!kernel && !rt_enter) {
        fputs("rt: nobody watches\n", stderr);
        return 1;
    }
    sigaction(SIGSYS, &(struct sigaction){ .sa_sigaction = trapped, .sa_flags = SA_SIGINFO },
              NULL);
    for (size_t i = 0; i < SOUND * CHANNELS; i++)
        sound[i] = (float)(seed = seed * 1664525 + 1013904223) / 4294967296.0f - 0.5f;
    setvbuf(stdout, NULL, _IONBF, 0);
    if (plant)
        return !watched(&(struct job){ "planted", kernel ? sound : NULL, planted, 0 }, kernel);

    for (size_t i = 0; (name = lull_filter_name(i)); i++)
        well &= watched(&(struct job){ name, new_lull(name), through_lull, 0 }, kernel);

    struct job live = live_job();

    well &= watched(&live, kernel);
    if (plugin)
        well &= plugin_watched(plugin, kernel);
    return !well;
}
