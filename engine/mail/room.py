"""The mail room: queued notices become letters, one for each person; letters wait for their hour and become mails.

Without a mail server nothing leaves, and people find their tasks in the inbox.
"""

import hashlib
import smtplib
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from engine.mail import wording
from engine.mail.hours import Hours
from engine.mail.texts import MANY, one_line
from engine.runtime import letters, outbox
from engine.runtime.outbox import Effect
from engine.runtime.resources import Resources
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
        leaves = hours.next(now, self._resources.zone)
        with self._resources.reading() as connection:
            written = wording.letters(self._resources, connection, effect, now)
        self._resources.write(
            lambda connection: letters.put(connection, effect, [(to.person, text) for to, text in written], leaves)
        )

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
