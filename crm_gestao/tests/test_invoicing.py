from datetime import date

from odoo import Command, fields
from odoo.exceptions import (
    AccessError,
    RedirectWarning,
    UserError,
    ValidationError,
)
from odoo.tests import Form, tagged

from .sales_common import SalesCommon


@tagged("post_install", "-at_install")
class TestInvoicing(SalesCommon):
    """The dialog that issues an invoice: each case, and what must come out."""

    def _assert_refused(self, issue, message, method="action_issue"):
        """The reason is told, and nothing is left of the attempt."""
        moves = self.env["account.move"].search_count([])
        with self.assertRaisesRegex(UserError, message), self.cr.savepoint():
            getattr(issue, method)()
        self.assertEqual(self.env["account.move"].search_count([]), moves)

    def _issue(self, issue=None, **values):
        """The invoices that an issue makes."""
        issue = issue or self._create_issue(**values)
        issue.action_issue()
        return self.env["account.move"].browse(issue.move_ids.ids)

    # --- series ---

    def test_default_series(self):
        order = self._create_order()
        issue = self._create_issue()
        self.assertEqual(issue.journal_id, self.series_1)
        self.assertEqual(issue.source, "occurrence")
        self.assertEqual(issue.order_ids, order)
        self.assertEqual(issue.amount_total, 110)
        invoice = self._issue(issue)
        self.assertRecordValues(
            invoice,
            [
                {
                    "state": "posted",
                    "move_type": "out_invoice",
                    "journal_id": self.series_1.id,
                    "partner_id": self.customer.id,
                    "occurrence_id": self.occurrence.id,
                    "amount_total": 110,
                    "invoice_date": fields.Date.today(),
                    "invoice_user_id": self.rep.id,
                }
            ],
        )
        self.assertRegex(invoice.name, r"^SER1/.*0001$")
        self.assertEqual(order.invoice_ids, invoice)

    def test_second_series_has_its_own_numbering(self):
        names = []
        for series in (self.series_1, self.series_2, self.series_1, self.series_2):
            self._create_order()
            invoice = self._issue(journal_id=series.id)
            self.assertEqual(invoice.journal_id, series)
            self.assertEqual(invoice.state, "posted")
            names.append((invoice.name[:4], invoice.name[-4:]))
        self.assertEqual(
            names,
            [("SER1", "0001"), ("SER2", "0001"), ("SER1", "0002"), ("SER2", "0002")],
        )

    def test_the_series_last_used_is_the_default(self):
        self._create_order()
        self._issue(journal_id=self.series_2.id)
        self.assertEqual(self._create_issue().journal_id, self.series_2)
        self.assertEqual(self._create_issue(self.rep).journal_id, self.series_1)
        self.series_2.active = False
        self.assertEqual(self._create_issue().journal_id, self.series_1)

    def test_two_orders_with_different_journals(self):
        orders = self._create_order(journal_id=self.series_1.id)
        orders += self._create_order(journal_id=self.series_2.id)
        invoice = self._issue(
            journal_id=self.series_2.id, order_ids=[Command.set(orders.ids)]
        )
        self.assertEqual(len(invoice), 1)
        self.assertEqual(invoice.journal_id, self.series_2)
        self.assertEqual(invoice.amount_total, 220)
        self.assertEqual(orders.invoice_ids, invoice)

    def test_series_that_do_not_fit(self):
        self._create_order()
        archived = self.series_1.copy({"code": "ARCH", "active": False})
        purchase = self.series_1.copy({"code": "PURC", "type": "purchase"})
        self.env["account.chart.template"].try_loading(
            "generic_coa", company=self.other_company, install_demo=False
        )
        foreign = self.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", self.other_company.id)], limit=1
        )
        issue = self._create_issue()
        self.assertEqual(issue.available_journal_ids, self.series_1 | self.series_2)
        both = self._new_user(
            "both",
            "crm_gestao.group_user_all,account.group_account_invoice",
            self.company | self.other_company,
        )
        for user, journal, message in (
            (self.clerk, archived, "archived"),
            (self.clerk, purchase, "no sale journal"),
            (both, foreign, "another company, Other Company"),
        ):
            with self.subTest(message):
                issue = self._create_issue(user, journal_id=journal.id)
                self._assert_refused(issue, message)
        with self.assertRaises(AccessError):
            self._create_issue(self.clerk, journal_id=foreign.id)

    def test_company_without_a_series(self):
        (self.series_1 | self.series_2).active = False
        with self.assertRaisesRegex(UserError, "no fiscal series.*Ask"):
            self.occurrence.with_user(self.clerk).action_issue_invoice()
        administrator = self._new_user(
            "administrator", "crm_gestao.group_manager,account.group_account_manager"
        )
        with self.assertRaisesRegex(
            RedirectWarning, "no fiscal series.*Journals"
        ) as caught:
            self.occurrence.with_user(administrator).action_issue_invoice()
        self.assertEqual(
            caught.exception.args[1],
            self.env.ref("account.action_account_journal_form").id,
        )

    # --- users ---

    def test_salesperson_makes_a_draft_of_their_own_order(self):
        order = self._create_order()
        issue = self._create_issue(self.rep)
        self.assertFalse(issue.can_post)
        for method in ("action_issue", "action_issue_and_send"):
            with (
                self.assertRaisesRegex(AccessError, "may not post.*Create a draft"),
                self.cr.savepoint(),
            ):
                getattr(issue, method)()
            self.assertFalse(order.invoice_ids)
        action = issue.action_create_draft()
        invoice = order.invoice_ids
        self.assertEqual(action["res_id"], invoice.id)
        self.assertRecordValues(
            invoice, [{"state": "draft", "occurrence_id": self.occurrence.id}]
        )
        with self.assertRaises(AccessError), self.cr.savepoint():
            issue.move_ids.action_post()
        self.assertFalse(issue.move_ids.env.su)
        invoice.with_user(self.clerk).action_post()
        self.assertEqual(invoice.state, "posted")

    def test_salesperson_makes_none_without_an_order(self):
        sources = dict(self.env["crm.gestao.invoice.issue"].with_user(self.rep)
                       .fields_get(["source"])["source"]["selection"])  # fmt: skip
        self.assertEqual(set(sources), {"occurrence", "customer"})
        issue = self._create_issue(self.rep)
        # as a client may, which asks nobody what there is to choose
        self.cr.execute(
            "UPDATE crm_gestao_invoice_issue SET source = 'lines' WHERE id = %s",
            [issue.id],
        )
        issue.invalidate_recordset()
        issue.line_ids = self._create_lines((1, 10))
        with self.assertRaises(AccessError), self.cr.savepoint():
            issue.action_create_draft()

    def test_billing_user(self):
        order = self._create_order()
        biller = self.users["biller"]
        self.assertFalse(biller.has_group("sales_team.group_sale_salesman"))
        self._issue(self._create_issue(biller))
        self.assertEqual(order.invoice_ids.state, "posted")

    def test_user_with_the_right_to_issue(self):
        order = self._create_order(user_id=self.users["other_rep"].id)
        invoice = self._issue()
        self.assertEqual(invoice, order.invoice_ids)
        self.assertEqual(invoice.state, "posted")

    def test_order_of_another_salesperson(self):
        order = self._create_order(user_id=self.users["other_rep"].id)
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._create_issue(self.rep, order_ids=[Command.set(order.ids)])
        issue = self._create_issue(self.rep)
        issue.sudo().order_ids = order
        with self.assertRaises(AccessError), self.cr.savepoint():
            issue.action_create_draft()
        self.assertFalse(order.invoice_ids)
        self.assertNotIn(order, self._create_issue(self.rep).available_order_ids)

    def test_who_may_not_invoice(self):
        for role in ("all", "reader"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.occurrence.with_user(self.users[role]).action_issue_invoice()
        issue = self._create_issue()
        with self.assertRaises(AccessError):
            issue.with_user(self.rep).action_create_draft()

    # --- orders that cannot be invoiced ---

    def test_draft_order(self):
        order = self._create_order(confirmed=False)
        issue = self._create_issue()
        message = f"{order.name} is a quotation. Confirm it first"
        self.assertIn(message, issue.notes)
        self._assert_refused(issue, message)
        issue.order_ids = order
        self._assert_refused(issue, message)

    def test_cancelled_order(self):
        order = self._create_order()
        order._action_cancel()
        issue = self._create_issue(
            source="occurrence", order_ids=[Command.set(order.ids)]
        )
        self._assert_refused(issue, f"{order.name} is cancelled")

    def test_three_reasons_why_nothing_is_to_invoice(self):
        invoiced, on_draft = self._create_order(), self._create_order()
        undelivered = self._create_order(
            order_line=[Command.create({"product_id": self.delivered_product.id})]
        )
        empty = self._create_order(
            order_line=[
                Command.create({"product_id": self.product.id, "product_uom_qty": 0})
            ]
        )
        invoice = self._issue(order_ids=[Command.set(invoiced.ids)])
        draft = on_draft._create_invoices()
        reasons = {
            invoiced: f"{invoiced.name} is invoiced already: {invoice.name}",
            on_draft: f"{on_draft.name} is on a draft already: Draft Invoice",
            undelivered: f"{undelivered.name}: no delivered quantity is left",
            empty: f"{empty.name} has no line with a quantity",
        }
        issue = self._create_issue()
        self.assertFalse(issue.order_ids)
        self._assert_refused(issue, "Choose one or more orders")
        for order, reason in reasons.items():
            self.assertIn(reason, issue.notes)
            issue.order_ids = order
            self._assert_refused(issue, reason)
        # none is left out silently
        good = self._create_order()
        issue.order_ids = good | undelivered
        self._assert_refused(issue, reasons[undelivered])
        issue.order_ids = good
        self.assertEqual(self._issue(issue), good.invoice_ids)
        self.assertEqual(draft.state, "draft")

    def test_partly_delivered(self):
        order = self._create_order(
            order_line=[
                Command.create(
                    {"product_id": self.delivered_product.id, "product_uom_qty": 3}
                )
            ]
        )
        order.order_line.qty_delivered = 2
        issue = self._create_issue()
        self.assertEqual(issue.amount_total, 220)
        self.assertEqual(self._issue(issue).amount_total, 220)
        self._assert_refused(
            self._create_issue(order_ids=[Command.set(order.ids)]),
            "no delivered quantity is left",
        )

    def test_orders_of_others(self):
        order = self._create_order(
            partner_id=self.other_customer.id, occurrence_id=False
        )
        issue = self._create_issue(
            source="customer", order_ids=[Command.set(order.ids)]
        )
        self._assert_refused(issue, f"{order.name}: not an order of Padaria Central")

    def test_orders_of_the_customer(self):
        order = self._create_order(occurrence_id=False, partner_id=self.contact.id)
        other = self._create_order(
            occurrence_id=self._create_occurrence(subject="Another").id
        )
        issue = self._create_issue()
        self.assertEqual(issue.source, "customer")
        self.assertEqual(issue.order_ids, order | other)
        issue.order_ids = order
        invoice = self._issue(issue)
        self.assertEqual(invoice.occurrence_id, self.occurrence)
        self.assertEqual(order.invoice_ids, invoice)
        self.assertFalse(other.invoice_ids)

    def test_orders_of_a_company_below_the_customer(self):
        """It is a customer of its own, to whom this invoice does not go."""
        branch = self.env["res.partner"].create(
            {"name": "Branch", "is_company": True, "parent_id": self.customer.id}
        )
        order = self._create_order(occurrence_id=False, partner_id=branch.id)
        issue = self._create_issue(source="customer")
        self.assertNotIn(order, issue.available_order_ids | issue.order_ids)

    def test_currencies(self):
        euro = self.env.ref("base.EUR")
        currency = self.env["res.currency"].create(
            {"name": "XGE", "symbol": "X", "rate_ids": [Command.create({"rate": 2})]}
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "X", "currency_id": currency.id}
        )
        self.assertNotEqual(euro, currency)
        order = self._create_order(pricelist_id=pricelist.id)
        self.assertEqual(self._create_issue().currency_id, currency)
        newest = self._create_order()
        issue = self._create_issue()
        self.assertEqual(issue.order_ids, newest)
        self.assertEqual(issue.available_order_ids, order | newest)
        self.assertIn("different currencies", issue.notes)
        issue = self._create_issue(order_ids=[Command.set((order | newest).ids)])
        self._assert_refused(issue, "different currencies")
        invoice = self._issue(order_ids=[Command.set(order.ids)])
        self.assertEqual(invoice.currency_id, currency)

    # --- without an order ---

    def test_series_in_another_currency(self):
        self.series_2.currency_id = self.env["res.currency"].create(
            {"name": "XGE", "symbol": "X", "rate_ids": [Command.create({"rate": 2})]}
        )
        occurrence = self._create_occurrence(subject="Another")
        form = Form(self._create_issue(occurrence_id=occurrence.id))
        with form.line_ids.new() as line:
            line.product_id = self.product
            self.assertEqual(line.price_unit, 100)
        form.journal_id = self.series_2
        with form.line_ids.edit(0) as line:
            self.assertEqual(line.price_unit, 200)
            line.price_unit = 150
        form.journal_id = self.series_1
        form.journal_id = self.series_2
        with form.line_ids.edit(0) as line:
            self.assertEqual(line.price_unit, 200)
            line.price_unit = 150
        invoice = self._issue(form.save())
        self.assertEqual(invoice.currency_id, self.series_2.currency_id)
        self.assertEqual(invoice.amount_untaxed, 150)

    def test_typed_price_stays_in_another_series(self):
        """Where its currency is the same."""
        occurrence = self._create_occurrence(subject="Another")
        issue = self._create_issue(occurrence_id=occurrence.id).with_user(self.clerk)
        form = Form(issue)
        with form.line_ids.new() as line:
            line.product_id = self.product
            line.price_unit = 77
        form.journal_id = self.series_2
        with form.line_ids.edit(0) as line:
            self.assertEqual(line.price_unit, 77)

    def test_products_without_an_order(self):
        occurrence = self._create_occurrence(partner_id=self.contact.id)
        form = Form(self._create_issue(occurrence_id=occurrence.id))
        self.assertEqual(form.source, "lines")
        with form.line_ids.new() as line:
            line.product_id = self.product
            self.assertEqual(line.price_unit, 100)
            line.quantity = 3
        self.assertEqual(form.tax_totals["total_amount_currency"], 330)
        form.journal_id = self.series_2
        invoice = self._issue(form.save())
        self.assertRecordValues(
            invoice,
            [
                {
                    "state": "posted",
                    "journal_id": self.series_2.id,
                    "partner_id": self.contact.id,
                    "occurrence_id": occurrence.id,
                    "invoice_origin": occurrence.name,
                    "amount_untaxed": 300,
                    "amount_total": 330,
                }
            ],
        )

    def test_products_of_a_company_that_is_not_the_current_one(self):
        self.env["account.chart.template"].try_loading(
            "generic_coa", company=self.other_company, install_demo=False
        )
        clerk = self._new_user(
            "clerk_of_two",
            "crm_gestao.group_user_all,account.group_account_invoice",
            self.company | self.other_company,
        )
        self.occurrence = self._create_occurrence(
            company_id=self.other_company.id, user_id=False
        )
        issue = (
            self.env["crm.gestao.invoice.issue"]
            .with_user(clerk)
            .with_context(allowed_company_ids=(self.company | self.other_company).ids)
            .create(
                {
                    "occurrence_id": self.occurrence.id,
                    "source": "lines",
                    "line_ids": self._create_lines((1, 10)),
                }
            )
        )
        self.assertEqual(issue.env.company, self.company)
        invoice = self._issue(issue)
        self.assertEqual(invoice.company_id, self.other_company)
        self.assertEqual(
            invoice.invoice_line_ids.account_id.company_ids, self.other_company
        )

    def test_products_that_are_nothing_to_issue(self):
        for lines, message in (
            ((), "Add one or more products"),
            (((0, 10),), "Coffee: the quantity is zero"),
            (((1, 10), (-1, 10)), "Coffee: the quantity is negative"),
            (((1, 0),), "Coffee: the price is not above zero"),
        ):
            with self.subTest(message):
                issue = self._create_issue(
                    source="lines", line_ids=self._create_lines(*lines)
                )
                self._assert_refused(issue, message)

    # --- down payments, zero, refunds ---

    def test_the_rest_after_a_down_payment(self):
        order = self._create_order()
        down_payment = self._pay_down(order, 30)
        self.assertEqual(down_payment.amount_total, 33)
        self.assertEqual(down_payment.occurrence_id, self.occurrence)
        issue = self._create_issue(journal_id=self.series_2.id)
        self.assertEqual(issue.amount_total, 77)
        invoice = self._issue(issue)
        self.assertRecordValues(
            invoice,
            [
                {
                    "state": "posted",
                    "journal_id": self.series_2.id,
                    "amount_untaxed": 70,
                    "amount_total": 77,
                }
            ],
        )
        self.assertEqual(order.invoice_status, "invoiced")

    def test_down_payment_of_all(self):
        order = self._create_order()
        self._pay_down(order, 100)
        self._assert_refused(self._create_issue(), "down payments cover all of it")

    def test_down_payment_that_is_not_posted(self):
        order = self._create_order()
        self._pay_down(order, 30).button_draft()
        self._assert_refused(
            self._create_issue(order_ids=[Command.set(order.ids)]),
            f"{order.name} is on a draft already",
        )

    def test_price_zero(self):
        order = self._create_order(
            order_line=[
                Command.create({"product_id": self.product.id, "price_unit": 0})
            ]
        )
        issue = self._create_issue()
        self.assertEqual(issue.order_ids, order)
        self._assert_refused(issue, "The total is .*0.00: the prices are zero")

    def test_no_date_and_no_number(self):
        """What a client may send, and nobody can have meant."""
        for day in (date.min, date(1800, 1, 1), date.max):
            with self.assertRaisesRegex(ValidationError, f"year {day.year} "):
                self._create_issue(source="lines", invoice_date=day)
        for number in (float("nan"), float("inf"), 1e300):
            for line in ((number, 10), (1, number)):
                with self.assertRaisesRegex(ValidationError, "is not a number"):
                    self._create_issue(
                        source="lines", line_ids=self._create_lines(line)
                    )

    def test_more_was_invoiced_than_is_due(self):
        order = self._create_order(
            order_line=[
                Command.create(
                    {"product_id": self.delivered_product.id, "product_uom_qty": 2}
                )
            ]
        )
        order.order_line.qty_delivered = 2
        self._issue()
        order.order_line.qty_delivered = 1
        self._assert_refused(
            self._create_issue(order_ids=[Command.set(order.ids)]), "credit note of"
        )

    # --- only once ---

    def test_confirmed_twice(self):
        for values in (
            {},
            {"source": "lines", "line_ids": self._create_lines((1, 10))},
        ):
            self._create_order()
            issue = self._create_issue(**values)
            before = self.env["account.move"].search_count([])
            action = issue.action_issue()
            self.assertEqual(issue.action_issue()["res_id"], action["res_id"])
            self.assertEqual(self.env["account.move"].search_count([]), before + 1)
        self.assertEqual(self.env["sale.order"].search_count(
            [("occurrence_id", "=", self.occurrence.id)]), 2)  # fmt: skip

    def test_two_dialogs_of_products(self):
        """What was issued meanwhile is told; who means another one opens it anew."""
        values = {"source": "lines", "line_ids": self._create_lines((1, 10))}
        first, second = (self._create_issue(**values) for _index in range(2))
        issued = first._issue(post=True)
        with self.assertRaises(UserError) as caught:
            second.action_issue()
        self.assertIn(f"{issued.name} was made", str(caught.exception))
        self.assertEqual(self.occurrence.invoice_ids, issued)
        # a credit note is another thing, and so is an invoice that was cancelled
        third = self._create_issue(**values)
        issued._reverse_moves()
        self._create_issue(**values)._issue(post=False).button_cancel()
        third.action_issue()

    def test_customer_is_another_one_meanwhile(self):
        values = {"source": "lines", "line_ids": self._create_lines((1, 10))}
        issue = self._create_issue(**values)
        another = (self.contact | self.customer) - self.occurrence.partner_id
        for partner in (another, self.other_customer):
            self.occurrence.partner_id = partner
            with self.assertRaisesRegex(UserError, "was given another customer"):
                issue.action_issue()
        self.assertFalse(self.occurrence.invoice_ids)
        self._create_issue(**values).action_issue()
        self.assertEqual(self.occurrence.invoice_ids.partner_id, self.other_customer)

    def test_send(self):
        self._create_order()
        issue = self._create_issue()
        action = issue.action_issue_and_send()
        self.assertEqual(action["res_model"], "account.move.send.wizard")
        self.assertEqual(action["context"]["active_ids"], issue.move_ids.ids)
        self.assertEqual(issue.move_ids.state, "posted")

    # --- no way around ---

    def test_context_of_a_client_decides_nothing(self):
        """What a client puts into the context does not get into an invoice by sudo."""
        order = self._create_order()
        invoice = (
            order.with_user(self.rep)
            .with_context(crm_gestao_issue={"journal_id": self.series_2.id})
            ._create_invoices()
        )
        invoice.sudo().action_post()
        # nor does it keep from the occurrence what was made of it
        told = "".join(self.occurrence.message_ids.mapped("body"))
        self.assertIn("Made from this occurrence", told)
        self.assertIn("Posted", told)
        self.assertEqual(invoice.journal_id, self.series_1)
