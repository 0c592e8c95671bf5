/* Composes questions: question.py once more, for the packed questions and the places of numbers to be equal.

   No static state and no allocation: a network is packed once (network.py) and passes `bn_network` before any question about it;
   results and scratch lie in arrays of the caller, and where these are too small the caller is told and comes back with more. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#ifdef _WIN32
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

#define CUT 1
#define SETTLED 2
#define GIVEN 4
#define WANTED 8
#define KEPT 16
#define SCALAR -1

/* A packed network: n and the places of the sections, then these. A gate has k * k places, one for each interval of ranks, of
   records: columns, the bases of the leak and of every link, and their rows. */
typedef struct {
    int32_t n;
    const int32_t *card, *parent, *parents, *base, *stride, *gate, *state, *place, *all;
} Network;
#define SECTIONS 8

static Network opened(const int32_t *net) {
    return (Network){net[0], net + net[1], net + net[2], net + net[3], net + net[4], net + net[5], net + net[6], net + net[7],
                     net + net[8], net};
}

/* 0 where every place in a packed network lies inside it, -1 where not. */
EXPORT int bn_network(const int32_t *net, int64_t length) {
    if (length < 1 + SECTIONS || net[0] < 0 || net[0] > 1 << 20) return -1;
    int64_t n = net[0], count[SECTIONS] = {n, n + 1, 0, n, 0, n, n + 1, 0};
    for (int pass = 0; pass < 2; pass++) { /* the last entries of two sections say how long others are */
        for (int k = 0; k < SECTIONS; k++)
            if (net[1 + k] < 1 + SECTIONS || count[k] < 0 || net[1 + k] + count[k] > length) return -1;
        count[2] = net[net[2] + n], count[4] = count[2] + n, count[7] = net[net[7] + n];
    }
    Network w = opened(net);
    if (w.parent[0] || w.state[0]) return -1;
    for (int64_t v = 0; v < n; v++) {
        int64_t k = w.card[v], m = w.parent[v + 1] - (int64_t)w.parent[v];
        if (k < 1 || k > 1 << 20 || m < 0 || w.state[v + 1] - (int64_t)w.state[v] != k || w.base[v] < 0) return -1;
        for (int64_t i = 0; i < m; i++)
            if (w.parents[w.parent[v] + i] < 0 || w.parents[w.parent[v] + i] >= n) return -1;
        for (int64_t i = 0; i < k; i++)
            if (w.place[w.state[v] + i] < 0 || w.place[w.state[v] + i] >= k) return -1;
        if (w.gate[v] < 0) continue;
        if (w.gate[v] + k * k > length) return -1;
        for (int64_t i = 0; i < k * k; i++) {
            int64_t at = net[w.gate[v] + i];
            if (at >= 0 && (at + 1 + 2 * (m + 1) > length || net[at] < 1 || net[at] > 1 << 20)) return -1;
        }
    }
    return 0;
}

typedef struct {
    int32_t *packed;
    int64_t *base, *fixed, *unary; /* of unary parts: axis, stride, size */
    int64_t length, room, parts, fixes, part_room, open;
    int fault;
} Parts;

static void put(Parts *p, int64_t x) {
    if (p->length < p->room) p->packed[p->length++] = (int32_t)x;
    else p->fault = 1;
}

static int64_t part(Parts *p, int64_t base) {
    if (p->parts >= p->part_room) {
        p->fault = 1;
        return 0;
    }
    p->base[p->parts] = base;
    return p->parts++;
}

static void fix(Parts *p, int64_t k, int64_t v, int64_t stride) {
    if (p->fixes >= p->part_room) {
        p->fault = 1;
        return;
    }
    int64_t *to = p->fixed + 3 * p->fixes++;
    to[0] = k, to[1] = v, to[2] = stride;
}

static void single(Parts *p, int64_t k, int64_t axis, int64_t stride, int64_t size, int64_t owner) {
    if (p->fault) return;
    int64_t *to = p->unary + 4 * k;
    to[0] = axis, to[1] = stride, to[2] = size, to[3] = owner;
}

