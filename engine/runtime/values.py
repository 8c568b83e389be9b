"""What the verbs take and give."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar
from uuid import UUID

from engine.errors import Problem, Severity
from engine.forms import Form

Json = Any  # a JSON value: null, boolean, number, text, list, object
T = TypeVar("T")


@dataclass(frozen=True)
class Actor:
    """Who acts: a person, the groups the person works for, and the capabilities that an account has.

    `groups` are work pools such as "performance_team:unit-id" whose tasks anyone of them may take;
    `roles` are capabilities of the account: "process_owner", "auditor", "personnel", "operator".
    """

    person: str
    name: str = ""
    groups: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()

    @property
    def identities(self) -> frozenset[str]:
        """Everything a task or a case may be addressed to: "p:<person>" and "g:<group>"."""
        return frozenset({f"p:{self.person}"} | {f"g:{group}" for group in self.groups})


SYSTEM = Actor("system", name="Sistem", roles=frozenset({"system"}))


class CaseStatus(StrEnum):
    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    INCIDENT = "incident"  # parked because something failed
    SUSPENDED = "suspended"  # an operator holds it until it is resumed


RUNNING = (CaseStatus.ACTIVE, CaseStatus.INCIDENT)
HELD = (CaseStatus.INCIDENT, CaseStatus.SUSPENDED)  # nothing can be done in them until somebody lets them go on
LIVE = (CaseStatus.ACTIVE, CaseStatus.INCIDENT, CaseStatus.SUSPENDED)
ENDED = (CaseStatus.COMPLETED, CaseStatus.CANCELLED)


class TaskStatus(StrEnum):
    OPEN = "open"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"  # the case went another way: a lapse, a cancel


@dataclass(frozen=True)
class Page(Generic[T]):
    """A slice of a longer list."""

    items: Sequence[T]
    total: int
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True)
class Assignment:
    """Who is to do a task: one person, or a group of which one takes it; `why` is the rule in words, for the history.

    `on_behalf_of` is the person in whose place `person` acts for some time.
    """

    person: str | None = None
    group: str | None = None
    why: str = ""
    on_behalf_of: str | None = None


@dataclass(frozen=True)
class Recipient:
    """Someone to be told, and where."""

    person: str
    name: str
    email: str | None
    locale: str = "id"


@dataclass(frozen=True)
class OpenCase:
    """A case to be opened: one for each business key, however often it is asked for.

    `start` is the start event's id; a process with several needs it.
    `parties` are identities that may read the case from its first day ("p:<person>", "g:<group>").
    """

    process: str
    business_key: str  # "2026/<employee id>"
    subject: str
    subject_name: str
    unit: str
    cycle: str
    title: str
    data: Mapping[str, Json]
    parties: frozenset[str] = frozenset()
    start: str | None = None
    payload: Mapping[str, Json] = field(default_factory=dict)  # of the message that opens it
    zone: str | None = None  # IANA name; None: the installation's


@dataclass(frozen=True)
class Attachment:
    """A stored file: evidence behind an answer."""

    id: UUID
    name: str
    size: int  # bytes
    sha256: str
    media_type: str
    subject: str  # whom its case is about
    task_id: UUID | None
    uploaded_by: str
    uploaded_at: datetime


@dataclass(frozen=True)
class Task:
    """A user task as lists show it."""

    id: UUID
    case_id: UUID
    element: str  # BPMN id
    name: str  # the diagram's name, Indonesian
    name_en: str
    form: str
    performer: str  # "employee", "appraiser", ...
    assignee: str | None
    group: str | None
    status: TaskStatus
    revision: int  # grows with each stored draft; a submit must name the newest
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    closed_by: str | None
    has_draft: bool
    returned: bool  # it came back with a note
    subject: str  # person id of the case's subject
    subject_name: str
    case_title: str  # "SKP 2026"
    phase: str
    on_behalf_of: str | None = None  # person id of whose place the assignee takes
    case_status: CaseStatus = CaseStatus.ACTIVE  # only a task of an active case can be sent
    zone: str | None = None  # of its case, as in `OpenCase`


@dataclass(frozen=True)
class TaskView:
    """One task with all that its page needs."""

    task: Task
    answers: Mapping[str, Json]  # the draft, or what the form starts with
    context: Mapping[str, Json]  # the case data that the form may show and its conditions read
    note: str | None  # why it came back
    instructions: str | None  # the element's documentation
    may_act: bool  # False: read only for this actor
    draft_saved_at: datetime | None
    release: int
    process: str
    form: Form  # as that release has it
    is_guest: bool = False  # the reader knows of this task alone, not of its case
    on_behalf_of: str | None = None


@dataclass(frozen=True)
class Receipt:
    """What a submit answers, now and each time the same key comes again."""

    task_id: UUID
    case_id: UUID
    seq: int  # of the history event
    code: str  # 12 characters of the event's hash: proof in the person's hands
    at: datetime
    next: Sequence[
        Mapping[str, Any]
    ]  # [{"name": ..., "name_en": ..., "who": person id or group, "due_at": ISO text or None}]


@dataclass(frozen=True)
class Case:
    """One run of a process, as lists show it."""

    id: UUID
    process: str
    business_key: str
    title: str
    subject: str
    subject_name: str
    unit: str  # id of the unit that the subject belonged to at opening
    cycle: str
    phase: str
    status: CaseStatus
    release: int
    version: int
    opened_at: datetime
    closed_at: datetime | None
    updated_at: datetime
    seq: int
    head: str  # hex of the newest hash of its history


@dataclass(frozen=True)
class ElementState:
    """Where a diagram's element stands in one case: "done", "now" or absent, and how often it was done."""

    state: str
    visits: int


