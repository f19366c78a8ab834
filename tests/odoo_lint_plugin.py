"""A pytest plugin: Odoo's own test_lint, on the addons of this checkout alone.

It would look at each of the 600 addons that it finds, for half an hour, and report what
is wrong in them as well.
"""

import os
import subprocess

import pytest

from odoo import tools
from odoo.modules import Manifest

OURS = set(os.environ["OUR_ADDONS"].split(","))
EVERY = Manifest.all_addon_manifests


def ours(cls=None):
    return [manifest for manifest in EVERY() if manifest.name in OURS]


class OurPaths:
    """The subprocess module, for a linter that is not to see Odoo's own folder."""

    @staticmethod
    def run(command, **options):
        command = [word for word in command if word != tools.config.root_path]
        # pytest has put odoo/addons on the path, where calendar hides Python's own
        path = options["env"]["PYTHONPATH"].split(os.pathsep)
        path = [folder for folder in path if not folder.endswith("odoo/addons")]
        options["env"]["PYTHONPATH"] = os.pathsep.join(path)
        return subprocess.run(command, **options)


@pytest.fixture(scope="session", autouse=True)
def only_ours(load_registry):
    from odoo.addons.test_lint.tests import test_index, test_pylint

    Manifest.all_addon_manifests = ours
    test_pylint.subprocess = OurPaths
    # it looks at each model, and Odoo's own l10n_br leaves this one out
    test_index.BTREE_INDEX_IGNORE_FIELDS.add("l10n_br.zip.range.city_id")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.skipped:
        report.outcome = "failed"  # a tool is missing, so nothing was looked at
        report.longrepr = f"skipped: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def no_warnings(caplog):
    """Some of these tests only log what they find."""
    yield
    found = [
        record.getMessage()
        for record in caplog.get_records("call")
        if record.levelname in ("WARNING", "ERROR")
        and any(name in record.getMessage() for name in OURS)
    ]
    assert not found, "\n".join(found)