/* The question about a packed network, ready for `bn_plan`, and where its numbers lie.

   `ask` holds for every variable the place of its state if it is fixed (-1: open), flags, and the lowest and highest rank of a
   gate that is only known to lie between them (-1: another); then the variables whose axes the result keeps. `head` are the
   twelve integers at the head of a packed question, of which the first four are filled in here.

   Written to `found`: the numbers of axes, factors, unary parts, vectors, fixed pairs of factors and of unary parts, entries,
   cells of vectors, answers and their cells, and the length of `packed`. Then follow the ids of the axes; where each axis's
   vector begins (-1: none); where each vector ends, the scalars first; bases of factors; their fixed pairs (part, variable,
   stride); bases of unary parts; their fixed pairs; for each entry of the vectors its distance from the base, its part, and
   that part's owner; where the entries of each cell begin; the variables with answers; where the cells of each begin; for each
   of these cells its axis and place. Returns 0; 1 where an array needs more room; -1 where the question makes no sense. */
EXPORT int bn_compose(const int32_t *net, const int32_t *ask, int64_t asked, const int32_t *head, int32_t *packed, int64_t room,
                      int64_t *found, int64_t found_room, int64_t *scratch, int64_t scratch_room) {
    const Network w = opened(net);
    const int64_t n = w.n, kept = asked - 4 * n, most = w.parent[n] + 2 * n;
    const int32_t *fixed = ask, *flags = ask + n, *low = ask + 2 * n, *high = ask + 3 * n, *keep = ask + 4 * n;
    if (kept < 0) return -1;
    if (scratch_room < 9 * n + 16 * most + 8) return 1;
    for (int64_t v = 0; v < n; v++) {
        int32_t k = w.card[v];
        if (fixed[v] < -1 || fixed[v] >= k || low[v] > high[v] || high[v] >= k || low[v] < -1) return -1;
    }
    for (int64_t i = 0; i < kept; i++)
        if (keep[i] < 0 || keep[i] >= n || fixed[keep[i]] >= 0) return -1;
    memset(scratch, 0, sizeof(int64_t) * (size_t)(9 * n));
    int64_t *needed = scratch, *used = needed + n, *closed = used + n, *size = closed + n, *gate = size + 2 * n,
            *local = gate + 2 * n, *stack = scratch + 9 * n;
    Parts p[2] = {{packed, NULL, NULL, NULL, 0, room, 0, 0, most, 0, 0}, {packed, NULL, NULL, NULL, 0, 0, 0, 0, most, 0, 0}};
    for (int i = 0; i < 2; i++) {
        p[i].base = stack + i * 8 * most;
        p[i].fixed = p[i].base + most;
        p[i].unary = p[i].fixed + 3 * most;
    }

    /* findings, targets and all their ancestors that are not cut off by a fixed value */
    int64_t top = 0;
    for (int64_t v = 0; v < n; v++)
        if (fixed[v] >= 0 || flags[v] & (GIVEN | WANTED | KEPT)) needed[v] = 1, stack[top++] = v;
    while (top) {
        int64_t v = stack[--top];
        if (flags[v] & (CUT | SETTLED)) continue;
        for (int64_t i = w.parent[v]; i < w.parent[v + 1]; i++) {
            int64_t q = w.parents[i];
            if (fixed[q] >= 0) continue;
            used[q] = 1;
            if (!needed[q]) needed[q] = 1, stack[top++] = q;
        }
    }

    /* axes: of a variable its own number, of a gate that is gathered n more */
    for (int64_t v = 0; v < n; v++) {
        if (!needed[v]) continue;
        int64_t k = w.card[v], which = -1;
        if (w.gate[v] < 0) {
            if (fixed[v] < 0) size[v] = k;
            continue;
        }
        if (fixed[v] >= 0) which = fixed[v] * k + fixed[v];
        else if (used[v] || flags[v] & KEPT) size[v] = k;
        else if (low[v] >= 0) which = low[v] * k + high[v];
        else size[n + v] = k;
        if (flags[v] & (CUT | SETTLED)) continue;
        closed[v] = net[w.gate[v] + (which < 0 ? k - 1 : which)];
        if (closed[v] < 0) return -1;
        if (net[closed[v]] > 1) {
            gate[n + v] = size[v] ? v + 1 : size[n + v] ? n + v + 1 : 0;
            size[n + v] = net[closed[v]];
        }
    }
    int64_t axes = 0;
    for (int64_t a = 0; a < 2 * n; a++)
        if (size[a]) local[a] = axes++;
    int64_t *begin = found + 11 + axes, *ends = begin + axes;
    if (11 + 4 * axes + 2 > found_room) return 1;
    for (int64_t a = 0; a < 2 * n; a++)
        if (size[a]) found[11 + local[a]] = a, begin[local[a]] = -1;

    /* parts of families: what has one open axis is no factor */
    p[0].length = 12 + 4 * axes + 2 * n + kept; /* moved when the number of vectors is known */
    const int64_t start = p[0].length;
    if (start > room) return 1;
    for (int64_t v = 0; v < n; v++) {
        if (!needed[v] || flags[v] & (CUT | SETTLED)) continue;
        const int32_t *parents = w.parents + w.parent[v];
        const int64_t m = w.parent[v + 1] - w.parent[v];
        if (w.gate[v] < 0) {
            const int32_t *stride = w.stride + w.parent[v] + v;
            int64_t open = 0;
            for (int64_t i = 0; i <= m; i++) open += fixed[i < m ? parents[i] : v] < 0;
            Parts *to = p + (open < 2);
            int64_t k = part(to, w.base[v]), axis = -1, step = 0, owner = fixed[v] >= 0 ? SCALAR : v;
            if (open > 1) {
                put(to, owner < 0 ? -1 : local[owner]);
                put(to, open);
            }
            for (int pass = 0; pass < 2; pass++)
                for (int64_t i = 0; i <= m; i++) {
                    int64_t q = i < m ? parents[i] : v;
                    if (fixed[q] >= 0) {
                        if (!pass) fix(to, k, q, stride[i]);
                    } else if (open > 1) put(to, pass ? stride[i] : local[q]);
                    else axis = q, step = stride[i];
                }
            if (open < 2) single(to, k, axis, step, axis < 0 ? 1 : size[axis], owner);
            continue;
        }
        const int32_t *record = net + closed[v], *base = record + 1, *row = base + m + 1;
        const int64_t columns = record[0], own = n + v;
        Parts *to = p + (columns < 2);
        for (int64_t i = 0; i <= m; i++) { /* the leak, then each link */
            int64_t q = i ? parents[i - 1] : -1, k = part(to, base[i]), open = q >= 0 && fixed[q] < 0;
            if (q >= 0 && !open) fix(to, k, q, row[i]);
            if (columns < 2) {
                single(to, k, open ? q : -1, open ? row[i] : 0, open ? size[q] : 1, own);
                continue;
            }
            put(to, local[own]);
            put(to, 1 + open);
            if (open) put(to, local[q]);
            put(to, local[own]);
            if (open) put(to, row[i]);
            put(to, 1);
        }
    }
    if (p[0].fault || p[1].fault) return 1;

    /* vectors, and the entries of their cells */
    for (int64_t k = 0; k < p[1].parts; k++)
        if (p[1].unary[4 * k] >= 0) begin[local[p[1].unary[4 * k]]] = 0;
    for (int64_t v = 0; v < n; v++)
        if (flags[v] & GIVEN && fixed[v] < 0 && (size[v] || size[n + v])) {
            if (size[v]) begin[local[v]] = 0;
            else if (low[v] < 0) begin[local[n + v]] = 0;
        }
    int64_t vectors = 0, cells = 1, entries = 0, *to = ends;
    *to++ = 1;
    for (int64_t i = 0; i < axes; i++)
        if (begin[i] >= 0) begin[i] = cells, cells += size[found[11 + i]], *to++ = cells, vectors++;
    for (int64_t k = 0; k < p[1].parts; k++) entries += p[1].unary[4 * k + 2];
    if ((to - found) + p[0].parts + p[1].parts + 3 * (p[0].fixes + p[1].fixes) + 3 * entries + cells + 2 > found_room) return 1;
    for (int i = 0; i < 2; i++) {
        memcpy(to, p[i].base, sizeof(int64_t) * (size_t)p[i].parts);
        to += p[i].parts;
        memcpy(to, p[i].fixed, sizeof(int64_t) * 3 * (size_t)p[i].fixes);
        to += 3 * p[i].fixes;
    }
    int64_t *distance = to, *which = distance + entries, *owner = which + entries, *ptr = owner + entries;
    memset(ptr, 0, sizeof(int64_t) * (size_t)(cells + 2));
    for (int pass = 0; pass < 2; pass++) {
        for (int64_t k = 0; k < p[1].parts; k++) {
            const int64_t *u = p[1].unary + 4 * k, cell = u[0] < 0 ? 0 : begin[local[u[0]]];
            for (int64_t i = 0; i < u[2]; i++) {
                if (!pass) ptr[cell + i + 2]++;
                else {
                    int64_t at = ptr[cell + i + 1]++;
                    distance[at] = i * u[1], which[at] = k, owner[at] = u[3];
                }
            }
        }
        for (int64_t i = 2; !pass && i < cells + 2; i++) ptr[i] += ptr[i - 1];
    }
    to = ptr + cells + 1;

    /* answers */
    int64_t answers = 0, shown = 0;
    for (int64_t v = 0; v < n; v++)
        if (flags[v] & WANTED && fixed[v] < 0) answers++, shown += w.card[v];
    if ((to - found) + 2 * answers + 1 + 2 * shown > found_room) return 1;
    int64_t *cut = to + answers, *axis = cut + answers + 1, *place = axis + shown;
    *cut = 0;
    for (int64_t v = 0; v < n; v++)
        if (flags[v] & WANTED && fixed[v] < 0) {
            int64_t a = local[size[v] ? v : n + v];
            *to++ = v;
            for (int32_t s = w.state[v]; s < w.state[v + 1]; s++) *axis++ = a, *place++ = w.place[s];
            cut[1] = cut[0] + w.card[v], cut++;
        }

    /* the packed question */
    int32_t *q = packed;
    memcpy(q, head, sizeof(int32_t) * 12);
    q[0] = (int32_t)axes, q[1] = (int32_t)p[0].parts, q[2] = (int32_t)vectors, q[3] = (int32_t)kept;
    q += 12;
    for (int64_t i = 0; i < axes; i++) {
        int64_t a = found[11 + i], is_gate = a >= n && closed[a - n] && net[closed[a - n]] > 1 && !(flags[a - n] & (CUT | SETTLED));
        q[i] = (int32_t)size[a];
        double bits = nearbyint(2.0 * log2(is_gate ? 1.5 * (double)size[a] : (double)size[a]));
        q[axes + i] = bits < 1 ? 1 : (int32_t)bits;
        q[2 * axes + i] = is_gate ? (gate[a] ? (int32_t)local[gate[a] - 1] : -1) : -2;
        q[3 * axes + i] = 0;
    }
    for (int64_t v = 0; v < n; v++)
        if (flags[v] & WANTED && fixed[v] < 0) q[3 * axes + local[size[v] ? v : n + v]] = 1;
    q += 4 * axes;
    for (int64_t i = 0; i < axes; i++)
        if (begin[i] >= 0) *q++ = (int32_t)i;
    for (int64_t i = 0; i < kept; i++) *q++ = (int32_t)local[size[keep[i]] ? keep[i] : n + keep[i]];
    memmove(q, packed + start, sizeof(int32_t) * (size_t)(p[0].length - start));
    const int64_t counts[11] = {axes, p[0].parts, p[1].parts, vectors, p[0].fixes, p[1].fixes, entries, cells, answers, shown,
                                (q - packed) + p[0].length - start};
    memcpy(found, counts, sizeof counts);
    return 0;
}
