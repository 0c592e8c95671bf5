"""Draw the flow charts of the pages as SVG: the Mermaid text that code hosts draw by themselves, in the colours of the page."""

from __future__ import annotations

import re
from html import escape
from itertools import pairwise

NODE = re.compile(r'\s*([\w.]+)(?:\["([^"]*)"\])?\s*')
LETTER, HEIGHT, GAP, BETWEEN = 7.0, 30.0, 14.0, 64.0
"""Width of a letter, height of a box, gap inside a layer and between layers, in pixels."""

Arc = tuple[str, str]


def read(text: str) -> tuple[bool, dict[str, str], list[Arc]]:
    """Return whether a chart runs down the page, the label of each node, and the arcs."""
    first, *lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    labels: dict[str, str] = {}
    arcs: list[Arc] = []
    for line in lines:
        steps = []
        for step in line.split("-->"):
            found = [match for part in step.split("&") if (match := NODE.fullmatch(part))]
            steps.append([match[1] for match in found])
            for match in found:
                labels.setdefault(match[1], match[1].replace("_", " "))
                labels[match[1]] = match[2] or labels[match[1]]
        arcs += [(tail, head) for tails, heads in pairwise(steps) for tail in tails for head in heads]
    return first.split()[1] in {"TD", "TB"}, labels, list(dict.fromkeys(arcs))


def svg(text: str) -> str:
    """Return a chart as one SVG element."""
    down, labels, arcs = read(text)
    layers, chains = _layers(labels, arcs)
    sizes = {node: LETTER * len(label) + 20 for node, label in labels.items()}
    breadth = {node: (sizes[node] if down else HEIGHT) if node in labels else 6.0 for layer in layers for node in layer}
    place = _places(layers, chains, breadth)
    depth = [HEIGHT if down else max(sizes.get(node, 0.0) for node in layer) for layer in layers]
    start = [sum(depth[:i]) + i * BETWEEN for i in range(len(layers))]
    level = {node: i for i, layer in enumerate(layers) for node in layer}
    across = max(place[node] + breadth[node] / 2 for node in place)
    along = start[-1] + depth[-1]

    def point(far: float, node: str) -> str:
        x, y = (place[node], far) if down else (far, place[node])
        return f"{x + 8:.0f} {y + 8:.0f}"

    parts = []
    for chain in chains:
        ends = [start[level[node]] + (0 if node not in labels else depth[level[node]]) for node in chain[:-1]]
        path = [f"M{point(start[level[chain[0]]] + (HEIGHT if down else sizes[chain[0]]), chain[0])}"]
        for (tail, head), end in zip(pairwise(chain), ends, strict=True):
            far, near = end, start[level[head]]
            if tail in labels:
                path.append(f"L{point(far, tail)}")
            else:
                path.append(f"L{point(end + depth[level[tail]], tail)}")
                far = end + depth[level[tail]]
            middle = (far + near) / 2
            path.append(f"C{point(middle, tail)} {point(middle, head)} {point(near, head)}")
        parts.append(f'<path class="arc" d="{" ".join(path)}"/>')
        tip = start[level[chain[-1]]]
        shape = "l-4 -7 h8 z" if down else "l-7 -4 v8 z"
        parts.append(f'<path class="tip" d="M{point(tip, chain[-1])} {shape}"/>')
    for node, label in labels.items():
        far, width = start[level[node]], sizes[node]
        x, y = (place[node] - width / 2, far) if down else (far, place[node] - HEIGHT / 2)
        parts.append(f'<rect x="{x + 8:.0f}" y="{y + 8:.0f}" width="{width:.0f}" height="{HEIGHT:.0f}" rx="6"/>')
        parts.append(f'<text x="{x + 8 + width / 2:.0f}" y="{y + 8 + HEIGHT / 2 + 4.5:.0f}">{escape(label)}</text>')
    width, height = (across, along) if down else (along, across)
    told = "; ".join(f"{labels[tail]} to {labels[head]}" for tail, head in arcs)
    wide, high = round(width + 16), round(height + 16)
    drawn = f'<svg viewBox="0 0 {wide} {high}" width="{wide}" style="--whole: {wide}px" role="img" aria-label="{escape(told)}">'
    return f'<div class="diagram" tabindex="0" role="group" aria-label="Diagram">{drawn}{"".join(parts)}</svg></div>'


def _layers(labels: dict[str, str], arcs: list[Arc]) -> tuple[list[list[str]], list[list[str]]]:
    """Return the nodes by layer, each after what leads to it, and each arc as the chain of places that it runs through."""
    rank = dict.fromkeys(labels, 0)
    for _ in labels:
        for tail, head in arcs:
            rank[head] = max(rank[head], rank[tail] + 1)
    heads = {head for _, head in arcs}
    for node in labels:
        after = [rank[head] for tail, head in arcs if tail == node]
        if node not in heads and after:
            rank[node] = min(after) - 1
    layers: list[list[str]] = [[node for node in labels if rank[node] == i] for i in range(max(rank.values()) + 1)]
    chains = []
    for tail, head in arcs:
        between = [f"{tail} {head} {i}" for i in range(rank[tail] + 1, rank[head])]
        for i, place in enumerate(between, rank[tail] + 1):
            layers[i].append(place)
        chains.append([tail, *between, head])
    return layers, chains


def _places(layers: list[list[str]], chains: list[list[str]], breadth: dict[str, float]) -> dict[str, float]:
    """Return the middle of each place in its layer: near its neighbours, in an order in which few arcs cross."""
    steps = [step for chain in chains for step in pairwise(chain)]
    beside: dict[str, list[list[str]]] = {node: [[], []] for layer in layers for node in layer}
    for tail, head in steps:
        beside[head][0].append(tail)
        beside[tail][1].append(head)
    place = {node: float(i) for layer in layers for i, node in enumerate(layer)}
    for sweep in range(24):
        for layer in layers if sweep % 2 == 0 else layers[::-1]:
            near = {node: beside[node][sweep % 2] or beside[node][1 - sweep % 2] for node in layer}
            wish = {n: sum(place[o] for o in near[n]) / len(near[n]) if near[n] else place[n] for n in layer}
            layer.sort(key=lambda node: wish[node])
            if sweep < 12:
                place |= {node: i - len(layer) / 2 for i, node in enumerate(layer)}
            else:
                place |= _apart(layer, wish if sweep > 12 else {n: place[n] * (HEIGHT + GAP) for n in layer}, breadth)
    least = min(place[node] - breadth[node] / 2 for node in place)
    return {node: at - least for node, at in place.items()}


def _apart(layer: list[str], wish: dict[str, float], breadth: dict[str, float]) -> dict[str, float]:
    """Return places as near to the wished ones as boxes that do not touch allow: the mean of pushing down and pushing up."""

    def gap(one: str, other: str) -> float:
        return (breadth[one] + breadth[other]) / 2 + GAP

    below, above = dict(wish), dict(wish)
    for one, other in pairwise(layer):
        below[other] = max(below[other], below[one] + gap(one, other))
    for other, one in pairwise(layer[::-1]):
        above[one] = min(above[one], above[other] - gap(one, other))
    return {node: (below[node] + above[node]) / 2 for node in layer}
