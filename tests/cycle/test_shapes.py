"""What diagrams may count on in the data of the cycle is what they get."""

from engine.cycle.parameters import Parameters
from engine.cycle.shapes import DATA, DATA_TYPES, RESULT_TYPES
from engine.feel import compile_expression
from engine.runtime.services import registered
from tests.feel.evaluation import ENVIRONMENT


def test_parameters_of_a_case_have_the_types_that_are_said_of_them() -> None:
    given = Parameters().for_case()
    fits = compile_expression(f"given instance of {DATA_TYPES['parameters']}")

    assert set(DATA["parameters"].fields or ()) == set(given)
    assert fits.evaluate({"given": given}, ENVIRONMENT) is True


def test_types_are_said_of_services_that_exist() -> None:
    assert set(RESULT_TYPES) <= set(registered())
