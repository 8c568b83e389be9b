"""One person's SKP as it is being written, held against what is set above it today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from engine.cycle.alignment.checking import check_plan
from engine.cycle.alignment.findings import Finding, Judge, Verdict, verdict_of
from engine.cycle.alignment.landscape import AGREEMENT
from engine.cycle.alignment.plans import STUDY, Plan, Standing, results_of
from engine.cycle.alignment.reading import upward
from engine.cycle.alignment.standing import SUPERIOR, standings
from engine.cycle.alignment.wording import number
from engine.cycle.events.reading import studying
from engine.cycle.organisation import Organisation, Person
from engine.cycle.people import People, teams_that_count
from engine.cycle.skps import results
from engine.runtime.values import Json


@dataclass(frozen=True)
class Checked:
    """What is to be said of an SKP."""

    verdict: Verdict
    findings: Sequence[Finding]
    unanswered: Sequence[Finding] = ()  # warnings that still want a note

    @property
    def passes(self) -> bool:
        return self.verdict is not Verdict.NOT_ALIGNED and not self.unanswered

    def to_json(self) -> dict[str, Json]:
        """Under the names that diagrams and forms read; `catatan` tells the writer what to mend."""
        blocking = [one for one in self.findings if one.severity == "ERROR"] or list(self.unanswered)
        return {
            "verdict": self.verdict.value,
            "lolos": self.passes,
            "temuan": [finding.to_json() for finding in self.findings],
            "catatan": "\n".join(_sentence(finding) for finding in blocking),
        }


def check(
    organisation: Organisation,
    people: People,
    person: Person,
    cycle: str,
    rows: Sequence[Mapping[str, Json]],
    judge: Judge,
) -> Checked:
    """Judge the rows of an SKP's form; raises Refused where the release has no tables for it."""
    planned = results_of(rows)
    plan = Plan(person.id, person.name, planned, standing(organisation, people, person, cycle))
    ph01 = organisation.parameters(person.unit).text("bahasa.ph01")
    findings = check_plan(judge, plan, upward(organisation.connection, cycle, planned), ph01=ph01)
    noted = {result.number for result in planned if result.note}
    unanswered = [one for one in findings if one.needs_note and one.number not in noted]
    return Checked(verdict_of(findings), findings, unanswered)


def standing(organisation: Organisation, people: People, person: Person, cycle: str) -> Standing:
    """Where the person stands; whoever appraises today is a superior too."""
    found = standings(organisation, cycle, of=person).of(person)
    appraiser = people.appraiser(organisation, person.id)
    if appraiser is None or appraiser.id in found.relations:
        return found
    return replace(found, relations={**found.relations, appraiser.id: SUPERIOR})


def supportable(organisation: Organisation, people: People, person: Person, cycle: str) -> list[dict[str, Json]]:
    """What the person's results may support: the appraiser's results, those of squads' leaders, and an agreement.

    Who is on study leave may plan for the study. The head of a unit supports its agreement; so does who has a leader
    without an SKP (DOMAIN 2.4 no. 2).
    As [{"id", "text"}]; indicators of an agreement are "PK:<number>".
    """
    appraiser = people.appraiser(organisation, person.id)
    above = results(organisation.connection, appraiser.id, cycle) if appraiser else []
    leaders = [one.leader for one in teams_that_count(organisation, person.id, person.unit or "")]
    others = [leader for leader in dict.fromkeys(leaders) if appraiser is None or leader != appraiser.id]
    squads = [found for leader in others for found in results(organisation.connection, leader, cycle)]
    return [*_agreed(organisation, person, cycle, alone=not above), *above, *squads, *_study(organisation, person)]


def _study(organisation: Organisation, person: Person) -> list[dict[str, Json]]:
    """Whoever is on study leave may plan for the study itself (DOMAIN 1.4)."""
    found = foresee_study(organisation, [person.id]).get(person.id)
    return [{"id": STUDY, "text": found}] if found else []


def foresee_study(organisation: Organisation, people: Sequence[str]) -> Mapping[str, str]:
    """Who of these people studies, with the words of the record; read at once, where it is not known."""
    return organisation.known(STUDY, people, lambda some: studying(organisation.connection, some, organisation.on))


def _agreed(organisation: Organisation, person: Person, cycle: str, *, alone: bool) -> list[dict[str, Json]]:
    """Of the own unit for its head; for whoever is left `alone`, of the nearest unit that has one."""
    if not (person.heads_unit or alone):
        return []
    agreement = standings(organisation, cycle, of=person).agreement_over(person)
    if agreement is None or not (alone or agreement.unit == person.unit):
        return []
    return [
        {
            "id": f"{AGREEMENT}{one.number}",
            "text": f"PK {one.number}: {one.indicator.name}, {number(one.target)} {one.indicator.measure}",
        }
        for one in agreement.targets
    ]


def _sentence(finding: Finding) -> str:
    place = f"Rencana hasil kerja {finding.number}: " if finding.number else ""
    return f"{place}{finding.reason} {finding.mend} ({finding.code})"
