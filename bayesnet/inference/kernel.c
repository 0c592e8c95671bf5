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

#define ALWAYS_INLINE inline __attribute__((always_inline))
#define MOST_INPUTS 16
#define MOST_LOOPS 64
#define HEADER 7
#define BEST 1
#define LEVEL 16 /* powers of two that a result may be away from one before it is scaled */

typedef struct {
    int flags, inputs, runs, run, loops;
    int64_t cells;
    const int32_t *base, *slot, *tables, *lists;
} Op;

static Op opened(const int32_t *at) {
    Op op = {at[1], at[2], at[3], at[4], at[5], at[6], at + HEADER, NULL, NULL, NULL};
    op.slot = op.base + op.inputs + 1;
    op.lists = op.tables = op.slot + op.inputs + 1;
    for (int k = 0; k < op.loops; k++) op.lists += 1 + (int64_t)op.lists[0] * (op.inputs + 1);
    return op;
}

EXPORT int bn_version(void) { return 4; }

/* The largest of some places; -1 where one is below zero. */
static int64_t furthest(const int32_t *at, int64_t count) {
    int32_t most = 0, all = 0;
    for (int64_t i = 0; i < count; i++) {
        all |= at[i];
        most = at[i] > most ? at[i] : most;
    }
    return all < 0 ? -1 : most;
}

/* 0 where every operation lies inside `code`, the workspace and the slots, and the way down begins with one; otherwise one more
   than the first that does not. reach[k] becomes the furthest value of factor k from its base. */
EXPORT int64_t bn_check(const int32_t *code, int64_t length, int64_t ups, int64_t space, int64_t slots, int64_t *reach,
                        int64_t factors) {
    int64_t begin = 0, met = !ups, i = 1;
    for (int64_t k = 0; k < factors; k++) reach[k] = 0;
    for (; begin < length; begin += code[begin], i++) {
        const int32_t *at = code + begin;
        if (length - begin < HEADER || at[0] < HEADER || at[0] > length - begin) return i;
        int64_t inputs = at[2], runs = at[3], run = at[4], loops = at[5], cells = at[6], far[MOST_INPUTS + 1] = {0};
        if (inputs < 0 || inputs > MOST_INPUTS || runs < 1 || run < 1 || loops < 0 || loops > MOST_LOOPS || cells < 1) return i;
        int64_t left = at[0] - HEADER - 2 * (inputs + 1);
        const int32_t *p = at + HEADER + 2 * (inputs + 1);
        for (int64_t k = 0; k < loops; k++) {
            int64_t size = left > 0 ? *p++ : 0;
            if (size < 1 || (left -= 1 + size * (inputs + 1)) < 0) return i;
            for (int64_t q = 0; q <= inputs; q++, p += size) {
                int64_t most = furthest(p, size);
                if (most < 0) return i;
                far[q] += most;
            }
        }
        if (left != runs + inputs * runs * run) return i;
        for (int64_t q = 0; q <= inputs; q++) {
            int64_t n = q ? runs * run : runs, most = furthest(p, n), base = at[HEADER + q], slot = at[HEADER + inputs + 1 + q];
            if (most < 0 || slot >= slots || slot < (q ? -1 : 0)) return i;
            p += n;
            far[q] += most;
            if (base >= 0 ? base + far[q] >= space : !q || -1 - base >= factors) return i;
            if (base < 0 && far[q] > reach[-1 - base]) reach[-1 - base] = far[q];
        }
        if (far[0] >= cells || at[HEADER] + cells > space) return i;
        met |= begin + at[0] == ups;
    }
    return met ? 0 : i;
}

/* One block: the cells of the inner lists, from the given places on. Several columns are `COUNT` vectors of what the processor
   multiplies at once; of one column it is a number. */
