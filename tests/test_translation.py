"""The catalogue of terms is current, and all of it is in Portuguese."""

import subprocess

from conftest import REPO


def test_translation(tool_environment):
    result = subprocess.run(
        ["dev/i18n", "check"], cwd=REPO, env=tool_environment, capture_output=True,
        text=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert not result.returncode, result.stderr
