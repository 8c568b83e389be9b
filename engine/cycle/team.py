"""Whom a leader appraises on a day."""

import sqlalchemy as sa

from engine.cycle.models import ReportingLineRow, UnitRow
from engine.cycle.organisation import Organisation, Person, in_force, people_query
from engine.cycle.people import People


def reports_of(organisation: Organisation, people: People, leader: str) -> list[Person]:
    """Those whose appraiser is the leader, by name.

    Looked for where they can be: in the units that the leader leads, at the head of the units below, and among those
    whose reporting line names the leader.
    """
    led = organisation.units_led_by(leader)
    units = led | set(organisation.connection.scalars(sa.select(UnitRow.id).where(UnitRow.parent_id.in_(sorted(led)))))
    named = sa.select(ReportingLineRow.employee_id).where(
        ReportingLineRow.superior_id == leader, in_force(ReportingLineRow, organisation.on)
    )
    query = people_query(organisation.on)
    employee, unit = query.selected_columns[0], query.selected_columns[13]
    rows = organisation.connection.execute(query.where(sa.or_(unit.in_(sorted(units)), employee.in_(named))))
    found = {row[0]: Person(*row) for row in rows if row[0] != leader}
    organisation.foresee(found)
    own = [one for one in found.values() if is_appraised_by(organisation, people, one.id, leader)]
    return sorted(own, key=lambda one: (one.name, one.id))


def is_appraised_by(organisation: Organisation, people: People, person: str, leader: str) -> bool:
    """Whether the leader is this person's appraiser on the organisation's day."""
    appraiser = people.appraiser(organisation, person)
    return appraiser is not None and appraiser.id == leader


def relation(organisation: Organisation, people: People, person: str, other: str) -> str | None:
    """What `other` is to a person: PENILAI, ATASAN (the appraiser's superior), KETUA_TIM, BAWAHAN, REKAN, or nothing."""
    if person == other:
        return None
    above = people.superiors(organisation, person)
    appraiser, superior = above.appraiser.person, above.superior.person
    if appraiser is not None and appraiser.id == other:
        return "PENILAI"
    if superior is not None and superior.id == other:
        return "ATASAN"
    if other in {squad.leader for squad in organisation.teams(person)}:
        return "KETUA_TIM"
    if is_appraised_by(organisation, people, other, person):
        return "BAWAHAN"
    if appraiser is not None and is_appraised_by(organisation, people, other, appraiser.id):
        return "REKAN"
    return None
