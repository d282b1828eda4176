// Counts every I/O call that a process makes on the files of one folder, and on its internet sockets, and does as told
// at the N-th: kills the process, or fails the call. LD_PRELOAD it; all threads and all kinds of call count together.
//
// It is told by a page of memory that it shares with the test (IOSHIM_PAGE names the file, `shim.py` has its fields):
// so a test can arm a process that is running, and read the count of one that is dead. A log, if there is to be one,
// holds every call with its bytes, in the order in which they took effect: what a disk would have seen.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum mode { WATCH, BEFORE, AFTER, TORN, FAIL_IO, FAIL_FULL, SHORT, FULL };
enum kind { WRITE = 1, SYNC, TRUNCATE, CREATE, UNLINK, RENAME, SEND, RECEIVE };

struct page {
    _Atomic int32_t armed;   // nothing is counted before
    int32_t mode, ever;      // ever: every call from `at` on, not that one alone
    int32_t sockets;         // count calls on internet sockets, too
    _Atomic int64_t count;   // calls so far
    int64_t at;              // 0: at none
    _Atomic int64_t acted;   // so many calls were failed, or 1 for a kill
    _Atomic int64_t room;    // bytes left on the disk in mode FULL: none at first, then what is removed
    char folder[256], log[256], witness[256];  // witness: a file whose size goes into each entry of the log
};

struct entry {
    int64_t number, time_ns, witness, offset, length;  // length: of what follows the name
    int32_t kind, name_length;
};

static struct page *page;
static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;  // of effects and of their entries in the log
static int log_file = -1;

#define REAL(name) static __typeof__(name) *real_##name
REAL(write);
REAL(pwrite64);
REAL(fsync);
REAL(fdatasync);
REAL(ftruncate64);
REAL(posix_fallocate64);
REAL(open64);
REAL(openat64);
REAL(unlink);
REAL(rename);
REAL(send);
REAL(recv);

__attribute__((constructor)) static void begin(void) {
#define FIND(name) real_##name = dlsym(RTLD_NEXT, #name)
    FIND(write);
    FIND(pwrite64);
    FIND(fsync);
    FIND(fdatasync);
    FIND(ftruncate64);
    FIND(posix_fallocate64);
    FIND(open64);
    FIND(openat64);
    FIND(unlink);
    FIND(rename);
    FIND(send);
    FIND(recv);
    const char *path = getenv("IOSHIM_PAGE");
    int file = path ? real_open64(path, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *memory = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory != MAP_FAILED) page = memory;
    close(file);
}

static int is_armed(void) { return page && atomic_load(&page->armed); }

// Part of `path` behind the folder; NULL if it lies elsewhere, or is the memory that SQLite shares: no part of the file
static const char *inside(const char *path) {
    size_t length = strlen(page->folder), end = strlen(path);
    if (!length || strncmp(path, page->folder, length) || (path[length] != '/' && path[length])) return NULL;
    if (end > 4 && !strcmp(path + end - 4, "-shm")) return NULL;
    return path[length] ? path + length + 1 : "";
}

// The same for an open file; `room` takes the name
static const char *name_of(int file, char room[512]) {
    char link[64];
    if (!is_armed()) return NULL;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, room, 511);
    if (length < 0) return NULL;
    room[length] = 0;
    return inside(room);
}

static int is_watched_socket(int file) {
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    return is_armed() && page->sockets && !getpeername(file, (void *)&peer, &length) &&
           (peer.ss_family == AF_INET || peer.ss_family == AF_INET6);
}

