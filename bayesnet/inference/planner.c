/* Composes a question and plans it: question.py, ordering.py and planner.py once more, for all arrays to be equal.

   No static state and no allocation: everything lies in arrays of the caller, who is told where one of them is too small and
   comes back with more. Axes are numbered from 0 on in the order of their ids. */
#include <stdint.h>
#include <string.h>
#ifdef __wasm__ /* where nested calls cannot be left, it traps instead */
#define ROOM(p) 1
#define NO_ROOM(p) __builtin_trap()
#else
#include <setjmp.h>
#define ROOM(p) (!setjmp((p)->full))
#define NO_ROOM(p) longjmp((p)->full, 1)
#endif

#ifdef _WIN32
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

/* These numbers are also in plan.py and ordering.py. */
#define ONCE 2
#define BLOCK 32
#define LONGEST 512
#define INPUTS 5
#define SHARED 2
#define MEETING 3
#define TURNS 8
#define WORTH_A_SECOND 16384
#define WORTH_MORE (1 << 20)
#define HOPELESS 0x1p60
#define FAR 0x1p62 /* the largest place in a workspace */
#define HEAD 5
#define SECTIONS 18
enum { CUT = 1, SETTLED = 2, GIVEN = 4, WANTED = 8, KEPT = 16 };

typedef uint64_t Word;
typedef struct Tensor {
    int64_t base;
    double cells;
    struct Tensor *slope;
    int32_t *axis, *size; /* size: 0 where that of the axis holds */
    int64_t *stride;
    Word *has, *wide;
    int32_t n, slot, owner;
    char unit, carry;
} Tensor;
typedef struct {
    int32_t axis, becomes, n, *cells;
    Tensor *second;
} Relation;
typedef struct Node {
    Tensor *out, **in; /* the units behind the inputs with numbers */
    Relation *relation;
    struct Node *before;
    int32_t ins, unit, relations;
} Node;
typedef struct {
    char *arena;
    int32_t *code;
    int64_t *found, used, room, code_room, found_room, length, told, sections;
#ifndef __wasm__
    jmp_buf full;
#endif
    int32_t n, words, slots, factors, kept, slopes, lefts;
    int32_t *size, *gate, *bits, *place, *keep; /* gate: the axis that it becomes, -1 where it only counts, -2 for none */
    int64_t *begin;                             /* of the vector of each axis, -1 for none */
    Word *gates, *asked;
    Tensor **values, **vectors, **left, **in, **units; /* left: those that are not multiplied yet */
    double space, cells, largest, limit;
    Node *nodes;
} Plan;

static void *take(Plan *p, int64_t bytes) {
    bytes = (bytes + 15) & ~(int64_t)15;
    if (p->used + bytes > p->room) NO_ROOM(p);
    p->used += bytes;
    return memset(p->arena + p->used - bytes, 0, (size_t)bytes);
}
#define TAKE(type, count) ((type *)take(p, (int64_t)sizeof(type) * (count)))
#define HELD(set, a) ((set)[(a) >> 6] >> ((a) & 63) & 1)
#define HOLD(set, a) ((set)[(a) >> 6] |= (Word)1 << ((a) & 63))
#define DROP(set, a) ((set)[(a) >> 6] &= ~((Word)1 << ((a) & 63)))
#define WORDS(w) for (int w = 0; w < p->words; w++)
#define LOWEST(x) __builtin_ctzll(x)
#define EACH(set, a)                                \
    for (int w_ = 0; w_ < p->words; w_++)           \
        for (Word x_ = (set)[w_]; x_; x_ &= x_ - 1) \
            for (int a = w_ * 64 + LOWEST(x_), once_ = 1; once_; once_ = 0)

static int members(const Plan *p, const Word *set) {
    int n = 0;
    WORDS(w) n += __builtin_popcountll(set[w]);
    return n;
}

/* Hands over the next array. */
static int64_t *tell(Plan *p, const int64_t *array, int64_t length) {
    if (p->told + length > p->found_room) NO_ROOM(p);
    int64_t *to = p->found + p->told;
    if (length && array) memcpy(to, array, sizeof(int64_t) * (size_t)length);
    p->found[HEAD + p->sections++] = length;
    p->told += length;
    return to;
}

/* ---- the network (NetworkArrays.packed) ---- */

typedef struct {
    int32_t n;
    const int32_t *card, *parent, *parents, *base, *derived, *state, *place;
} Network;

static Network opened(const int32_t *net) {
    const int32_t n = net[0], *card = net + 3, *parent = card + n, *parents = parent + n + 1, *base = parents + net[1];
    return (Network){n, card, parent, parents, base, base + n, base + 2 * n, base + 3 * n + 1};
}

/* 0 where every place in a packed network lies inside it, -1 where not. */
EXPORT int bn_network(const int32_t *net, int64_t length) {
    if (length < 5 || net[0] < 0 || net[0] > 1 << 20 || net[1] < 0 || net[2] < 0) return -1;
    if (length != 5 + 5 * (int64_t)net[0] + net[1] + net[2]) return -1;
    Network w = opened(net);
    if (w.parent[0] || w.parent[w.n] != net[1] || w.state[0] || w.state[w.n] != net[2]) return -1;
    for (int v = 0; v < w.n; v++) {
        if (w.card[v] < 1 || w.card[v] > 1 << 20 || w.state[v + 1] - (int64_t)w.state[v] != w.card[v]) return -1;
        if (w.parent[v + 1] < w.parent[v] || w.parent[v + 1] > net[1] || w.base[v] < 0 || w.derived[v] < -1) return -1;
        for (int s = w.state[v]; s < w.state[v + 1]; s++)
            if (w.place[s] < 0 || w.place[s] >= w.card[v]) return -1;
    }
    for (int i = 0; i < net[1]; i++)
        if (w.parents[i] < 0 || w.parents[i] >= w.n) return -1;
    return 0;
}

