"""Other programs talk to the addon as they talk to the rest of Odoo."""

import ast
import contextlib
import json
import threading
import xmlrpc.client
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import psycopg2
import pytest
import requests
from lxml import etree

KEY = """
user = env.ref('base.user_admin')
day = __import__('datetime').timedelta(days=1)
until = __import__('odoo').fields.Datetime.now() + day
print('key:' + env['res.users.apikeys'].with_user(user)._generate('rpc', 'test', until))
env.cr.commit()
"""

# by query: what its list adds up, in which currency, and what counts lines, if not rows
FIGURES = {
    "quotations": ("amount_total", "currency_id", None),
    "orders": ("amount_total", "currency_id", None),
    "invoices": ("amount_total_in_currency_signed", "currency_id", None),
    "sales_history": ("price_total", "currency_id", "nbr"),
    "products": ("amount_total", "currency_id", None),
    "receivables": ("amount_residual", "company_currency_id", None),
}


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
    """By Odoo's own client of its newer interface, a day of a clerk's work."""
    printed = server.database.shell(KEY)
    key = next(line[4:] for line in printed.splitlines() if line.startswith("key:"))
    client = server.json2(key)
    model = client.get_model("crm.gestao.occurrence")
    assert model.read(ids=[occurrence], fields=["subject"])["subject"] == "Visita"
    (made,) = model.create(
        vals_list=[
            {
                "subject": "Ligação",
                **{
                    field: value[0]
                    for field, value in model.read(
                        ids=[occurrence], fields=["partner_id", "type_id"]
                    ).items()
                    if field != "id"
                },
            }
        ]
    )
    model.action_done(ids=[made])
    found = model.search_read(domain=[["id", "=", made]], fields=["state"])
    assert found == [{"id": made, "state": "done"}]
    model.unlink(ids=[made])
    # what is refused is told, and nothing is changed
    with pytest.raises(ValueError, match="ValidationError|UserError"):
        model.write(ids=[occurrence], vals={"duration": -1})
    assert not server.json2("0" * 40).check_login()


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


def test_number_that_an_import_gives_at_this_moment(server, occurrence):
    """Who records meanwhile waits for it, and gets the one that follows."""
    model = server.rpc().env["crm.gestao.occurrence"]
    day = {"date": "2044-07-01 12:00:00"}

    def record():
        (name,) = model.read(model.copy(occurrence, day), ["name"])
        return name["name"]

    assert record() == "OC/2044/00001"
    columns = (
        "subject, company_id, type_id, partner_id, priority, state, date, date_closed"
    )
    with (
        ThreadPoolExecutor(1) as pool,
        contextlib.closing(psycopg2.connect(dbname=server.database.name)) as importing,
    ):
        importing.cursor().execute(
            f"INSERT INTO crm_gestao_occurrence (name, {columns})"
            f" SELECT 'OC/2044/00002', {columns} FROM crm_gestao_occurrence"
            " WHERE id = %s",
            [occurrence],
        )
        recording = pool.submit(record)
        with contextlib.suppress(TimeoutError):
            recording.result(1)
        importing.commit()
        assert recording.result(60) == "OC/2044/00003"


