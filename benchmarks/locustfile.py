"""What one person does in a working day, for Locust; load.py starts it.

Each task is what the web client sends for it. Whatever is saved gets a key of its own,
which goes to a journal once the server has said that it is saved: load.py counts them.
"""

import itertools
import json
import os
import random
import time
import uuid
from datetime import date, timedelta

from locust import HttpUser, events, task

PLAN = json.load(open(os.environ["LOAD_PLAN"]))
NUMBERS = itertools.count()
JOURNAL = open(PLAN["journal"], "a", buffering=1)
EVENTS = open(PLAN["events"], "a", buffering=1)
OCCURRENCE = "crm.gestao.occurrence"
LARGE = 0.1  # how often it is one of the customers with many occurrences


class Refused(Exception):
    """The server answered with an error."""


class Person(HttpUser):
    """Somebody at the screen: looks, thinks, types."""

    def wait_time(self):
        """With the addon they do more, and what they did before as often.

        Who had to wait for an answer begins the next thing no later than planned.
        """
        share = len(Base.tasks) / len(self.tasks)
        self.due += random.uniform(0.5, 1.5) * PLAN["pause"] * share
        self.due = max(self.due, time.monotonic())
        return self.due - time.monotonic()

    def on_start(self):
        self.due = time.monotonic()
        self.client.headers["X-Forwarded-Host"] = "crm.example"
        self.client.headers["X-Forwarded-Proto"] = "http"
        number = 1 + next(NUMBERS) % PLAN["people"]
        # see load.py
        self.login, self.is_billing = f"load{number}", number % 3 == 0
        views = PLAN["billing" if self.is_billing else "selling"]
        self.lists, self.forms = views["lists"], views["forms"]
        self.user_context = {}
        info = self.rpc(
            "log in", "/web/session/authenticate",
            {"db": PLAN["database"], "login": self.login, "password": "load"},
        )  # fmt: skip
        self.uid, self.user_context = info["uid"], info["user_context"]
        company = info["user_companies"]["current_company"]
        self.user_context["allowed_company_ids"] = [company]

    def rpc(self, name, path, params):
        with self.client.post(
            path, json={"jsonrpc": "2.0", "method": "call", "params": params},
            name=name, catch_response=True,
        ) as response:  # fmt: skip
            try:
                answer = response.json()
            except ValueError:
                response.failure(f"{response.status_code} {response.text[:80]!r}")
                raise Refused from None
            if "error" in answer:
                error = answer["error"]["data"]
                response.failure(f"{error['name']}: {error['message'][:200]}")
                raise Refused
            return answer.get("result")  # not there where a method returns nothing

    def call(self, name, model, method, /, *args, **kwargs):
        kwargs["context"] = {**self.user_context, **kwargs.get("context", {})}
        if method in ("web_read", "web_save", "web_search_read"):
            kwargs["context"]["bin_size"] = True
        return self.rpc(
            name, f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )  # fmt: skip

    def press(self, name, model, method, record_id, form=None):
        """A button: what it answers, or the form that is read again after it."""
        params = {
            "model": model, "method": method, "args": [[record_id]],
            "kwargs": {"context": self.user_context},
        }  # fmt: skip
        answer = self.rpc(name, f"/web/dataset/call_button/{model}/{method}", params)
        if not form:
            return answer
        return self.call(f"{form}: open", model, "web_read", [record_id],
                         self.forms[model])[0]  # fmt: skip

    def page(self, name, path):
        with self.client.get(
            path, name=name, catch_response=True, allow_redirects=False
        ) as response:
            # the page of an error is a page, too
            if response.status_code != 200 or "article" not in response.text:
                response.failure(f"{response.status_code} {response.text[:80]!r}")
                raise Refused

    @property
    def customer(self):
        """Some customers are met more often than others."""
        if random.random() < LARGE:
            return random.choice(PLAN["large"])
        return PLAN["customers"] + int(random.paretovariate(0.4)) % 30_000 + 1

    def saved(self, kind, key, number=False):
        JOURNAL.write(json.dumps([kind, key, number]) + "\n")

    def find(self, name, model, domain, fields, **options):
        found = self.call(
            name, model, "web_search_read", domain=domain, limit=80,
            count_limit=10_001, specification=fields, **options,
        )  # fmt: skip
        return found["records"]


