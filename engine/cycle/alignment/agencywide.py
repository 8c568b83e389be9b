"""All SKPs of a year held against one another, and what was found kept until the next time."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from engine.cycle.access import Scope
from engine.cycle.alignment.checking import check_plan, check_support
from engine.cycle.alignment.findings import Finding, Judge, Verdict, verdict_of
from engine.cycle.alignment.landscape import Landscape
from engine.cycle.alignment.models import AlignmentCheckRow, AlignmentFindingRow
from engine.cycle.alignment.plans import Plan
from engine.cycle.alignment.reading import everyone
from engine.cycle.alignment.standing import SUPERIOR, standings
from engine.cycle.models import EmployeeRow, PostKind, UnitRow
from engine.cycle.organisation import Organisation, Person, people_query
from engine.cycle.people import People
from engine.db import new_id
from engine.runtime.values import Page


@dataclass(frozen=True)
class AgencyCheck:
    """What a check of a whole year came to: how many people and results, and how they stand."""

    id: UUID
    cycle: str
    at: datetime
    by: str
    people: int
    results: int
    verdicts: Mapping[str, int]
    codes: Mapping[str, int]


@dataclass(frozen=True)
class AgencyFinding:
    """A finding with whose SKP it is about; `text` is the result's, empty where it is about the SKP as a whole."""

    person: str
    name: str
    unit: str
    unit_name: str
    text: str
    finding: Finding


@dataclass(frozen=True)
class Judged:
    """One person's SKP and what is to be said of it."""

    person: Person
    plan: Plan
    findings: Sequence[Finding]


def judge_everyone(organisation: Organisation, people: People, cycle: str, judge: Judge) -> Iterator[Judged]:
    """Judge the SKP of everybody who holds a post on the organisation's day."""
    staff = [Person(*row) for row in organisation.connection.execute(people_query(organisation.on))]
    staff = [one for one in staff if one.unit is not None and one.post_kind is not PostKind.PEJABAT_NEGARA]
    ids = [one.id for one in staff]
    organisation.foresee(ids)
    organisation.foresee_teams(ids)
    stands = standings(organisation, cycle)
    planned, seen = everyone(organisation.connection, cycle)
    for person in staff:
        plan = Plan(person.id, person.name, planned.get(person.id, ()), stands.of(person))
        plan = _with_appraiser(plan, organisation, people, seen)
        ph01 = organisation.parameters(person.unit).text("bahasa.ph01")
        own = check_plan(judge, plan, seen, ph01=ph01) if plan.results else []  # who has no SKP is late, not misaligned
        yield Judged(person, plan, [*own, *check_support(judge, plan, seen)])


def keep(connection: sa.Connection, cycle: str, judged: Sequence[Judged], *, by: str, now: datetime) -> AgencyCheck:
    """Keep what was found in place of the check before."""
    earlier = sa.select(AlignmentCheckRow.id).where(AlignmentCheckRow.cycle_id == cycle)
    connection.execute(sa.delete(AlignmentFindingRow).where(AlignmentFindingRow.check_id.in_(earlier)))
    connection.execute(sa.delete(AlignmentCheckRow).where(AlignmentCheckRow.cycle_id == cycle))
    planned = [one for one in judged if one.plan.results]
    verdicts = Counter(verdict_of(one.findings).value for one in planned)
    found = AgencyCheck(
        new_id(),
        cycle,
        now,
        by,
        len(planned),
        sum(len(one.plan.results) for one in planned),
        {verdict.value: verdicts[verdict.value] for verdict in Verdict},
        dict(sorted(Counter(finding.code for one in judged for finding in one.findings).items())),
    )
    connection.execute(
        sa.insert(AlignmentCheckRow).values(
            id=found.id,
            cycle_id=cycle,
            checked_at=now,
            checked_by=by,
            people=found.people,
            results=found.results,
            verdicts=found.verdicts,
            codes=found.codes,
        )
    )
    rows = [_row(found.id, one, finding) for one in judged for finding in one.findings]
    if rows:
        connection.execute(sa.insert(AlignmentFindingRow), rows)
    return found


def latest(connection: sa.Connection, cycle: str) -> AgencyCheck | None:
    """The check that is kept of a year."""
    row = connection.execute(
        sa.select(*AlignmentCheckRow.__table__.c).where(AlignmentCheckRow.cycle_id == cycle)
    ).one_or_none()
    if row is None:
        return None
    return AgencyCheck(
        row.id, row.cycle_id, row.checked_at, row.checked_by, row.people, row.results, row.verdicts, row.codes
    )


def findings(
    connection: sa.Connection,
    check: UUID,
    sight: Scope,
    *,
    unit: str | None,
    code: str | None,
    severity: str | None,
    limit: int,
    offset: int,
) -> Page[AgencyFinding]:
    """The findings in sight, the errors first, then by unit and person."""
    table = AlignmentFindingRow
    conditions = [table.check_id == check, sight.of_unit(table.unit_id)]
    for column, wanted in ((table.unit_id, unit), (table.code, code), (table.severity, severity)):
        if wanted:
            conditions.append(column == wanted)
    total = connection.scalar(sa.select(sa.func.count()).select_from(table).where(*conditions)) or 0
    query = (
        sa.select(*table.__table__.c, EmployeeRow.name.label("name"), UnitRow.name.label("unit_name"))
        .join(EmployeeRow, EmployeeRow.id == table.person)
        .join(UnitRow, UnitRow.id == table.unit_id)
        .where(*conditions)
        .order_by(table.severity, UnitRow.name, EmployeeRow.name, table.person, table.number, table.id)
        .limit(limit)
        .offset(offset)
    )
    return Page([_found(row) for row in connection.execute(query).mappings()], total, offset, limit)


def _with_appraiser(plan: Plan, organisation: Organisation, people: People, seen: Landscape) -> Plan:
    """Whoever appraises may be supported; looked up only for those who support somebody out of the line."""
    owners = {seen.results[one.parent].person for one in plan.results if one.parent and one.parent in seen.results}
    if owners <= plan.standing.relations.keys():
        return plan
    appraiser = people.appraiser(organisation, plan.person)
    if appraiser is None or appraiser.id not in owners:
        return plan
    relations = {appraiser.id: SUPERIOR, **plan.standing.relations}
    return replace(plan, standing=replace(plan.standing, relations=relations))


def _row(check: UUID, judged: Judged, finding: Finding) -> dict[str, object]:
    text = next((one.text for one in judged.plan.results if one.number == finding.number), "")
    return {
        "check_id": check,
        "person": judged.person.id,
        "unit_id": judged.person.unit,
        "number": finding.number,
        "text": text,
        "code": finding.code,
        "severity": finding.severity,
        "reason": finding.reason,
        "mend": finding.mend,
    }


def _found(told: sa.RowMapping) -> AgencyFinding:
    finding = Finding(told["code"], told["severity"], told["reason"], told["mend"], told["number"])
    return AgencyFinding(told["person"], told["name"], told["unit_id"], told["unit_name"], told["text"], finding)