/* ---- the question (question.py, PlanLayout) ---- */

typedef struct {
    int64_t columns, base, row;
} Gate;

/* Of all ranks (-1), or of those up to one and of this one alone. */
static Gate gate_of(const Network *w, int v, int64_t rank) {
    const int64_t k = w->card[v];
    int64_t rows = 1;
    if (!rank) return (Gate){1, w->base[v], k};
    if (rank < 0 || k == 2) return (Gate){k, w->base[v], k};
    for (int i = w->parent[v]; i < w->parent[v + 1]; i++) rows += w->card[w->parents[i]];
    return (Gate){2, w->derived[v] + 2 * rows * (rank - 1), 2};
}

typedef struct {
    int64_t *base, *fixed, parts, fixes;
    Tensor **tensor;
} Parts;

static Tensor *blank(Plan *p, int64_t base, const Word *wide) {
    Tensor *t = take(p, (int64_t)sizeof(Tensor) + 16 * (int64_t)p->words);
    t->base = base;
    t->cells = 1.0;
    t->slot = t->owner = -1;
    t->has = (Word *)(t + 1);
    t->wide = t->has + p->words;
    if (wide) memcpy(t->wide, wide, sizeof(Word) * (size_t)p->words);
    return t;
}

/* The next part of a family, over so many open axes; those of one are no factors. */
static Tensor *part(Plan *p, Parts *to, int64_t base, int axes, int owner) {
    Tensor *t = to->tensor[to->parts] = blank(p, -1 - to->parts, NULL);
    t->axis = TAKE(int32_t, axes);
    t->stride = TAKE(int64_t, axes);
    t->owner = owner;
    t->carry = (char)p->slopes;
    to->base[to->parts++] = base;
    return t;
}

/* A variable of the part: its axis, or where it is fixed (-1) that its state times the stride is added to the base. */
static void along(Plan *p, Parts *to, int axis, int v, int64_t stride) {
    Tensor *t = to->tensor[to->parts - 1];
    if (axis < 0) {
        int64_t *at = to->fixed + 3 * to->fixes++;
        at[0] = to->parts - 1, at[1] = v, at[2] = stride;
        return;
    }
    t->axis[t->n] = axis;
    t->stride[t->n++] = stride;
    t->cells *= p->size[axis];
    HOLD(t->has, axis);
    HOLD(t->wide, axis);
}

static int32_t width(double size) { /* 2 log2(size), rounded */
    double x = size * size * size * size, most = 2.0;
    int32_t bits = 0;
    while (x >= most) most *= 4.0, bits++;
    return bits < 1 ? 1 : bits;
}

