"""A token set down elsewhere, as one change of a case in hand; what it does to the tables, the step finds out itself."""

from collections.abc import Mapping, Sequence

from engine.errors import NotFound, Refused
from engine.runtime import places
from engine.runtime.bpmn import Element, Process
from engine.runtime.places import Place
from engine.runtime.reading import visits
from engine.runtime.steps import Step
from engine.runtime.values import ENDED, Json
from engine.runtime.workflow import tokens
from engine.runtime.workflow.machine import CaseRun
from engine.runtime.workflow.tokens import Token
from engine.runtime.workflow.waits import Waits


def move(step: Step, number: int, element: str) -> dict[str, Json]:
    """Set one token down at another element of the same process level; gives what the history tells.

    Raises:
        NotFound: there is no such token or element.
        Refused: no token may stand there, or a join would wait for ever.
    """
    target = legal_target(step, element)
    standing = tokens.tokens_of(step.run)
    moved = next((token for token in standing if token.number == number), None)
    if moved is None:
        raise NotFound("Token itu sudah tidak ada di sana; muat ulang halaman.")
    if moved.scope != target.parent:
        raise Refused(f'"{target.label}" tidak digambar di proses yang sama dengan token itu.')
    _shift(step, standing, [moved], target.id, [], {})
    return _told(target, [moved])


def reset(
    step: Step, element: str, *, level: int | None = None, patch: Mapping[str, Json] | None = None
) -> dict[str, Json]:
    """Go back to a step that was done; tokens that came after it are withdrawn.

    `level` says which running of its process is meant, where a loop calls it several times, and whoever names it knows
    that the step was there; `patch` are keys of the data that have other values from there on.

    Raises:
        NotFound: there is no such element.
        Refused: it was never done, no token came after it, or a join would wait for ever.
    """
    target = legal_target(step, element)
    if level is None and not visits(step.connection, step.case["id"])[element]:
        raise Refused(f'"{target.label}" belum pernah dijalankan dalam perkara ini; pakai pindahkan token.')
    standing = tokens.tokens_of(step.run)
    at, way = _nearest_level(step, standing, target) if level is None else (level, [])
    first, *inner = [*(call.id for call in way), target.id]
    here = [token for token in standing if token.level == at]
    after = places.came_after(_process_of(step, here[0]), here[0].scope, first, [_place(token) for token in here])
    withdrawn = [token for token in here if _place(token) in after]
    if not withdrawn:
        raise Refused(f'Tidak ada langkah terbuka yang datang sesudah "{target.label}".')
    _shift(step, standing, withdrawn, first, inner, patch or {})
    return _told(target, withdrawn)


def restart(step: Step, element: str) -> dict[str, Json]:
    """Begin a case that has ended, or is parked, again at an element, with the last data that it had.

    Raises:
        NotFound: there is no such element.
        Refused: no token may stand there, or it lies inside something that runs several times.
    """
    target, case = legal_target(step, element), step.case
    way = places.way_to(step.release.documents.processes, case["process"], target)
    if way is None:
        raise Refused(f'"{target.label}" berada di dalam langkah berulang; mulai dari langkah berulang itu.')
    standing = [] if case["status"] in ENDED else list(tokens.tokens_of(step.run))
    data = tokens.last_data(step.run)
    if case["status"] in ENDED:
        step.before = Waits.none()
        case["closed_at"] = None
    step.run = CaseRun(step.release.machine, case["process"], step.script())
    first, *inner = [*(call.id for call in way), target.id]
    tokens.begin_at(step.run, first, inner, data)
    return _told(target, standing)


def legal_target(step: Step, element: str) -> Element:
    """An element on which a token may be set down.

    Raises:
        NotFound, Refused
    """
    target = step.release.elements.get(element)
    if target is None:
        raise NotFound(f"Elemen {element} tidak ada dalam rilis perkara ini.")
    why = places.refusal(target, step.release.elements)
    if why is not None:
        raise Refused(f'"{target.label}": {why}')
    return target


def _shift(
    step: Step,
    standing: Sequence[Token],
    gone: Sequence[Token],
    first: str,
    inner: Sequence[str],
    patch: Mapping[str, Json],
) -> None:
    """Withdraw tokens of one level and set one down, unless a join would wait for ever."""
    here = [token for token in standing if token.level == gone[0].level]
    stay = [_place(token) for token in here if token not in gone]
    join = places.stuck(
        _process_of(step, gone[0]), gone[0].scope, [_place(token) for token in here], [*stay, Place(first)]
    )
    if join is not None:
        raise Refused(
            f'Gerbang "{join.label}" ({join.id}) tidak akan menerima tepat satu token dari setiap cabang. '
            "Pilih langkah sebelum percabangannya, atau kembalikan ke langkah terdahulu."
        )
    withdrawn = [tokens.withdraw(step.run, token.number) for token in gone]
    data = max((data for _, data in withdrawn), key=len)
    tokens.set_down(step.run, withdrawn[0][0], first, inner, {**data, **patch})


def _nearest_level(step: Step, standing: Sequence[Token], target: Element) -> tuple[int | None, list[Element]]:
    """The innermost running process from which a target can be entered, and the way from there."""
    processes = step.release.documents.processes
    found: dict[int | None, list[Element]] = {}
    for token in standing:
        way = places.way_to(processes, token.scope, target)
        if way is not None:
            found[token.level] = way
    if not found:
        raise Refused(f'"{target.label}" tidak dapat dicapai dari proses yang sedang berjalan.')
    shortest = min(len(way) for way in found.values())
    nearest = [level for level, way in found.items() if len(way) == shortest]
    if len(nearest) > 1:
        raise Refused(f'"{target.label}" sedang berjalan lebih dari satu kali; pilih tokennya lalu pindahkan.')
    return nearest[0], found[nearest[0]]


def _process_of(step: Step, token: Token) -> Process:
    processes: Mapping[str, Process] = step.release.documents.processes
    return processes[step.release.elements[token.element].process]


def _place(token: Token) -> Place:
    return Place(token.element, token.came_from)


def _told(target: Element, withdrawn: Sequence[Token]) -> dict[str, Json]:
    return {
        "element": target.id,
        "name": target.label,
        "process": target.process,
        "from": sorted({token.element for token in withdrawn}),
    }
