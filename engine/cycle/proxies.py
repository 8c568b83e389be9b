"""Who acts in whose place for some days (pure): the chain of proxies, as far as each link may act for this subject.

A chain never ends in self-appraisal, with a relative, below the subject, or with the one who would judge one's own work:
where the next link may not, it stays with the one before. Source: DOMAIN 1.2 steps 4 and 5, 1.3.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

ALL = ""
AUTHORITIES = (  # performers in whose place another may act; nobody plans or answers for an employee's own work
    "appraiser",
    "leaver_appraiser",
    "appraiser_superior",
    "objection_decider",
    "team_leader",
    "counsellor",
    "authorised_official",
    "appointing_authority",
)
RATING = ("appraiser", "leaver_appraiser", "appraiser_superior", "objection_decider")
PROCESSES: Mapping[str, str] = {
    "planning": "Perencanaan",
    "period_work": "Pelaksanaan dan pemantauan",
    "periodic_evaluation": "Evaluasi periodik",
    "organisation_rating": "Predikat organisasi",
    "annual_evaluation": "Evaluasi tahunan",
    "objection": "Keberatan",
    "coaching": "Bimbingan",
    "counselling": "Konseling",
    "follow_up": "Tindak lanjut",
    "improvement": "Perbaikan kinerja",
}


@dataclass(frozen=True)
class Proxy:
    """In whose place (`person`) another (`proxy`) acts: in one process and authority, or all."""

    person: str
    proxy: str
    process: str
    authority: str

    def covers(self, performer: str, process: str) -> bool:
        return self.authority in (ALL, performer) and self.process in (ALL, process)


def acting_for(
    person: str, performer: str, process: str, named: Mapping[str, Sequence[Proxy]], may: Callable[[str], bool]
) -> str:
    """Who acts for a person as this performer in this process: the last of the chain who may, or the person.

    `named` holds each person's proxies, the one named last first; `may` says who may act for the subject.
    """
    if performer not in AUTHORITIES:
        return person
    passed = {person}
    while True:
        links = (one.proxy for one in named.get(person, ()) if one.covers(performer, process))
        following = next(links, None)
        if following is None or following in passed or not may(following):
            return person
        passed.add(following)
        person = following
