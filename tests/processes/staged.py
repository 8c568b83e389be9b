"""What short plays of the annual evaluation begin with."""

from engine.bootstrap import CASE_DATA
from engine.cycle.staging import CycleStaging
from engine.cycle.zones import zone_of

STAGING = CycleStaging(zone_of("WIB"), CASE_DATA)
DEADLINES = {
    "annual_report": "2027-01-10",
    "organisation": "2027-01-15",
    "inputs": "2027-01-15",
    "annual_rating": "2027-01-22",
    "annual_final": "2027-01-31",
    "superior_final": "2027-02-15",
}
