"""One SKP held against what is above it, and all SKPs of an agency held against one another."""

from collections.abc import Iterable, Mapping

from engine.cycle.alignment.facts import matrix_facts, plan_facts, result_facts, support_facts
from engine.cycle.alignment.findings import ALIGNMENT, Facts, Finding, Judge
from engine.cycle.alignment.landscape import Landscape
from engine.cycle.alignment.plans import Plan
from engine.cycle.alignment.wording import wording


def check_plan(judge: Judge, plan: Plan, seen: Landscape, *, ph01: str = "ERROR") -> list[Finding]:
    """The findings on an SKP as its writer can mend them; the whole SKP's first, then by result."""
    facts = [plan_facts(plan), *(result_facts(plan, result, seen, judge.words) for result in plan.results)]
    findings = _judged(judge, facts) + wording(judge, plan.results, ph01)
    return sorted(findings, key=lambda finding: (finding.number, finding.code))


def check_support(judge: Judge, plan: Plan, seen: Landscape) -> list[Finding]:
    """The findings that need everyone's SKP: results nobody carries, sums, the same claimed twice, no row in the matrix."""
    facts = [matrix_facts(plan)]
    for result in plan.results:
        facts += support_facts(plan, result, seen, judge.words)
    return _judged(judge, facts)


def check_all(
    judge: Judge, plans: Iterable[Plan], seen: Landscape, *, ph01: str = "ERROR"
) -> Mapping[str, list[Finding]]:
    """All findings by person."""
    return {plan.person: check_plan(judge, plan, seen, ph01=ph01) + check_support(judge, plan, seen) for plan in plans}


def _judged(judge: Judge, facts: Iterable[Facts]) -> list[Finding]:
    """Facts that nothing can be said of are not asked about."""
    return [finding for one in facts if _says_anything(one) for finding in judge.judge(ALIGNMENT, one)]


def _says_anything(facts: Facts) -> bool:
    return any(value is not None and value != [] for value in facts.inputs.values())