class Base(Person):
    """What Odoo itself is used for, with and without the addon."""

    @task(6)
    def open_customer(self):
        self.call(
            "customer: open", "res.partner", "web_read", [self.customer],
            self.forms["res.partner"],
        )  # fmt: skip

    @task(4)
    def look_at_orders(self):
        self.find(
            "orders: list", "sale.order", [["partner_id", "child_of", self.customer]],
            self.lists["sale.order"],
        )  # fmt: skip

    @task(4)
    def look_at_receivables(self):
        if not self.is_billing:
            return self.look_at_orders()
        return self.find(
            "receivables: list", "account.move.line",
            [
                ["partner_id", "=", self.customer], ["parent_state", "=", "posted"],
                ["account_id.account_type", "=", "asset_receivable"],
                ["reconciled", "=", False],
            ],
            self.lists["account.move.line"],
        )  # fmt: skip

    def fill_in(self, name, model, values, **context):
        """New, choose the customer, and Save: each with what the form shows."""
        specification = self.forms[model]
        words = (f"{name}: new", model, "onchange", [])
        shown = self.call(*words, {}, [], specification, context=context)["value"]
        found = self.call(
            f"{name}: choose", "res.partner", "web_name_search",
            name=random.choice(PLAN["names"]), specification={"display_name": {}},
            limit=8, context={"partner_search_identifiers": True, "show_vat": True},
        )  # fmt: skip
        if not found:
            note("failure", f"{name}: choose", "nobody was found")
        typed = {
            fname: value["id"] if isinstance(value, dict) and "id" in value else value
            for fname, value in shown.items()
        }
        typed["partner_id"] = values["partner_id"]
        words = (f"{name}: customer", model, "onchange", [])
        self.call(*words, typed, ["partner_id"], specification, context=context)
        (record,) = self.call(
            f"{name}: save", model, "web_save", [], values,
            specification=specification, context=context,
        )  # fmt: skip
        return record

    def quote(self, name, key, partner_id, **context):
        line = {"product_id": PLAN["product"], "product_uom_qty": 2}
        values = {
            "partner_id": partner_id, "client_order_ref": key,
            "order_line": [[0, 0, line]],
        }  # fmt: skip
        order = self.fill_in(name, "sale.order", values, **context)
        self.saved("order", key, order["name"])
        return order

    @task(4)
    def make_quotation(self):
        key = uuid.uuid4().hex
        order = self.quote("quotation", key, self.customer)
        if random.random() < 0.5:
            order = self.press(
                "order: confirm", "sale.order", "action_confirm", order["id"], "order"
            )
            self.saved("order confirmed", key, order["name"])

    @task(2)
    def invoice(self):
        if not self.is_billing:
            return self.make_quotation()
        key = uuid.uuid4().hex
        values = {
            "move_type": "out_invoice", "partner_id": self.customer, "ref": key,
            "invoice_line_ids": [
                [0, 0, {"product_id": PLAN["product"], "quantity": 2}]
            ],
        }  # fmt: skip
        move = self.fill_in(
            "invoice", "account.move", values, default_move_type="out_invoice"
        )
        self.saved("invoice", key)
        move = self.press(
            "invoice: post", "account.move", "action_post", move["id"], "invoice"
        )
        return self.saved("invoice posted", key, move["name"])

    @task(1)
    def print_invoice(self):
        if not self.is_billing:
            return self.open_customer()
        return self.page(
            "invoice: print", f"/report/html/account.report_invoice/{PLAN['invoice']}"
        )


