/* Runs the operations of a plan (plan.py): out[o] += product of inputs, over lists of cells.

   No static state, no allocation, nothing of Python: many threads may run at once, each with its own workspace. `bn_check` is
   called once for a plan and says whether every place that it names lies inside; `bn_run` is only called for plans that passed. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#ifdef _WIN32
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

#define MOST_INPUTS 16 /* also in plan.py */
#define MOST_LOOPS 64
#define HEADER 6
#define BEST 1
#define LEVEL 16 /* powers of two that a result may be away from one before it is scaled */

typedef struct {
    int flags, inputs, runs, run, loops;
    int64_t cells;
    const int32_t *base, *slot, *tables, *lists;
} Op;

static void open_op(const int32_t *at, Op *op) {
    op->flags = at[0];
    op->inputs = at[1];
    op->runs = at[2];
    op->run = at[3];
    op->loops = at[4];
    op->cells = at[5];
    op->base = at + HEADER;
    op->slot = op->base + op->inputs + 1;
    op->tables = op->slot + op->inputs + 1;
    const int32_t *p = op->tables;
    for (int k = 0; k < op->loops; k++) p += 1 + (int64_t)p[0] * (op->inputs + 1);
    op->lists = p;
}

EXPORT int bn_version(void) { return 3; }

/* 0 where every operation lies inside `code`, the workspace and the slots; otherwise one more than the first that does not.
   reach[k] becomes the furthest value of factor k from its base. */
EXPORT int64_t bn_check(const int32_t *code, int64_t length, const int64_t *starts, int64_t count, int64_t space, int64_t slots,
                        int64_t *reach, int64_t factors) {
    for (int64_t k = 0; k < factors; k++) reach[k] = 0;
    for (int64_t i = 0; i < count; i++) {
        int64_t begin = starts[i], end = i + 1 < count ? starts[i + 1] : length;
        if (begin < 0 || end > length || end - begin < HEADER) return i + 1;
        const int32_t *at = code + begin;
        int64_t inputs = at[1], runs = at[2], run = at[3], loops = at[4], cells = at[5], left = end - begin - HEADER;
        if (inputs < 0 || inputs > MOST_INPUTS || runs < 1 || run < 1 || loops < 0 || loops > MOST_LOOPS || cells < 1) return i + 1;
        if ((left -= 2 * (inputs + 1)) < 0) return i + 1;
        int64_t far[MOST_INPUTS + 1] = {0};
        const int32_t *p = at + HEADER + 2 * (inputs + 1);
        for (int64_t k = 0; k < loops; k++) {
            int64_t size = left > 0 ? p[0] : 0;
            if (size < 1 || (left -= 1 + size * (inputs + 1)) < 0) return i + 1;
            p++;
            for (int64_t q = 0; q <= inputs; q++) {
                int64_t most = 0;
                for (int64_t j = 0; j < size; j++, p++) {
                    if (*p < 0) return i + 1;
                    if (*p > most) most = *p;
                }
                far[q] += most;
            }
        }
        if (left != runs + inputs * runs * run) return i + 1;
        for (int64_t q = 0; q <= inputs; q++) {
            int64_t most = 0, n = q ? runs * run : runs;
            for (int64_t j = 0; j < n; j++, p++) {
                if (*p < 0) return i + 1;
                if (*p > most) most = *p;
            }
            far[q] += most;
            int64_t base = at[HEADER + q], slot = at[HEADER + inputs + 1 + q];
            if (slot >= slots || slot < (q ? -1 : 0)) return i + 1;
            if (base >= 0) {
                if (base + far[q] >= space) return i + 1;
            } else {
                if (!q || -1 - base >= factors) return i + 1;
                if (far[q] > reach[-1 - base]) reach[-1 - base] = far[q];
            }
        }
        if (at[HEADER] < 0 || far[0] >= cells || at[HEADER] + cells > space) return i + 1;
    }
    return 0;
}

/* One block: the cells of the inner lists, from the given places on. TERM is the product of a cell in lane w. */
#define RUNS(PREPARE, TERM)                                                              \
    for (int j = 0; j < op->runs; j++) {                                                 \
        double *o = out + (int64_t)lo[j] * W;                                            \
        double sum[8] = {0};                                                             \
        for (int r = 0; r < run; r++, i++) {                                             \
            PREPARE;                                                                     \
            for (int w = 0; w < W; w++) {                                                \
                const double t = TERM;                                                   \
                sum[w] = best ? (t > sum[w] ? t : sum[w]) : sum[w] + t;                  \
            }                                                                            \
        }                                                                                \
        for (int w = 0; w < W; w++) o[w] = best ? (sum[w] > o[w] ? sum[w] : o[w]) : o[w] + sum[w]; \
    }

