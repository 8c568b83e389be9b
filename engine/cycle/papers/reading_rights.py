"""Who may read which paper (DOMAIN 6.3): an SKP is open to the unit, an evaluation is not for colleagues."""

from uuid import UUID

import sqlalchemy as sa

from engine.cycle.events.reading import PART
from engine.cycle.organisation import Organisation
from engine.cycle.papers.drafts import Source
from engine.cycle.papers.kinds import PaperKind
from engine.cycle.people import People
from engine.runtime.models import TaskRow
from engine.runtime.values import Actor

DECIDES_WHO_DECIDES = "authorised_official"
OFFICES = ("performance_team", "personnel", "authorised_official", "appointing_authority")


def may_read(organisation: Organisation, people: People, source: Source, by: Actor) -> bool:
    """Whether the actor may read what is told of a record, as of the organisation's day."""
    if source.kind is PaperKind.OBJECTION:
        return _takes_part(organisation, people, source, by)
    if by.roles & {"auditor", "system"} or (source.subject is not None and by.person == source.subject):
        return True
    chain = organisation.chain(source.unit)
    if _in_office(by, chain):
        return True
    if source.subject is not None and _stands_above(organisation, people, source.subject, by):
        return True
    if source.subject is not None and source.period == PART and source.at is not None:
        then = Organisation(organisation.connection, source.at)  # who appraised that part of the year
        if _stands_above(then, people, source.subject, by):
            return True
    if organisation.units_led_by(by.person) & set(chain):
        return source.kind in (PaperKind.SKP, PaperKind.MATRIX, PaperKind.UNIT)
    person = organisation.person(by.person)
    return source.kind in (PaperKind.SKP, PaperKind.MATRIX) and person is not None and person.unit == source.unit


def _takes_part(organisation: Organisation, people: People, source: Source, by: Actor) -> bool:
    """An objection is for its parties, who has decided it, and the authorised official."""
    if by.person == source.subject or "system" in by.roles:
        return True
    chain = organisation.chain(source.unit)
    mine = {group for group in by.groups if group.split(":", 1)[0] == DECIDES_WHO_DECIDES}
    if any(group.partition(":")[2] in ("", *chain) for group in mine):
        return True
    if _stands_above(organisation, people, source.subject or "", by):
        return True
    decided = sa.select(TaskRow.id).where(TaskRow.id == UUID(source.id), TaskRow.closed_by == by.person)
    return organisation.connection.scalar(decided) is not None


def _in_office(by: Actor, chain: tuple[str, ...]) -> bool:
    """Personnel and those in the work pools that care for the unit; a pool without a unit cares for all."""
    mine = {group for group in by.groups if group.split(":", 1)[0] in OFFICES}
    if "personnel" in by.roles and not any(":" in group for group in mine):
        return True
    return any(group.partition(":")[2] in ("", *chain) for group in mine)


def _stands_above(organisation: Organisation, people: People, subject: str, by: Actor) -> bool:
    found = people.superiors(organisation, subject)
    above = (found.appraiser.person, found.superior.person)
    return any(one is not None and one.id == by.person for one in above)
