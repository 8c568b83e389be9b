"""The mail room: queued notices become letters, one for each person; letters wait for their hour and become mails.

Without a mail server nothing leaves, and people find their tasks in the inbox.
"""

import hashlib
import smtplib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa

from engine.mail import wording
from engine.mail.hours import Hours
from engine.mail.texts import MANY, one_line
from engine.runtime import letters, outbox
from engine.runtime.checkpoints import file_name, kept_file
from engine.runtime.outbox import Effect
from engine.runtime.resources import Resources
from engine.runtime.values import Json
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
        now = self._resources.clock.now()
        with self._resources.reading() as connection:
            written = wording.letters(self._resources, connection, effect, now)
        texts = [(to.person, text, self._leaves(text, hours, now)) for to, text in written]
        self._resources.write(lambda connection: letters.put(connection, effect, texts))

    def post(self, limit: int = 50) -> int:
        """Send the letters that may leave now to some people; gives to how many."""
        if self._settings.smtp_url is None:
            return 0
        now, hours = self._resources.clock.now(), self._hours()
        with self._resources.reading() as connection:
            readers = letters.readers(connection, now, limit)
        for person in readers:
            self._post_to(person, hours)
        return len(readers)

    def _post_to(self, person: str, hours: Hours) -> None:
        now = self._resources.clock.now()
        due = self._resources.write(lambda connection: self._claim(connection, person, hours, now))
        bundles = [due] if hours.together else [[letter] for letter in due]
        for bundle in [bundle for bundle in bundles if bundle]:
            error = self._send(self._attached(self._message(bundle), bundle))
            self._settle([(letter, error) for letter in bundle])

    def _claim(self, connection: sa.Connection, person: str, hours: Hours, now: datetime) -> Sequence[Effect]:
        """The letters that may leave; those whose hours have changed, or that are tried again at night, wait on."""
        claimed = letters.claim(connection, person, now)
        hour = {letter.id: self._leaves(letter.payload, hours, now) for letter in claimed}
        letters.put_off(connection, {id: leaves for id, leaves in hour.items() if leaves > now})
        return [letter for letter in claimed if hour[letter.id] <= now]

    def _leaves(self, text: Mapping[str, Json], hours: Hours, now: datetime) -> datetime:
        """When a letter may leave: in the hours of the place where its case is."""
        return hours.next(now, self._resources.zone_named(text.get("zone")))

    def _settle(self, outcomes: Sequence[tuple[Effect, str | None]]) -> None:
        now = self._resources.clock.now()
        self._resources.write(lambda connection: outbox.settle(connection, outcomes, now))

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

    def _attached(self, message: EmailMessage, bundle: Sequence[Effect]) -> EmailMessage:
        """The same mail with the files of its checkpoints; an old one that is not kept any more has newer ones beside it."""
        for number in [letter.payload["checkpoint"] for letter in bundle if letter.payload.get("checkpoint")]:
            with self._resources.reading() as connection:
                content = kept_file(connection, number)
            if content is not None:
                message.add_attachment(content, maintype="application", subtype="gzip", filename=file_name(number))
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
