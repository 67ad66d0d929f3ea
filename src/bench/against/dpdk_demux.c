/* A demultiplexer by VID as one writes it over DPDK: the frames lie in mbufs, each is parsed as far
 * as its 802.1Q tag, its VID indexes an array, is rewritten, and the mbuf joins its tenant's burst
 * of 32, which is handed on when full. No policing, no address checks, no reasons for drops.
 *
 * Without WITH_DPDK the same loop runs over a plain array of slots.
 *
 * Usage: demux ORDER FRAME FRAMES VLANS OCTETS SLOT [-- EAL arguments]
 * ORDER holds a 16-bit VID for each frame, FRAME the octets of one frame.
 * Then one answer a line: `turn PASSES LEG` makes one pass that is not timed, and then legs of LEG passes until
 * PASSES are made and half of them count, or four times as many are made. A leg counts if neither it nor the one
 * before was interrupted (the wall shows no more than 2 % and 20 us above this thread's processor time); where none
 * does, all count. The answer: passes made; frames, processor time and time by the wall, in nanoseconds, of
 * what counts; and both times of all legs. `check` gives the number of passes since VIDs were written, of frames
 * without a known tag, of frames whose octets hold another VID than they should, and the frames
 * counted for each VID from 1. */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#ifdef WITH_DPDK
#include <rte_eal.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>
#include <rte_prefetch.h>
#include <rte_version.h>
#endif

#define BURST 32
#define AHEAD 16
#define unlikely_(x) __builtin_expect(!!(x), 0)
#define HUGE_ (2ul << 20)

#ifdef WITH_DPDK
typedef struct rte_mbuf *handle;
static handle *pkts;
static inline uint8_t *octets_of(handle m) { return rte_pktmbuf_mtod(m, uint8_t *); }
#else
typedef uint8_t *handle;
static uint8_t *base;
#endif

/* What a frame of a tenant needs, 32 KB for all VIDs: the VID to leave with (0: no such tenant), and
 * how many frames its burst holds. Bursts and counters lie apart. */
struct tenant {
    uint16_t vid;
    uint16_t held;
};

static struct tenant tenants[4096];
static handle bursts[4096][BURST] __attribute__((aligned(64)));
static uint64_t counted[4096];
static uint32_t frames, vlans, octets, slot;
static uint16_t *order;
static uint64_t strange, passed;

/* Where bursts go: what a transmit call would be given. */
static __attribute__((noinline)) void flush(uint32_t vid)
{
    __asm__ volatile("" : : "r"(bursts[vid]) : "memory");
    counted[vid] += tenants[vid].held;
    tenants[vid].held = 0;
}

static inline handle frame_at(uint32_t i)
{
#ifdef WITH_DPDK
    return pkts[i];
#else
    return base + (size_t)i * slot;
#endif
}

static inline uint8_t *data_at(uint32_t i)
{
#ifdef WITH_DPDK
    return octets_of(pkts[i]);
#else
    return base + (size_t)i * slot;
#endif
}

/* One frame: its tag, its tenant, its new VID, its burst. */
static inline void one(uint32_t i)
{
    uint8_t *p = data_at(i);
    uint32_t word; /* TPID and TCI */
    memcpy(&word, p + 12, 4);
    word = __builtin_bswap32(word);
    uint32_t vid = word & 0xfff;
    struct tenant *t = &tenants[vid];
    if (unlikely_(word >> 16 != 0x8100 || !t->vid)) {
        strange++;
        return;
    }
    uint16_t tci = __builtin_bswap16((uint16_t)((word & 0xf000) | t->vid));
    memcpy(p + 14, &tci, 2);
    bursts[vid][t->held] = frame_at(i);
    if (unlikely_(++t->held == BURST))
        flush(vid);
}

