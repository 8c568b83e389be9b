"""What services of the cycle ask first of the call they answer: the organisation today, the directory, the unit."""

from engine.cycle import remembered
from engine.cycle.organisation import Organisation
from engine.cycle.people import People
from engine.runtime.services import ServiceCall


def organisation_of(call: ServiceCall) -> Organisation:
    """The organisation on the local day of the step."""
    return remembered.organisation(call.connection, call.now.astimezone(call.zone).date(), call.version)


def people_of(call: ServiceCall) -> People:
    """The directory, on the tables of the case's release."""
    return People(call.decide, lambda: call.now.astimezone(call.zone).date())


def unit_of(call: ServiceCall, organisation: Organisation) -> str:
    """The unit in which the subject works today, or worked when the case was opened."""
    person = organisation.person(call.case.subject)
    return person.unit if person is not None and person.unit is not None else call.case.unit
