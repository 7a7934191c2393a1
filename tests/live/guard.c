/* SPDX-License-Identifier: MIT
 *
 * guard.c - preloaded, it sees what real-time code must not do: between
 * rt_enter() and rt_leave() it names and counts every call that allocates,
 * locks, waits, or asks the system, and lets the program fail in the end.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { CAUGHT = 99, TOLD_MOST = 5 };

static __thread int inside;
static int caught;

void rt_enter(void);
void rt_leave(void);

void rt_enter(void)
{
    inside = 1;
}

void rt_leave(void)
{
    inside = 0;
}

static void tell(const char *what)
{
    static const char text[] = "guard: in real time: ";

    syscall(SYS_write, STDERR_FILENO, text, sizeof text - 1);
    syscall(SYS_write, STDERR_FILENO, what, strlen(what));
    syscall(SYS_write, STDERR_FILENO, "\n", 1);
}

static void hit(const char *what)
{
    if (!inside)
        return;
    inside = 0;
    if (__sync_add_and_fetch(&caught, 1) <= TOLD_MOST)
        tell(what);
    inside = 1;
}

__attribute__((destructor)) static void judge(void)
{
    if (caught)
        _exit(CAUGHT);
}

/* The C library's own, under its other name or from the next in line. */
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t m);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t to, size_t n);
void __libc_free(void *p);

void *malloc(size_t n)
{
    hit("malloc");
    return __libc_malloc(n);
}

void *calloc(size_t n, size_t m)
{
    hit("calloc");
    return __libc_calloc(n, m);
}

void *realloc(void *p, size_t n)
{
    hit("realloc");
    return __libc_realloc(p, n);
}

void *aligned_alloc(size_t to, size_t n)
{
    hit("aligned_alloc");
    return __libc_memalign(to, n);
}

void free(void *p)
{
    hit("free");
    __libc_free(p);
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define WATCH(type, name, params, args)                                                          \
    type name params                                                                             \
    {                                                                                            \
        static __typeof__(&name) next;                                                           \
        hit(#name);                                                                              \
        if (!next)                                                                               \
            next = NEXT(name);                                                                   \
        return next args;                                                                        \
    }

WATCH(int, pthread_mutex_lock, (pthread_mutex_t *m), (m))
WATCH(int, pthread_mutex_trylock, (pthread_mutex_t *m), (m))
WATCH(int, pthread_mutex_unlock, (pthread_mutex_t *m), (m))
WATCH(int, pthread_cond_wait, (pthread_cond_t *c, pthread_mutex_t *m), (c, m))
WATCH(int, pthread_cond_signal, (pthread_cond_t *c), (c))
WATCH(int, pthread_cond_broadcast, (pthread_cond_t *c), (c))
WATCH(int, sem_wait, (sem_t *s), (s))
WATCH(int, sem_post, (sem_t *s), (s))
WATCH(int, poll, (struct pollfd * f, nfds_t n, int ms), (f, n, ms))
WATCH(int, nanosleep, (const struct timespec *t, struct timespec *left), (t, left))
WATCH(int, usleep, (useconds_t us), (us))
WATCH(ssize_t, read, (int fd, void *to, size_t n), (fd, to, n))
WATCH(ssize_t, write, (int fd, const void *from, size_t n), (fd, from, n))
WATCH(int, close, (int fd), (fd))
WATCH(void *, mmap, (void *at, size_t n, int p, int f, int fd, off_t o), (at, n, p, f, fd, o))
WATCH(int, munmap, (void *at, size_t n), (at, n))
