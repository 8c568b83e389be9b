"""Turning the pages of a long list, by links that keep the filters."""

from dataclasses import dataclass

from flask import request, url_for


@dataclass(frozen=True)
class Pages:
    """Where a list stands: how many there are, and the addresses of the page before and after."""

    total: int
    per_page: int
    number: int

    @property
    def count(self) -> int:
        return max(1, -(-self.total // self.per_page))

    @property
    def first(self) -> int:
        return min(self.total, (self.number - 1) * self.per_page + 1)

    @property
    def last(self) -> int:
        return min(self.total, self.number * self.per_page)

    @property
    def before(self) -> str | None:
        return address(self.number - 1) if self.number > 1 else None

    @property
    def after(self) -> str | None:
        return address(self.number + 1) if self.number < self.count else None


def address(number: int) -> str:
    """This page's own address with another page number."""
    arguments = {**(request.view_args or {}), **request.args.to_dict(), "halaman": number}
    return url_for(request.endpoint or "inbox.index", **arguments)
