"""Settings, documents and services -> a ready application."""

import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import sqlalchemy as sa

from engine.clock import Clock, SystemClock, today
from engine.cycle import services as _cycle_services  # noqa: F401  # registers what diagrams call
from engine.cycle import shapes
from engine.cycle.ahead import Ahead
from engine.cycle.calendar import WorkCalendar, calendar_functions
from engine.cycle.dates.lapsed import RETURNED, LapsedReports
from engine.cycle.dates.verbs import Dates
from engine.cycle.events import services as _event_services  # noqa: F401  # registers more of them
from engine.cycle.holidays import days_off
from engine.cycle.papers import signing
from engine.cycle.papers.bulk import BulkPapers
from engine.cycle.papers.verbs import Papers
from engine.cycle.parameters import parameters_on
from engine.cycle.people import PERFORMERS, WORDS, People
from engine.cycle.privacy.verbs import Privacy, privacy
from engine.cycle.reports.verbs import Reports
from engine.cycle.staging import CycleStaging
from engine.cycle.storage import Storage
from engine.cycle.witness import Witness
from engine.cycle.year import PerformanceCycle
from engine.db import make_engine
from engine.feel import to_json
from engine.mail import Foresight, Hours, MailRoom, wording
from engine.runtime.documents import Registry
from engine.runtime.engine import Engine
from engine.runtime.models import ReleaseRow
from engine.runtime.outbox import Effect
from engine.runtime.resources import Resources
from engine.runtime.sandbox.play import Play
from engine.runtime.scheduler import AlarmClock
from engine.runtime.services import Service, registered
from engine.runtime.values import SYSTEM, Actor, Json
from engine.settings import Settings

ROOT = Path(__file__).parent.parent  # the folder that holds bpmn/ and forms/
CASE_DATA = frozenset(
    {"employee", "appraiser", "cycle", "deadlines", "periods", "parameters", "leader_results", "behaviours"}
    | {RETURNED}  # comes with a report that is given back
)
HOLIDAYS_KEPT_FOR = timedelta(minutes=1)
COLLECTOR = (50_000, 20, 50)  # a step makes thousands of objects that die at once
FIRST_NOTE = "Rilis pertama: dokumen yang dibawa produk."


@dataclass(frozen=True)
class Application:
    """One installation, ready to serve."""

    engine: Engine
    cycle: PerformanceCycle
    settings: Settings
    mail: MailRoom
    foresight: Foresight
    papers: Papers
    dates: Dates
    reports: Reports
    bulk_papers: BulkPapers
    ahead: Ahead
    privacy: Privacy
    lapsed_reports: LapsedReports
    witness: Witness

    @property
    def rounds(self) -> Mapping[str, tuple[Callable[[], int], int]]:
        """What a worker does again and again, in this order, and each after how many seconds; each gives how much there was."""
        engine = self.engine
        return {
            "openings": (self.cycle.run_openings, 2),
            "timers": (engine.sweep, 2),
            "batches": (engine.batches.run, 2),
            "surveys": (self.cycle.surveys.close_due, 60),
            "contracts": (self.cycle.contracts.announce_due, 3600),
            "nudges": (self.cycle.nudges.send_due, 600),
            "tidying": (engine.tidying.run, 3600),
            "privacy": (self.privacy.run, 60),
            "outbox": (lambda: engine.flush_outbox(self.deliver), 5),
            "letters": (self.mail.post, 5),
        }

    def work(self) -> int:
        """Each round of a worker once; gives how much there was."""
        return sum(run() for run, _ in self.rounds.values())

    def deliver(self, effect: Effect) -> None:
        """Carry out what leaves the house: a paper goes to be signed, a notice becomes letters."""
        if effect.kind == signing.KIND:
            self.papers.sign(effect)
        else:
            self.mail.deliver(effect)

    def letters(self, play: Play, at: datetime, effect: Effect) -> Sequence[Mapping[str, Json]]:
        """The letters that a notice of a play would be, as `engine.mail` words them; nothing leaves."""
        with play.resources.reading() as connection:
            return [text for _, text in wording.letters(play.resources, connection, effect, at)]

    def alarm_clock(self) -> AlarmClock:
        """What rings for the rounds of a worker in this process."""
        return AlarmClock(self.rounds)