static void die(void) {
    atomic_store(&page->acted, 1);
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

static void put(const void *data, size_t length) {
    for (const char *next = data; length;) {
        ssize_t done = real_write(log_file, next, length);
        if (done <= 0) abort();  // a log with a hole proves nothing
        next += done, length -= done;
    }
}

static void note(int64_t number, enum kind kind, const char *name, int64_t offset, const void *data, size_t length) {
    if (log_file < 0) log_file = real_open64(page->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    struct stat found = {0};
    struct timespec now;
    if (page->witness[0]) stat(page->witness, &found);
    clock_gettime(CLOCK_REALTIME, &now);
    struct entry entry = {number, now.tv_sec * 1000000000LL + now.tv_nsec, found.st_size, offset, (int64_t)length,
                          kind, (int32_t)strlen(name)};
    put(&entry, sizeof entry);
    put(name, strlen(name));
    if (data) put(data, length);
}

// Of a disk that was full when it was armed: files grow at the cost of what others have given up
static int has_room(enum kind kind, const char *name, int64_t end) {
    char path[800];
    struct stat found = {0};
    snprintf(path, sizeof path, "%s/%s", page->folder, name);
    stat(path, &found);
    int64_t grows = kind == WRITE || kind == TRUNCATE ? end - found.st_size : kind == UNLINK ? -found.st_size : 0;
    if (kind == WRITE && grows < 0) grows = 0;
    if (grows > atomic_load(&page->room)) return 0;
    atomic_fetch_sub(&page->room, grows);
    return 1;
}

struct call {
    enum mode mode;  // what is to happen to it
    int logged;
};

// Every watched call begins and ends here. `data` may be NULL where `length` bytes of zeros, or none, are meant.
static struct call enter(enum kind kind, const char *name, int64_t offset, const void *data, size_t length) {
    struct call call = {WATCH, page->log[0] != 0};
    if (call.logged) pthread_mutex_lock(&order);
    int64_t number = atomic_fetch_add(&page->count, 1) + 1;
    if (call.logged) note(number, kind, name, offset, data, length);
    if (page->at && (number == page->at || (page->ever && number > page->at))) call.mode = page->mode;
    if (call.mode == FULL) call.mode = has_room(kind, name, offset + (int64_t)length) ? WATCH : FAIL_FULL;
    if (call.mode == BEFORE) die();
    return call;
}

static void leave(struct call call) {
    if (call.mode == AFTER || call.mode == TORN) die();
    if (call.logged) {
        int kept = errno;
        pthread_mutex_unlock(&order);
        errno = kept;
    }
}

static int fails(struct call call) {
    if (call.mode != FAIL_IO && call.mode != FAIL_FULL) return 0;
    atomic_fetch_add(&page->acted, 1);
    leave(call);
    errno = call.mode == FAIL_IO ? EIO : ENOSPC;
    return 1;
}

static size_t cut(struct call call, size_t length) {
    if (call.mode == SHORT) atomic_fetch_add(&page->acted, 1);
    return call.mode == TORN || (call.mode == SHORT && length > 1) ? length / 2 : length;
}

ssize_t pwrite64(int file, const void *data, size_t length, off64_t offset) {
    char room[512];
    const char *name = name_of(file, room);
    if (!name) return real_pwrite64(file, data, length, offset);
    struct call call = enter(WRITE, name, offset, data, length);
    if (fails(call)) return -1;
    ssize_t done = real_pwrite64(file, data, cut(call, length), offset);
    leave(call);
    return done;
}

ssize_t pwrite(int file, const void *data, size_t length, off_t offset) { return pwrite64(file, data, length, offset); }

ssize_t write(int file, const void *data, size_t length) {
    char room[512];
    const char *name = name_of(file, room);
    if (!name) return real_write(file, data, length);
    struct call call = enter(WRITE, name, lseek(file, 0, SEEK_CUR), data, length);
    if (fails(call)) return -1;
    ssize_t done = real_write(file, data, cut(call, length));
    leave(call);
    return done;
}

static int sync_file(int file, int (*real)(int)) {
    char room[512];
    const char *name = name_of(file, room);
    if (!name) return real(file);
    struct call call = enter(SYNC, name, 0, NULL, 0);
    if (fails(call)) return -1;
    if (call.mode == TORN) die();
    int done = real(file);
    leave(call);
    return done;
}

int fsync(int file) { return sync_file(file, real_fsync); }
int fdatasync(int file) { return sync_file(file, real_fdatasync); }

int ftruncate64(int file, off64_t length) {
    char room[512];
    const char *name = name_of(file, room);
    if (!name) return real_ftruncate64(file, length);
    struct call call = enter(TRUNCATE, name, length, NULL, 0);
    if (fails(call)) return -1;
    int done = real_ftruncate64(file, length);
    leave(call);
    return done;
}

int ftruncate(int file, off_t length) { return ftruncate64(file, length); }

int posix_fallocate64(int file, off64_t offset, off64_t length) {
    char room[512];
    const char *name = name_of(file, room);
    if (!name) return real_posix_fallocate64(file, offset, length);
    struct call call = enter(TRUNCATE, name, offset + length, NULL, 0);
    if (fails(call)) return errno;
    int done = real_posix_fallocate64(file, offset, length);
    leave(call);
    return done;
}

int posix_fallocate(int file, off_t offset, off_t length) { return posix_fallocate64(file, offset, length); }

static int open_file(int folder, const char *path, int flags, mode_t mode) {
    const char *name = is_armed() && flags & O_CREAT ? inside(path) : NULL;
    if (!name || !access(path, F_OK)) return real_openat64(folder, path, flags, mode);
    struct call call = enter(CREATE, name, 0, NULL, 0);
    if (fails(call)) return -1;
    if (call.mode == TORN) die();
    int file = real_openat64(folder, path, flags, mode);
    leave(call);
    return file;
}

#define MODE_OF(flags) \
    mode_t mode = 0; \
    if (flags & O_CREAT) { \
        va_list rest; \
        va_start(rest, flags); \
        mode = va_arg(rest, mode_t); \
        va_end(rest); \
    }

int open64(const char *path, int flags, ...) {
    MODE_OF(flags)
    return open_file(AT_FDCWD, path, flags, mode);
}

int open(const char *path, int flags, ...) {
    MODE_OF(flags)
    return open_file(AT_FDCWD, path, flags, mode);
}

int unlink(const char *path) {
    const char *name = is_armed() ? inside(path) : NULL;
    if (!name || access(path, F_OK)) return real_unlink(path);
    struct call call = enter(UNLINK, name, 0, NULL, 0);
    if (fails(call)) return -1;
    if (call.mode == TORN) die();
    int done = real_unlink(path);
    leave(call);
    return done;
}

int rename(const char *from, const char *to) {
    const char *name = is_armed() ? inside(from) : NULL, *new_name = is_armed() ? inside(to) : NULL;
    if (!name || !new_name) return real_rename(from, to);
    struct call call = enter(RENAME, name, 0, new_name, strlen(new_name));
    if (fails(call)) return -1;
    if (call.mode == TORN) die();
    int done = real_rename(from, to);
    leave(call);
    return done;
}

ssize_t send(int file, const void *data, size_t length, int flags) {
    if (!is_watched_socket(file)) return real_send(file, data, length, flags);
    struct call call = enter(SEND, "", 0, NULL, 0);
    ssize_t done = real_send(file, data, cut(call, length), flags);
    leave(call);
    return done;
}

// Counted when something came: how often a socket was looked at in vain is chance
ssize_t recv(int file, void *data, size_t length, int flags) {
    ssize_t done = real_recv(file, data, length, flags);
    if (done < 0 || !is_watched_socket(file)) return done;
    leave(enter(RECEIVE, "", 0, NULL, 0));
    return done;
}
