"""FEEL, the expression language of every document.

A text is parsed once into closures and cached; evaluation is bounded in time and memory, and never changes the values
that it reads. Values and their reading of JSON: `values.py`.
"""

from engine.feel.budget import Environment, FeelFunction
from engine.feel.dmn import Decided, Decision, DecisionFile, RuleHit, read_decisions
from engine.feel.errors import FeelError
from engine.feel.expressions import (
    Expression,
    UnaryTests,
    compile_expression,
    compile_moment,
    compile_script,
    compile_unary,
)
from engine.feel.values import Months, Range, to_json

__all__ = [
    "Decided",
    "Decision",
    "DecisionFile",
    "Environment",
    "Expression",
    "FeelError",
    "FeelFunction",
    "Months",
    "Range",
    "RuleHit",
    "UnaryTests",
    "compile_expression",
    "compile_moment",
    "compile_script",
    "compile_unary",
    "read_decisions",
    "to_json",
]