@dataclass(frozen=True)
class CaseView:
    """One case with all that its page needs."""

    case: Case
    open_tasks: Sequence[Task]
    elements: Mapping[str, Mapping[str, ElementState]]  # process id -> element id -> state
    processes: Sequence[tuple[str, str]]  # (process id, name) of those that this case has entered, the outermost first
    timers: Sequence[Mapping[str, Any]]  # [{"element", "name", "kind", "due_at"}] what waits for its hour
    incident: "Incident | None"
    suspended_by: "HistoryEvent | None" = None  # the event that holds it now: who, when and why


@dataclass(frozen=True)
class Change:
    """One field that a submit changed, as JSON values."""

    path: str
    old: Json
    new: Json


@dataclass(frozen=True)
class HistoryEvent:
    """What has happened, as it was recorded."""

    case_id: UUID
    seq: int
    at: datetime
    type: str  # see runtime/history.py
    actor: str
    actor_name: str
    on_behalf_of: str | None
    element: str | None
    name: str | None  # the element's name then
    process: str | None
    task_id: UUID | None
    release: int | None
    data: Mapping[
        str, Json
    ]  # what is public in the event: element events, timers, decisions with the rules that hit, recipients
    answers: (
        Mapping[str, Json] | None
    )  # the submitted form as it was; None when there is none or the reader may not see it
    hidden: bool  # there are answers, but not for this reader
    erased: bool  # there were values, and they are gone by the retention schedule
    changes: Sequence[Change]
    hash: str


@dataclass(frozen=True)
class Incident:
    """A case parked because something failed."""

    id: int
    case_id: UUID
    element: str
    label: str
    cause: str
    at: datetime
    status: str  # "open" | "resolved"
    attempts: int
    subject_name: str = ""


@dataclass(frozen=True)
class IncidentGroup:
    """Open incidents with one cause at one element."""

    element: str
    label: str
    cause: str
    count: int
    since: datetime


@dataclass(frozen=True)
class Document:
    """A file of the studio: a process, a decision file or a form."""

    name: str  # "planning.bpmn"
    kind: str  # "bpmn" | "dmn" | "form" | "scenario"
    title: str
    key: str  # process id, file stem or form id
    published: int | None  # number of the release that holds it
    draft_revision: int | None  # None: no draft
    draft_by: str | None
    draft_at: datetime | None
    running_cases: int  # opened as one of its processes, or with a task open in one


@dataclass(frozen=True)
class Release:
    """A closed, immutable set of documents."""

    number: int
    sha256: str
    note: str
    published_at: datetime
    published_by: str
    cases: int


@dataclass(frozen=True)
class Check:
    """What the server says of a set of documents."""

    problems: Sequence[Problem] = field(default_factory=tuple)

    @property
    def passes(self) -> bool:
        return all(problem.severity is not Severity.ERROR for problem in self.problems)
