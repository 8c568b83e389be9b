"""Where data about a person lies: the inventory behind the copy that a person may take along. Source: DOMAIN 6.4.

Not in it: what others have confided or will say in secret (ballots, counselling notes), what is not told to the person
yet (ratings that are only proposed), digests, and what is only a way to find other rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.cycle.alignment.models import AlignmentFindingRow
from engine.cycle.daily.models import DailyClosingRow, DailyLineRow
from engine.cycle.events.models import PersonEventRow, YearPartRow
from engine.cycle.models import (
    AccountRow,
    ActingRow,
    ActionRow,
    ConflictRow,
    DelegationRow,
    EmployeeRow,
    FeedbackRow,
    GroupMemberRow,
    HoldingRow,
    PostRow,
    ProxyRow,
    RatingRow,
    ReportingLineRow,
    SkpResultRow,
    SkpVersionRow,
    TeamMemberRow,
    TeamRow,
)
from engine.cycle.objectives.models import MatrixRoleRow
from engine.cycle.papers.models import PaperRow
from engine.cycle.papers.records import DELIVERED
from engine.cycle.privacy.models import ErasureRow, ReadingRow, RequestRow
from engine.cycle.surveys.models import SurveyRow
from engine.db import Base
from engine.runtime.models import CaseRow, FileRow, OutboxRow, TaskDefinitionRow, TaskRow


@dataclass(frozen=True)
class Kept:
    """One kind of data about people: how its rows of a person are found, and which columns are told."""

    name: str
    title: str
    table: type[Base]
    whose: Any  # the column that names the person
    told: Sequence[Any]
    joins: Sequence[tuple[type[Base], sa.ColumnElement[bool]]] = ()
    only: Sequence[Any] = ()

    def of(self, connection: sa.Connection, person: str) -> Sequence[sa.RowMapping]:
        """The person's rows, in the order in which they were written."""
        query = sa.select(*self.told).select_from(self.table)
        for table, condition in self.joins:
            query = query.join(table, condition)
        order = sa.inspect(self.table).primary_key
        return connection.execute(query.where(self.whose == person, *self.only).order_by(*order)).mappings().all()


def _columns(table: type[Base], *but: str) -> list[sa.ColumnElement[Any]]:
    return [column for column in table.__table__.c if column.name not in {"id", *but}]


def _mine(name: str, title: str, table: Any, whose: Any, *but: str) -> Kept:
    return Kept(name, title, table, whose, _columns(table, *but))