static inline void block(const Op *op, double *restrict out, const double *const *in, const int W, const int best) {
    const int32_t *restrict lo = op->lists, *restrict la = lo + op->runs;
    const int64_t cells = (int64_t)op->runs * op->run;
    const int32_t *restrict lb = la + cells, *restrict lc = lb + cells;
    const int run = op->run, n = op->inputs;
    int64_t i = 0;
    if (n == 2) {
        const double *p = in[0], *q = in[1];
        RUNS(const double *a = p + (int64_t)la[i] * W; const double *b = q + (int64_t)lb[i] * W, a[w] * b[w])
    } else if (n == 1) {
        const double *p = in[0];
        RUNS(const double *a = p + (int64_t)la[i] * W, a[w])
    } else if (n == 3) {
        const double *p = in[0], *q = in[1], *s = in[2];
        RUNS(const double *a = p + (int64_t)la[i] * W; const double *b = q + (int64_t)lb[i] * W;
             const double *c = s + (int64_t)lc[i] * W, a[w] * b[w] * c[w])
    } else {
        double product[8];
        RUNS(for (int w = 0; w < W; w++) product[w] = 1.0;
             for (int k = 0; k < n; k++) for (int w = 0; w < W; w++) product[w] *= in[k][(int64_t)la[k * cells + i] * W + w],
             product[w])
    }
}

/* The same sums on eight lanes, in `COUNT` vectors of what the processor multiplies at once. */
#define EACH(...) for (int w = 0; w < COUNT; w++) __VA_ARGS__
#define SUMS(...)                                              \
    for (int j = 0; j < op->runs; j++) {                       \
        Vector sum[COUNT] = {{0}}, *o = out + (int64_t)lo[j] * COUNT; \
        for (int r = 0; r < run; r++, i++) __VA_ARGS__         \
        EACH(o[w] += sum[w]);                                  \
    }
#define BLOCK_OF_EIGHT(NAME, TARGET, COUNT_, SIZE)                                                                        \
    TARGET static void NAME(const Op *op, double *to, const double *const *from) {                                        \
        typedef double Vector __attribute__((vector_size(SIZE), aligned(8), may_alias));                                  \
        enum { COUNT = COUNT_ };                                                                                          \
        const int32_t *restrict lo = op->lists, *restrict la = lo + op->runs;                                             \
        const int64_t cells = (int64_t)op->runs * op->run;                                                                \
        const int32_t *restrict lb = la + cells, *restrict lc = lb + cells;                                               \
        const int run = op->run, n = op->inputs;                                                                          \
        Vector *restrict out = (Vector *)to;                                                                              \
        const Vector *p = n > 0 ? (const Vector *)from[0] : NULL, *q = n > 1 ? (const Vector *)from[1] : NULL,            \
                     *s = n > 2 ? (const Vector *)from[2] : NULL;                                                         \
        int64_t i = 0;                                                                                                    \
        if (n == 2) {                                                                                                     \
            SUMS({                                                                                                        \
                const Vector *a = p + (int64_t)la[i] * COUNT, *b = q + (int64_t)lb[i] * COUNT;                            \
                EACH(sum[w] += a[w] * b[w]);                                                                              \
            })                                                                                                            \
        } else if (n == 1) {                                                                                              \
            SUMS({                                                                                                        \
                const Vector *a = p + (int64_t)la[i] * COUNT;                                                             \
                EACH(sum[w] += a[w]);                                                                                     \
            })                                                                                                            \
        } else if (n == 3) {                                                                                              \
            SUMS({                                                                                                        \
                const Vector *a = p + (int64_t)la[i] * COUNT, *b = q + (int64_t)lb[i] * COUNT, *c = s + (int64_t)lc[i] * COUNT; \
                EACH(sum[w] += a[w] * b[w] * c[w]);                                                                       \
            })                                                                                                            \
        } else {                                                                                                          \
            SUMS({                                                                                                        \
                Vector product[COUNT];                                                                                    \
                EACH(product[w] = (Vector){0} + 1.0);                                                                     \
                for (int k = 0; k < n; k++) {                                                                             \
                    const Vector *a = (const Vector *)from[k] + (int64_t)la[k * cells + i] * COUNT;                       \
                    EACH(product[w] *= a[w]);                                                                             \
                }                                                                                                         \
                EACH(sum[w] += product[w]);                                                                               \
            })                                                                                                            \
        }                                                                                                                 \
    }
