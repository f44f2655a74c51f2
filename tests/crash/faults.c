/* Loaded before libc (LD_PRELOAD) into every process of one command. Counts what they do to files below one folder, and lets the
 * N-th of these calls go wrong: the process is killed before or in the middle of it, gets SIGTERM, or is told that the disk is full,
 * broken or read-only. So a test can be there between any two steps that a disk sees.
 *
 * FAULT_PLAN names a file of 4096 bytes that all processes share. In it, from byte
 *   0   how many such calls there were (64 bits)
 *   8   number of the call that goes wrong, from 1; 0: none (64 bits)
 *   16  what happens: kill, tear (half of a write is done, then kill), term, or enospc, eio, erofs: this call and all after it fail
 *   32  the folder
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

struct plan {
    uint64_t calls, at;
    char kind[16], dir[4064];
};
static volatile uint64_t *counter;
static uint64_t at;
static const char *dir, *kind;
static size_t dir_length;
static struct plan *plan;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("FAULT_PLAN");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0) return;
    void *shared = mmap(NULL, sizeof(struct plan), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (shared == MAP_FAILED) return;
    plan = shared;
    counter = &plan->calls;
    dir = plan->dir;
    kind = plan->kind;
}

/* The plan may have been changed since this process began. */
static int is_watching(void) {
    if (!plan || !*dir) return 0;
    dir_length = strlen(dir);
    at = plan->at;
    return 1;
}

static int is_below(const char *path) {
    return path && !strncmp(path, dir, dir_length) && (path[dir_length] == '/' || !path[dir_length]);
}

static int path_counts(const char *path) {
    char whole[PATH_MAX];
    if (!path || !is_watching()) return 0;
    if (*path == '/') return is_below(path);
    if (!getcwd(whole, sizeof whole) || strlen(whole) + strlen(path) + 2 > sizeof whole) return 0;
    strcat(strcat(whole, "/"), path);
    return is_below(whole);
}

static int fd_counts(int fd) {
    char name[64], path[PATH_MAX];
    if (!is_watching()) return 0;
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(name, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return is_below(path);
}

/* 0: go on; 1: fail, errno is set; 2: do half of it, then die. */
static int fate(void) {
    uint64_t now = __atomic_add_fetch(counter, 1, __ATOMIC_SEQ_CST);
    if (!at || now < at) return 0;
    if (!strcmp(kind, "enospc")) return errno = ENOSPC, 1;
    if (!strcmp(kind, "eio")) return errno = EIO, 1;
    if (now > at) return 0;
    if (!strcmp(kind, "tear")) return 2;
    if (!strcmp(kind, "kill")) kill(getpid(), SIGKILL);
    if (!strcmp(kind, "term")) kill(getpid(), SIGTERM);
    return 0;
}

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *data, size_t size) {
    int way = fd_counts(fd) ? fate() : 0;
    if (way == 1) return -1;
    if (way == 2) REAL(write)(fd, data, size / 2), die();
    return REAL(write)(fd, data, size);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) {
    int way = fd_counts(fd) ? fate() : 0;
    if (way == 1) return -1;
    if (way == 2) REAL(pwrite)(fd, data, size / 2, offset), die();
    return REAL(pwrite)(fd, data, size, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) {
    int way = fd_counts(fd) ? fate() : 0;
    if (way == 1) return -1;
    if (way == 2) REAL(pwrite64)(fd, data, size / 2, offset), die();
    return REAL(pwrite64)(fd, data, size, offset);
}

#define WHOLE(result, name, counts, parameters, arguments) \
    result name parameters { \
        int way = (counts) ? fate() : 0; \
        if (way == 1) return -1; \
        if (way == 2) die(); \
        return REAL(name) arguments; \
    }

WHOLE(ssize_t, writev, fd_counts(fd), (int fd, const struct iovec *parts, int number), (fd, parts, number))
WHOLE(int, fsync, fd_counts(fd), (int fd), (fd))
WHOLE(int, fdatasync, fd_counts(fd), (int fd), (fd))
WHOLE(int, ftruncate, fd_counts(fd), (int fd, off_t size), (fd, size))
WHOLE(int, ftruncate64, fd_counts(fd), (int fd, off64_t size), (fd, size))
WHOLE(int, truncate, path_counts(path), (const char *path, off_t size), (path, size))
WHOLE(int, truncate64, path_counts(path), (const char *path, off64_t size), (path, size))
WHOLE(int, unlink, path_counts(path), (const char *path), (path))
WHOLE(int, rename, path_counts(to), (const char *from, const char *to), (from, to))
WHOLE(int, link, path_counts(to), (const char *from, const char *to), (from, to))
WHOLE(int, mkdir, path_counts(path), (const char *path, mode_t mode), (path, mode))

/* Opening a file to change it: refused on a read-only disk, and counted where it makes the file. */
static int refuses(const char *path, int flags) {
    if (!path_counts(path) || !(flags & (O_WRONLY | O_RDWR))) return 0;
    if (at && !strcmp(kind, "erofs")) {
        return errno = EROFS, 1;
    }
    if (!(flags & O_CREAT) || !access(path, F_OK)) return 0;
    int way = fate();
    if (way == 2) die();
    return way;
}

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        va_list more; \
        va_start(more, flags); \
        mode_t mode = va_arg(more, mode_t); \
        va_end(more); \
        if (refuses(path, flags)) return -1; \
        return REAL(name)(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name) \
    int name(int at_fd, const char *path, int flags, ...) { \
        va_list more; \
        va_start(more, flags); \
        mode_t mode = va_arg(more, mode_t); \
        va_end(more); \
        if (refuses(path, flags)) return -1; \
        return REAL(name)(at_fd, path, flags, mode); \
    }
OPENAT(openat)
OPENAT(openat64)
