"""dev/suites reads Odoo's log right: what it does not see would be no failure."""

from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader

from conftest import REPO

loader = SourceFileLoader("suites", str(REPO / "dev/suites"))
suites = module_from_spec(spec_from_loader("suites", loader))
loader.exec_module(suites)

LOG = """\
2026-11-24 15:00:00,000 9 ERROR base odoo.modules.loading: no such thing
2026-11-24 15:00:00,001 9 INFO base odoo.addons.sale.tests.test_x: Starting TestX.test_a ...
2026-11-24 15:00:00,001 9 INFO base odoo.addons.sale.tests.test_x: Starting TestX.test_b ...
2026-11-24 15:00:00,002 9 INFO base odoo.addons.sale.tests.test_x: =====================
2026-11-24 15:00:00,002 9 ERROR base odoo.addons.sale.tests.test_x: FAIL: TestX.test_b
Traceback (most recent call last):
AssertionError: 1 != 2
2026-11-24 15:00:00,003 9 ERROR base odoo.tests.suite: ERROR: setUpClass (odoo.addons.sale.tests.test_x.TestZ)
2026-11-24 15:00:00,003 9 ERROR base odoo.addons.sale.tests.test_x: ERROR: Subtest TestX.test_a (app='x')
2026-11-24 15:00:00,004 9 INFO base odoo.addons.web.tests.test_js: Starting WebSuite.test_unit ...
2026-11-24 15:00:00,005 9 ERROR base odoo.addons.web.tests.test_js.WebSuite.test_unit.browser: [HOOT] Test "@web/views/list/a (b), c" failed:
- expected 3
2026-11-24 15:00:00,006 9 ERROR base odoo.addons.web.tests.test_js.WebSuite.test_unit.browser: [HOOT] Failed 1 tests (410 passed, total time: 3s)
2026-11-24 15:00:00,007 9 ERROR base odoo.sql_db: bad query: 17
2026-11-24 15:00:00,007 9 ERROR base odoo.modules.loading: Module sale: 1 failures, 2 errors of 3 tests
2026-11-24 15:00:00,008 9 ERROR base odoo.tests.result: 1 failed, 2 error(s) of 3 tests when loading database 'base'
"""  # noqa: E501


def test_parse():
    found = suites.parse(LOG)
    assert (found["tests"], found["hoot"]) == (3, 411)
    assert set(found["failures"]) == {
        "loading > logged by odoo.modules.loading: no such thing",
        "sale:TestX.test_b",
        "odoo:setUpClass (odoo.addons.sale.tests.test_x.TestZ)",
        "sale:Subtest TestX.test_a (app='x')",
        "web:WebSuite.test_unit > @web/views/list/a (b), c",
        "web:WebSuite.test_unit > logged by odoo.sql_db: bad query: #",
    }
    assert "AssertionError: 1 != 2" in found["failures"]["sale:TestX.test_b"]
    assert sorted(suites.again(found["failures"]).values()) == [
        "*/sale:TestX.test_a",
        "*/sale:TestX.test_b",
        "*/sale:TestZ",
        "*/web:WebSuite.test_unit",
        "*/web:WebSuite.test_unit[@web/views]",
    ]


def test_a_run_that_did_not_end_is_no_result():
    assert suites.parse(LOG.rsplit("\n", 2)[0]) is None


def test_a_few_statements_more_are_no_failure():
    text = (
        "Traceback:\nAssertionError: Query count more than expected for user admin:"
        " {} > 962 in test_assign at crm/tests/test_performances.py:60"
    )
    assert suites.is_dearer(text.format(981))
    assert not suites.is_dearer(text.format(1011))
    assert not suites.is_dearer(f"{text.format(981)}\nTraceback: 1 != 2")
    assert not suites.is_dearer("Traceback:\nAssertionError: 1 != 2")
