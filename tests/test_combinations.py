"""Our addons beside others, installed before them and after.

make combos           all, which takes a while: it is no part of `make test`
make combos T=stock   one of them
"""

import contextlib
import re
import subprocess
from pprint import pformat

import bootstrap
import database
import psycopg2
import pytest
from conftest import REPO, copy, trouble
from test_lifecycle import content, difference, snapshot

OURS = database.addons()
ALONE = sorted(set(OURS["crm_gestao"]["depends"]) - set(OURS))
GLUED = sorted(database.dependencies() - set(ALONE))
OCA = ("helpdesk_mgmt", "web_responsive", "report_xlsx", "queue_job")
COMBINATIONS = {
    "alone": (),
    "every_glue": GLUED,
    **{
        name: (name,)
        for name in ("crm", "delivery", "stock", "website", "project", "hr", *OCA)
    },
}
# what an order of installation may not change
COMPARED = ("tables", "columns", "indexes", "constraints", "external ids", "fields")
# Tests that count queries, to which other modules add their own
COUNTED = ("test_performance.py",)


# A field of a mixin that another module adds to has an external id of that module where
# it comes after us, and of ours where it came before
GIVEN_BY_ORDER = re.compile(r"\w+\.field_crm_gestao_")
README = (REPO / "README.md").read_text()


def copy_alone(target):
    with database.lock("template"):
        database.clone(database.template(ALONE), target)


@pytest.fixture(autouse=True)
def oca(monkeypatch):
    bootstrap.ensure("oca")
    (packages,) = bootstrap.OCA.glob("lib/python3.*/site-packages")
    monkeypatch.setenv("EXTRA_PYTHONPATH", str(packages))


def install(base, names):
    """Install, and return what Odoo warns of, without times and numbers."""
    if not names:
        return set()
    log = base.run("-i", ",".join(names))
    return {re.sub(r"\S*\d\S*", "#", line) for line in trouble(log)}


def installed(base):
    states = "SELECT name FROM ir_module_module WHERE state = 'installed'"
    return {name for (name,) in base.rows(states)}


def expected(modules):
    """Which of our addons Odoo installs by itself beside these modules."""
    found = {"crm_gestao"}
    for name, manifest in OURS.items():
        wanted = manifest.get("auto_install")
        if wanted and set(manifest["depends"] if wanted is True else wanted) <= modules:
            found.add(name)
    return found


def comparable(base):
    found = snapshot(base)
    found["external ids"] = {
        xmlid for xmlid in found["external ids"] if not GIVEN_BY_ORDER.match(xmlid)
    }
    return {what: found[what] for what in COMPARED}


def run_tests(base, left_out=()):
    """Our addons' own tests in this database."""
    database.make_assets(base.name)
    conf = database.config(base.name)
    folders = [f"{name}/tests" for name in sorted(installed(base) & set(OURS))]
    result = subprocess.run(
        [database.PYTHON, "-m", "pytest", "-q", "-rfEs", "-p", "no:cacheprovider"]
        + ["-p", "pytest_strict", f"--odoo-config={conf}", "--odoo-http"]
        + [f"--rootdir={REPO}", *(f"--ignore-glob=*/{name}" for name in left_out)]
        + [folder for folder in folders if (REPO / folder).is_dir()],
        cwd=REPO,
        env=database.environment(),
        capture_output=True,
        text=True,
    )
    conf.unlink()
    assert not result.returncode, result.stdout[-20000:] + result.stderr[-2000:]
    print(result.stdout.splitlines()[-1])


@pytest.mark.parametrize("name", COMBINATIONS)
def test_beside(name, tmp_path):
    others = COMBINATIONS[name]
    with copy(tmp_path, copy_alone) as before, copy(tmp_path, copy_alone) as after:
        warnings = install(before, others)
        assert not install(before, ["crm_gestao"])
        assert not install(after, ["crm_gestao"])
        new = install(after, others) - warnings
        assert not new

        ours = installed(before) & set(OURS)
        assert ours == expected(installed(before)), "not the glue that belongs to them"
        assert installed(after) == installed(before)
        assert not difference(comparable(before), comparable(after))
        run_tests(after, left_out=COUNTED)