/* The array of frames is longer than their number by 2 * AHEAD, so that prefetching needs no test. */
static __attribute__((noinline)) void pass(void)
{
    for (uint32_t i = 0; i < frames; i++) {
#ifdef WITH_DPDK
        rte_prefetch0(pkts[i + 2 * AHEAD]);
        rte_prefetch0(octets_of(pkts[i + AHEAD]));
#else
        __builtin_prefetch(base + (size_t)(i + AHEAD) * slot, 1, 3);
#endif
        one(i);
    }
    passed++;
}

static void *huge(size_t len)
{
    uint8_t *at = mmap(NULL, len + HUGE_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        return NULL;
    at = (uint8_t *)(((uintptr_t)at + HUGE_ - 1) & ~(HUGE_ - 1));
    madvise(at, len, MADV_HUGEPAGE);
    return at;
}

static int fail(const char *what)
{
    fprintf(stderr, "%s\n", what);
    return 1;
}

static int read_all(const char *path, void *to, size_t len)
{
    FILE *f = fopen(path, "rb");
    size_t got = f ? fread(to, 1, len, f) : 0;
    if (f)
        fclose(f);
    return got == len;
}

static uint64_t now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void start_over(void)
{
    for (uint32_t v = 0; v < 4096; v++) {
        counted[v] = 0;
        tenants[v].held = 0;
    }
    for (uint32_t i = 0; i < frames; i++) {
        uint8_t *p = data_at(i);
        p[14] = (uint8_t)(order[i] >> 8);
        p[15] = (uint8_t)order[i];
    }
    strange = passed = 0;
}

struct spent {
    uint64_t passes, nanos, wall;
};

/* So many passes, by both clocks. */
static struct spent leg(uint32_t passes)
{
    uint64_t wall = now(CLOCK_MONOTONIC), start = now(CLOCK_THREAD_CPUTIME_ID);
    for (uint32_t n = 0; n < passes; n++)
        pass();
    uint64_t nanos = now(CLOCK_THREAD_CPUTIME_ID) - start;
    return (struct spent){ passes, nanos, now(CLOCK_MONOTONIC) - wall };
}

static int is_calm(struct spent s)
{
    return s.wall <= s.nanos + s.nanos / 50 + 20000;
}

static void add(struct spent *sum, struct spent s)
{
    sum->passes += s.passes;
    sum->nanos += s.nanos;
    sum->wall += s.wall;
}

static void turn(uint32_t passes, uint32_t of)
{
    start_over();
    struct spent all = { 0 }, calm = { 0 };
    int before = is_calm(leg(1));
    while (all.passes < passes || (calm.passes < passes / 2 && all.passes < 4ull * passes)) {
        struct spent s = leg(of);
        int still = is_calm(s);
        add(&all, s);
        if (still && before)
            add(&calm, s);
        before = still;
    }
    for (uint32_t v = 0; v < 4096; v++)
        flush(v);
    struct spent told = calm.passes ? calm : all;
    printf("%llu %llu %llu %llu %llu %llu\n", (unsigned long long)all.passes,
           (unsigned long long)told.passes * frames, (unsigned long long)told.nanos, (unsigned long long)told.wall,
           (unsigned long long)all.nanos, (unsigned long long)all.wall);
}

static void check(void)
{
    uint64_t wrong = 0;
    for (uint32_t i = 0; i < frames; i++) {
        uint8_t *p = data_at(i);
        uint32_t vid = (uint32_t)p[14] << 8 | p[15];
        wrong += vid != (passed % 2 ? vlans + 1u - order[i] : order[i]);
    }
    printf("%llu %llu %llu", (unsigned long long)passed, (unsigned long long)strange, (unsigned long long)wrong);
    for (uint32_t v = 1; v <= vlans; v++)
        printf(" %llu", (unsigned long long)counted[v]);
    printf("\n");
}

int main(int argc, char **argv)
{
    uint8_t frame[2048];
    if (argc < 7)
        return fail("usage: demux ORDER FRAME FRAMES VLANS OCTETS SLOT [-- EAL arguments]");
    frames = (uint32_t)strtoul(argv[3], NULL, 10);
    vlans = (uint32_t)strtoul(argv[4], NULL, 10);
    octets = (uint32_t)strtoul(argv[5], NULL, 10);
    slot = (uint32_t)strtoul(argv[6], NULL, 10);
    if (!frames || frames > 1u << 26 || !vlans || vlans > 4094 || octets < 18 || octets > sizeof frame || octets > slot)
        return fail("no such job");
    order = malloc(frames * sizeof *order);
    if (!order || !read_all(argv[1], order, frames * sizeof *order) || !read_all(argv[2], frame, octets))
        return fail("the job's files cannot be read");
    for (uint32_t v = 1; v <= vlans; v++)
        tenants[v].vid = (uint16_t)(vlans + 1 - v);
#ifdef WITH_DPDK
    /* The argument `--` stands where EAL expects a program's name. */
    if (argc < 8 || rte_eal_init(argc - 7, argv + 7) < 0)
        return fail("DPDK does not initialise");
    /* Data room: headroom and at least a full frame, as ports have it. The pool's memory is on
     * transparent huge pages where those exist, so that DPDK needs none reserved;
     * no device reads it, so frames may straddle the small ones. */
    uint32_t room = RTE_PKTMBUF_HEADROOM + (slot > 2048 ? (slot + 63) / 64 * 64 : 2048);
    struct rte_mempool_objsz size;
    struct rte_mempool *pool = rte_mempool_create_empty(
        "frames", frames, sizeof(struct rte_mbuf) + room, 0, sizeof(struct rte_pktmbuf_pool_private), SOCKET_ID_ANY,
        RTE_MEMPOOL_F_NO_IOVA_CONTIG);
    if (!pool)
        return fail("no mempool");
    struct rte_pktmbuf_pool_private private = { .mbuf_data_room_size = (uint16_t)room };
    if (room > UINT16_MAX || rte_mempool_set_ops_byname(pool, RTE_MBUF_DEFAULT_MEMPOOL_OPS, NULL))
        return fail("no mempool operations");
    rte_pktmbuf_pool_init(pool, &private);
    rte_mempool_calc_obj_size(sizeof(struct rte_mbuf) + room, pool->flags, &size);
    size_t len = ((size_t)size.total_size * frames + 2 * HUGE_ - 1) / HUGE_ * HUGE_;
    char *memory = huge(len);
    if (!memory || rte_mempool_populate_virt(pool, memory, len, HUGE_, NULL, NULL) < (int)frames)
        return fail("no memory for mbufs");
    rte_mempool_obj_iter(pool, rte_pktmbuf_init, NULL);
    pkts = calloc(frames + 2 * AHEAD, sizeof *pkts);
    if (!pkts || rte_pktmbuf_alloc_bulk(pool, pkts, frames))
        return fail("no mbufs");
    for (uint32_t i = 0; i < 2 * AHEAD; i++)
        pkts[frames + i] = pkts[i % frames];
    for (uint32_t i = 0; i < frames; i++)
        memcpy(rte_pktmbuf_append(pkts[i], (uint16_t)octets), frame, octets);
    printf("ready %s\n", rte_version());
#else
    base = huge(((size_t)frames + 2 * AHEAD) * slot);
    if (!base)
        return fail("no memory for frames");
    for (uint32_t i = 0; i < frames; i++)
        memcpy(base + (size_t)i * slot, frame, octets);
    printf("ready cc %s\n", __VERSION__);
#endif
    fflush(stdout);
    start_over();
    char line[64];
    while (fgets(line, sizeof line, stdin)) {
        if (!strncmp(line, "turn ", 5))
        {
            char *rest;
            uint32_t asked = (uint32_t)strtoul(line + 5, &rest, 10), of = (uint32_t)strtoul(rest, NULL, 10);
            turn(asked, of ? of : 1);
        }
        else if (!strcmp(line, "check\n"))
            check();
        else
            printf("unknown\n");
        fflush(stdout);
    }
    return 0;
}
