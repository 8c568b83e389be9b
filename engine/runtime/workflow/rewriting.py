"""Says in plainer BPMN what the library does not understand, before it reads the trees.

Each rewriting changes a tree in place, one construct each, and keeps the ids of what people have drawn: history, the
picture and the migration find their elements again. The trees of a release are copied first.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy

from lxml import etree

from engine.runtime.data_objects import forget_specifications, name_lists
from engine.runtime.workflow.implicit import split_behind
from engine.runtime.workflow.links import join_links
from engine.runtime.workflow.loops import spell_out
from engine.runtime.workflow.messages import as_events

Rewriting = Callable[[etree._Element], None]

REWRITINGS: tuple[Rewriting, ...] = (
    join_links,
    as_events,
    split_behind,
    spell_out,
    name_lists,
    forget_specifications,
)


def rewritten(trees: Mapping[str, etree._Element]) -> dict[str, etree._Element]:
    """Copies of checked trees (file name -> root), as the library understands them."""
    copies = {name: deepcopy(root) for name, root in trees.items()}
    for root in copies.values():
        for rewrite in REWRITINGS:
            rewrite(root)
    return copies
