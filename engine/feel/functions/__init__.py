"""The standard library: one module for each group of functions."""

from engine.feel.functions import contexts, conversion, days, lists, logic, mathematics, ranges, strings
from engine.feel.functions.library import LIBRARY

__all__ = ["LIBRARY", "contexts", "conversion", "days", "lists", "logic", "mathematics", "ranges", "strings"]
