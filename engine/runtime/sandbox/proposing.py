"""Looks for a path that reaches what no scenario passes: many short lives, each choosing otherwise, within a bound.

What is chosen is drawn from a seed, so the same search on the same documents finds the same path.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import cycle
from random import Random

from engine.runtime.resources import LoadedRelease
from engine.runtime.sandbox.play import CannotPlay, MakeEngine, Play, begin
from engine.runtime.sandbox.running import take
from engine.runtime.sandbox.scenario import Action, Do, Opening, Tell, Until
from engine.runtime.sandbox.staging import Staging
from engine.runtime.values import Json, Task

MOST_MOVES = 300  # of one search; a few seconds
LONGEST = 25  # moves of one life
PATIENCE = 0.4  # how often time passes although somebody could act
Path = tuple[Opening, tuple[Action, ...]]
Reached = Callable[[Play], bool]


def find_path(
    make: MakeEngine, release: LoadedRelease, staging: Staging, openings: Sequence[Opening], reached: Reached
) -> Path | None:
    """The first path that reaches its aim, cut off there; None when the bound is spent."""
    moves = 0
    for life, opening in enumerate(cycle(openings)):
        random = Random(life)
        try:
            play = begin(make, release, staging, opening)
        except CannotPlay:
            if life >= len(openings):
                return None  # no way to begin leads anywhere
            continue
        taken: list[Action] = []
        for _ in range(LONGEST):
            if reached(play):
                return opening, tuple(taken)
            action = _choose(play, random)
            moves += 1
            if action is None or take(play, action) is not None:
                break
            taken.append(action)
        if reached(play):
            return opening, tuple(taken)
        if moves + life >= MOST_MOVES:
            return None
    return None


def _choose(play: Play, random: Random) -> Action | None:
    """What somebody might do next: a task with some choices, a message, or nothing until the next timer."""
    view = play.view
    doing: list[Action] = [*(_do(play, task, random) for task in view.open_tasks), *_told(play)]
    waiting = [Until(timer["due_at"]) for timer in view.timers[:1]]
    if waiting and (not doing or random.random() < PATIENCE):
        return waiting[0]
    return random.choice(doing) if doing else None


def _do(play: Play, task: Task, random: Random) -> Do:
    """A task with one option of each question that offers some; the rest is usual."""
    view = play.task_view(task)
    form = play.engine.form(task.id, by=play.performer(task))
    fields = form.view(view.answers, view.context, play.engine.environment(), "id")
    decided: Mapping[str, Json] = {
        field.path: random.choice(field.options).value
        for field in fields
        if field.options and field.kind in ("radio", "select") and not field.readonly
    }
    return Do(task.performer, task.element, decided)


def _told(play: Play) -> Iterator[Tell]:
    for kind, name in play.awaited:
        yield Tell(kind, name)