class Lists:
    """What the lists behind the buttons of the consult screen add up to."""

    def __init__(self, client, companies):
        self.client, self.domains = client, {}
        self.context = {**client.env.context, "allowed_company_ids": companies}
        (company,) = self.call("res.company", "read", companies[:1], ["currency_id"])
        currency = {"to_currency": company["currency_id"][0], "active_test": False}
        rows = self.call(
            "res.currency", "search_read", [], ["inverse_rate"], **currency
        )
        self.rates = {row["id"]: row["inverse_rate"] for row in rows}

    def call(self, model, method, *args, **context):
        return self.client.execute_kw(
            model, method, args, {"context": {**self.context, **context}}
        )

    def figures(self, partner, period):
        arguments = (partner, *period)
        found = self.call("crm.gestao.consult", "get_consult_figures", *arguments)
        return found["figures"]

    def add_up(self, query, partner, period):
        """Count and total of what the button's list shows."""
        action = self.call(
            "crm.gestao.consult", "get_query_action", query, partner, *period
        )
        context = action["context"]
        domain = self.read(action["domain"]) + self.filters(query, action)
        for facet in context.pop("crm_gestao_facets"):
            domain += facet["domain"]
            context |= facet.get("context", {})
        amount, currency, count = FIGURES[query]
        names = list(filter(None, FIGURES[query]))
        rows = self.call(action["res_model"], "search_read", domain, names, **context)
        total = sum(row[amount] * self.rates[row[currency][0]] for row in rows)
        return sum(row[count] if count else 1 for row in rows), total

    def filters(self, query, action):
        """The domain of the filters that the action switches on."""
        if query not in self.domains:
            view = (action["search_view_id"] or [False])[0]
            view = self.call(action["res_model"], "get_view", view, "search")
            arch = etree.fromstring(view["arch"])
            self.domains[query] = domain = []
            for key in action["context"]:
                if key.startswith("search_default_"):
                    name = key.removeprefix("search_default_")
                    (node,) = arch.xpath("//filter[@name=$name]", name=name)
                    domain += self.read(node.get("domain"))
        return self.domains[query]

    def read(self, domain):
        return list(
            ast.literal_eval(domain) if isinstance(domain, str) else domain or []
        )


@pytest.mark.parametrize(
    ("login", "everywhere", "days"),
    [("admin", False, 120), ("admin", True, None), ("rep", False, None)],
)
def test_figures_of_the_demo_data(server, login, everywhere, days):
    """Each button says what its list adds up to, for each customer with documents."""
    customers = server.database.rows(
        "SELECT commercial_partner_id FROM res_partner WHERE id IN"
        " (SELECT partner_id FROM sale_order UNION SELECT partner_id FROM account_move)"
        " GROUP BY 1 ORDER BY 1"
    )
    client = server.rpc(login)
    (user,) = client.env["res.users"].read(
        [client.env.uid], ["company_id", "company_ids"]
    )
    companies = user["company_ids"] if everywhere else user["company_id"][:1]
    assert (len(companies) > 1) == everywhere
    lists = Lists(client, companies)
    customers = lists.call(
        "res.partner", "search", [("id", "in", [id_ for (id_,) in customers])]
    )
    period = (False, False)
    if days:
        today = date.today()
        period = (str(today - timedelta(days)), str(today))
    seen = {}
    for customer in customers:
        for query, figure in lists.figures(customer, period).items():
            count, total = lists.add_up(query, customer, period)
            assert figure["count"] == count, (customer, query)
            assert figure["total"] == pytest.approx(total, abs=0.02), (customer, query)
            seen[query] = seen.get(query, 0) + count
    expected = set(FIGURES) if login == "admin" else set(FIGURES) - {"receivables"}
    assert set(seen) == expected
    assert all(seen[query] for query in expected - {"invoices"}), seen


