"""The performance year of civil servants: people, calendar, ratings, and what diagrams call."""

from engine.cycle.accounts import Account, SignInRefused
from engine.cycle.year import PerformanceCycle

__all__ = ["Account", "PerformanceCycle", "SignInRefused"]