def start(
    settings: Settings,
    clock: Clock | None = None,
    services: Mapping[str, Service] | None = None,
    *,
    durable: bool = True,
) -> Application:
    """Connect to a migrated database and put the rooms together; the first start publishes the shipped documents.

    `services` stand in for those that diagrams call by the same name; `durable` as in `make_engine`.
    """
    database = make_engine(settings.database_url, durable=durable)
    clock = clock or SystemClock()
    decisions = _Decisions()
    people = People(decisions.decide, lambda: today(clock, settings.zone))
    holidays = _DaysOff(database, clock)
    registry = registry_of(holidays, settings)
    resources = Resources(
        database=database,
        clock=clock,
        zone=settings.zone,
        kek=settings.kek,
        secret_keks=settings.counselling_keks,
        data_dir=settings.data_dir,
        upload_max_bytes=settings.upload_max_bytes,
        directory=people,
        services={**registered(), **(services or {})},
        registry=registry,
        staging=CycleStaging(settings.zone, CASE_DATA),
        submissions_kept=timedelta(days=settings.submission_days),
        rehearsals_kept=settings.rehearsals,
        coverage=settings.coverage,
    )
    decisions.resources = resources
    engine = Engine(resources)
    _publish_first(engine)
    engine.loaded()
    _spare_the_collector()
    return _furnished(engine, resources, settings, people, holidays)


def _furnished(
    engine: Engine, resources: Resources, settings: Settings, people: People, holidays: "_DaysOff"
) -> Application:
    """The rooms around a running engine."""

    def hours() -> Hours:
        return mail_hours(resources, holidays)

    mail = MailRoom(resources, settings, hours)
    own_data = privacy(resources, engine.batches, people, settings.agency_name)
    foresight = Foresight(resources, engine.batches, hours, own_data.requests.foreseen)
    storage = Storage(resources.database, resources.clock, settings.zone)

    def broadcast(name: str, payload: Mapping[str, Json], by: Actor) -> int:
        return engine.send_signal(name, payload=payload, by=by)

    dates = Dates(resources, engine.batches, storage, broadcast)
    papers = Papers(resources, people, settings, signing.service(settings.signature, settings.signature_name))
    return Application(
        engine,
        PerformanceCycle(engine, settings, people),
        settings,
        mail,
        foresight,
        papers,
        dates,
        Reports(resources, people),
        BulkPapers(resources, engine.batches, papers),
        Ahead(engine),
        own_data,
        LapsedReports(resources, people),
        Witness(resources, engine.checkpoints),
    )


def _publish_first(engine: Engine) -> None:
    """An installation without a release begins with the documents that the product brings."""
    with engine.database.connect() as connection:
        published = connection.scalar(sa.select(sa.func.count()).select_from(ReleaseRow))
    if not published:
        engine.publish_files(shipped_documents(), note=FIRST_NOTE, played=True, by=SYSTEM)


def mail_hours(resources: Resources, holidays: Callable[[], frozenset[date]]) -> Hours:
    """When mails may leave, by the agency's parameters of today."""
    with resources.reading() as connection:
        parameters = parameters_on(connection, today(resources.clock, resources.zone))
    calendar = WorkCalendar(holidays(), resources.zone)
    always = parameters.flag("surat.hari_libur")
    return Hours(
        first=time.fromisoformat(parameters.text("surat.mulai")),
        last=time.fromisoformat(parameters.text("surat.selesai")),
        works_on=lambda day: always or calendar.works_on(day),
        together=parameters.flag("surat.gabung"),
        active=parameters.flag("surat.aktif"),
    )


def _spare_the_collector() -> None:
    """Documents and shared specs live as long as the process: the garbage collector need not look at them again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTOR)


def shipped_documents(root: Path = ROOT) -> Mapping[str, bytes]:
    """The documents that the product brings: diagrams, decision tables, forms and scenarios, by file name."""
    places = ("bpmn/*.bpmn", "bpmn/*.dmn", "forms/*.form.json", "bpmn/scenarios/*.scenario.yaml")
    found = [path for place in places for path in root.glob(place)]
    return {path.name: path.read_bytes() for path in sorted(found)}


def registry_of(holidays: "_DaysOff", settings: Settings) -> Registry:
    """What documents may name in this installation."""
    functions = calendar_functions(holidays)
    return Registry(frozenset(registered()), PERFORMERS, functions, CASE_DATA, WORDS, shapes.DATA, shapes.RESULTS)


class _Decisions:
    """Asks the decision tables of the newest release that is loaded."""

    resources: Resources

    def decide(self, decision: str, inputs: Mapping[str, Json]) -> Json:
        release = self.resources.newest_loaded()
        environment = self.resources.environment(self.resources.clock.now())
        return to_json(release.documents.decisions[decision].evaluate(inputs, environment).value)


class _DaysOff:
    """The table of days off, read again each minute."""

    def __init__(self, database: sa.Engine, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._read_at: datetime | None = None
        self._days: frozenset[date] = frozenset()

    def __call__(self) -> frozenset[date]:
        now = self._clock.now()
        if self._read_at is None or abs(now - self._read_at) > HOLIDAYS_KEPT_FOR:
            with self._database.connect().execution_options(reads_only=True) as connection:
                self._days = days_off(connection)
            self._read_at = now
        return self._days
