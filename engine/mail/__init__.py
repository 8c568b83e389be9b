"""Notices become mails: who gets which sentence, at an hour when people want to read it, several in one."""

from engine.mail.foresight import Foresight
from engine.mail.hours import ALWAYS, Hours
from engine.mail.room import MailRoom

__all__ = ["ALWAYS", "Foresight", "Hours", "MailRoom"]
