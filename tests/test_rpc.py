"""Other programs talk to the addon as they talk to the rest of Odoo."""

import threading
import xmlrpc.client
from concurrent.futures import ThreadPoolExecutor

import pytest

KEY = """
user = env.ref('base.user_admin')
day = __import__('datetime').timedelta(days=1)
until = __import__('odoo').fields.Datetime.now() + day
print('key:' + env['res.users.apikeys'].with_user(user)._generate('rpc', 'test', until))
env.cr.commit()
"""


@pytest.fixture(scope="module")
def occurrence(server):
    client = server.rpc()
    (type_id,) = client.env["crm.gestao.occurrence.type"].search([], limit=1)
    partner_id = client.env["res.partner"].create({"name": "Cliente de fora"})
    return client.env["crm.gestao.occurrence"].create(
        {"subject": "Visita", "partner_id": partner_id, "type_id": type_id}
    )


def test_json_rpc(server, occurrence):
    model = server.rpc().env["crm.gestao.occurrence"]
    (found,) = model.search_read([("id", "=", occurrence)], ["subject", "partner_id"])
    assert found["subject"] == "Visita"
    assert found["partner_id"][1] == "Cliente de fora"


def test_xml_rpc(server, occurrence):
    name = server.database.name
    common = xmlrpc.client.ServerProxy(f"{server.url}/xmlrpc/2/common")
    user = common.authenticate(name, "admin", "admin", {})
    models = xmlrpc.client.ServerProxy(f"{server.url}/xmlrpc/2/object")
    (found,) = models.execute_kw(
        name, user, "admin", "crm.gestao.occurrence", "read", [[occurrence]],
        {"fields": ["subject"]},
    )  # fmt: skip
    assert found["subject"] == "Visita"


def test_json_2(server, occurrence):
    printed = server.database.shell(KEY)
    key = next(line[4:] for line in printed.splitlines() if line.startswith("key:"))
    (found,) = server.json2(
        "crm.gestao.occurrence", "read", key, ids=[occurrence], fields=["subject"]
    )
    assert found["subject"] == "Visita"


def test_two_processes_open_a_year_at_once(server, occurrence):
    """No occurrence is lost, no number given twice, a year has one counter."""
    with server.database.server() as other:
        models = [
            running.rpc().env["crm.gestao.occurrence"]
            for running in (server, other) * 4
        ]
        for year in ("2041", "2042", "2043"):
            start = threading.Barrier(len(models))

            def create(model, year=year, start=start):
                start.wait()
                return model.copy(occurrence, {"date": f"{year}-07-01 12:00:00"})

            with ThreadPoolExecutor(len(models)) as pool:
                created = [
                    number
                    for numbers in pool.map(create, models)
                    for number in (numbers if isinstance(numbers, list) else [numbers])
                ]
            names = sorted(line["name"] for line in models[0].read(created, ["name"]))
            assert names == [
                f"OC/{year}/{number:05}" for number in range(1, len(models) + 1)
            ]
    ((counters,),) = server.database.rows(
        "SELECT count(*) FROM ir_sequence_date_range WHERE date_from >= '2041-01-01'"
    )
    assert counters == 3
