"""Other programs talk to the addon as they talk to the rest of Odoo."""

import ast
import threading
import xmlrpc.client
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
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
