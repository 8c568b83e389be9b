"""What a submit asks of the database, page by page: a rise fails here before anybody waits for it."""

import re
from collections.abc import Callable

from engine.bench.measure import StatementCounter
from engine.bootstrap import Application
from tests.web.conftest import Visitor, skp_answers
from web.load.fields import as_posted

MOST = {
    "check": 4,
    "periksa": 4,  # and what the results support
    "terkirim": 4,  # and the task that comes next
    "inbox": 4,
}  # what judges an SKP is remembered with the organisation; the step itself is counted in tests/runtime


def test_a_submit_asks_no_more_of_the_database_than_it_must(
    application: Application, visit: Callable[[str], Visitor]
) -> None:
    employee = visit("employee")
    task = employee.tasks()[0]
    path = f"/tugas/{task.id}"
    fields = as_posted(skp_answers(application, task, employee.actor))
    employee.opens(path)
    counter, asked = StatementCounter(application.engine.database), {}

    def count(name: str, ask: Callable[[], object]) -> None:
        before = counter.count
        ask()
        asked[name] = counter.count - before

    count("check", lambda: employee.sends(path, {**fields, "revision": str(task.revision), "_do": "check"}))
    page = employee.opens(f"{path}/periksa").get_data(as_text=True)
    count("periksa", lambda: employee.opens(f"{path}/periksa"))
    hidden = dict(re.findall(r'<input type="hidden" name="(key|revision)" value="([^"]+)">', page))
    employee.sends(f"{path}/kirim", {**hidden, "pernyataan": "ya"})
    count("terkirim", lambda: employee.opens(f"{path}/terkirim"))
    count("inbox", lambda: employee.opens("/tugas?kotak=selesai"))
    assert {name: number for name, number in asked.items() if number > MOST[name]} == {}
    assert all(number >= 3 for number in asked.values()), "each page was really drawn"
