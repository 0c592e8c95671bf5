/* Makes plans: plan.py and ordering.py once more, line by line, for the code arrays of both to be equal.

   No static state and no allocation: everything lies in the workspace that the caller passes in; where that is too small the
   caller is told and comes back with more. Axes are numbered from 0 on in the order of their ids. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#ifdef _WIN32
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

#define HEADER 6
#define ONCE 2
#define TURNS 8
#define MORE 32
#define HOPELESS 0x1p60

typedef uint64_t Word;
typedef struct Tensor {
    int64_t base;
    double cells;
    struct Tensor *slope;
    int32_t *axis, *size; /* size: 0 where that of the axis holds */
    int64_t *stride;
    Word *has, *wide;
    int32_t n, slot, owner;
    char unit, carry, alive;
} Tensor;
typedef struct {
    int32_t axis, becomes, n;
    int32_t *cells;
    Tensor *second, *third;
} Relation;
typedef struct Node {
    Tensor *out, **in, **units;
    Relation *relation;
    struct Node *before;
    int32_t ins, unit, relations;
} Node;
typedef struct Link {
    Tensor *tensor;
    struct Link *next;
} Link;
typedef struct {
    Link *first, *last;
} Chain;
typedef struct {
    char *arena;
    int64_t used, room;
    int fault; /* 1: the workspace, 2: the code, 3: the starts are too small */
    int32_t n, words, slopes, block, longest, inputs, shared, meeting;
    const int32_t *size, *gate;
    Word *gates;
    int32_t *place;
    int32_t *code;
    int64_t *starts;
    int64_t length, code_room, count, starts_room;
    double space, cells, largest, limit;
    int32_t slots;
    Node *nodes;
    Chain *holders;
    Tensor **vectors;
} Plan;

static void *take(Plan *p, int64_t bytes) {
    bytes = (bytes + 15) & ~(int64_t)15;
    if (p->used + bytes > p->room) {
        p->fault = p->fault ? p->fault : 1;
        return NULL;
    }
    void *found = p->arena + p->used;
    p->used += bytes;
    memset(found, 0, (size_t)bytes);
    return found;
}
#define TAKE(p, type, count) ((type *)take(p, (int64_t)sizeof(type) * (count)))
#define HELD(set, a) ((set)[(a) >> 6] >> ((a) & 63) & 1)
#define HOLD(set, a) ((set)[(a) >> 6] |= (Word)1 << ((a) & 63))

#define low(x) __builtin_ctzll(x) /* the position of the lowest one */
#define EACH(set, words, a)                   \
    for (int w_ = 0; w_ < (words); w_++)      \
        for (Word x_ = (set)[w_]; x_; x_ &= x_ - 1) \
            for (int a = w_ * 64 + low(x_), once_ = 1; once_; once_ = 0)

/* ---- order (ordering.py) ---- */

typedef struct {
    int32_t n, words;
    const int32_t *bits, *becomes;
    Word *near;
    int32_t *width;
    Word *group, *touched;
    int64_t *score;
    char *state; /* 0 not in this search, 1 waiting for its gate, 2 to be chosen */
} Search;

static int64_t by_size(const Search *s, int a) { return (int64_t)s->width[a] * s->n + a; }

static int64_t by_fill(const Search *s, int a) {
    const Word *mine = s->near + (int64_t)a * s->words;
    int64_t added = 0;
    EACH(mine, s->words, b) {
        if (b == a) continue;
        const Word *other = s->near + (int64_t)b * s->words;
        int64_t missing = 0;
        for (int w = 0; w < s->words; w++)
            for (Word x = mine[w] & ~other[w]; x; x &= x - 1)
                if (w * 64 + low(x) != a) missing += s->bits[w * 64 + low(x)];
        added += s->bits[b] * missing;
    }
    return (added * 1024 + s->width[a]) * s->n + a;
}

/* Both, each axis with a factor of its own, a few percent from one, that differs from search to search. */
static int64_t by_both(const Search *s, int a, int turn) {
    uint32_t x = (uint32_t)(a + 1) * 2654435761u ^ (uint32_t)turn * 2246822519u;
    x = (x ^ x >> 15) * 2246822519u;
    int64_t added = by_fill(s, a) / s->n / 1024;
    return (added + 4 * s->width[a]) * (1024 + (x >> 16) % 128) * s->n + a;
}

static int64_t score_of(const Search *s, int a, int turn) {
    return turn > 1 ? by_both(s, a, turn) : turn ? by_fill(s, a) : by_size(s, a);
}

static double table_cells(int32_t bits) { /* 2 to the power of bits / 2 */
    double x = bits & 1 ? 1.4142135623730951 : 1.0;
    for (int k = bits / 2; k > 0; k -= 30) x *= (double)((int64_t)1 << (k < 30 ? k : 30));
    return x;
}

