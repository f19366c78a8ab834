"""A pytest plugin: tags as in Odoo's own runner, and no skips.

A test without the tag `standard` runs only where it is asked for: dev/suites does.

Odoo and pytest-odoo skip browser tests, and exit with success, where Chromium, its
remote control or the HTTP server is missing: a run would pass which tested nothing.
"""

import pytest

from odoo.tests import HttpCase


def pytest_collection_modifyitems(config, items):
    def standard(item):
        return "standard" in getattr(
            getattr(item, "cls", None), "test_tags", ["standard"]
        )

    others = [item for item in items if not standard(item)]
    if others and len(others) < len(items):
        items[:] = filter(standard, items)
        config.hook.pytest_deselected(items=others)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    case = getattr(item, "cls", None)
    if report.skipped and case and issubclass(case, HttpCase):
        report.outcome = "failed"
        report.longrepr = f"a browser test may not be skipped: {report.longrepr}"
    return report