#define COLUMNS(...) for (int w = 0; w < COUNT; w++) __VA_ARGS__
#define SUMS(N)                                                                                                 \
    for (int j = 0; j < op->runs; j++) {                                                                        \
        Vector sum[COUNT], product[COUNT], *o = out + (int64_t)lo[j] * COUNT;                                   \
        COLUMNS(sum[w] = o[w]);                                                                                 \
        for (int r = 0; r < op->run; r++, i++) {                                                                \
            COLUMNS(product[w] = (Vector){0} + 1.0);                                                            \
            for (int k = 0; k < (N); k++)                                                                       \
                COLUMNS(product[w] *= ((const Vector *)from[k])[(int64_t)li[k * cells + i] * COUNT + w]);       \
            COLUMNS(sum[w] += product[w]);                                                                      \
        }                                                                                                       \
        COLUMNS(o[w] = sum[w]);                                                                                 \
    }
#define BLOCK(NAME, TARGET, VECTOR, COUNT_)                                                \
    TARGET static void NAME(const Op *op, double *to, const double *const *from) {         \
        typedef VECTOR;                                                                    \
        enum { COUNT = COUNT_ };                                                           \
        const int32_t *restrict lo = op->lists, *restrict li = lo + op->runs;              \
        const int64_t cells = (int64_t)op->runs * op->run;                                 \
        Vector *restrict out = (Vector *)to;                                               \
        int64_t i = 0;                                                                     \
        if (op->inputs == 1) SUMS(1)                                                       \
        else if (op->inputs == 2) SUMS(2)                                                  \
        else if (op->inputs == 3) SUMS(3)                                                  \
        else SUMS(op->inputs)                                                              \
    }
#define LANES(SIZE) double Vector __attribute__((vector_size(SIZE), aligned(8), may_alias))
typedef void (*Block)(const Op *, double *, const double *const *);
BLOCK(one_column, , double Vector, 1)
BLOCK(eight_columns, , LANES(16), 4)
#if defined(__x86_64__)
BLOCK(eight_columns_avx2, __attribute__((target("avx2"))), LANES(32), 2)
BLOCK(eight_columns_avx512, __attribute__((target("avx512f"))), LANES(64), 1)
static Block widest(void) {
    if (__builtin_cpu_supports("avx512f")) return eight_columns_avx512;
    return __builtin_cpu_supports("avx2") ? eight_columns_avx2 : eight_columns;
}
#else
static Block widest(void) { return eight_columns; }
#endif

/* Maxima in place of sums, in one column. */
static void best_column(const Op *op, double *out, const double *const *in) {
    const int64_t cells = (int64_t)op->runs * op->run;
    for (int64_t i = 0; i < cells; i++) {
        double x = 1.0, *o = out + op->lists[i / op->run];
        for (int q = 0; q < op->inputs; q++) x *= in[q][op->lists[op->runs + q * cells + i]];
        if (x > *o) *o = x;
    }
}

static ALWAYS_INLINE void run_op(const Op *op, const int64_t *bases, const double *values, double *work, int64_t *powers, const int W,
                                 const Block block, const volatile int64_t *stop) {
    const int n = op->inputs;
    double *out = work + (int64_t)op->base[0] * W;
    const double *in[MOST_INPUTS], *moved[MOST_INPUTS];
    const int32_t *table[MOST_LOOPS], *p = op->tables;
    int32_t size[MOST_LOOPS], digit[MOST_LOOPS];
    for (int q = 0; q < n; q++) {
        int64_t base = op->base[q + 1];
        in[q] = base < 0 ? values + bases[-1 - base] * W : work + base * W;
    }
    for (int k = 0; k < op->loops; k++, p += (int64_t)size[k - 1] * (n + 1)) {
        size[k] = *p++;
        table[k] = p;
        digit[k] = 0;
    }
    memset(out, 0, sizeof(double) * (size_t)(op->cells * W));
    for (int k = 0; k >= 0 && !*stop;) {
        int64_t to = 0;
        for (int q = 0; q < n; q++) moved[q] = in[q];
        for (k = 0; k < op->loops; k++) {
            const int32_t *t = table[k] + digit[k];
            to += *t;
            for (int q = 0; q < n; q++) moved[q] += (int64_t)t[(int64_t)size[k] * (q + 1)] * W;
        }
        block(op, out + to * W, moved);
        for (k = op->loops - 1; k >= 0 && ++digit[k] == size[k]; k--) digit[k] = 0;
    }
    double top[8] = {0};
    for (int64_t i = 0; i < op->cells; i++)
        for (int w = 0; w < W; w++) top[w] = out[i * W + w] > top[w] ? out[i * W + w] : top[w];
    int64_t *power = powers + (int64_t)op->slot[0] * W;
    for (int w = 0; w < W; w++) {
        int64_t sum = 0;
        for (int q = 1; q <= n; q++)
            if (op->slot[q] >= 0) sum += powers[(int64_t)op->slot[q] * W + w];
        int away = 0;
        if (top[w] > 0 && top[w] <= 1.7976931348623157e308) frexp(top[w], &away);
        if (away < -LEVEL || away > LEVEL) {
            sum += away;
            for (; away < -1000; away += 1000)
                for (int64_t i = 0; i < op->cells; i++) out[i * W + w] *= 0x1p1000;
            const double scale = ldexp(1.0, -away);
            for (int64_t i = 0; i < op->cells; i++) out[i * W + w] *= scale;
        }
        power[w] = sum;
    }
}