class Curious(requests.Session):
    """A user who tries what a client can send, and keeps each whole answer."""

    def __init__(self, server, login):
        super().__init__()
        self.url, self.answers = server.url, []
        params = {"db": server.database.name, "login": login, "password": login}
        assert self.send_json("/web/session/authenticate", params)["uid"]
        self.answers.clear()

    def send_json(self, route, params):
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        answer = self.post(self.url + route, json=body, timeout=60)
        self.answers.append(json.dumps(answer.json(), ensure_ascii=False))
        return answer.json().get("result")

    def call(self, model, method, /, *args, **kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self.send_json(f"/web/dataset/call_kw/{model}/{method}", params)


@pytest.mark.parametrize("group", ["base.group_user", "base.group_portal"])
def test_messages_tell_nothing(server, occurrence, group):
    """Neither the subject of an occurrence, nor the amount of an invoice."""
    admin = server.rpc()
    create = {model: admin.env[model].create for model in ("res.users", "account.move")}
    login = group.replace(".", "_")
    user = create["res.users"](
        {
            "name": login,
            "login": login,
            "password": login,
            "email": f"{login}@example.com",
            "group_ids": [(6, 0, [admin.env.ref(group).id])],
            "notification_type": "inbox" if group.endswith("user") else "email",
        }
    )
    (row,) = admin.env["res.users"].read([user], ["partner_id"])
    me = row["partner_id"][:1]
    (told,) = admin.env["crm.gestao.occurrence"].read([occurrence], ["partner_id"])
    line = {"name": "Line", "quantity": 1, "price_unit": 98765.43, "tax_ids": []}
    invoice = create["account.move"](
        {
            "move_type": "out_invoice",
            "partner_id": told["partner_id"][0],
            "invoice_line_ids": [(0, 0, line)],
        }
    )
    by_amount = {"name_as_amount_total": True}
    (found,) = (
        admin.env["account.move"]
        .with_context(**by_amount)
        .read([invoice], ["display_name"])
    )
    assert "98,765.43" in found["display_name"]
    hidden = [
        admin.env[model].message_post([id_], body="Secret 98,765.43", subject="Visita")
        for model, id_ in (
            ("crm.gestao.occurrence", occurrence),
            ("account.move", invoice),
        )
    ]
    hidden = [id_ if isinstance(id_, int) else id_[0] for id_ in hidden]
    for model, id_ in (
        ("account.move", invoice),
        ("crm.gestao.occurrence", occurrence),
    ):
        admin.env[model].message_post([id_], body="Look", partner_ids=me)

    curious = Curious(server, login)
    mine = []
    for place in (
        {"model": "crm.gestao.occurrence", "res_id": occurrence},
        {"model": "account.move", "res_id": invoice},
    ):
        values = {**place, "message_type": "user_notification", "body": "x"}
        mine.append(curious.call("mail.message", "create", [values]))
        notice = {**place, "partner_ids": me, "body": "x"}
        curious.call("mail.thread", "message_notify", [], **notice)
    assert mine == [None, None]
    channel = admin.env["discuss.channel"].create(
        {"name": "Chat", "channel_type": "group"}
    )
    admin.env["discuss.channel"].add_members([channel], partner_ids=me)
    place = {"model": "discuss.channel", "res_id": channel, "body": "x"}
    place["subtype_id"] = admin.env.ref("mail.mt_comment").id
    own = curious.call("mail.message", "create", [place])
    assert own, curious.answers
    for parent in hidden:
        answer = {"parent_id": parent}
        curious.call("mail.message", "create", [{**place, **answer}])
        curious.call("mail.message", "write", own, answer)
        about = {**answer, "model": "res.partner", "res_ids": str(me)}
        curious.call("mail.compose.message", "onchange", [], about, [], {"subject": {}})
        curious.call("mail.compose.message", "create", [about])
    curious.send_json("/discuss/channel/messages", {"channel_id": channel})
    for message in curious.call("mail.message", "search", [("partner_ids", "in", me)]):
        curious.call("mail.message", "toggle_message_starred", [message])
    for route in ("inbox", "history", "starred"):
        curious.send_json(f"/mail/{route}/messages", {"context": by_amount})
    curious.call(
        "mail.message",
        "search_read",
        [("model", "!=", False)],
        ["record_name", "body", "subject"],
        context=by_amount,
    )
    if group == "base.group_user":
        activity = admin.env["account.move"].activity_schedule(
            [invoice], "mail.mail_activity_data_todo", user_id=user
        )
        activity = activity if isinstance(activity, list) else [activity]
        curious.call(
            "mail.activity", "write", activity, {"res_id": invoice}, context=by_amount
        )
        (row,) = curious.call(
            "mail.activity", "read", activity, ["res_name"], context=by_amount
        )
        assert row["res_name"]
    assert len(curious.answers) > 15
    assert any("Look" in answer for answer in curious.answers)
    for answer in curious.answers:
        assert "TypeError" not in answer
        assert "Visita" not in answer
        assert "98,765" not in answer and "98765" not in answer