BLOCK_OF_EIGHT(block_of_eight, , 4, 16)
typedef void (*Eight)(const Op *, double *, const double *const *);
#if defined(__x86_64__)
BLOCK_OF_EIGHT(block_of_eight_avx2, __attribute__((target("avx2"))), 2, 32)
BLOCK_OF_EIGHT(block_of_eight_avx512, __attribute__((target("avx512f"))), 1, 64)
static Eight widest(void) {
    if (__builtin_cpu_supports("avx512f")) return block_of_eight_avx512;
    return __builtin_cpu_supports("avx2") ? block_of_eight_avx2 : block_of_eight;
}
#else
static Eight widest(void) { return block_of_eight; }
#endif

static inline void run_op(const int32_t *at, const int64_t *bases, const double *values, double *work, int64_t *powers, const int W,
                          const Eight eight, const volatile int64_t *stop) {
    Op op;
    open_op(at, &op);
    const int n = op.inputs;
    double *out = work + (int64_t)op.base[0] * W;
    const double *in[MOST_INPUTS];
    for (int q = 0; q < n; q++) {
        int64_t base = op.base[q + 1];
        in[q] = base < 0 ? values + bases[-1 - base] * W : work + base * W;
    }
    memset(out, 0, sizeof(double) * (size_t)(op.cells * W));
    if (!op.loops) {
        if (op.flags & BEST) block(&op, out, in, W, 1);
        else if (W == 1) block(&op, out, in, 1, 0);
        else eight(&op, out, in);
    } else {
        const int32_t *table[MOST_LOOPS];
        int32_t size[MOST_LOOPS], digit[MOST_LOOPS] = {0};
        const int32_t *p = op.tables;
        for (int k = 0; k < op.loops; k++) {
            size[k] = *p++;
            table[k] = p;
            p += (int64_t)size[k] * (n + 1);
        }
        for (;;) {
            int64_t to = 0, from[MOST_INPUTS] = {0};
            const double *moved[MOST_INPUTS];
            for (int k = 0; k < op.loops; k++) {
                const int32_t *t = table[k] + digit[k];
                to += *t;
                for (int q = 0; q < n; q++) from[q] += t[(int64_t)size[k] * (q + 1)];
            }
            for (int q = 0; q < n; q++) moved[q] = in[q] + from[q] * W;
            if (op.flags & BEST) block(&op, out + to * W, moved, W, 1);
            else if (W == 1) block(&op, out + to * W, moved, 1, 0);
            else eight(&op, out + to * W, moved);
            int k = op.loops - 1;
            while (k >= 0 && ++digit[k] == size[k]) digit[k--] = 0;
            if (k < 0) break;
            if (*stop) return;
        }
    }
    double top[8] = {0};
    for (int64_t i = 0; i < op.cells; i++)
        for (int w = 0; w < W; w++)
            top[w] = out[i * W + w] > top[w] ? out[i * W + w] : top[w];
    int64_t *power = powers + (int64_t)op.slot[0] * W;
    for (int w = 0; w < W; w++) {
        int64_t sum = 0;
        for (int q = 1; q <= n; q++)
            if (op.slot[q] >= 0) sum += powers[(int64_t)op.slot[q] * W + w];
        int away = 0;
        if (top[w] > 0 && top[w] <= 1.7976931348623157e308) frexp(top[w], &away);
        if (away < -LEVEL || away > LEVEL) {
            if (away > -1000 && away < 1000) {
                const double scale = ldexp(1.0, -away);
                for (int64_t i = 0; i < op.cells; i++) out[i * W + w] *= scale;
            } else {
                for (int64_t i = 0; i < op.cells; i++) out[i * W + w] = ldexp(out[i * W + w], -away);
            }
            sum += away;
        }
        power[w] = sum;
    }
}

/* The first `last` operations on W lanes (1 or 8). Returns 0; -1 where lengths do not fit and nothing was run; -2 where another
   thread set state[0] meanwhile. state[1] is the number of operations that are done. */