/* Turn 0 by size, 1 by fill, then by both. Given up where it needs `most` cells. */
static double search(Search *s, const char *member, int turn, double most, int32_t *order) {
    int count = 0;
    double cells = 0.0;
    for (int a = 0; a < s->n; a++) s->state[a] = member[a] ? 2 : 0;
    for (int a = 0; a < s->n; a++)
        if (s->becomes[a] >= 0 && s->state[s->becomes[a]]) s->state[s->becomes[a]] = 1;
    for (int a = 0; a < s->n; a++)
        if (s->state[a] == 2) s->score[a] = score_of(s, a, turn);
    for (;;) {
        int a = -1;
        for (int b = 0; b < s->n; b++)
            if (s->state[b] == 2 && (a < 0 || s->score[b] < s->score[a])) a = b;
        if (a < 0 || cells >= most) return cells;
        s->state[a] = 0;
        order[count++] = a;
        cells += table_cells(s->width[a]);
        Word *mine = s->near + (int64_t)a * s->words;
        memcpy(s->group, mine, sizeof(Word) * (size_t)s->words);
        s->group[a >> 6] &= ~((Word)1 << (a & 63));
        int v = s->becomes[a];
        if (v >= 0) HOLD(s->group, v);
        memcpy(s->touched, s->group, sizeof(Word) * (size_t)s->words);
        if (turn) /* the fill of an axis changes with its neighbours, and with connections between them */
            EACH(s->group, s->words, b) {
                const Word *one = s->near + (int64_t)b * s->words;
                for (int w = b >> 6; w < s->words; w++)
                    for (Word x = s->group[w] & ~one[w]; x; x &= x - 1) {
                        const Word *other = s->near + (int64_t)(w * 64 + low(x)) * s->words;
                        for (int k = 0; k < s->words; k++) s->touched[k] |= one[k] & other[k];
                    }
            }
        EACH(s->group, s->words, b) {
            Word *other = s->near + (int64_t)b * s->words;
            int32_t sum = 0;
            for (int w = 0; w < s->words; w++)
                for (Word x = s->group[w] & ~other[w]; x; x &= x - 1) sum += s->bits[w * 64 + low(x)];
            if (HELD(other, a)) sum -= s->bits[a];
            for (int w = 0; w < s->words; w++) other[w] |= s->group[w];
            other[a >> 6] &= ~((Word)1 << (a & 63));
            s->width[b] += sum;
        }
        if (v >= 0 && s->state[v] == 1) s->state[v] = 2;
        EACH(s->touched, s->words, b)
        if (s->state[b] == 2) s->score[b] = score_of(s, b, turn);
    }
}

static void begin_search(Search *s, const int32_t *factor, int32_t factors) {
    memset(s->near, 0, sizeof(Word) * (size_t)s->words * (size_t)s->n);
    for (int a = 0; a < s->n; a++) HOLD(s->near + (int64_t)a * s->words, a);
    for (int32_t k = 0; k < factors; k++, factor += 2 + 2 * factor[1])
        for (int i = 0; i < factor[1]; i++)
            for (int j = 0; j < factor[1]; j++) HOLD(s->near + (int64_t)factor[2 + i] * s->words, factor[2 + j]);
    for (int a = 0; a < s->n; a++) {
        s->width[a] = 0;
        EACH(s->near + (int64_t)a * s->words, s->words, b) s->width[a] += s->bits[b];
    }
}

