"""Erasure of one person's data before its time, on a granted request: proposed here, decided and carried out as any other.

Source: DOMAIN 6.4 (right of erasure, limited where law requires keeping): predicates and credits stay.
"""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

import sqlalchemy as sa

from engine.clock import today
from engine.cycle.privacy.models import RequestStatus
from engine.cycle.privacy.requests import Request, Requests
from engine.cycle.privacy.retention import Due, Erasure, Retention, Wanted
from engine.cycle.privacy.schedule import Retained
from engine.errors import FormInvalid, Refused
from engine.runtime.reasons import require_reason
from engine.runtime.resources import Resources
from engine.runtime.values import Actor

ERASE = "HAPUS"  # the kind of request


class EarlyErasures:
    """What a granted request leads to."""

    def __init__(self, resources: Resources, requests: Requests, retention: Retention) -> None:
        self._resources, self._requests, self._retention = resources, requests, retention

    def preview(self, request: UUID, *, by: Actor) -> Sequence[Due]:
        """What could go of the person who asked; raises Refused unless the request to erase was granted."""
        return self._retention.preview_of(self._granted(request, by).person, by=by)

    def proposals(self, request: UUID, *, by: Actor) -> Sequence[Erasure]:
        """What was proposed for a request, the newest first."""
        return self._retention.proposals(request=self._requests.one(request, by=by).id, by=by)

    def propose(self, request: UUID, kinds: Sequence[Retained], reason: str, *, by: Actor) -> Sequence[UUID]:
        """Propose to erase these kinds, all or none; another of personnel decides about each.

        Raises:
            NotYours: the actor is not personnel of the whole agency.  NotFound
            FormInvalid: under "jenis" or "alasan", what is to be mended.
            Refused: it is one's own request, is not granted, nothing is left, or one waits for a decision already.
        """
        one = self._granted(request, by)
        if one.person == by.person:
            raise Refused("Penghapusan atas permintaan sendiri diusulkan pengelola lain.")
        words = _words(kinds, reason)
        return self._resources.write(partial(self._note, one=one, kinds=kinds, words=words, by=by))

    def _note(
        self, connection: sa.Connection, *, one: Request, kinds: Sequence[Retained], words: str, by: Actor
    ) -> Sequence[UUID]:
        day = today(self._resources.clock, self._resources.zone)
        wanted = [Wanted(kind, day, one.person) for kind in dict.fromkeys(kinds)]
        return [self._retention.note(connection, each, words, by=by, request=one.id) for each in wanted]

    def _granted(self, request: UUID, by: Actor) -> Request:
        one = self._requests.one(request, by=by)
        if one.kind != ERASE or one.status is not RequestStatus.GRANTED:
            raise Refused("Hanya permintaan hapus data yang sudah dikabulkan yang dapat dikerjakan di sini.")
        return one


def _words(kinds: Sequence[Retained], reason: str) -> str:
    errors = {} if kinds else {"jenis": "Pilih paling sedikit satu jenis data."}
    try:
        words = require_reason(reason, "alasan menghapus sebelum waktunya")
    except Refused as refused:
        errors["alasan"] = str(refused)
    if errors:
        raise FormInvalid(errors)
    return words
