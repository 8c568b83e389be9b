"""The kinds of files: what each holds, how it is compared with what is there, and how it is written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from engine.cycle.imports import agreements, attainments, objectives, teams
from engine.cycle.imports.columns import EMPLOYEE_COLUMNS, UNIT_COLUMNS, Column, Parsed
from engine.cycle.imports.employees import plan_employees, write_employees
from engine.cycle.imports.objective_columns import (
    AGREEMENT_COLUMNS,
    ATTAINMENT_COLUMNS,
    INDICATOR_COLUMNS,
    OBJECTIVE_COLUMNS,
    ROLE_COLUMNS,
    STRATEGY_COLUMNS,
    TEAM_COLUMNS,
)
from engine.cycle.imports.plans import Plan, Writing
from engine.cycle.imports.reading import ImportRefused
from engine.cycle.imports.realisations import REALISATION_COLUMNS, plan_realisations, write_realisations
from engine.cycle.imports.skp_drafts import SKP_COLUMNS, plan_skps, write_skps
from engine.cycle.imports.units import plan_units, write_units


@dataclass(frozen=True)
class Kind:
    """`plan` compares, `write` carries out what was confirmed; it may fill open tasks."""

    columns: tuple[Column, ...]
    plan: Callable[[sa.Connection, Sequence[Parsed], date], Plan]
    write: Callable[[sa.Connection, Plan, Writing], None]


def plainly(write: Callable[[sa.Connection, Plan], None]) -> Callable[[sa.Connection, Plan, Writing], None]:
    """What asks neither who writes nor when."""
    return lambda connection, plan, _how: write(connection, plan)


KINDS: Mapping[str, Kind] = {
    "units": Kind(UNIT_COLUMNS, plan_units, plainly(write_units)),
    "employees": Kind(EMPLOYEE_COLUMNS, plan_employees, plainly(write_employees)),
    "objectives": Kind(OBJECTIVE_COLUMNS, objectives.GOALS.plan, plainly(objectives.GOALS.write)),
    "indicators": Kind(INDICATOR_COLUMNS, objectives.INDICATORS.plan, plainly(objectives.INDICATORS.write)),
    "strategies": Kind(STRATEGY_COLUMNS, objectives.STRATEGIES.plan, plainly(objectives.STRATEGIES.write)),
    "teams": Kind(TEAM_COLUMNS, teams.plan_teams, plainly(teams.write_teams)),
    "agreements": Kind(AGREEMENT_COLUMNS, agreements.plan_agreements, plainly(agreements.write_agreements)),
    "roles": Kind(ROLE_COLUMNS, agreements.plan_roles, plainly(agreements.write_roles)),
    "attainments": Kind(ATTAINMENT_COLUMNS, attainments.plan_attainments, attainments.write_attainments),
    "skp": Kind(SKP_COLUMNS, plan_skps, write_skps),
    "realisations": Kind(REALISATION_COLUMNS, plan_realisations, write_realisations),
}


def kind_of(name: str) -> Kind:
    """The kind of file of a name; raises ImportRefused for one that is none."""
    if name not in KINDS:
        raise ImportRefused(f'Jenis berkas "{name}" tidak dikenal.')
    return KINDS[name]
