"""The end of a survey: what many have said is counted together once, then the ballots and their key are destroyed."""

from collections.abc import Sequence
from statistics import fmean
from uuid import UUID

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag

from engine.cycle.surveys import ballots
from engine.cycle.surveys.models import BallotRow, SurveyKeyRow, SurveyRow
from engine.runtime import sealing

FEWEST = 3  # answers under which nothing is told, not even how many there were; no parameter lowers it (DOMAIN 6.3)


def close(connection: sa.Connection, survey: UUID, order: Sequence[str], kek: bytes) -> None:
    """Publish the means of at least three answers and forget the answers; the transaction is the caller's."""
    key = key_of(connection, survey, kek, lock=True)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")  # freed pages are overwritten
    answers = _answers(connection, survey, order, key) if key is not None else []
    enough = len(answers) >= FEWEST
    means = {one: round(fmean(answer[one] for answer in answers), 1) for one in order} if enough else None
    for row in (BallotRow, SurveyKeyRow):
        connection.execute(sa.delete(row).where(row.survey_id == survey))
    told = {"closed": True, "answers": len(answers) if enough else None, "means": means}
    connection.execute(sa.update(SurveyRow).where(SurveyRow.id == survey, ~SurveyRow.closed).values(told))


def key_of(connection: sa.Connection, survey: UUID, kek: bytes, *, lock: bool = False) -> bytes | None:
    """The opened key of a survey; None when the survey is closed.

    `lock`ed, ballots and the close wait for each other: no ballot comes after the counting.
    """
    query = sa.select(SurveyKeyRow.wrapped).where(SurveyKeyRow.survey_id == survey)
    wrapped = connection.scalar(query.with_for_update() if lock else query)
    return sealing.unwrap(wrapped, kek, survey) if wrapped is not None else None


def _answers(connection: sa.Connection, survey: UUID, order: Sequence[str], key: bytes) -> list[dict[str, int]]:
    """The answers that open; a ballot that somebody put in by hand does not, and does not count."""
    found = []
    for row in connection.execute(sa.select(BallotRow.token, BallotRow.box).where(BallotRow.survey_id == survey)):
        try:
            found.append(ballots.unseal(row.box, order, key, survey, row.token))
        except InvalidTag:
            continue
    return found
