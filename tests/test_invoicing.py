"""An invoice is issued once, whoever issues it at the same moment, or not at all."""

import contextlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import odoorpc.error
import psycopg2
import pytest

REFUSALS = ("at this moment", "is invoiced already", "from this occurrence meanwhile")


class Shop:
    """What the tests sell, through the interface that other programs use."""

    def __init__(self, server):
        self.server, self.env = server, server.rpc().env
        self.partner = self.env["res.partner"].create({"name": "Cliente de fora"})
        self.product = self.env["product.product"].create(
            {"name": "Coisa", "type": "service", "list_price": 100,
             "invoice_policy": "order"}
        )  # fmt: skip
        (self.type,) = self.env["crm.gestao.occurrence.type"].search([], limit=1)

    def occurrence(self):
        return self.env["crm.gestao.occurrence"].create(
            {"subject": "Visita", "partner_id": self.partner, "type_id": self.type}
        )

    def order(self, occurrence):
        order = self.env["sale.order"].create(
            {"partner_id": self.partner, "occurrence_id": occurrence,
             "order_line": [(0, 0, {"product_id": self.product})]}
        )  # fmt: skip
        self.env["sale.order"].action_confirm(order)
        return order

    def issue(self, occurrence, with_order):
        """A dialog, filled in."""
        action = self.env["crm.gestao.occurrence"].action_issue_invoice([occurrence])
        issue = action["res_id"]
        if not with_order:
            line = {"product_id": self.product}
            self.env["crm.gestao.invoice.issue"].write(
                [issue], {"source": "lines", "line_ids": [(0, 0, line)]}
            )
        return issue

    def invoices(self, occurrence):
        return self.server.database.rows(
            "SELECT name, state FROM account_move WHERE occurrence_id = %s", occurrence
        )


@pytest.fixture(scope="module")
def shop(server):
    return Shop(server)


@pytest.mark.parametrize(
    ("with_order", "dialogs"),
    [(True, 1), (True, 4), (False, 1), (False, 4)],
    ids=[
        "same dialog",
        "a dialog each",
        "same dialog, without an order",
        "a dialog each, without an order",
    ],
)
def test_two_processes_issue_at_once(server, shop, with_order, dialogs):
    with server.database.server() as other:
        models = [
            running.rpc().env["crm.gestao.invoice.issue"]
            for running in (server, other) * 2
        ]
        for _ in range(4):
            occurrence = shop.occurrence()
            order = shop.order(occurrence) if with_order else None
            issues = [shop.issue(occurrence, with_order) for _ in range(dialogs)]
            start = threading.Barrier(len(models))

            def issue(number, issues=issues, start=start):
                start.wait()
                try:
                    models[number].action_issue([issues[number % len(issues)]])
                except odoorpc.error.RPCError as error:
                    return str(error)

            with ThreadPoolExecutor(len(models)) as pool:
                answers = list(pool.map(issue, range(len(models))))
            assert [state for _name, state in shop.invoices(occurrence)] == ["posted"]
            assert None in answers, "nobody was told that it is issued"
            for answer in filter(None, answers):
                assert any(refusal in answer for refusal in REFUSALS), answer
            if order:
                (found,) = shop.env["sale.order"].read([order], ["invoice_ids"])
                assert len(found["invoice_ids"]) == 1


def test_what_is_sold_from_it_at_this_moment(server, shop):
    """The customer of an occurrence stays while somebody makes an order of it."""
    occurrence, another = shop.occurrence(), shop.occurrence()
    order = shop.order(another)
    stranger = shop.env["res.partner"].create({"name": "Outro cliente"})
    model = shop.env["crm.gestao.occurrence"]
    with contextlib.closing(psycopg2.connect(dbname=server.database.name)) as seller:
        seller.cursor().execute(
            "UPDATE sale_order SET occurrence_id = %s WHERE id = %s",
            [occurrence, order],
        )
        with pytest.raises(odoorpc.error.RPCError, match="at this moment"):
            model.write([occurrence], {"partner_id": stranger})
        seller.commit()
    with pytest.raises(odoorpc.error.RPCError, match="Record a new occurrence"):
        model.write([occurrence], {"partner_id": stranger})
    model.write([another], {"partner_id": stranger})


@pytest.mark.parametrize("table", ["crm_gestao_invoice_issue", "sale_order"])
def test_what_another_session_holds(server, shop, table):
    """Nobody waits for a lock, nor issues without it."""
    occurrence = shop.occurrence()
    order = shop.order(occurrence)
    issue = shop.issue(occurrence, with_order=True)
    record = order if table == "sale_order" else issue
    blocker = psycopg2.connect(dbname=server.database.name)
    try:
        blocker.cursor().execute(
            f"SELECT FROM {table} WHERE id = %s FOR UPDATE", [record]
        )
        with pytest.raises(odoorpc.error.RPCError, match="at this moment"):
            shop.env["crm.gestao.invoice.issue"].action_issue([issue])
    finally:
        blocker.close()
    assert shop.invoices(occurrence) == []


def test_killed_server_leaves_nothing_half_done(server, shop):
    occurrence = shop.occurrence()
    order = shop.order(occurrence)
    issue = shop.issue(occurrence, with_order=True)
    name = server.database.name
    with server.database.server() as victim:
        model = victim.rpc().env["crm.gestao.invoice.issue"]
        # it gets as far as the first message of the invoice, which it has inserted
        blocker = psycopg2.connect(dbname=name)
        try:
            blocker.cursor().execute("LOCK TABLE mail_message IN SHARE MODE")
            thread = threading.Thread(target=attempt, args=(model, issue))
            thread.start()
            wait_until_inserted(server.database)
            victim.process.kill()
            victim.process.wait()
        finally:
            blocker.close()
        thread.join(60)
    assert shop.invoices(occurrence) == []
    (found,) = shop.env["sale.order"].read([order], ["invoice_status", "invoice_ids"])
    assert (found["invoice_status"], found["invoice_ids"]) == ("to invoice", [])

    # the dialog is still of use
    shop.env["crm.gestao.invoice.issue"].action_issue([issue])
    assert [state for _name, state in shop.invoices(occurrence)] == ["posted"]


def attempt(model, issue):
    try:
        model.action_issue([issue])
    except Exception as error:
        return error


def wait_until_inserted(database):
    """Until a session that has written into account_move waits for mail_message."""
    for _ in range(600):
        if database.rows(
            "SELECT 1 FROM pg_locks waiting JOIN pg_locks holding USING (pid)"
            " WHERE NOT waiting.granted AND holding.granted"
            " AND waiting.relation = 'mail_message'::regclass"
            " AND holding.relation = 'account_move'::regclass"
            " AND holding.mode = 'RowExclusiveLock'"
        ):
            return
        time.sleep(0.1)
    raise TimeoutError("no session issues an invoice")