INVENTORY = (
    _mine("pegawai", "Data pegawai", EmployeeRow, EmployeeRow.id),
    _mine("akun", "Akun", AccountRow, AccountRow.person, "password_hash", "session_epoch"),
    Kept(
        "jabatan",
        "Jabatan",
        HoldingRow,
        HoldingRow.employee_id,
        [PostRow.name, PostRow.unit_id, PostRow.kind, PostRow.tier, HoldingRow.starts, HoldingRow.ends],
        [(PostRow, PostRow.id == HoldingRow.post_id)],
    ),
    _mine("plt_plh", "Surat Plt dan Plh", ActingRow, ActingRow.employee_id),
    _mine("atasan", "Atasan yang ditunjuk", ReportingLineRow, ReportingLineRow.employee_id),
    _mine("delegasi", "Pendelegasian wewenang menilai", DelegationRow, DelegationRow.employee_id),
    _mine("wakil", "Yang mewakili saya", ProxyRow, ProxyRow.employee_id),
    _mine("mewakili", "Yang saya wakili", ProxyRow, ProxyRow.proxy_id),
    _mine("benturan", "Benturan kepentingan", ConflictRow, ConflictRow.employee_id),
    _mine("kelompok", "Kelompok kerja", GroupMemberRow, GroupMemberRow.person),
    Kept(
        "tim",
        "Tim kerja",
        TeamMemberRow,
        TeamMemberRow.employee_id,
        [TeamRow.name, TeamMemberRow.letter, TeamMemberRow.starts, TeamMemberRow.ends],
        [(TeamRow, TeamRow.id == TeamMemberRow.team_id)],
    ),
    _mine("kejadian", "Peristiwa kepegawaian", PersonEventRow, PersonEventRow.employee_id, "employee_id"),
    _mine("bagian_tahun", "Bagian tahun kinerja", YearPartRow, YearPartRow.subject, "subject"),
    _mine("matriks", "Peran dalam matriks peran hasil", MatrixRoleRow, MatrixRoleRow.employee_id, "agreement_id"),
    _mine("skp", "SKP yang ditetapkan", SkpVersionRow, SkpVersionRow.subject),
    Kept(
        "hasil_kerja",
        "Hasil kerja dalam SKP",
        SkpResultRow,
        SkpVersionRow.subject,
        [SkpVersionRow.cycle_id, SkpVersionRow.version, *_columns(SkpResultRow, "skp_id", "row_id")],
        [(SkpVersionRow, SkpVersionRow.id == SkpResultRow.skp_id)],
    ),
    _mine("keselarasan", "Temuan keselarasan", AlignmentFindingRow, AlignmentFindingRow.person, "check_id"),
    Kept(
        "penilaian",
        "Penilaian yang sudah disampaikan",
        RatingRow,
        RatingRow.subject,
        _columns(RatingRow, "subject"),
        only=[RatingRow.status.in_(DELIVERED)],
    ),
    _mine("tindak_lanjut", "Tindak lanjut", ActionRow, ActionRow.subject, "subject"),
    _mine("umpan_balik", "Umpan balik yang saya terima", FeedbackRow, FeedbackRow.subject, "subject"),
    _mine("umpan_balik_saya", "Umpan balik yang saya berikan", FeedbackRow, FeedbackRow.giver, "giver"),
    _mine("catatan_harian", "Catatan harian", DailyLineRow, DailyLineRow.person, "person"),
    _mine("catatan_ditutup", "Catatan harian yang sudah dilaporkan", DailyClosingRow, DailyClosingRow.person, "person"),
    Kept(
        "survei",
        "Hasil survei perilaku",
        SurveyRow,
        SurveyRow.subject,
        [SurveyRow.cycle_id, SurveyRow.period, SurveyRow.closes_at, SurveyRow.answers, SurveyRow.means],
        only=[SurveyRow.closed],
    ),
    Kept(
        "berkas",
        "Berkas yang saya unggah",
        FileRow,
        FileRow.uploaded_by,
        [FileRow.id, FileRow.name, FileRow.size, FileRow.sha256, FileRow.uploaded_at],
        [(CaseRow, CaseRow.id == FileRow.case_id)],
        [CaseRow.subject == FileRow.uploaded_by],
    ),
    _mine("dokumen", "Dokumen yang diterbitkan", PaperRow, PaperRow.subject, "subject", "facts", "source"),
    Kept(
        "tugas",
        "Tugas yang saya selesaikan",
        TaskRow,
        TaskRow.closed_by,
        [
            CaseRow.title,
            CaseRow.subject_name,
            TaskDefinitionRow.name,
            TaskRow.opened_at,
            TaskRow.due_at,
            TaskRow.closed_at,
        ],
        [(CaseRow, CaseRow.id == TaskRow.case_id), (TaskDefinitionRow, TaskDefinitionRow.id == TaskRow.definition)],
    ),
    Kept("surat", "Surat yang menunggu dikirim", OutboxRow, OutboxRow.person, [OutboxRow.payload, OutboxRow.next_at]),
    _mine("permintaan", "Permintaan tentang data saya", RequestRow, RequestRow.person, "person", "reminded_at"),
    _mine("penghapusan", "Penghapusan atas permintaan saya", ErasureRow, ErasureRow.person, "person", "batch_id"),
    _mine("pembacaan", "Siapa membaca data saya", ReadingRow, ReadingRow.subject, "subject", "hour"),
)
NAMED = frozenset(
    {
        "giver",
        "reader",
        "superior_id",
        "proxy_id",
        "other_id",
        "named_by",
        "issued_by",
        "proposed_by",
        "decided_by",
        "recorded_by",
    }
)  # ids of people