def test_without_accents(tmp_path):
    """What README tells to do, after which each search and its index are others."""
    (told,) = re.findall(r"^ +CREATE EXTENSION.*?IMMUTABLE;", README, re.M | re.S)
    with copy(tmp_path, copy_alone) as base:
        # its superuser's name is that of PostgreSQL's own set-up, as in dev/pg.py
        with (
            contextlib.closing(
                psycopg2.connect(dbname=base.name, user="postgres")
            ) as connection,
            connection,
            connection.cursor() as cr,
        ):
            cr.execute(told)
        assert not install(base, ["crm_gestao"])
        indexes = base.rows(
            "SELECT indexdef FROM pg_indexes WHERE indexname LIKE %s",
            "crm_gestao_%part_idx",
        )
        assert indexes
        assert all("unaccent(" in definition for (definition,) in indexes)
        run_tests(base)


@pytest.mark.parametrize("name", GLUED)
def test_uninstall_of_what_a_glue_addon_is_for(name, tmp_path):
    with copy(tmp_path, copy_alone) as base:
        install(base, ["crm_gestao", name])
        glue = installed(base) & set(OURS)
        assert not trouble(base.odoo("module", "uninstall", "-c", name))
        assert installed(base) & set(OURS) == expected(installed(base)) < glue
        assert not trouble(base.run("-u", "crm_gestao"))


# what people have recorded, and what they do with each glue addon
RECORDED = """
partner = env['res.partner'].create({'name': 'Buyer'})
kind = env['crm.gestao.occurrence.type'].search([], limit=1)
env['crm.gestao.occurrence'].create(
    {'subject': 'Visit', 'partner_id': partner.id, 'type_id': kind.id})
env['crm.lead'].create({'name': 'Deal', 'partner_id': partner.id})
env['base_import.mapping'].create({
    'res_model': 'res.partner', 'column_name': 'Kept', 'field_name': 'name'})
env['ir.filters'].create({'name': 'Kept', 'model_id': 'crm.gestao.competitor.record',
    'context': "{'group_by': ['competitor_id']}"})
env['ir.filters'].create({'name': 'Kept', 'model_id': 'crm.gestao.occurrence.type',
    'domain': "[('name', '!=', False)]"})
env.cr.commit()
"""
USED = {
    "crm_gestao_crm": """
env['crm.lead'].search([('name', '=', 'Deal')]).occurrence_id = occurrence
env['ir.filters'].create({'name': 'Gone', 'model_id': 'crm.lead',
    'context': "{'group_by': ['occurrence_id']}"})
env['ir.filters'].create({'name': 'Gone', 'model_id': 'crm.gestao.competitor.record',
    'domain': "[('lead_id', '!=', False)]"})
""",
    "crm_gestao_privacy": """
occurrence.type_id.retention_months = 12
env['crm.gestao.privacy.log']._log([{
    'act': 'export', 'occurrence_count': 1, 'partner_id': occurrence.partner_id.id}])
env['ir.filters'].create({'name': 'Gone', 'model_id': 'crm.gestao.privacy.log'})
env['ir.filters'].create({'name': 'Gone', 'model_id': 'crm.gestao.occurrence.type',
    'domain': "[('retention_months', '>', 1)]"})
env['ir.exports'].create({'name': 'Gone', 'resource': 'crm.gestao.privacy.log',
    'export_fields': [(0, 0, {'name': 'date'})]})
""",
}
FOUND = "occurrence = env['crm.gestao.occurrence'].search([('subject', '=', 'Visit')])"


@pytest.mark.parametrize("name", sorted(set(OURS) - {"crm_gestao"}))
def test_a_glue_addon_goes_alone(name, tmp_path):
    """All that it brought goes with it, and what others hold stays as it is."""
    with copy(tmp_path, copy_alone) as base:
        install(base, [*GLUED, "crm_gestao"])
        assert not trouble(base.odoo("module", "uninstall", "-c", name))
        base.shell(RECORDED)
        before, rows = snapshot(base), content(base)
        own = {
            xmlid for xmlid in before["external ids"] if xmlid.startswith(f"{name}.")
        }
        assert not own
        install(base, [name])
        assert difference(before, snapshot(base))
        base.shell(f"{FOUND}{USED.get(name, '')}\nenv.cr.commit()")
        assert not trouble(base.odoo("module", "uninstall", "-c", name))
        left = difference(before, snapshot(base))
        assert not left, f"not all is as it was before:\n{pformat(left)}"
        left = difference(rows, content(base))
        assert not left, f"rows of others are not as they were:\n{pformat(left)}"
        assert not trouble(base.run("-u", "crm_gestao"))
