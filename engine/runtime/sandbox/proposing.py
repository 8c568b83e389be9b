"""Looks for a path that reaches what no scenario passes: many short lives, each choosing otherwise, within a bound.

What is chosen is drawn from a seed, so the same search on the same documents finds the same path.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random

from engine.forms import FieldView
from engine.runtime.resources import LoadedRelease
from engine.runtime.sandbox.aiming import Wishes
from engine.runtime.sandbox.play import CannotPlay, MakeEngine, Play, begin
from engine.runtime.sandbox.running import take
from engine.runtime.sandbox.scenario import Action, Do, Opening, Tell, Until, local_moment
from engine.runtime.sandbox.staging import Staging
from engine.runtime.values import Json, Task

MOST_MOVES = 300  # of one search; a few seconds
LONGEST = 25  # moves of one life
PATIENCE = 0.4  # how often time passes although somebody could act
OBEDIENCE = 0.8  # how often a wish is followed
Path = tuple[Opening, tuple[Action, ...]]
Reached = Callable[[Play], bool]


def find_path(
    make: MakeEngine,
    release: LoadedRelease,
    staging: Staging,
    openings: Sequence[Opening],
    reached: Reached,
    wishes: Wishes | None = None,
    most: int = MOST_MOVES,
) -> Path | None:
    """The first path that reaches its aim, cut off there; None when `most` moves are spent. `wishes` are mostly followed."""
    ways, moves = list(openings), 0
    for life in range(most):
        if not ways or moves + life > most:
            return None
        opening = ways[life % len(ways)]
        try:
            play = begin(make, release, staging, opening)
        except CannotPlay:
            ways.remove(opening)
            continue
        taken = _live(play, reached, Random(life), wishes or {})
        if reached(play):
            return opening, taken
        moves += len(taken) + 1
    return None


def _live(play: Play, reached: Reached, random: Random, wishes: Wishes) -> tuple[Action, ...]:
    """One life until its aim, or until it stands still or is refused something; gives what was done."""
    taken: list[Action] = []
    while not reached(play) and len(taken) < LONGEST:
        action = _choose(play, random, wishes)
        if action is None or take(play, action) is not None:
            break
        taken.append(action)
    return tuple(taken)


def _choose(play: Play, random: Random, wishes: Wishes) -> Action | None:
    """What somebody might do next: a task with some choices, a message, or nothing until the next timer."""
    view = play.view
    doing: list[Action] = [*(_do(play, task, random, wishes) for task in view.open_tasks), *_told(play)]
    waiting = [Until(local_moment(timer["due_at"], play.staging.zone)) for timer in view.timers[:1]]
    if waiting and (not doing or random.random() < PATIENCE):
        return waiting[0]
    return random.choice(doing) if doing else None


def _do(play: Play, task: Task, random: Random, wishes: Wishes) -> Do:
    """A task with one option of each question that offers some; the rest is usual."""
    view = play.task_view(task)
    form = play.engine.form(task.id, by=play.performer(task))
    fields = form.view(view.answers, view.context, play.engine.environment(), "id")
    decided: Mapping[str, Json] = {
        field.path: _option(field, random, wishes.get(field.path, ()))
        for field in fields
        if field.options and field.kind in ("radio", "select") and not field.readonly
    }
    return Do(task.performer, task.element, decided)


def _option(field: FieldView, random: Random, wished: Sequence[Json]) -> Json:
    offered = [option.value for option in field.options]
    wanted = [value for value in wished if value in offered]
    return random.choice(wanted if wanted and random.random() < OBEDIENCE else offered)


def _told(play: Play) -> Iterator[Tell]:
    for kind, name in play.awaited:
        yield Tell(kind, name)