static void compose(Plan *p, const Network *w, const int32_t *ask, int64_t kept) {
    const int32_t n = w->n, *fixed = ask, *flags = fixed + n, *keep = flags + n;
    const int64_t most = w->parent[n] + n;
    char *needed = TAKE(char, n), *used = TAKE(char, n);
    int32_t *stack = TAKE(int32_t, n), *size = TAKE(int32_t, 2 * n), *local = TAKE(int32_t, 2 * n), *target = TAKE(int32_t, n);
    Gate *gate = TAKE(Gate, n);

    /* findings, targets and all their ancestors that are not cut off by a fixed value */
    int top = 0;
    for (int v = 0; v < n; v++)
        if (fixed[v] >= 0 || flags[v] & (GIVEN | WANTED | KEPT)) needed[v] = 1, stack[top++] = v;
    while (top) {
        int v = stack[--top];
        if (flags[v] & (CUT | SETTLED)) continue;
        for (int i = w->parent[v]; i < w->parent[v + 1]; i++) {
            int q = w->parents[i];
            if (fixed[q] >= 0) continue;
            used[q] = 1;
            if (!needed[q]) needed[q] = 1, stack[top++] = q;
        }
    }

    /* axes: of a variable its own number, of a gate that is gathered n more */
    for (int v = 0; v < n; v++) {
        const int32_t k = w->card[v];
        target[v] = -2;
        if (!needed[v]) continue;
        if (w->derived[v] < 0) {
            if (fixed[v] < 0) size[v] = k;
            continue;
        }
        if (fixed[v] < 0) size[used[v] || flags[v] & KEPT ? v : n + v] = k;
        if (flags[v] & (CUT | SETTLED)) continue;
        gate[v] = gate_of(w, v, fixed[v]);
        if (gate[v].columns < 2) continue;
        target[v] = size[v] ? v : size[n + v] ? n + v : -1;
        size[n + v] = (int32_t)gate[v].columns;
    }
    for (int a = 0; a < 2 * n; a++)
        if (size[a]) local[a] = p->n++;
    p->words = (p->n + 63) / 64;
    p->size = TAKE(int32_t, p->n);
    p->gate = TAKE(int32_t, p->n);
    p->bits = TAKE(int32_t, p->n);
    p->keep = TAKE(int32_t, kept);
    p->gates = TAKE(Word, p->words);
    p->asked = TAKE(Word, p->words);
    int64_t *ids = tell(p, NULL, p->n);
    p->begin = tell(p, NULL, p->n);
    for (int a = 0; a < 2 * n; a++) {
        if (!size[a]) continue;
        const int i = local[a], gathered = a >= n && target[a - n] != -2;
        ids[i] = a;
        p->begin[i] = -1;
        p->size[i] = size[a];
        p->gate[i] = !gathered ? -2 : target[a - n] < 0 ? -1 : local[target[a - n]];
        p->bits[i] = width(gathered ? 1.5 * size[a] : size[a]);
        if (gathered) HOLD(p->gates, i);
    }
#define LOCAL(v) local[size[v] ? (v) : n + (v)]
    for (int64_t i = 0; i < kept; i++) p->keep[p->kept++] = LOCAL(keep[i]);

    /* parts of families: what has one open axis is no factor */
    Parts two[2];
    for (int i = 0; i < 2; i++)
        two[i] = (Parts){TAKE(int64_t, most), TAKE(int64_t, 3 * most), 0, 0, TAKE(Tensor *, most)};
    for (int v = 0; v < n; v++) {
        if (!needed[v] || flags[v] & (CUT | SETTLED)) continue;
        const int32_t *parents = w->parents + w->parent[v], m = w->parent[v + 1] - w->parent[v];
        if (w->derived[v] < 0) {
            int open = fixed[v] < 0;
            int64_t stride = w->card[v];
            for (int i = 0; i < m; i++) open += fixed[parents[i]] < 0, stride *= w->card[parents[i]];
            part(p, two + (open < 2), w->base[v], open, fixed[v] >= 0 ? -1 : v);
            for (int i = 0; i <= m; i++) {
                const int q = i < m ? parents[i] : v;
                along(p, two + (open < 2), fixed[q] >= 0 ? -1 : local[q], q, stride /= w->card[q]);
            }
            continue;
        }
        const Gate g = gate[v];
        Parts *to = two + (g.columns < 2);
        int64_t at = g.base;
        for (int i = 0; i <= m; i++) { /* the leak, then each link */
            part(p, to, at, 2, n + v);
            if (i) along(p, to, fixed[parents[i - 1]] >= 0 ? -1 : local[parents[i - 1]], parents[i - 1], g.row);
            if (g.columns > 1) along(p, to, local[n + v], n + v, 1);
            at += g.row * (i ? w->card[parents[i - 1]] : 1);
        }
    }
    p->values = two[0].tensor;
    p->factors = (int32_t)two[0].parts;
    for (int k = 0; k < p->factors; k++)
        if (p->values[k]->owner >= 0) p->values[k]->owner = local[p->values[k]->owner];

    /* vectors, and the entries of their cells */
    int64_t cells = 1, entries = 0;
    for (int k = 0; k < two[1].parts; k++) {
        const Tensor *t = two[1].tensor[k];
        if (t->n) p->begin[t->axis[0]] = 0;
        entries += (int64_t)t->cells;
    }
    for (int v = 0; v < n; v++) {
        if (fixed[v] >= 0 || !needed[v]) continue;
        if (flags[v] & GIVEN) p->begin[LOCAL(v)] = 0;
        if (flags[v] & WANTED) HOLD(p->asked, LOCAL(v));
    }
    int64_t *ends = TAKE(int64_t, p->n + 1), vectors = 0;
    ends[vectors++] = 1;
    for (int i = 0; i < p->n; i++)
        if (!p->begin[i]) p->begin[i] = cells, ends[vectors++] = cells += p->size[i];
    tell(p, ends, vectors);
    for (int i = 0; i < 2; i++) {
        tell(p, two[i].base, two[i].parts);
        tell(p, two[i].fixed, 3 * two[i].fixes);
    }
    int64_t *index = tell(p, NULL, entries), *which = tell(p, NULL, entries), *owner = tell(p, NULL, entries),
            *ptr = TAKE(int64_t, cells + 2);
    for (int pass = 0; pass < 2; pass++) {
        for (int k = 0; k < two[1].parts; k++) {
            const Tensor *t = two[1].tensor[k];
            const int64_t cell = t->n ? p->begin[t->axis[0]] : 0, stride = t->n ? t->stride[0] : 0;
            for (int64_t i = 0; i < t->cells; i++) {
                if (!pass) ptr[cell + i + 2]++;
                else {
                    const int64_t at = ptr[cell + i + 1]++;
                    index[at] = i * stride, which[at] = k, owner[at] = t->owner;
                }
            }
        }
        for (int64_t i = 2; !pass && i < cells + 2; i++) ptr[i] += ptr[i - 1];
    }
    tell(p, ptr, cells + 1);
    int64_t *variables = TAKE(int64_t, n), *cuts = TAKE(int64_t, n + 1), answers = 0;
    for (int v = 0; v < n; v++)
        if (flags[v] & WANTED && fixed[v] < 0) variables[answers++] = v, cuts[answers] = cuts[answers - 1] + w->card[v];
    tell(p, variables, answers);
    tell(p, cuts, answers + 1);
    /* for each cell of the answers its axis and place, until it is known where both lie */
    int64_t *own = tell(p, NULL, cuts[answers]), *slope = tell(p, NULL, cuts[answers]);
    for (int64_t i = 0; i < answers; i++)
        for (int s = w->state[variables[i]]; s < w->state[variables[i] + 1]; s++)
            *own++ = LOCAL(variables[i]), *slope++ = w->place[s];
}

/* ---- order (ordering.py) ---- */

#define NOT_OPEN INT64_MAX
typedef struct {
    Word *near, *group, *touched;
    int32_t *width, *open, opened; /* open: the axes to choose from */
    int64_t *score; /* NOT_OPEN: kept, waiting for its gate, or taken */
} Search;

