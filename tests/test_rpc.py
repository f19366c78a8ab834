"""Other programs talk to the addon as they talk to the rest of Odoo."""

import xmlrpc.client

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
