"""Odoo's own test_lint finds nothing in our addons, and would find it."""

import re
import shutil
import subprocess

import bootstrap
import database
import pytest
from conftest import REPO

# Left out: the checkers' own tests, one that reads each file of Odoo for conflict
# markers (here any linter stumbles over those), and one for Odoo's own modules
LEFT_OUT = "not test_checkers and not test_markers and not test_docstring"


def run_test_lint(base, tmp_path, repo=REPO, expression=LEFT_OUT):
    bootstrap.ensure("node")
    # test_lint speaks the options of the eslint before this one
    node, _npm = bootstrap.node_command()
    eslint = tmp_path / "eslint"
    # and calls it without a file where no addon is of the point of sale
    eslint.write_text(
        '#!/bin/sh\ncase "$*" in *.js) ;; *) exit ;; esac\n'
        "ESLINT_USE_FLAT_CONFIG=false "
        f'exec {node[0]} {bootstrap.NODE_MODULES}/eslint/bin/eslint.js "$@"\n'
    )
    eslint.chmod(0o755)
    conf = database.config(base.name)
    conf.write_text(
        conf.read_text().replace(f"addons_path = {REPO}", f"addons_path = {repo}")
    )
    environment = database.environment()
    environment["PATH"] = f"{tmp_path}:{environment['PATH']}"
    environment["PYTHONPATH"] += f":{REPO}/tests"
    environment["OUR_ADDONS"] = ",".join(database.addons())
    addons = next(database.ENV.glob("path/*/odoo/addons/test_lint"), None)
    result = subprocess.run(
        [database.PYTHON, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider"]
        + ["-p", "odoo_lint_plugin", f"--odoo-config={conf}", "-k", expression]
        + [f"{addons or 'odoo/addons/test_lint'}/tests"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    conf.unlink()
    return result


@pytest.fixture
def linted(installed):
    installed.run("-i", "test_lint", "--log-level=warn")
    return installed


def test_clean(linted, tmp_path):
    result = run_test_lint(linted, tmp_path)
    assert not result.returncode, result.stdout[-8000:] + result.stderr[-2000:]
    assert " passed" in result.stdout


def test_finds_a_violation(linted, tmp_path):
    """In a copy of the addons into which mistakes were put."""
    repo = tmp_path / "repo"
    for name in database.addons():
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(REPO / name, repo / name, ignore=ignored)
    with open(repo / "crm_gestao/models/__init__.py", "a") as file:
        file.write("\nfrom . import mistake\n")
    (repo / "crm_gestao/models/mistake.py").write_text(
        "from odoo import models\n\n\n"
        "class Mistake(models.Model):\n"
        "    _inherit = 'res.partner'\n\n"
        "    def find_by(self, name):\n"
        "        self.env.cr.execute('SELECT 1 WHERE %s' % name)\n\n"
        "    def copy(self, wrong, other):\n"
        "        return super().copy(wrong)\n"
    )
    script = repo / "crm_gestao/static/src/mistake.js"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text("export const a = _t(`x ${b}`);\nundeclared = 1;\n")
    result = run_test_lint(linted, tmp_path, repo)
    for test in (
        "test_pylint",
        "test_eslint",
        "test_js_translations",
        "test_override_signatures",
    ):
        failed = [
            line
            for line in result.stdout.splitlines()
            if line.startswith("FAILED") and test in line
        ]
        assert failed, f"{test} does not see it:\n{result.stdout[-6000:]}"
    for finding in ("models/mistake.py:8", "static/src/mistake.js", "copy"):
        assert finding in result.stdout


def test_hidden_fields_say_why(installed):
    """What Odoo's own TestInvisibleField asks for, which is not in test_lint."""
    views = installed.rows(
        "SELECT data.module || '.' || data.name, arch_db ->> 'en_US'"
        "  FROM ir_ui_view JOIN ir_model_data data"
        "    ON data.model = 'ir.ui.view' AND data.res_id = ir_ui_view.id"
        " WHERE data.module = ANY(%s) AND ir_ui_view.type IN ('list', 'form')",
        list(database.addons()),
    )
    assert len(views) > 20
    hidden = re.compile(r"<field [^>]*invisible=['\"](?:True|1)['\"][^>]*>(?!\s*<!--)")
    found = {name: hidden.findall(arch) for name, arch in views}
    assert not any(found.values()), {name: tags for name, tags in found.items() if tags}