static int64_t by_fill(const Plan *p, const Search *s, int a) {
    const Word *mine = s->near + (int64_t)a * p->words;
    int64_t added = 0;
    EACH(mine, b) {
        if (b == a) continue;
        const Word *other = s->near + (int64_t)b * p->words;
        int64_t missing = 0;
        WORDS(w)
            for (Word x = mine[w] & ~other[w]; x; x &= x - 1) missing += p->bits[w * 64 + LOWEST(x)];
        added += p->bits[b] * (missing - (HELD(other, a) ? 0 : p->bits[a]));
    }
    return added;
}

/* Turn 0 goes by size, 1 by fill, further ones by both, with a factor of the axis near one that differs from turn to turn. */
static int64_t score_of(const Plan *p, const Search *s, int a, int turn) {
    if (!turn) return (int64_t)s->width[a] * p->n + a;
    const int64_t added = by_fill(p, s, a);
    if (turn == 1) return (added * 1024 + s->width[a]) * p->n + a;
    uint32_t x = (uint32_t)(a + 1) * 2654435761u ^ (uint32_t)turn * 2246822519u;
    x = (x ^ x >> 15) * 2246822519u;
    return (added + 4 * s->width[a]) * (1024 + (x >> 16) % 128) * p->n + a;
}

static double table_cells(int32_t bits) { /* 2 to the power of bits / 2 */
    double x = bits & 1 ? 1.4142135623730951 : 1.0;
    for (; bits > 1; bits -= 2) x *= 2.0;
    return x;
}

/* One search; returns about how many cells its tables have together, given up where these are `most`. */
static double search(const Plan *p, Search *s, int turn, double most, int32_t *order) {
    double cells = 0.0;
    memset(s->near, 0, sizeof(Word) * (size_t)p->words * (size_t)p->n);
    for (int k = 0; k < p->factors; k++)
        EACH(p->values[k]->has, a)
            WORDS(w) s->near[(int64_t)a * p->words + w] |= p->values[k]->has[w];
    s->opened = 0;
    for (int a = 0; a < p->n; a++) {
        const Word *mine = s->near + (int64_t)a * p->words;
        HOLD(s->near + (int64_t)a * p->words, a);
        s->width[a] = 0;
        EACH(mine, b) s->width[a] += p->bits[b];
        s->score[a] = 0;
    }
    for (int i = 0; i < p->kept; i++) s->score[p->keep[i]] = NOT_OPEN;
    for (int a = 0; a < p->n; a++)
        if (p->gate[a] >= 0 && p->gate[a] != a) s->score[p->gate[a]] = NOT_OPEN;
    for (int a = 0; a < p->n; a++)
        if (s->score[a] != NOT_OPEN) s->score[a] = score_of(p, s, a, turn), s->open[s->opened++] = a;
    while (s->opened && cells < most) {
        int at = 0;
        for (int i = 1; i < s->opened; i++)
            if (s->score[s->open[i]] < s->score[s->open[at]]) at = i;
        const int a = s->open[at], v = p->gate[a] == a ? -1 : p->gate[a];
        s->open[at] = s->open[--s->opened];
        s->score[a] = NOT_OPEN;
        *order++ = a;
        cells += table_cells(s->width[a]);
        memcpy(s->group, s->near + (int64_t)a * p->words, sizeof(Word) * (size_t)p->words);
        DROP(s->group, a);
        if (v >= 0) HOLD(s->group, v);
        memcpy(s->touched, s->group, sizeof(Word) * (size_t)p->words);
        if (turn) /* the fill of an axis changes with its neighbours, and with connections between them */
            EACH(s->group, b) {
                const Word *one = s->near + (int64_t)b * p->words;
                for (int w = b >> 6; w < p->words; w++)
                    for (Word x = s->group[w] & ~one[w]; x; x &= x - 1) {
                        const Word *other = s->near + (int64_t)(w * 64 + LOWEST(x)) * p->words;
                        WORDS(k) s->touched[k] |= one[k] & other[k];
                    }
            }
        EACH(s->group, b) {
            Word *other = s->near + (int64_t)b * p->words;
            if (HELD(other, a)) s->width[b] -= p->bits[a];
            WORDS(w)
                for (Word x = s->group[w] & ~other[w]; x; x &= x - 1) s->width[b] += p->bits[w * 64 + LOWEST(x)];
            WORDS(w) other[w] |= s->group[w];
            DROP(other, a);
        }
        int kept = v < 0;
        for (int i = 0; i < p->kept; i++) kept |= p->keep[i] == v;
        if (!kept) s->score[v] = 0, s->open[s->opened++] = v;
        EACH(s->touched, b)
            if (s->score[b] != NOT_OPEN) s->score[b] = score_of(p, s, b, turn);
    }
    return cells;
}

static int32_t *find_order(Plan *p) {
    Search s = {TAKE(Word, (int64_t)p->n * p->words), TAKE(Word, p->words), TAKE(Word, p->words), TAKE(int32_t, p->n),
                TAKE(int32_t, p->n), 0, TAKE(int64_t, p->n)};
    int32_t *order = TAKE(int32_t, p->n), *other = TAKE(int32_t, p->n);
    double cells = search(p, &s, 0, 1e308, order);
    for (int turn = 1; turn < TURNS && cells > (turn > 1 ? WORTH_MORE : WORTH_A_SECOND) && cells < HOPELESS; turn++) {
        const double fewer = search(p, &s, turn, cells, other);
        if (fewer < cells) {
            int32_t *before = order;
            cells = fewer, order = other, other = before;
        }
    }
    return order;
}

/* ---- tensors and operations (planner.py) ---- */

