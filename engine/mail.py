"""The mail room: queued notices become mails, with a link and never a rating.

Without a mail server nothing leaves: the notice is dropped, and people find their tasks in the inbox.
"""

import re
import smtplib
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

import sqlalchemy as sa

from engine.runtime.models import CaseRow, TaskRow
from engine.runtime.outbox import Effect
from engine.runtime.resources import Resources
from engine.runtime.values import Recipient
from engine.settings import Settings

TIMEOUT = 20  # seconds
TEXTS: Mapping[str, Mapping[str, tuple[str, str]]] = {  # template -> locale -> subject, sentence
    "task_opened": {
        "id": ("Tugas baru: {task}", "Ada tugas untuk Anda dalam {case} atas nama {subject}: {task}.{due}"),
        "en": ("New task: {task}", "There is a task for you in {case} of {subject}: {task}.{due}"),
    },
    "reminder": {
        "id": ("Pengingat: {task}", "Tugas {task} dalam {case} atas nama {subject} belum selesai.{due}"),
        "en": ("Reminder: {task}", "The task {task} in {case} of {subject} is not done yet.{due}"),
    },
    "escalation": {
        "id": ("Terlambat {days} hari: {task}", "Tugas {task} dalam {case} atas nama {subject} terlambat {days} hari."),
        "en": ("{days} days late: {task}", "The task {task} in {case} of {subject} is {days} days late."),
    },
    "notice": {
        "id": (
            "Pemberitahuan: {case}",
            "Ada pemberitahuan tentang {case} atas nama {subject}. Buka perkara untuk membacanya.",
        ),
        "en": ("Notice: {case}", "There is a notice about {case} of {subject}. Open the case to read it."),
    },
}
DUE = {"id": " Batas waktu: {moment}.", "en": " Due: {moment}."}
CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


class MailRoom:
    """Turns queued notices into mails."""

    def __init__(self, resources: Resources, settings: Settings) -> None:
        self._resources, self._settings = resources, settings

    def deliver(self, effect: Effect) -> None:
        """Send one notice to everyone it is for; raises OSError when the mail server cannot be reached."""
        if self._settings.smtp_url is None:
            return
        messages = self.compose(effect)
        if messages:
            self._send(messages)

    def compose(self, effect: Effect) -> Sequence[EmailMessage]:
        """The mails of a notice, one for each recipient who has an address."""
        with self._resources.reading() as connection:
            facts = self._facts(connection, effect)
            recipients = self._recipients(connection, effect, facts) if facts else []
        return [self._message(effect, facts, to) for to in recipients if to.email]

    def _facts(self, connection: sa.Connection, effect: Effect) -> dict[str, Any]:
        case = (
            connection.execute(
                sa.select(CaseRow.id, CaseRow.title, CaseRow.subject, CaseRow.subject_name, CaseRow.unit).where(
                    CaseRow.id == effect.case_id
                )
            )
            .mappings()
            .first()
        )
        if case is None:
            return {}
        task_id = effect.payload.get("task")
        task = (
            connection.execute(sa.select(*TaskRow.__table__.c).where(TaskRow.id == UUID(task_id))).mappings().first()
            if task_id
            else None
        )
        return {"case": dict(case), "task": dict(task) if task else None}

    def _recipients(self, connection: sa.Connection, effect: Effect, facts: Mapping[str, Any]) -> Sequence[Recipient]:
        directory, payload, task = self._resources.directory, effect.payload, facts["task"]
        if "people" in payload:
            return directory.contacts(connection, payload["people"])
        if task is not None and task["assignee"]:
            return directory.contacts(connection, [task["assignee"]])
        if task is not None:
            return directory.members(connection, task["pool"] or "")
        on = self._resources.clock.now().astimezone(self._resources.zone).date()
        case = facts["case"]
        found = [
            recipient
            for performer in payload.get("performers", ())
            for recipient in directory.recipients(
                connection, performer, subject=case["subject"], unit=case["unit"], data={}, on=on
            )
        ]
        return list(dict.fromkeys(found))

    def _message(self, effect: Effect, facts: Mapping[str, Any], to: Recipient) -> EmailMessage:
        case, task = facts["case"], facts["task"]
        locale = to.locale if to.locale in DUE else "id"
        subject, sentence = TEXTS.get(effect.payload["template"], TEXTS["notice"])[locale]
        name = (task["name_en"] if locale == "en" else task["name"]) if task else ""
        due = ""
        if task and task["due_at"]:
            moment = task["due_at"].astimezone(self._resources.zone).strftime("%d-%m-%Y %H:%M")
            due = DUE[locale].format(moment=moment)
        words = {
            "task": name,
            "case": case["title"],
            "subject": case["subject_name"],
            "days": effect.payload.get("days_late", 0),
            "due": due,
        }
        place = f"tugas/{task['id']}" if task else f"perkara/{case['id']}"
        message = EmailMessage()
        message["From"] = self._settings.mail_from
        message["To"] = one_line(str(to.email))
        message["Subject"] = one_line(subject.format(**words))
        message["Message-ID"] = f"<{effect.key.replace('/', '.')}.{to.person}@siklus>"
        message["In-Reply-To"] = f"<{task['id'] if task else case['id']}@siklus>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(f"{to.name},\n\n{sentence.format(**words)}\n\n{self._settings.base_url}/{place}\n")
        return message

    def _send(self, messages: Sequence[EmailMessage]) -> None:
        server = urlsplit(self._settings.smtp_url or "")
        with smtplib.SMTP(server.hostname or "localhost", server.port or 25, timeout=TIMEOUT) as smtp:
            if server.username:
                smtp.starttls()
                smtp.login(unquote(server.username), unquote(server.password or ""))
            for message in messages:
                smtp.send_message(message)


def one_line(text: str) -> str:
    """A header value without line breaks or control characters."""
    return CONTROL.sub(" ", text)[:200]
