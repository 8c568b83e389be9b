"""The mail room: queued notices become letters, one for each person; letters wait for their hour and become mails.

Without a mail server nothing leaves, and people find their tasks in the inbox.
"""

import hashlib
import smtplib
from collections.abc import Callable, Mapping, Sequence
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

import sqlalchemy as sa

from engine.mail.hours import Hours
from engine.mail.texts import DUE, MANY, TEXTS, one_line
from engine.runtime import letters, outbox
from engine.runtime.models import CaseRow, TaskRow
from engine.runtime.outbox import Effect
from engine.runtime.resources import Resources
from engine.runtime.values import Json, Recipient
from engine.settings import Settings

TIMEOUT = 20  # seconds


class MailRoom:
    """Turns queued notices into mails."""

    def __init__(self, resources: Resources, settings: Settings, hours: Callable[[], Hours]) -> None:
        self._resources, self._settings, self._hours = resources, settings, hours

    def deliver(self, effect: Effect) -> None:
        """Write a letter for everyone a notice is for; told twice, it is written once."""
        hours = self._hours()
        if self._settings.smtp_url is None or not hours.active:
            return
        leaves = hours.next(self._resources.clock.now(), self._resources.zone)
        written = self.letters(effect)
        self._resources.write(
            lambda connection: letters.put(connection, effect, [(to.person, text) for to, text in written], leaves)
        )

    def letters(self, effect: Effect) -> Sequence[tuple[Recipient, Mapping[str, Json]]]:
        """What a notice says to each of its recipients who has an address."""
        with self._resources.reading() as connection:
            facts = self._facts(connection, effect)
            recipients = self._recipients(connection, effect, facts) if facts else []
        return [(to, self._letter(effect, facts, to)) for to in recipients if to.email]

    def post(self, limit: int = 50) -> int:
        """Send the letters that may leave now to some people; gives to how many."""
        if self._settings.smtp_url is None:
            return 0
        now, hours = self._resources.clock.now(), self._hours()
        if hours.next(now, self._resources.zone) > now:
            return 0
        with self._resources.reading() as connection:
            readers = letters.readers(connection, now, limit)
        for person in readers:
            self._post_to(person, together=hours.together)
        return len(readers)

    def _post_to(self, person: str, *, together: bool) -> None:
        now = self._resources.clock.now()
        due = self._resources.write(lambda connection: letters.claim(connection, person, now))
        bundles = [due] if together else [[letter] for letter in due]
        for bundle in [bundle for bundle in bundles if bundle]:
            error = self._send(self._message(bundle))
            self._settle([(letter, error) for letter in bundle])

    def _settle(self, outcomes: Sequence[tuple[Effect, str | None]]) -> None:
        now = self._resources.clock.now()
        self._resources.write(lambda connection: outbox.settle(connection, outcomes, now))

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

    def _letter(self, effect: Effect, facts: Mapping[str, Any], to: Recipient) -> dict[str, Json]:
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
        return {
            "to": str(to.email),
            "name": to.name,
            "locale": locale,
            "template": effect.payload["template"],
            "subject": subject.format(**words),
            "sentence": sentence.format(**words),
            "place": f"tugas/{task['id']}" if task else f"perkara/{case['id']}",
        }

    def _message(self, bundle: Sequence[Effect]) -> EmailMessage:
        """One mail of one or more letters to the same person."""
        first = bundle[0].payload
        lines = [
            f"{letter.payload['sentence']}\n{self._settings.base_url}/{letter.payload['place']}" for letter in bundle
        ]
        subject = first["subject"]
        if len(bundle) > 1:
            subject, opening = (text.format(count=len(bundle)) for text in MANY[first["locale"]])
            lines = [opening, *lines]
        message = EmailMessage()
        message["From"] = self._settings.mail_from
        message["To"] = one_line(first["to"])
        message["Subject"] = one_line(subject)
        message["Message-ID"] = (
            f"<{hashlib.sha256(' '.join(one.key for one in bundle).encode()).hexdigest()[:40]}@siklus>"
        )
        message["In-Reply-To"] = f"<{first['place'].replace('/', '.')}@siklus>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(f"{first['name']},\n\n" + "\n\n".join(lines) + "\n")
        return message

    def _send(self, message: EmailMessage) -> str | None:
        """Gives what went wrong, in words, or None."""
        server = urlsplit(self._settings.smtp_url or "")
        try:
            with smtplib.SMTP(server.hostname or "localhost", server.port or 25, timeout=TIMEOUT) as smtp:
                if server.username:
                    smtp.starttls()
                    smtp.login(unquote(server.username), unquote(server.password or ""))
                smtp.send_message(message)
        except OSError as error:  # smtplib's own errors are OSErrors too
            return f"{type(error).__name__}: {error}"
        return None