static double volume(const Plan *p, const Word *set) {
    double x = 1.0;
    EACH(set, a) x *= p->size[a];
    return x;
}

/* The next place in the workspace; of a plan that is too large to be run, any. */
static int64_t place(const Plan *p) { return (int64_t)(p->space < FAR ? p->space : FAR); }

/* A tensor in the workspace over the axes `set`, outermost what is eliminated last; `size` gives other sizes. */
static Tensor *fresh(Plan *p, const Word *set, const Word *wide, int32_t *size) {
    Tensor *t = blank(p, place(p), wide);
    memcpy(t->has, set, sizeof(Word) * (size_t)p->words);
    t->n = members(p, set);
    t->axis = TAKE(int32_t, t->n);
    t->stride = TAKE(int64_t, t->n);
    int n = 0;
    EACH(set, a) {
        int i = n++;
        while (i > 0 && p->place[t->axis[i - 1]] < p->place[a]) t->axis[i] = t->axis[i - 1], i--;
        t->axis[i] = a;
    }
    for (int i = n - 1; i >= 0; i--) {
        t->stride[i] = t->cells < 9e15 ? (int64_t)t->cells : 0;
        t->cells *= size && size[t->axis[i]] ? size[t->axis[i]] : p->size[t->axis[i]];
    }
    t->size = size;
    t->slot = p->slots++;
    p->space += t->cells;
    if (t->cells > p->largest) p->largest = t->cells;
    return t;
}

static int64_t stride_of(const Tensor *t, int a) {
    if (a >= 0 && HELD(t->has, a))
        for (int i = 0; i < t->n; i++)
            if (t->axis[i] == a) return t->stride[i];
    return 0;
}

typedef struct {
    int32_t size, *table; /* per operand, output first */
    int64_t step;         /* largest step of the output */
} Loop;

static int32_t *reserve(Plan *p, int64_t count) {
    if (p->length + count > p->code_room) NO_ROOM(p);
    p->length += count;
    return p->code + p->length - count;
}

static void record(Plan *p, const Loop *loop, int loops, int once, Tensor *const *operand, int n) {
    int64_t length = 1, run = 1, around = 0;
    int at = loops;
    while (at && (length < BLOCK || (!loop[at - 1].step && length * loop[at - 1].size <= LONGEST))) {
        at--;
        if (!loop[at].step) run *= loop[at].size;
        length *= loop[at].size;
    }
    for (int k = 0; k < at; k++) once = once && loop[k].step, around += 1 + (int64_t)loop[k].size * n;
    const int64_t all = 7 + 2 * n + around + length / run + (n - 1) * length;
    int32_t *to = reserve(p, all), head[7] = {(int32_t)all, once ? ONCE : 0, n - 1, (int32_t)(length / run), (int32_t)run, at,
                                              (int32_t)operand[0]->cells};
    memcpy(to, head, sizeof head);
    to += 7;
    for (int q = 0; q < n; q++) *to++ = (int32_t)operand[q]->base;
    for (int q = 0; q < n; q++) *to++ = operand[q]->slot;
    for (int k = 0; k < at; k++) {
        *to++ = loop[k].size;
        memcpy(to, loop[k].table, sizeof(int32_t) * (size_t)loop[k].size * (size_t)n);
        to += (int64_t)loop[k].size * n;
    }
    for (int q = 0; q < n; q++) { /* built up from the innermost loop, in place */
        int64_t have = 1;
        to[0] = 0;
        for (int k = loops - 1; k >= at; k--) {
            const int32_t *table = loop[k].table + (int64_t)loop[k].size * q;
            if (!q && !loop[k].step) continue;
            for (int32_t j = loop[k].size - 1; j >= 0; j--)
                for (int64_t i = 0; i < have; i++) to[j * have + i] = (int32_t)((uint32_t)to[i] + (uint32_t)table[j]);
            have *= loop[k].size;
        }
        to += have;
    }
}

/* One operation: `out` plays the part of `role` in the node; the inputs are above (the derivative of the node's output, or none)
   and the node's inputs but `role`. */
static void write_op(Plan *p, const Node *node, Tensor *out, Tensor *role, Tensor *above) {
    const int64_t before = p->used; /* what it takes is not needed any longer afterwards */
    int n = 1, once = 1, loops = node->relations;
    Tensor **operand = TAKE(Tensor *, node->ins + 2), **part = TAKE(Tensor *, node->ins + 2);
    Word *plain = TAKE(Word, p->words);
    operand[0] = out, part[0] = role;
    if (above) operand[n] = above, part[n++] = node->out;
    for (int i = 0; i < node->ins; i++)
        if (node->in[i] != role) operand[n] = part[n] = node->in[i], n++;
    for (int q = 0; q < n; q++) WORDS(w) plain[w] |= operand[q]->has[w];
    for (int r = 0; r < node->relations; r++) {
        DROP(plain, node->relation[r].axis);
        if (node->relation[r].becomes >= 0) DROP(plain, node->relation[r].becomes);
    }
    Loop *loop = TAKE(Loop, loops + members(p, plain));
    double cells = 1.0;
    for (int r = 0; r < loops; r++) {
        const Relation *rel = node->relation + r;
        int32_t *table = loop[r].table = TAKE(int32_t, (int64_t)rel->n * n);
        loop[r].size = rel->n;
        for (int q = 0; q < n; q++) {
            const int which = rel->second && part[q] == rel->second ? 1 : part[q] == node->out || part[q]->unit ? 2 : 0;
            const int64_t stride = stride_of(operand[q], rel->axis),
                          more = rel->becomes != rel->axis ? stride_of(operand[q], rel->becomes) : 0;
            for (int i = 0; i < rel->n; i++) {
                const int64_t step = stride * rel->cells[3 * i + which] + more * rel->cells[3 * i + 2];
                *table++ = (int32_t)step;
                if (!q && step > loop[r].step) loop[r].step = step;
            }
        }
        if (loop[r].step) once = 0;
        cells *= rel->n;
    }
    EACH(plain, a) {
        Loop *mine = loop + loops++;
        mine->size = p->size[a];
        for (int q = 0; q < n; q++)
            if (operand[q]->size && operand[q]->size[a]) mine->size = operand[q]->size[a];
        int32_t *table = mine->table = TAKE(int32_t, (int64_t)mine->size * n);
        for (int q = 0; q < n; q++) {
            const int64_t stride = stride_of(operand[q], a);
            for (int32_t i = 0; i < mine->size; i++) *table++ = (int32_t)(stride * i);
            if (!q) mine->step = stride * (mine->size - 1);
        }
        cells *= mine->size;
    }
    p->cells += cells;
    if (p->largest <= p->limit && cells <= 64 * p->limit) {
        for (int i = 1; i < loops; i++) { /* stable: large steps of the output first */
            Loop mine = loop[i];
            int j = i;
            while (j > 0 && loop[j - 1].step < mine.step) loop[j] = loop[j - 1], j--;
            loop[j] = mine;
        }
        record(p, loop, loops, once, operand, n);
    }
    p->used = before;
}

