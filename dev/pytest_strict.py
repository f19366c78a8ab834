"""A pytest plugin: a browser test that is skipped has failed.

Odoo and pytest-odoo skip these tests, and exit with success, where Chromium, its remote
control or the HTTP server is missing: a run would pass which tested nothing.
"""

import pytest

from odoo.tests import HttpCase


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    case = getattr(item, "cls", None)
    if report.skipped and case and issubclass(case, HttpCase):
        report.outcome = "failed"
        report.longrepr = f"a browser test may not be skipped: {report.longrepr}"
    return report
