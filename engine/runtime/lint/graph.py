"""The drawn graph of one process or sub-process, for the rules that walk it."""

from collections.abc import Callable, Iterable, Mapping

from engine.runtime.bpmn import Process

Edges = Mapping[str, tuple[str, ...]]


def edges(process: Process, scope: str) -> Edges:
    """Element id -> where a token may go next in the scope: along flows, from an activity to its boundary events, and
    from those that undo it to their handlers.
    """
    inside = {element.id: element for element in process.inside(scope)}
    return {
        id: tuple(
            target
            for target in (
                *(flow.target for flow in inside[id].outgoing),
                *(event.id for event in process.boundaries(id)),
                *process.handlers.get(id, ()),
            )
            if target in inside
        )
        for id in inside
    }


def reversed_edges(graph: Edges) -> Edges:
    """The same graph with each edge turned round."""
    back: dict[str, list[str]] = {node: [] for node in graph}
    for source, targets in graph.items():
        for target in targets:
            back[target].append(source)
    return {node: tuple(sources) for node, sources in back.items()}


def reachable(graph: Edges, starts: Iterable[str]) -> frozenset[str]:
    """The nodes that can be reached from some, themselves included."""
    seen = {start for start in starts if start in graph}
    waiting = list(seen)
    while waiting:
        for target in graph[waiting.pop()]:
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    return frozenset(seen)


def cycles(graph: Edges, keep: Callable[[str], bool] = lambda _: True) -> list[frozenset[str]]:
    """The groups of nodes that lie on a common cycle, among those kept (Kosaraju's algorithm)."""
    kept = {node: tuple(t for t in targets if keep(t)) for node, targets in graph.items() if keep(node)}
    back = reversed_edges(kept)
    groups: list[frozenset[str]] = []
    placed: set[str] = set()
    for root in reversed(_by_finish(kept)):
        if root in placed:
            continue
        group, waiting = {root}, [root]
        while waiting:
            sources = [source for source in back[waiting.pop()] if source not in placed and source not in group]
            group.update(sources)
            waiting += sources
        placed |= group
        if len(group) > 1 or root in kept[root]:
            groups.append(frozenset(group))
    return groups


def _by_finish(graph: Edges) -> list[str]:
    """All nodes in the order in which a depth-first walk leaves them."""
    done: list[str] = []
    seen: set[str] = set()
    for root in graph:
        stack: list[tuple[str, int]] = [] if root in seen else [(root, 0)]
        seen.add(root)
        while stack:
            node, position = stack.pop()
            if position == len(graph[node]):
                done.append(node)
                continue
            stack.append((node, position + 1))
            target = graph[node][position]
            if target not in seen:
                seen.add(target)
                stack.append((target, 0))
    return done