/* A node: the inputs multiplied and `summed` (-1: none) summed out; `wide` are the axes of the output and of units below it. Where it
   is barren its output is a unit. */
static Tensor *multiply(Plan *p, Tensor **in, int ins, int unit, Relation *rel, int relations, int summed, const Word *wide,
                        int barren, int32_t *size) {
    Node *node = TAKE(Node, 1);
    Word *axes = TAKE(Word, p->words);
    Tensor **all = TAKE(Tensor *, ins + unit);
    for (int i = 0; i < ins; i++) WORDS(w) axes[w] |= in[i]->has[w];
    if (summed >= 0) DROP(axes, summed);
    for (int r = 0; r < relations; r++)
        if (rel[r].axis == summed && rel[r].becomes != summed && rel[r].becomes >= 0) HOLD(axes, rel[r].becomes);
    Tensor *out = barren ? blank(p, 0, wide) : fresh(p, axes, wide, size);
    for (int i = 0; i < ins + unit; i++) {
        all[i] = i < ins ? in[i] : p->units[i - ins];
        out->carry |= all[i]->carry;
    }
    p->nodes = memcpy(node, &(Node){out, all, rel, p->nodes, ins, unit, relations}, sizeof(Node));
    out->unit = (char)barren;
    if (!barren) write_op(p, node, out, out, NULL);
    return out;
}

static Tensor *widened(Plan *p, Tensor *t, const Word *gates) {
    EACH(gates, h) {
        const int k = p->size[h];
        int n = 0;
        Relation *rel = TAKE(Relation, 1);
        int32_t *size = TAKE(int32_t, p->n), *cells = TAKE(int32_t, 3 * ((int64_t)k * (k + 1) / 2 + k));
        for (int j = 0; j < k; j++)
            for (int i = 0; i <= j; i++, n++) cells[3 * n] = i, cells[3 * n + 2] = j;
        for (int j = 1; j < k; j++, n++) cells[3 * n] = j, cells[3 * n + 2] = k - 1 + j;
        if (t->size) memcpy(size, t->size, sizeof(int32_t) * (size_t)p->n);
        size[h] = 2 * k - 1;
        *rel = (Relation){h, h, n, cells, NULL};
        t = multiply(p, &t, 1, 0, rel, 1, -1, t->wide, 0, size);
    }
    return t;
}

/* One or two inputs as they meet (see _meet); returns how many relations were written to *found. */
static int meet(Plan *p, Tensor **in, int ins, int last, Relation **found) {
    Tensor *second = NULL;
    Word *shared = TAKE(Word, p->words), *rest = TAKE(Word, p->words), *mine = TAKE(Word, p->words);
    int wide = 0, n = 0;
    if (ins == 2) {
        if (in[1]->cells > in[0]->cells) second = in[0], in[0] = in[1], in[1] = second;
        double narrow = 1, fewer = 1, wider = 1;
        WORDS(w) {
            shared[w] = in[0]->has[w] & in[1]->has[w] & p->gates[w];
            rest[w] = (in[0]->has[w] | in[1]->has[w]) & ~shared[w];
            mine[w] = in[1]->has[w] & ~shared[w];
        }
        EACH(shared, h) {
            const double k = p->size[h];
            narrow *= k * k;
            fewer *= k * (k + 1) / 2;
            wider *= 2 * k - 1;
        }
        wide = narrow > fewer && (narrow - fewer) * volume(p, rest) > 6 * volume(p, mine) * wider + 64;
        second = in[1] = wide ? widened(p, in[1], shared) : in[1];
    }
    memcpy(rest, shared, sizeof(Word) * (size_t)p->words);
    if (last >= 0) HOLD(rest, last);
    Relation *rel = *found = TAKE(Relation, members(p, rest));
    EACH(rest, h) {
        const int k = p->size[h], together = (int)HELD(shared, h), becomes = h == last ? p->gate[h] : h;
        int32_t *cells = TAKE(int32_t, 3 * (int64_t)k * k);
        int m = 0;
        for (int pass = 0; pass < (together && wide ? 2 : 1); pass++)
            for (int i = 0; i < k; i++)
                for (int j = 0; j < (together ? k : 1); j++) {
                    int a = i, b = j, c = i > j ? i : j;
                    if (together && wide && !pass) {
                        if (j) continue;
                        b = i;
                    } else if (together && wide) { /* outer: rank of the result, inner: rank of the first */
                        if (j >= i) continue;
                        a = j, b = k - 1 + i;
                    }
                    if (becomes == -1 && c != k - 1) continue;
                    cells[3 * m] = a, cells[3 * m + 1] = b, cells[3 * m++ + 2] = c;
                }
        rel[n++] = (Relation){h, becomes, m, cells, together ? second : NULL};
    }
    return n;
}