EXPORT int bn_run(const int32_t *code, const int64_t *starts, int64_t last, int64_t count, const int64_t *bases, const int64_t *reach,
                  int64_t factors, const double *values, int64_t length, double *work, int64_t *powers, int W,
                  volatile int64_t *state) {
    if (last > count || (W != 1 && W != 8)) return -1;
    for (int64_t k = 0; k < factors; k++)
        if (bases[k] < 0 || bases[k] + reach[k] >= length) return -1;
    const Eight eight = widest();
    for (int64_t i = 0; i < last && !state[0]; i++) {
        if (W == 1)
            run_op(code + starts[i], bases, values, work, powers, 1, NULL, state);
        else
            run_op(code + starts[i], bases, values, work, powers, 8, eight, state);
        state[1] = i + 1;
    }
    return state[0] ? -2 : 0;
}

/* Cells `first` to `last` of a vector where no product comes near the smallest number; 1 where one does, -1 for a wrong place. */
static inline int fill_plainly(const double *values, int64_t length, const int64_t *index, const int64_t *ptr, const double *soft,
                               int64_t first, int64_t last, double *work, int64_t *powers, const int W) {
    double top[8] = {0}, scale[8];
    for (int64_t c = first; c < last; c++) {
        double x[8];
        for (int w = 0; w < W; w++) x[w] = soft[c * W + w];
        for (int64_t p = ptr[c]; p < ptr[c + 1]; p++) {
            int small = 0;
            for (int w = 0; w < W; w++) {
                int64_t at = index[p * W + w];
                if (at < 0 || at >= length) return -1;
                x[w] *= values[at * W + w];
                small |= x[w] < 1e-100 && x[w] > 0;
            }
            if (small) return 1;
        }
        for (int w = 0; w < W; w++) {
            if (x[w] < 1e-100 && x[w] > 0) return 1;
            if (x[w] > top[w]) top[w] = x[w];
            work[c * W + w] = x[w];
        }
    }
    for (int w = 0; w < W; w++) {
        int e = 0;
        frexp(top[w], &e);
        powers[w] = e;
        scale[w] = ldexp(1.0, -e);
    }
    for (int64_t c = first; c < last; c++)
        for (int w = 0; w < W; w++) work[c * W + w] *= scale[w];
    return 0;
}

/* The vectors at the start of the workspace: cell c is soft[c] times the values index[p] for p from ptr[c] to ptr[c + 1], in each
   lane its own; vector k has the cells ends[k - 1] to ends[k] and the slot k, and is scaled by a power of two. */
EXPORT int bn_fill(const double *values, int64_t length, const int64_t *index, const int64_t *ptr, const double *soft,
                   const int64_t *ends, int64_t vectors, double *work, int64_t *powers, int W) {
    if (W != 1 && W != 8) return -1;
    int64_t cell = 0;
    for (int64_t k = 0; k < vectors; cell = ends[k++]) {
        int plain = W == 1 ? fill_plainly(values, length, index, ptr, soft, cell, ends[k], work, powers + k, 1)
                           : fill_plainly(values, length, index, ptr, soft, cell, ends[k], work, powers + k * 8, 8);
        if (plain < 0) return -1;
        if (!plain) continue;
        for (int w = 0; w < W; w++) {
            int64_t most = INT64_MIN;
            for (int pass = 0; pass < 2; pass++)
                for (int64_t c = cell; c < ends[k]; c++) {
                    double x = soft[c * W + w];
                    int64_t power = 0;
                    int e;
                    for (int64_t p = ptr[c]; p < ptr[c + 1]; p++) {
                        int64_t at = index[p * W + w];
                        if (at < 0 || at >= length) return -1;
                        x *= values[at * W + w];
                        if (x < 1e-100) {
                            x = frexp(x, &e);
                            power += e;
                        }
                    }
                    x = frexp(x, &e);
                    power += e;
                    if (!pass) {
                        if (x > 0 && power > most) most = power;
                    } else if (x > 0 && power - most > -1100) {
                        work[c * W + w] = ldexp(x, (int)(power - most));
                    } else {
                        work[c * W + w] = 0.0;
                    }
                }
            powers[k * W + w] = most == INT64_MIN ? 0 : most;
        }
    }
    return 0;
}