class Gestao(Base):
    """The same person, with the addon."""

    @task(16)
    def consult(self):
        customer = self.customer
        found = self.call(
            "consult: customer", "res.partner", "name_search",
            name=random.choice(PLAN["names"]), limit=8, context={
                "partner_search_identifiers": True, "partner_search_archived": True
            },
        )  # fmt: skip
        if not found:
            note("failure", "consult: customer", "nobody was found")
        today = date.today()
        year = (str(today - timedelta(days=365)), str(today))
        for model, method in PLAN["figures"]:
            period = year if method == "get_consult_figures" else ()
            self.call(f"consult: {method}", model, method, customer, *period)
        found = self.find(
            "consult: list", OCCURRENCE,
            [["commercial_partner_id", "=", customer],
             ["date", ">=", year[0]],
             ["date", "<", str(today + timedelta(days=1))]],
            self.lists[OCCURRENCE], context={"crm_gestao_customer": True},
        )  # fmt: skip
        if not found and customer in PLAN["large"]:
            note("failure", "consult: list", "nothing was found")
        if found and random.random() < 0.5:
            self.call(
                "occurrence: open", OCCURRENCE, "web_read",
                [found[0]["id"]], self.forms[OCCURRENCE],
            )  # fmt: skip

    def record(self):
        key = uuid.uuid4().hex
        values = {
            "subject": key, "partner_id": self.customer, "type_id": PLAN["type"],
            "description": "<p>Conversa com o comprador</p>",
        }  # fmt: skip
        occurrence = self.fill_in("occurrence", OCCURRENCE, values)
        self.saved("occurrence", key, occurrence["name"])
        if occurrence["state"] != "open":
            note("failure", "occurrence: save", f"it is {occurrence['state']}")
        return key, occurrence

    @task(10)
    def record_and_close(self):
        key, occurrence = self.record()
        if random.random() < 0.3:
            occurrence = self.press(
                "occurrence: done", OCCURRENCE, "action_done", occurrence["id"],
                "occurrence",
            )  # fmt: skip
            self.saved("occurrence done", key, occurrence["name"])

    @task(2)
    def quote_occurrence(self):
        key, occurrence = self.record()
        action = self.press(
            "occurrence: quotation", OCCURRENCE, "action_new_quotation",
            occurrence["id"],
        )  # fmt: skip
        partner_id = action["context"]["default_partner_id"]
        name = "quotation of occurrence"
        order = self.quote(name, key, partner_id, **action["context"])
        self.saved("occurrence quoted", key, order["name"])

    @task(2)
    def invoice_occurrence(self):
        """By the dialog that issues in a fiscal series."""
        if not self.is_billing:
            return self.quote_occurrence()
        key, occurrence = self.record()
        action = self.press(
            "occurrence: issue", OCCURRENCE, "action_issue_invoice", occurrence["id"]
        )
        ids, specification = [action["res_id"]], self.forms[action["res_model"]]
        self.call("issue: open", action["res_model"], "web_read", ids, specification)
        line = {"product_id": PLAN["product"], "quantity": 2}
        self.call(
            "issue: save", action["res_model"], "web_save", ids,
            {"source": "lines", "line_ids": [[0, 0, line]]},
            specification=specification,
        )  # fmt: skip
        opened = self.press("issue: post", action["res_model"], "action_issue", *ids)
        (move,) = self.call(
            "issue: invoice", "account.move", "web_read", [opened["res_id"]],
            self.forms["account.move"],
        )  # fmt: skip
        return self.saved("occurrence invoiced", key, move["name"])

    @task(2)
    def print_occurrence(self):
        self.page(
            "occurrence: print",
            f"/report/html/crm_gestao.report_occurrence/{random.choice(PLAN['occurrences'])}",
        )


# the class that this run is about; Locust takes whatever it finds in the module
(Base if PLAN["is_used"] else Gestao).abstract = True
Person.abstract = True


def note(*words):
    """Tell load.py; Locust's own statistics begin when all have come."""
    EVENTS.write(json.dumps(words) + "\n")


@events.request.add_listener
def failed(name, exception, **_options):
    if exception:
        note("failure", name, str(exception))


@events.user_error.add_listener
def broke(exception, **_options):
    if not isinstance(exception, Refused):  # that one is told as a failure
        note("failure", type(exception).__name__, str(exception))


@events.test_stopping.add_listener
def stopping(environment, **_options):
    note("people", environment.runner.user_count)