/* Puts a tensor into a list of n in order of cells, behind equal ones. */
static void place_in(Tensor **t, int n, Tensor *mine) {
    while (n > 0 && t[n - 1]->cells > mine->cells) t[n] = t[n - 1], n--;
    t[n] = mine;
}

/* Small ones multiplied together until `most` are left, or few enough that one operation takes the rest. */
static int few(Plan *p, Tensor **t, int n, int most, int always) {
    Word *set = TAKE(Word, 3 * p->words), *all = set + p->words, *both = all + p->words;
    for (int i = 1; i < n; i++) place_in(t, i, t[i]);
    while (n > most) {
        int b = 1, sum = 0;
        memset(set, 0, sizeof(Word) * 3 * (size_t)p->words);
        for (int i = 0; i < n; i++)
            WORDS(w) {
                const Word x = t[i]->has[w] & p->gates[w];
                set[w] |= x;
                all[w] |= t[i]->has[w];
                sum += __builtin_popcountll(x);
            }
        WORDS(w) both[w] = t[0]->has[w] | t[1]->has[w];
        if (sum <= members(p, set) && !always) {
            if (n <= INPUTS && 3 * volume(p, both) > volume(p, all)) break;
        } else if (n > 2) {
            WORDS(w) both[w] &= set[w] & t[n - 1]->has[w];
            if (members(p, both) > SHARED) b = n - 1;
        }
        Tensor *in[2] = {t[b], t[0]}, *product;
        Relation *rel;
        WORDS(w) both[w] = t[0]->wide[w] | t[b]->wide[w];
        const int owner = t[0]->owner == t[b]->owner ? t[b]->owner : -1, relations = meet(p, in, 2, -1, &rel);
        product = multiply(p, in, 2, 0, rel, relations, -1, both, 0, NULL);
        product->owner = owner;
        for (int i = b; i < n - 1; i++) t[i] = t[i + 1];
        for (int i = 0; i < n - 2; i++) t[i] = t[i + 1];
        place_in(t, n - 2, product);
        n--;
    }
    return n;
}

/* Takes tensors behind `ins` others, and returns how many there are then: those that mention x, for -1 all, for -2 those that have
   several gates and no axis that is not in `wide`. Units are taken apart; `wide` receives the axes of all. */
static int gather(Plan *p, int x, int ins, int *unit, Word *wide) {
    int left = 0;
    for (int i = 0; i < p->lefts; i++) {
        Tensor *t = p->left[i];
        int fits = x == -1 || (x >= 0 && HELD(t->wide, x)), gates = 0, outside = t->unit;
        if (x == -2) {
            WORDS(w) outside |= (t->wide[w] & ~wide[w]) != 0, gates += __builtin_popcountll(t->has[w] & p->gates[w]);
            fits = !outside && gates >= MEETING;
        }
        if (!fits) {
            p->left[left++] = t;
            continue;
        }
        WORDS(w) wide[w] |= t->wide[w];
        if (t->unit) p->units[(*unit)++] = t;
        else p->in[ins++] = t;
    }
    p->lefts = left;
    return ins;
}

static void eliminate(Plan *p, int x) {
    const int gate = (int)HELD(p->gates, x), becomes = p->gate[x], renamed = becomes >= 0 && becomes != x;
    Tensor *weight = NULL, **in = p->in, *out;
    Word *wide = TAKE(Word, p->words), *gates = TAKE(Word, p->words);
    Relation *rel = NULL;
    int unit = 0, own = 1, relations = 0, left = 0, ins = gather(p, x, 0, &unit, wide);
    if (!ins && !unit) return;
    DROP(wide, x);
    for (int i = 0; i < ins; i++) WORDS(w) gates[w] |= in[i]->has[w] & p->gates[w];
    if (!gate && members(p, gates) >= MEETING) ins = gather(p, -2, ins, &unit, wide);
    for (int i = 0; i < ins; i++) {
        if (gate && in[i] == p->vectors[x]) weight = in[i];
        else in[left++] = in[i], own = own && in[i]->owner == x;
    }
    const int barren = !weight && (gate ? becomes == x && own : !ins || (ins == 1 && own));
    if (gate || !barren) ins = few(p, in, left, weight ? 1 : 2, gate);
    if (weight) in[ins++] = weight;
    else if (gate || (ins == 2 && !barren)) relations = meet(p, in, ins, gate ? x : -1, &rel);
    if (renamed) HOLD(wide, becomes);
    out = multiply(p, in, ins, unit, rel, relations, x, wide, barren, NULL);
    if (renamed && own) out->owner = becomes;
    p->left[p->lefts++] = out;
}

static void down(Plan *p) {
    for (const Node *node = p->nodes; node; node = node->before)
        for (int i = 0; i < node->ins + node->unit; i++) {
            Tensor *t = node->in[i], *above = node->out->slope;
            const int others = (above != NULL) + node->ins - (i < node->ins);
            if (!t->carry || (!others && !node->relations)) continue;
            t->slope = fresh(p, t->wide, t->wide, t->size);
            write_op(p, node, t->slope, t, above);
        }
}