static void find_order(Plan *p, const int32_t *bits, const char *member, const int32_t *factor, int32_t factors, double worth,
                       int32_t *order, int32_t count) {
    Search s = {p->n, p->words, bits, NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    int32_t *becomes = TAKE(p, int32_t, p->n), *other = TAKE(p, int32_t, p->n);
    s.near = TAKE(p, Word, (int64_t)p->n * p->words);
    s.width = TAKE(p, int32_t, p->n);
    s.group = TAKE(p, Word, p->words);
    s.touched = TAKE(p, Word, p->words);
    s.score = TAKE(p, int64_t, p->n);
    s.state = TAKE(p, char, p->n);
    if (p->fault) return;
    for (int a = 0; a < p->n; a++) becomes[a] = p->gate[a] >= 0 && p->gate[a] != a ? p->gate[a] : -1;
    s.becomes = becomes;
    begin_search(&s, factor, factors);
    double cells = search(&s, member, 0, HUGE_VAL, order);
    for (int turn = 1; turn < TURNS && cells > (turn > 1 ? worth * MORE : worth) && cells < HOPELESS; turn++) {
        begin_search(&s, factor, factors);
        double fewer = search(&s, member, turn, cells, other);
        if (fewer < cells) {
            cells = fewer;
            memcpy(order, other, sizeof(int32_t) * (size_t)count);
        }
    }
}

/* ---- tensors ---- */

static double volume(const Plan *p, const Word *set) {
    double x = 1.0;
    EACH(set, p->words, a) x *= p->size[a];
    return x;
}

static Tensor *blank(Plan *p, int64_t base, const Word *wide) {
    Tensor *t = TAKE(p, Tensor, 1);
    if (!t) return NULL;
    t->base = base;
    t->cells = 1.0;
    t->slot = t->owner = -1;
    t->alive = 1;
    t->has = TAKE(p, Word, p->words);
    t->wide = TAKE(p, Word, p->words);
    if (p->fault) return NULL;
    if (wide) memcpy(t->wide, wide, sizeof(Word) * (size_t)p->words);
    return t;
}

/* A tensor in the workspace over the axes `set`, outermost what is eliminated last; `size` gives other sizes. */
static Tensor *fresh(Plan *p, const Word *set, const Word *wide, const int32_t *size) {
    Tensor *t = blank(p, p->space < 0x1p60 ? (int64_t)p->space : 0, wide);
    if (!t) return NULL;
    memcpy(t->has, set, sizeof(Word) * (size_t)p->words);
    EACH(set, p->words, a) t->n += a >= 0;
    t->axis = TAKE(p, int32_t, t->n);
    t->stride = TAKE(p, int64_t, t->n);
    if (p->fault) return NULL;
    int n = 0;
    EACH(set, p->words, a) {
        int i = n++;
        while (i > 0 && p->place[t->axis[i - 1]] < p->place[a]) t->axis[i] = t->axis[i - 1], i--;
        t->axis[i] = a;
    }
    double step = 1.0;
    for (int i = n - 1; i >= 0; i--) {
        t->stride[i] = step < 9e15 ? (int64_t)step : 0;
        step *= size && size[t->axis[i]] ? size[t->axis[i]] : p->size[t->axis[i]];
    }
    t->size = (int32_t *)size;
    t->cells = step;
    t->slot = p->slots++;
    p->space += step;
    if (step > p->largest) p->largest = step;
    return t;
}

static int64_t stride_of(const Tensor *t, int a) {
    if (a < 0 || !HELD(t->has, a)) return 0;
    for (int i = 0; i < t->n; i++)
        if (t->axis[i] == a) return t->stride[i];
    return 0;
}

/* ---- operations ---- */

typedef struct {
    int32_t size;
    int64_t step; /* largest step of the output */
    int32_t *table; /* per operand, output first */
} Loop;

static void put(Plan *p, int64_t x) {
    if (p->length >= p->code_room) {
        p->fault = p->fault ? p->fault : 2;
        return;
    }
    p->code[p->length++] = (int32_t)x;
}

static void record(Plan *p, Loop *loop, int loops, int once, const Tensor *out, Tensor *const *in, int n) {
    int64_t length = 1, run = 1;
    int at = loops;
    while (at && (length < p->block || (!loop[at - 1].step && length * loop[at - 1].size <= p->longest))) {
        at--;
        if (!loop[at].step) run *= loop[at].size;
        length *= loop[at].size;
    }
    for (int k = 0; k < at; k++) once = once && loop[k].step;
    if (p->count >= p->starts_room) {
        p->fault = p->fault ? p->fault : 3;
        return;
    }
    p->starts[p->count++] = p->length;
    put(p, once ? ONCE : 0);
    put(p, n);
    put(p, length / run);
    put(p, run);
    put(p, at);
    put(p, (int64_t)out->cells);
    put(p, out->base);
    for (int q = 0; q < n; q++) put(p, in[q]->base);
    put(p, out->slot);
    for (int q = 0; q < n; q++) put(p, in[q]->slot);
    for (int k = 0; k < at; k++) {
        put(p, loop[k].size);
        for (int64_t i = 0; i < (int64_t)loop[k].size * (n + 1); i++) put(p, loop[k].table[i]);
    }
    if (p->length + length * (n + 1) > p->code_room) {
        p->fault = p->fault ? p->fault : 2;
        return;
    }
    for (int q = 0; q <= n; q++) { /* built up from the innermost loop, in place */
        int32_t *list = p->code + p->length;
        int64_t have = 1;
        list[0] = 0;
        for (int k = loops - 1; k >= at; k--) {
            const int32_t *table = loop[k].table + (int64_t)loop[k].size * q;
            if (!q && !loop[k].step) continue;
            for (int32_t j = loop[k].size - 1; j >= 0; j--)
                for (int64_t i = 0; i < have; i++) list[j * have + i] = (int32_t)((uint32_t)list[i] + (uint32_t)table[j]);
            have *= loop[k].size;
        }
        p->length += have;
    }
}

/* One operation: `out` plays the part of `role` in the node; the inputs are above (the derivative of the node's output, or none)
   and the node's inputs but `role`. */
static void write_one(Plan *p, const Node *node, Tensor *out, const Tensor *role, Tensor *above) {
    int n = 0;
    Tensor **in = TAKE(p, Tensor *, node->ins + 1);
    const Tensor **part = TAKE(p, const Tensor *, node->ins + 2);
    Word *plain = TAKE(p, Word, p->words);
    if (p->fault) return;
    part[0] = role;
    if (above) in[n++] = above, part[n] = node->out;
    for (int i = 0; i < node->ins; i++)
        if (node->in[i] != role) in[n++] = node->in[i], part[n] = node->in[i];
    for (int q = -1; q < n; q++) {
        const Tensor *t = q < 0 ? out : in[q];
        for (int w = 0; w < p->words; w++) plain[w] |= t->has[w];
    }
    int loops = node->relations, once = 1;
    for (int r = 0; r < node->relations; r++) {
        const Relation *rel = node->relation + r;
        plain[rel->axis >> 6] &= ~((Word)1 << (rel->axis & 63));
        if (rel->becomes >= 0) plain[rel->becomes >> 6] &= ~((Word)1 << (rel->becomes & 63));
    }
    EACH(plain, p->words, a) loops += a >= 0;
    Loop *loop = TAKE(p, Loop, loops + 1);
    if (p->fault) return;
    int k = 0;
    double cells = 1.0;
    for (int r = 0; r < node->relations; r++, k++) {
        const Relation *rel = node->relation + r;
        loop[k].size = rel->n;
        loop[k].table = TAKE(p, int32_t, (int64_t)rel->n * (n + 1));
        if (p->fault) return;
        for (int q = 0; q <= n; q++) {
            const Tensor *t = q ? in[q - 1] : out;
            int which = part[q] == rel->second && rel->second ? 1
                        : part[q] == node->out || part[q]->unit || (rel->third && part[q] == rel->third) ? 2 : 0;
            int64_t stride = stride_of(t, rel->axis), more = rel->becomes != rel->axis ? stride_of(t, rel->becomes) : 0;
            for (int i = 0; i < rel->n; i++) {
                int64_t step = stride * rel->cells[3 * i + which] + more * rel->cells[3 * i + 2];
                loop[k].table[(int64_t)rel->n * q + i] = (int32_t)step;
                if (!q && step > loop[k].step) loop[k].step = step;
            }
        }
        if (loop[k].step) once = 0;
        cells *= rel->n;
    }
    EACH(plain, p->words, a) {
        int32_t size = p->size[a];
        for (int q = n; q >= 0; q--) {
            const Tensor *t = q ? in[q - 1] : out;
            if (t->size && t->size[a]) size = t->size[a];
        }
        loop[k].size = size;
        loop[k].table = TAKE(p, int32_t, (int64_t)size * (n + 1));
        if (p->fault) return;
        for (int q = 0; q <= n; q++) {
            int64_t stride = stride_of(q ? in[q - 1] : out, a);
            for (int32_t i = 0; i < size; i++) loop[k].table[(int64_t)size * q + i] = (int32_t)(stride * i);
            if (!q) loop[k].step = stride * (size - 1);
        }
        cells *= size;
        k++;
    }
    p->cells += cells;
    if (p->largest > p->limit || cells > 64 * p->limit) return;
    for (int i = 1; i < loops; i++) { /* stable: large steps of the output first */
        Loop mine = loop[i];
        int j = i;
        while (j > 0 && loop[j - 1].step < mine.step) loop[j] = loop[j - 1], j--;
        loop[j] = mine;
    }
    record(p, loop, loops, once, out, in, n);
}

static void write_op(Plan *p, const Node *node, Tensor *out, const Tensor *role, Tensor *above) {
    const int64_t before = p->used; /* what it took is not needed any longer */
    write_one(p, node, out, role, above);
    p->used = before;
}

/* ---- nodes ---- */

static Node *add_node(Plan *p, Tensor *out, Tensor **in, int ins, Tensor **units, int unit, Relation *rel, int relations) {
    Node *node = TAKE(p, Node, 1);
    if (!node) return NULL;
    node->in = TAKE(p, Tensor *, ins);
    node->units = TAKE(p, Tensor *, unit);
    if (p->fault) return NULL;
    for (int i = 0; i < ins; i++) node->in[i] = in[i], out->carry |= in[i]->carry;
    for (int i = 0; i < unit; i++) node->units[i] = units[i], out->carry |= units[i]->carry;
    node->out = out;
    node->ins = ins;
    node->unit = unit;
    node->relation = rel;
    node->relations = relations;
    node->before = p->nodes;
    p->nodes = node;
    return node;
}

static Tensor *multiply(Plan *p, Tensor **in, int ins, Tensor **units, int unit, Relation *rel, int relations, int summed,
                        const Word *wide, const int32_t *size) {
    Word *axes = TAKE(p, Word, p->words);
    if (p->fault) return NULL;
    for (int i = 0; i < ins; i++)
        for (int w = 0; w < p->words; w++) axes[w] |= in[i]->has[w];
    if (summed >= 0) axes[summed >> 6] &= ~((Word)1 << (summed & 63));
    for (int r = 0; r < relations; r++)
        if (rel[r].axis == summed && rel[r].becomes != summed && rel[r].becomes >= 0) HOLD(axes, rel[r].becomes);
    Tensor *out = fresh(p, axes, wide, size);
    if (!out) return NULL;
    Node *node = add_node(p, out, in, ins, units, unit, rel, relations);
    if (!node) return NULL;
    write_op(p, node, out, out, NULL);
    return p->fault ? NULL : out;
}

static Tensor *unit_of(Plan *p, Tensor **in, int ins, Tensor **units, int unit, Relation *rel, int relations, const Word *wide) {
    Tensor *out = blank(p, 0, wide);
    if (!out) return NULL;
    out->unit = 1;
    return add_node(p, out, in, ins, units, unit, rel, relations) ? out : NULL;
}

static Tensor *widened(Plan *p, Tensor *t, const Word *gates) {
    EACH(gates, p->words, h) {
        int k = p->size[h], n = 0;
        Relation *rel = TAKE(p, Relation, 1);
        int32_t *size = TAKE(p, int32_t, p->n), *cells = TAKE(p, int32_t, 3 * ((int64_t)k * (k + 1) / 2 + k));
        if (p->fault) return NULL;
        for (int j = 0; j < k; j++)
            for (int i = 0; i <= j; i++, n++) cells[3 * n] = i, cells[3 * n + 2] = j;
        for (int j = 1; j < k; j++, n++) cells[3 * n] = j, cells[3 * n + 2] = k - 1 + j;
        if (t->size) memcpy(size, t->size, sizeof(int32_t) * (size_t)p->n);
        size[h] = 2 * k - 1;
        *rel = (Relation){h, h, n, cells, NULL, NULL};
        if (!(t = multiply(p, &t, 1, NULL, 0, rel, 1, -1, t->wide, size))) return NULL;
    }
    return t;
}

/* One or two inputs as they meet (see _meet); returns how many relations were written to *found, or -1. */
static int meet(Plan *p, Tensor **in, int *ins, int last, Tensor *weight, Relation **found) {
    Tensor *first = in[0], *second = NULL;
    if (*ins == 2) {
        if (in[1]->cells > first->cells) first = in[1];
        second = first == in[0] ? in[1] : in[0];
    }
    Word *shared = TAKE(p, Word, p->words), *rest = TAKE(p, Word, p->words), *mine = TAKE(p, Word, p->words);
    if (p->fault) return -1;
    int count = 0, wide = 0;
    if (second) {
        double narrow = 1, fewer = 1, wider = 1;
        for (int w = 0; w < p->words; w++) {
            shared[w] = first->has[w] & second->has[w] & p->gates[w];
            rest[w] = (first->has[w] | second->has[w]) & ~shared[w];
            mine[w] = second->has[w] & ~shared[w];
        }
        EACH(shared, p->words, h) {
            double k = p->size[h];
            narrow *= k * k;
            fewer *= k * (k + 1) / 2;
            wider *= 2 * k - 1;
            count++;
        }
        wide = count && (narrow - fewer) * volume(p, rest) > 6 * volume(p, mine) * wider + 64;
        if (wide && !(second = widened(p, second, shared))) return -1;
    }
    if (last >= 0) HOLD(rest, last);
    Relation *rel = TAKE(p, Relation, count + 1);
    if (p->fault) return -1;
    int n = 0;
    for (int h = 0; h < p->n; h++) {
        int together = (int)HELD(shared, h);
        if (!together && h != last) continue;
        int k = p->size[h], m = 0;
        int32_t *cells = TAKE(p, int32_t, 3 * (int64_t)k * k);
        if (p->fault) return -1;
        int becomes = h == last ? p->gate[h] : h;
        for (int pass = 0; pass < (together && wide ? 2 : 1); pass++)
            for (int i = 0; i < k; i++)
                for (int j = 0; j < (together ? k : 1); j++) {
                    int a = i, b = j, c;
                    if (!together) c = i;
                    else if (!wide) c = i > j ? i : j;
                    else if (!pass) {
                        if (j) continue;
                        b = c = i;
                    } else { /* outer: rank of the result, inner: rank of the first */
                        if (j >= i) continue;
                        a = j, b = k - 1 + i, c = i;
                    }
                    if (becomes == -1 && c != k - 1) continue;
                    cells[3 * m] = a, cells[3 * m + 1] = b, cells[3 * m + 2] = c;
                    m++;
                }
        rel[n++] = (Relation){h, becomes, m, cells, together ? second : NULL, h == last ? weight : NULL};
    }
    in[0] = first;
    if (second) in[1] = second;
    *found = rel;
    return n;
}

static Tensor *pair(Plan *p, Tensor *a, Tensor *b) {
    Tensor *in[2] = {b, a};
    int ins = 2;
    Relation *rel;
    int n = meet(p, in, &ins, -1, NULL, &rel);
    Word *wide = TAKE(p, Word, p->words);
    if (p->fault || n < 0) return NULL;
    for (int w = 0; w < p->words; w++) wide[w] = a->wide[w] | b->wide[w];
    Tensor *out = multiply(p, in, 2, NULL, 0, rel, n, -1, wide, NULL);
    if (out) out->owner = a->owner == b->owner ? a->owner : -1;
    return out;
}

static void sort_by_cells(Tensor **t, int n) {
    for (int i = 1; i < n; i++) {
        Tensor *mine = t[i];
        int j = i;
        while (j > 0 && t[j - 1]->cells > mine->cells) t[j] = t[j - 1], j--;
        t[j] = mine;
    }
}

static int few(Plan *p, Tensor **t, int n, int most, int always) {
    sort_by_cells(t, n);
    Word *set = TAKE(p, Word, 3 * (int64_t)p->words), *all = set + p->words, *both = all + p->words;
    if (p->fault) return n;
    while (n > most) {
        int b = 1, sum = 0, count = 0;
        memset(set, 0, sizeof(Word) * 3 * (size_t)p->words);
        for (int i = 0; i < n; i++)
            for (int w = 0; w < p->words; w++) {
                Word x = t[i]->has[w] & p->gates[w];
                set[w] |= x;
                all[w] |= t[i]->has[w];
                for (; x; x &= x - 1) sum++;
            }
        EACH(set, p->words, h) count += h >= 0;
        for (int w = 0; w < p->words; w++) both[w] = t[0]->has[w] | t[1]->has[w];
        if (sum <= count && !always) {
            if (n <= p->inputs && 3 * volume(p, both) > volume(p, all)) break;
        } else if (n > 2) {
            int meeting = 0;
            for (int w = 0; w < p->words; w++)
                for (Word x = set[w] & both[w] & t[n - 1]->has[w]; x; x &= x - 1) meeting++;
            if (meeting > p->shared) b = n - 1;
        }
        Tensor *first = t[0], *second = t[b];
        for (int i = b; i < n - 1; i++) t[i] = t[i + 1];
        for (int i = 0; i < n - 2; i++) t[i] = t[i + 1];
        n -= 2;
        Tensor *product = pair(p, first, second);
        if (!product) return n;
        int at = 0;
        while (at < n && !(t[at]->cells > product->cells)) at++;
        for (int i = n; i > at; i--) t[i] = t[i - 1];
        t[at] = product;
        n++;
    }
    return n;
}

static int one(Plan *p, Tensor **units, int n) {
    double *cells = TAKE(p, double, n + 1);
    if (p->fault) return n;
    for (int i = 0; i < n; i++) {
        Tensor *mine = units[i];
        double x = volume(p, mine->wide);
        int j = i;
        while (j > 0 && cells[j - 1] > x) cells[j] = cells[j - 1], units[j] = units[j - 1], j--;
        cells[j] = x;
        units[j] = mine;
    }
    while (n > 1) {
        Word *wide = TAKE(p, Word, p->words);
        if (p->fault) return n;
        for (int w = 0; w < p->words; w++) wide[w] = units[0]->wide[w] | units[1]->wide[w];
        Tensor *merged = unit_of(p, NULL, 0, units, 2, NULL, 0, wide);
        if (!merged) return n;
        double x = volume(p, wide);
        n -= 2;
        for (int i = 0; i < n; i++) units[i] = units[i + 2], cells[i] = cells[i + 2];
        int at = 0;
        while (at < n && !(cells[at] > x)) at++;
        for (int i = n; i > at; i--) units[i] = units[i - 1], cells[i] = cells[i - 1];
        units[at] = merged;
        cells[at] = x;
        n++;
    }
    return n;
}

static void chain(Plan *p, Chain *c, Tensor *t) {
    Link *link = TAKE(p, Link, 1);
    if (!link) return;
    link->tensor = t;
    if (c->last) c->last->next = link;
    else c->first = link;
    c->last = link;
}

static void add(Plan *p, Chain *loose, Tensor *t) {
    int held = 0;
    if (!t) return;
    EACH(t->wide, p->words, a) {
        chain(p, p->holders + a, t);
        held = 1;
    }
    if (!held) chain(p, loose, t);
}

/* Tensors of the same gates, though not of the axis at hand, appended to `in`. */
static int joining(Plan *p, Tensor **in, int n, int room, const Word *wide) {
    Word *gates = TAKE(p, Word, p->words);
    if (p->fault) return n;
    int count = 0, seen = 0;
    for (int i = 0; i < n; i++)
        for (int w = 0; w < p->words; w++) gates[w] |= in[i]->has[w] & p->gates[w];
    EACH(gates, p->words, h) count += h >= 0;
    if (count < p->meeting) return n;
    EACH(gates, p->words, h) {
        if (seen++ >= count - p->meeting + 1) continue;
        for (Link *l = p->holders[h].first; l; l = l->next) {
            Tensor *t = l->tensor;
            int inside = t->alive && !t->unit, mine = 0;
            for (int w = 0; w < p->words && inside; w++) {
                inside = !(t->wide[w] & ~wide[w]);
                for (Word x = t->has[w] & p->gates[w]; x; x &= x - 1) mine++;
            }
            if (inside && mine >= p->meeting && n < room) {
                t->alive = 0;
                in[n++] = t;
            }
        }
    }
    return n;
}

static Tensor *eliminate(Plan *p, int x) {
    int many = 0, alive = 0;
    for (int g = 0; g < p->n; g++)
        if (g == x || HELD(p->gates, g))
            for (Link *l = p->holders[g].first; l; l = l->next) many += l->tensor->alive;
    Tensor **in = TAKE(p, Tensor *, many + 2), **units = TAKE(p, Tensor *, many + 2);
    Word *wide = TAKE(p, Word, p->words);
    if (p->fault) return NULL;
    int ins = 0, unit = 0, gate = (int)HELD(p->gates, x), own = 1, relations = 0;
    Tensor *weight = NULL;
    Relation *rel = NULL;
    for (Link *l = p->holders[x].first; l; l = l->next) {
        Tensor *t = l->tensor;
        if (!t->alive) continue;
        t->alive = 0;
        alive++;
        for (int w = 0; w < p->words; w++) wide[w] |= t->wide[w];
        if (t->unit) units[unit++] = t;
        else if (gate && t == p->vectors[x]) weight = t;
        else in[ins++] = t, own = own && t->owner == x;
    }
    if (!alive) return NULL;
    wide[x >> 6] &= ~((Word)1 << (x & 63));
    unit = one(p, units, unit);
    if (p->fault) return NULL;
    if (!gate) {
        ins = joining(p, in, ins, many + 2, wide);
        if (p->fault) return NULL;
        if (!ins || (ins == 1 && in[0]->owner == x)) return unit_of(p, in, ins, units, unit, NULL, 0, wide);
        ins = few(p, in, ins, 2, 0);
        if (!p->fault && ins == 2) relations = meet(p, in, &ins, -1, NULL, &rel);
        return p->fault ? NULL : multiply(p, in, ins, units, unit, rel, relations, x, wide, NULL);
    }
    ins = few(p, in, ins, 2, 1);
    if (p->fault) return NULL;
    relations = meet(p, in, &ins, x, weight, &rel);
    if (p->fault) return NULL;
    int becomes = p->gate[x];
    if (becomes >= 0 && becomes != x) {
        HOLD(wide, becomes);
        Tensor *out = multiply(p, in, ins, units, unit, rel, relations, x, wide, NULL);
        if (out) out->owner = own ? becomes : -1;
        return out;
    }
    if (becomes == x && own && !weight) return unit_of(p, in, ins, units, unit, rel, relations, wide);
    if (weight) in[ins++] = weight;
    return multiply(p, in, ins, units, unit, rel, relations, x, wide, NULL);
}

static void down(Plan *p) {
    for (const Node *node = p->nodes; node && !p->fault; node = node->before)
        for (int i = 0; i < node->ins + node->unit && !p->fault; i++) {
            Tensor *t = i < node->ins ? node->in[i] : node->units[i - node->ins], *above = node->out->slope;
            int others = (above != NULL) + node->ins - (i < node->ins);
            if (!t->carry || (!others && !node->relations)) continue;
            t->slope = fresh(p, t->wide, t->wide, t->size);
            if (t->slope) write_op(p, node, t->slope, t, above);
        }
}

/* The plan of the question q (see _packed in planner.py). Returns 0; 1, 2 or 3 where the workspace, the code or the starts need
   more room; -1 where q makes no sense. `found` receives: length of the code, operations, those on the way up, slots, place and
   slot of the result, number of axes kept, then these; then for every axis the place in the order, the place and the slot of
   the derivative of its vector (-1: none); the same for the scalar; and for every factor the place and slot of its derivative.
   `sizes` receives the cells of the workspace, of all operations, and of the largest table. */
EXPORT int bn_plan(const int32_t *q, int64_t length, double limit, double worth, char *arena, int64_t room, int32_t *code,
                   int64_t code_room, int64_t *starts, int64_t starts_room, int64_t *found, int64_t found_room, double *sizes) {
    if (length < 12) return -1;
    int32_t n = q[0], factors = q[1], vectors = q[2], kept = q[3];
    if (n < 0 || n > length || factors < 0 || factors > length || vectors < 0 || vectors > length || kept < 0 || kept > length)
        return -1;
    Plan plan = {arena, 0, room, 0, n, (n + 63) / 64, q[4], q[5], q[6], q[7], q[8], q[9], NULL, NULL, NULL, NULL, code, starts,
                 0, code_room, 0, starts_room, 1.0, 0.0, 1.0, limit, 1, NULL, NULL, NULL};
    Plan *p = &plan;
    int64_t head = 12, fixed = head + 4 * (int64_t)n + vectors + kept;
    if (p->block < 1 || p->longest < 1 || p->inputs < 2 || p->inputs > 14)
        return -1;
    if (p->meeting < 1 || fixed > length || found_room < 7 + kept + 3 * (int64_t)n + 2 + 2 * (int64_t)factors) return -1;
    const int32_t *bits = q + head + n, *asked = bits + 2 * n, *vector = asked + n, *keep = vector + vectors, *factor = keep + kept;
    p->size = q + head;
    p->gate = bits + n;
    for (int a = 0; a < n; a++)
        if (p->size[a] < 1 || p->size[a] > 1 << 20 || bits[a] < 1 || bits[a] > 128 || p->gate[a] < -2 || p->gate[a] >= n) return -1;
    for (int i = 0; i < vectors + kept; i++)
        if (vector[i] < 0 || vector[i] >= n) return -1;
    const int32_t *f = factor;
    for (int k = 0; k < factors; k++) {
        int64_t left = length - (f - q);
        if (left < 2 || f[1] < 0 || left < 2 + 2 * (int64_t)f[1] || f[0] < -1 || f[0] >= n) return -1;
        for (int i = 0; i < f[1]; i++)
            if (f[2 + i] < 0 || f[2 + i] >= n || f[2 + f[1] + i] < 0) return -1;
        f += 2 + 2 * f[1];
    }
    if (f - q != length) return -1;

    p->gates = TAKE(p, Word, p->words);
    p->place = TAKE(p, int32_t, n);
    p->holders = TAKE(p, Chain, n);
    p->vectors = TAKE(p, Tensor *, n);
    Tensor **units = TAKE(p, Tensor *, n), **values = TAKE(p, Tensor *, factors);
    int32_t *order = TAKE(p, int32_t, n);
    char *member = TAKE(p, char, n);
    Chain loose = {NULL, NULL};
    if (p->fault) return 1;
    int32_t count = n - kept;
    for (int a = 0; a < n; a++) {
        member[a] = 1;
        if (p->gate[a] != -2) HOLD(p->gates, a);
    }
    for (int i = 0; i < kept; i++) member[keep[i]] = 0;
    f = factor;
    for (int k = 0; k < factors && !p->fault; k++, f += 2 + 2 * f[1]) {
        Tensor *t = values[k] = blank(p, -1 - k, NULL);
        if (!t) break;
        t->n = f[1];
        t->axis = TAKE(p, int32_t, t->n);
        t->stride = TAKE(p, int64_t, t->n);
        if (p->fault) break;
        for (int i = 0; i < t->n; i++) {
            t->axis[i] = f[2 + i];
            t->stride[i] = f[2 + t->n + i];
            HOLD(t->has, t->axis[i]);
            HOLD(t->wide, t->axis[i]);
        }
        t->cells = volume(p, t->has);
        t->owner = f[0];
        t->carry = (char)p->slopes;
    }
    find_order(p, bits, member, factor, factors, worth, order, count);
    if (p->fault) return p->fault;
    for (int i = 0; i < count; i++) p->place[order[i]] = i;
    for (int i = 0; i < kept; i++) p->place[keep[i]] = count + i;
    Word *set = TAKE(p, Word, p->words);
    if (p->fault) return p->fault;
    for (int k = 0; k < factors; k++) add(p, &loose, values[k]);
    for (int i = 0; i < vectors && !p->fault; i++) {
        memset(set, 0, sizeof(Word) * (size_t)p->words);
        HOLD(set, vector[i]);
        Tensor *t = p->vectors[vector[i]] = fresh(p, set, set, NULL);
        if (t) t->carry = p->slopes || asked[vector[i]];
        add(p, &loose, t);
    }
    for (int a = 0; a < n && !p->fault; a++)
        if (asked[a] && !p->vectors[a]) {
            memset(set, 0, sizeof(Word) * (size_t)p->words);
            HOLD(set, a);
            if (!(units[a] = blank(p, 0, set))) break;
            units[a]->unit = units[a]->carry = 1;
            add(p, &loose, units[a]);
        }
    for (int i = 0; i < count && !p->fault; i++) add(p, &loose, eliminate(p, order[i]));
    if (p->fault) return p->fault;

    int many = 1;
    for (Link *l = loose.first; l; l = l->next) many++;
    for (int i = 0; i < kept; i++)
        for (Link *l = p->holders[keep[i]].first; l; l = l->next) many++;
    Tensor **in = TAKE(p, Tensor *, many), *scalar = blank(p, 0, NULL), *result;
    Word *wide = TAKE(p, Word, p->words);
    if (p->fault) return p->fault;
    scalar->slot = 0;
    scalar->carry = (char)p->slopes;
    int ins = 0;
    in[ins++] = scalar;
    for (Link *l = loose.first; l; l = l->next)
        if (!l->tensor->unit) in[ins++] = l->tensor;
    for (int i = 0; i < kept; i++) {
        HOLD(wide, keep[i]);
        for (Link *l = p->holders[keep[i]].first; l; l = l->next)
            if (l->tensor->alive) {
                l->tensor->alive = 0;
                if (!l->tensor->unit) in[ins++] = l->tensor;
            }
    }
    if (p->slopes) {
        ins = few(p, in, ins, 1, 1);
        result = in[0];
    } else {
        Node *nodes = p->nodes;
        while (ins > p->inputs && !p->fault) {
            Tensor *part = multiply(p, in, p->inputs, NULL, 0, NULL, 0, -1, wide, NULL);
            ins -= p->inputs - 1;
            for (int i = 1; i < ins; i++) in[i] = in[i + p->inputs - 1];
            in[0] = part;
        }
        result = p->fault ? NULL : multiply(p, in, ins, NULL, 0, NULL, 0, -1, wide, NULL);
        p->nodes = nodes;
    }
    if (p->fault) return p->fault;
    int64_t ups = p->count;
    down(p);
    if (p->fault) return p->fault;
    int64_t *to = found;
    *to++ = p->length;
    *to++ = p->count;
    *to++ = ups;
    *to++ = p->slots;
    *to++ = result->base;
    *to++ = result->slot;
    *to++ = result->n;
    for (int i = 0; i < kept; i++) *to++ = i < result->n ? result->axis[i] : -1;
    for (int a = 0; a < n; a++) *to++ = p->place[a];
    for (int a = 0; a <= n; a++) {
        const Tensor *t = a == n ? scalar : p->vectors[a] ? p->vectors[a] : units[a];
        *to++ = t && t->slope ? t->slope->base : -1;
        *to++ = t && t->slope ? t->slope->slot : -1;
    }
    for (int k = 0; k < factors; k++) {
        *to++ = values[k]->slope ? values[k]->slope->base : -1;
        *to++ = values[k]->slope ? values[k]->slope->slot : -1;
    }
    sizes[0] = p->space;
    sizes[1] = p->cells;
    sizes[2] = p->largest;
    return 0;
}
