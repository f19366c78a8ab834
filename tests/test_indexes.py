"""The indexes that are built beside the work of others, in a real database."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psycopg2
import pytest

DESCRIPTION = "crm_gestao_occurrence_description_idx"
INDEXES = """
    SELECT c.relname, i.indisvalid
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     WHERE c.relname ~ 'crm_gestao_(search|name|customer_date|human|partner|series)'
        OR c.relname = 'crm_gestao_occurrence_description_idx'
"""
SETTINGS = """
for wanted in %s:
    settings = env['res.config.settings'].create({})
    print('before:', settings.crm_gestao_description_index)
    settings.crm_gestao_description_index = wanted
    settings.execute()
    env.cr.commit()
"""


def test_indexes_on_the_tables_of_odoo(installed, bare):
    """Those that are built beside the work of others, and those of our own columns."""
    found = dict(installed.rows(INDEXES))
    assert found.pop("crm_gestao_occurrence_description_idx", True)
    assert all(found.values()), "one is half built"
    of_odoo = "SELECT indexname FROM pg_indexes WHERE tablename !~ 'crm_gestao'"
    added = set(installed.rows(of_odoo)) - set(bare.rows(of_odoo))
    assert {name for (name,) in added} == {
        "res_partner_crm_gestao_search_idx",
        "res_partner_crm_gestao_name_idx",
        "account_move_crm_gestao_customer_date_idx",
        "account_move_crm_gestao_series_idx",
        "account_payment_crm_gestao_partner_idx",
        "mail_message_crm_gestao_human_idx",
        # empty where nothing came from an occurrence, and gone with their column
        "account_move__occurrence_id_index",
        "crm_lead__occurrence_id_index",
        "sale_order__occurrence_id_index",
    }


def test_index_of_descriptions(installed):
    """Off unless it is asked for, on and off as the settings say."""
    log = installed.shell(SETTINGS % [True, False, False, True])
    assert re.findall("before: (.*)", log) == ["False", "True", "False", "False"]
    assert dict(installed.rows(INDEXES))[DESCRIPTION]
    installed.shell(SETTINGS % [False])
    assert DESCRIPTION not in dict(installed.rows(INDEXES))


def wait(condition):
    for _ in range(1200):
        if condition():
            return
        time.sleep(0.1)
    raise TimeoutError


def test_built_while_others_write(bare):
    """Who has a transaction open holds up neither the installation nor other writers.

    The index waits for them, and for them alone.
    """
    tables = ("mail_message", "account_payment")
    write = f"LOCK TABLE {', '.join(tables)} IN ROW EXCLUSIVE MODE"

    def is_waiting():
        return bare.rows(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
            " AND query ~ '^CREATE INDEX CONCURRENTLY' AND wait_event_type = 'Lock'"
        )

    with (
        closing(psycopg2.connect(dbname=bare.name)) as writer,
        ThreadPoolExecutor(1) as pool,
    ):
        with writer.cursor() as cr:
            cr.execute(write)
            cr.execute("UPDATE mail_message SET id = id")
        installation = pool.submit(bare.run, "-i", "crm_gestao")
        try:
            wait(lambda: installation.done() or is_waiting())
            assert not installation.done(), f"it did not wait: {installation.result()}"
            assert bare.rows(
                "SELECT state FROM ir_module_module WHERE name = 'crm_gestao'"
            ) == [("installed",)]
            with bare.cursor() as cr:
                cr.execute("SET lock_timeout = '1s'")
                cr.execute("BEGIN")
                cr.execute(write)
                cr.execute("INSERT INTO mail_message (message_type) VALUES ('comment')")
                cr.execute("COMMIT")
        finally:
            writer.rollback()
        installation.result()
    found = dict(bare.rows(INDEXES))
    assert len(found) == 6 and all(found.values()), found


def break_off(database, name, comment=None):
    """Leave an index as a build that was broken off does: there, but not valid."""
    with (
        closing(psycopg2.connect(dbname=database.name)) as writer,
        writer.cursor() as writing,
        database.cursor() as cr,
    ):
        cr.execute(
            "SELECT indrelid::regclass, pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indexrelid = %s::regclass",
            [name],
        )
        table, definition = cr.fetchone()
        cr.execute(f"DROP INDEX {name}")
        writing.execute(f"LOCK TABLE {table} IN ROW EXCLUSIVE MODE")
        cr.execute("SET lock_timeout = '100ms'")
        with pytest.raises(psycopg2.errors.LockNotAvailable):
            cr.execute(definition.replace("INDEX", "INDEX CONCURRENTLY", 1))
        writer.rollback()
        cr.execute(f"COMMENT ON INDEX {name} IS %s", [comment])
    assert dict(database.rows(INDEXES))[name] is False


def test_half_built_indexes_are_built_anew(installed):
    """By an upgrade all of them, with the comment that says what it is and without."""
    installed.shell(SETTINGS % [True])
    names = list(dict(installed.rows(INDEXES)))
    assert len(names) == 7 and DESCRIPTION in names
    comments = dict(
        installed.rows(
            "SELECT relname, obj_description(oid) FROM pg_class"
            " WHERE relname = ANY(%s)",
            names,
        )
    )
    for index, name in enumerate(names):
        break_off(installed, name, comments[name] if index % 2 else None)
    installed.run("-u", "crm_gestao")
    found = dict(installed.rows(INDEXES))
    assert set(found) == set(names)
    assert all(found.values()), found


def test_an_index_that_cannot_be_built(installed):
    """It stops no upgrade, whose last steps come after it; the next one tries again."""
    name = "mail_message_crm_gestao_human_idx"
    break_off(installed, name)
    with (
        closing(psycopg2.connect(dbname=installed.name)) as writer,
        writer.cursor() as cr,
        installed.cursor() as own,
    ):
        cr.execute("LOCK TABLE mail_message IN ROW EXCLUSIVE MODE")
        own.execute(f"ALTER DATABASE {installed.name} SET lock_timeout = '2s'")
        try:
            log = installed.run("-u", "crm_gestao")
        finally:
            own.execute(f"ALTER DATABASE {installed.name} RESET lock_timeout")
            writer.rollback()
    assert re.search(f"WARNING .* Index {name} was not built: .*lock timeout", log)
    # as `break_off` leaves one, which an upgrade builds
    assert dict(installed.rows(INDEXES))[name] is False
    comment = "SELECT obj_description(%s::regclass)"
    assert installed.rows(comment, name) == [(None,)]


@pytest.mark.parametrize("wanted", [True, False])
def test_a_half_built_index_of_descriptions(installed, wanted):
    """It is still asked for: who saves the settings gets it, or is rid of it."""
    installed.shell(SETTINGS % [True])
    break_off(installed, DESCRIPTION)
    assert "before: True" in installed.shell(SETTINGS % [wanted])
    found = dict(installed.rows(INDEXES))
    assert found.get(DESCRIPTION) == (wanted or None)