/* One vector of which the cells are `first` to `last`; -1 for a wrong place. */
static ALWAYS_INLINE int fill(const double *values, int64_t count, const int64_t *index, const int64_t *ptr, const double *soft,
                              int64_t first, int64_t last, double *work, int64_t *powers, const int W) {
    for (int w = 0; w < W; w++) powers[w] = INT64_MIN;
    for (int pass = 0; pass < 2; pass++)
        for (int64_t c = first; c < last; c++) {
            double x[8];
            int64_t power[8] = {0};
            int e;
            for (int w = 0; w < W; w++) x[w] = soft[c * W + w];
            for (int64_t p = ptr[c]; p < ptr[c + 1]; p++)
                for (int w = 0; w < W; w++) {
                    const int64_t at = index[p * W + w];
                    if (at < 0 || at >= count) return -1;
                    x[w] *= values[at * W + w];
                    if (x[w] < 1e-100) x[w] = frexp(x[w], &e), power[w] += e;
                }
            for (int w = 0; w < W; w++) {
                x[w] = frexp(x[w], &e);
                power[w] += e;
                if (!pass) powers[w] = x[w] > 0 && power[w] > powers[w] ? power[w] : powers[w];
                else work[c * W + w] = x[w] > 0 && power[w] - powers[w] > -1100 ? ldexp(x[w], (int)(power[w] - powers[w])) : 0.0;
            }
        }
    for (int w = 0; w < W; w++)
        if (powers[w] == INT64_MIN) powers[w] = 0;
    return 0;
}

/* Fills the vectors at the start of the workspace, and runs the operations of the first `length` integers, on W columns (1 or 8).

   Cell c of the vectors is soft[c] times the values index[p] for p from ptr[c] to ptr[c + 1], in each column its own; vector k has
   the cells ends[k - 1] to ends[k] and the slot k, and is scaled by a power of two. Returns 0; -1 where lengths do not fit and
   nothing was run; -2 where another thread set state[0] meanwhile. state[1] is how many integers are done. */
EXPORT int bn_run(const int32_t *code, int64_t length, const int64_t *bases, const int64_t *reach, int64_t factors,
                  const double *values, int64_t count, int64_t vectors, int W, const int64_t *index, const int64_t *ptr,
                  const double *soft, const int64_t *ends, double *work, int64_t *powers, volatile int64_t *state) {
    if (W != 1 && W != 8) return -1;
    for (int64_t k = 0; k < factors; k++)
        if (bases[k] < 0 || bases[k] + reach[k] >= count) return -1;
    for (int64_t k = 0; k < vectors; k++) {
        const int64_t first = k ? ends[k - 1] : 0;
        if (W == 1 ? fill(values, count, index, ptr, soft, first, ends[k], work, powers + k, 1)
                   : fill(values, count, index, ptr, soft, first, ends[k], work, powers + k * 8, 8))
            return -1;
    }
    const Block eight = widest();
    for (state[1] = 0; state[1] < length && !state[0]; state[1] += code[state[1]]) {
        const Op op = opened(code + state[1]);
        if (W == 8) run_op(&op, bases, values, work, powers, 8, eight, state);
        else run_op(&op, bases, values, work, powers, 1, op.flags & BEST ? best_column : one_column, state);
    }
    return state[0] ? -2 : 0;
}