static void tell_slopes(Plan *p, Tensor *const *t, int n) {
    int64_t *to = tell(p, NULL, 2 * (int64_t)n);
    for (int i = 0; i < n; i++) {
        *to++ = t[i] && t[i]->slope ? t[i]->slope->base : -1;
        *to++ = t[i] && t[i]->slope ? t[i]->slope->slot : -1;
    }
}

static void plan(Plan *p) {
    int64_t *const shown = p->found + p->told - 2 * p->found[HEAD + 14];
    p->place = TAKE(int32_t, p->n);
    p->vectors = TAKE(Tensor *, p->n + 1);
    p->left = TAKE(Tensor *, p->factors + p->n + 1);
    p->in = TAKE(Tensor *, p->factors + p->n + 1);
    p->units = TAKE(Tensor *, p->factors + p->n + 1);
    const int32_t *order = find_order(p), eliminated = p->n - p->kept;
    for (int i = 0; i < p->n; i++) p->place[i < eliminated ? order[i] : p->keep[i - eliminated]] = i;
    Word *wide = TAKE(Word, p->words);
    Tensor *scalar = p->left[p->lefts++] = p->vectors[p->n] = blank(p, 0, NULL), **in = p->in;
    scalar->slot = 0;
    scalar->carry = (char)p->slopes;
    for (int k = 0; k < p->factors; k++) p->left[p->lefts++] = p->values[k];
    for (int a = 0; a < p->n; a++) { /* vectors, and units that only wait for their derivative */
        const int asked = (int)HELD(p->asked, a);
        if (p->begin[a] < 0 && !asked) continue;
        HOLD(wide, a);
        Tensor *t = p->left[p->lefts++] = p->vectors[a] = p->begin[a] < 0 ? blank(p, 0, wide) : fresh(p, wide, wide, NULL);
        t->unit = p->begin[a] < 0;
        t->carry = p->slopes || asked;
        DROP(wide, a);
    }
    for (int i = 0; i < eliminated; i++) eliminate(p, order[i]);
    int unit = 0, ins = gather(p, -1, 0, &unit, wide);
    memset(wide, 0, sizeof(Word) * (size_t)p->words);
    for (int i = 0; i < p->kept; i++) HOLD(wide, p->keep[i]);
    Node *nodes = p->nodes;
    do {
        const int some = ins < INPUTS ? ins : INPUTS;
        Tensor *product = multiply(p, in, some, 0, NULL, 0, -1, wide, 0, NULL);
        for (int i = some; i < ins; i++) in[i - some + 1] = in[i];
        in[0] = product;
        ins -= some - 1;
    } while (ins > 1);
    if (!p->slopes) p->nodes = nodes;
    const int64_t ups = p->length;
    down(p);

    const Tensor *result = in[0];
    const int64_t head[HEAD] = {p->length, ups, p->slots, result->base, result->slot};
    memcpy(p->found, head, sizeof head);
    const int64_t cells = p->found[HEAD + 14], one = place(p);
    for (int64_t i = 0; i < cells; i++) {
        const int64_t a = shown[i], at = shown[cells + i], begin = p->begin[a];
        const Tensor *slope = p->vectors[a]->slope;
        shown[i] = begin < 0 ? one : begin + at;
        shown[cells + i] = slope ? slope->base + at : one;
    }
    int64_t *to = tell(p, NULL, p->n);
    for (int a = 0; a < p->n; a++) to[a] = p->place[a];
    tell_slopes(p, p->vectors, p->n + 1);
    tell_slopes(p, p->values, p->factors);
}

/* The plan of a question about a network that passed `bn_network`.

   `ask` holds for every variable the place of its state if it is fixed (-1: open), and flags; then the variables whose axes the
   result keeps. With `slopes` there are derivatives by every number. Returns 0; 1 where an array needs more room; -1 where the question makes no sense.

   `found` receives the length of the code, where the way down begins in it, slots, place and slot of the result; then
   the lengths of the arrays that follow: the fields of `PlanLayout`, the place of each axis in the order, and the places and slots of the derivatives by each axis's vector, by the scalars, and by each factor (-1: none).
   `sizes` receives the cells of the workspace, of all operations, and of the largest table. */
EXPORT int bn_plan(const int32_t *net, const int32_t *ask, int64_t asked, int slopes, double limit, char *arena, int64_t room,
                   int32_t *code, int64_t code_room, int64_t *found, int64_t found_room, double *sizes) {
    const Network w = opened(net);
    const int64_t n = w.n;
    for (int v = 0; v < n; v++)
        if (asked < 2 * n || ask[v] < -1 || ask[v] >= w.card[v]) return -1;
    for (int64_t i = 2 * n; i < asked; i++)
        if (ask[i] < 0 || ask[i] >= n || ask[ask[i]] >= 0 || !(ask[n + ask[i]] & KEPT)) return -1;
    Plan made = {.arena = arena, .code = code, .found = found, .room = room, .code_room = code_room, .found_room = found_room,
                 .told = HEAD + SECTIONS, .slots = 1, .slopes = slopes, .space = 1.0, .largest = 1.0, .limit = limit}, *const p = &made;
    if (!ROOM(p) || found_room < p->told) return 1;
    compose(p, &w, ask, asked - 2 * n);
    plan(p);
    sizes[0] = p->space;
    sizes[1] = p->cells;
    sizes[2] = p->largest;
    return 0;
}
