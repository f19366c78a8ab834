import contextlib
import itertools
import json
import traceback
from datetime import timedelta
from functools import partial

from odoo import SUPERUSER_ID, Command, fields, http
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import mute_logger

from ..models.crm_gestao_link_mixin import CrmGestaoLinkMixin
from .sales_common import SalesCommon


@tagged("post_install", "-at_install")
class TestSales(SalesCommon):
    """Quotations and orders from an occurrence, and the links both ways."""

    def _open(self, action, user=None):
        """The form that an action opens for a user."""
        model = (
            self.env[action["res_model"]]
            .with_user(user or self.rep)
            .with_context(**action["context"])
        )
        return Form(model, view=action["views"][0][0] or None)

    def _save_new_order(self, product=None, **values):
        """Save the dialog of a new order, by the call that the web client makes."""
        action = self.occurrence.with_user(self.rep).action_new_order()
        self.assertEqual((action["res_model"], action["target"]), ("sale.order", "new"))
        with self._open(action) as form:
            if product:
                with form.order_line.new() as line:
                    line.product_id = product
            for name, value in values.items():
                form[name] = value
        return form.record

    # --- quotations ---

    def test_new_quotation(self):
        terms = self.env.ref("account.account_payment_term_15days")
        pricelist = self.env["product.pricelist"].create({"name": "Of the customer"})
        self.customer.property_payment_term_id = terms
        self.customer.property_product_pricelist = pricelist
        action = self.occurrence.with_user(self.rep).action_new_quotation()
        with self._open(action) as form:
            with form.order_line.new() as line:
                line.product_id = self.product
        order = form.record
        self.assertRecordValues(
            order,
            [
                {
                    "state": "draft",
                    "partner_id": self.customer.id,
                    "occurrence_id": self.occurrence.id,
                    "origin": self.occurrence.name,
                    "company_id": self.company.id,
                    "user_id": self.rep.id,
                    "payment_term_id": terms.id,
                    "pricelist_id": pricelist.id,
                }
            ],
        )
        self.assertEqual(self.occurrence.quotation_count, 1)

    def test_salesperson_of_a_new_quotation(self):
        """As Odoo sets it, but for those who may make only their own orders."""
        self.customer.user_id = self.users["other_rep"]
        for user, salesperson in (
            (self.rep, self.rep),
            (self.clerk, self.users["other_rep"]),
        ):
            action = self.occurrence.with_user(user).action_new_quotation()
            with self._open(action, user) as form:
                self.assertEqual(form.user_id, salesperson)

    def test_quotation_of_another_company(self):
        occurrence = self._create_occurrence(
            company_id=self.other_company.id, user_id=False
        )
        user = self._new_user(
            "rep_of_two",
            "crm_gestao.group_user,sales_team.group_sale_salesman",
            self.company | self.other_company,
        )
        action = (
            occurrence.with_user(user)
            .with_context(allowed_company_ids=(self.company | self.other_company).ids)
            .action_new_quotation()
        )
        self.assertEqual(action["context"]["default_company_id"], self.other_company.id)

    def test_one_occurrence_at_a_time(self):
        occurrences = self.occurrence | self._create_occurrence()
        for method in (
            "action_new_quotation", "action_new_order", "action_issue_invoice",
        ):  # fmt: skip
            for records in (occurrences, occurrences.browse()):
                with self.assertRaisesRegex(UserError, "Tick only one"):
                    getattr(records.with_user(self.clerk), method)()

    def test_who_may_not_sell(self):
        foreign = self._create_occurrence(user_id=self.users["colleague"].id)
        for user, occurrence in (
            (self.users["all"], self.occurrence),
            (self.users["biller"], self.occurrence),
            (self.rep, foreign),
        ):
            for method in ("action_new_quotation", "action_new_order"):
                with self.subTest(user.login), self.assertRaises(AccessError):
                    getattr(occurrence.with_user(user), method)()

    # --- orders ---

    def test_new_order_is_confirmed_when_saved(self):
        order = self._save_new_order(self.product)
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.occurrence_id, self.occurrence)
        self.assertEqual(self.occurrence.order_count, 1)

    def test_new_order_that_cannot_be_confirmed_is_not_saved(self):
        orders = self.env["sale.order"].search_count([])
        with self.assertRaisesRegex(UserError, "has no lines"), self.cr.savepoint():
            self._save_new_order()
        yesterday = fields.Date.today() - timedelta(days=1)
        with self.assertRaisesRegex(UserError, "was valid until"), self.cr.savepoint():
            self._save_new_order(self.product, validity_date=yesterday)
        self.assertEqual(self.env["sale.order"].search_count([]), orders)

    def test_new_order_dialog_saves_by_its_own_button_only(self):
        form = self.env["sale.order"].get_view(
            self.env.ref("crm_gestao.sale_order_view_form_new").id
        )["arch"]
        self.assertNotIn("action_quotation_send", form)
        self.assertNotIn("action_add_from_catalog", form)
        self.assertNotIn("action_open_discount_wizard", form)
        self.assertIn('special="save"', form)

    def test_confirm_quotations(self):
        """Those that can be are confirmed, the others say why."""
        good, also_good, left = (self._create_order(confirmed=False) for _ in range(3))
        expired = self._create_order(
            confirmed=False, validity_date=fields.Date.today() - timedelta(days=1)
        )
        without_lines = self._create_order(confirmed=False, order_line=False)
        archived = self.env["res.partner"].create({"name": "Blocked"})
        of_archived = self._create_order(confirmed=False)
        of_archived.partner_id = archived
        archived.active = False
        other = self.env["res.partner"].create({"name": "Other"})
        of_other = self._create_order(confirmed=False)
        of_other.partner_id = other
        without_product = self._create_order(confirmed=False)
        without_product.order_line.product_id = False
        action = self.occurrence.with_user(self.rep).action_new_order()
        confirm = self.env[action["res_model"]].browse(action["res_id"])
        confirm = confirm.with_user(self.rep)
        lines = {line.order_id: line for line in confirm.line_ids}
        reasons = {
            expired: f"{expired.name} was valid until",
            without_lines: f"{without_lines.name} has no lines",
            of_archived: "customer Blocked is blocked",
            of_other: f"{of_other.name} is of Other, and this occurrence is not",
            without_product: "missing a product",
        }
        self.assertEqual(set(lines), {good, also_good, left, *reasons})
        for order, line in lines.items():
            self.assertEqual(line.is_selected, order not in reasons)
            self.assertIn(reasons.get(order, ""), line.message or "")
            self.assertEqual(line.amount_total, order.amount_total)
            self.assertEqual(line.validity_date, order.validity_date)

        with Form(confirm) as form:
            for index, line in enumerate(confirm.line_ids):
                with form.line_ids.edit(index) as edited:
                    edited.is_selected = line.order_id != left
        action = confirm.action_confirm()
        self.assertEqual(action["res_model"], confirm._name)
        self.assertEqual(action["res_id"], confirm.id)
        self.assertEqual((good | also_good).mapped("state"), ["sale", "sale"])
        for order in (left, *reasons):
            self.assertEqual(order.state, "draft", order.name)
        for order, reason in reasons.items():
            self.assertIn(reason, lines[order].message)
        self.assertTrue(lines[good].is_confirmed)

        # corrected, the rest goes through as well
        expired.validity_date = False
        expired.invalidate_recordset(["is_expired"])
        lines[expired].is_selected = True
        (confirm.line_ids - lines[expired]).is_selected = False
        action = confirm.action_confirm()
        self.assertEqual((action["res_model"], action["res_id"]),
                         ("sale.order", expired.id))  # fmt: skip
        with self.assertRaisesRegex(UserError, "Tick one or more"):
            confirm.action_confirm()

    def test_occurrence_that_was_given_another_customer_meanwhile(self):
        """What is about to be linked to it is of the customer that it had."""
        occurrence = self._create_occurrence(user_id=self.rep.id)
        action = occurrence.with_user(self.rep).action_new_quotation()
        form = self._open(action)
        records = self.env["crm.gestao.competitor.record"].with_user(self.rep)
        record = {
            "competitor_id": self.env["crm.gestao.competitor"]
            .create({"name": "Alfa"})
            .id,
            "partner_id": self.customer.id,
            "occurrence_id": occurrence.id,
        }
        lead = {"name": "Deal", "partner_id": self.customer.id}
        occurrence.partner_id = self.other_customer
        told = f"{occurrence.name} belongs to {self.other_customer.name}"
        with self.assertRaisesRegex(ValidationError, told), self.cr.savepoint():
            form.save()
        with self.assertRaisesRegex(ValidationError, told), self.cr.savepoint():
            records.create(dict(record))
        if "crm.lead" in self.env:
            lead["occurrence_id"] = occurrence.id
            with self.assertRaisesRegex(ValidationError, told), self.cr.savepoint():
                self.env["crm.lead"].with_user(self.rep).create(lead)
        # of a colleague's not even that is told
        occurrence.user_id = self.users["other_rep"]
        with self.assertRaises(AccessError), self.cr.savepoint():
            records.create(dict(record))
        occurrence.write({"user_id": self.rep.id, "partner_id": self.contact.id})
        self.assertEqual(records.create(record).occurrence_id, occurrence)
        # a quotation that went to another customer has competitor records of that one
        order = form.save()
        order.partner_id = self.other_customer
        action = order.with_user(self.rep).action_view_competitor_records()
        self.assertFalse(action["context"]["default_occurrence_id"])

    def test_new_order_beside_open_quotations(self):
        self._create_order(confirmed=False)
        action = self.occurrence.with_user(self.rep).action_new_order()
        confirm = self.env[action["res_model"]].browse(action["res_id"])
        action = confirm.with_user(self.rep).action_new_order()
        self.assertEqual(action["res_model"], "sale.order")
        self.assertTrue(action["context"]["crm_gestao_confirm_order"])

    def test_quotations_of_others_are_not_offered(self):
        self._create_order(confirmed=False, user_id=self.users["other_rep"].id)
        action = self.occurrence.with_user(self.rep).action_new_order()
        self.assertEqual(action["res_model"], "sale.order")
        own = self._create_order(confirmed=False)
        action = self.occurrence.with_user(self.rep).action_new_order()
        confirm = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(confirm.line_ids.order_id, own)
        with self.assertRaises(AccessError):
            confirm.with_user(self.users["other_rep"]).action_confirm()

    # --- links ---

    def _get_messages(self, record):
        return " ".join(record.message_ids.mapped("body"))

    def test_links_and_messages(self):
        order = self._create_order()
        self.assertIn(self.occurrence.name, self._get_messages(order))
        self.assertNotIn(self.occurrence.subject, self._get_messages(order))
        self.assertIn(order.name, self._get_messages(self.occurrence))
        issue = self._create_issue()
        issue.action_issue()
        invoice = order.invoice_ids
        self.assertIn(self.occurrence.name, self._get_messages(invoice))
        self.assertIn(order.name, self._get_messages(invoice))
        self.assertIn(invoice.name, self._get_messages(self.occurrence))
        self.assertRecordValues(
            self.occurrence, [{"order_count": 1, "invoice_count": 1}]
        )
        for document in (order, invoice):
            action = document.action_view_occurrence()
            self.assertEqual(action["res_model"], self.occurrence._name)
            self.assertEqual(action["res_id"], self.occurrence.id)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_an_invoice_of_a_colleague_is_told_by_its_number(self):
        """Its name has the customer's own reference besides."""
        order = self._create_order()
        draft = order._create_invoices()
        draft.write({"ref": "Hidden", "invoice_user_id": self.users["other_rep"].id})
        issue = self._create_issue(self.rep)
        issue.order_ids = order
        self.assertIn("is on a draft already: Draft Invoice. ", issue.notes)
        draft.action_post()
        issue.order_ids = False
        issue.order_ids = order
        self.assertIn(f"is invoiced already: {draft.name}.", issue.notes)
        with self.assertRaises(AccessError):
            draft.with_user(self.rep).read(["ref"])
        self.assertIn(draft.name, self._get_messages(self.occurrence))
        self.assertNotIn("Hidden", self._get_messages(self.occurrence))

    def test_subject_of_an_occurrence_that_was_handed_over(self):
        """What it is linked to tells its number; who may read it is told all of it."""
        order = self._create_order(confirmed=False)
        card = self.env["crm.gestao.competitor"].create({"name": "Rival"})
        record = card.record_ids.create(
            {
                "competitor_id": card.id,
                "partner_id": self.customer.id,
                "occurrence_id": self.occurrence.id,
                "user_id": self.rep.id,
            }
        )
        name = f"{self.occurrence.name} · {self.occurrence.subject}"
        shown = {"occurrence_id": {"fields": {"display_name": {}}}}
        for owner, expected in (
            (self.rep, name),
            (self.users["other_rep"], self.occurrence.name),
            (self.rep, name),
        ):
            self.occurrence.user_id = owner
            for document in (order.with_user(self.rep), record.with_user(self.rep)):
                with self.subTest(owner=owner.login, model=document._name):
                    (values,) = document.web_read(shown)
                    told = values["occurrence_id"]["display_name"]
                    self.assertEqual(told, expected)
                    (values,) = document.read(["occurrence_id"])
                    self.assertEqual(values["occurrence_id"][1], expected)
                    ((group,),) = document._read_group(
                        [("id", "=", document.id)], ["occurrence_id"]
                    )
                    self.assertEqual(group.sudo().display_name, expected)
        # a company that is not active now is one of theirs, too
        both = self.company | self.other_company
        self.rep.company_ids = both
        elsewhere = self._create_occurrence(
            company_id=self.other_company.id, user_id=self.rep.id
        )
        # with all rights, as Odoo asks for the names of what is linked to
        told = elsewhere.with_user(self.rep).sudo().display_name
        self.assertEqual(told, f"{elsewhere.name} · {elsewhere.subject}")

    def test_what_came_of_it_keeps_it_where_it_is(self):
        """Neither another company nor another customer gets it, and all goes on."""
        card = self.env["crm.gestao.competitor"].create({"name": "Rival"})
        order = self._create_order()
        with_order, name = self.occurrence, self.occurrence.name
        with_invoice, with_record, plain = (
            self._create_occurrence(user_id=self.rep.id) for _index in range(3)
        )
        invoice = order._create_invoices()
        invoice.action_post()
        invoice.occurrence_id = with_invoice
        card.record_ids.create(
            {
                "competitor_id": card.id,
                "partner_id": self.customer.id,
                "occurrence_id": with_record.id,
            }
        )
        self.rep.company_ids |= self.other_company
        for occurrence in (with_order, with_invoice, with_record):
            occurrence = occurrence.with_user(self.rep)
            for fname, value in (
                ("company_id", self.other_company.id),
                ("partner_id", self.other_customer.id),
            ):
                for records in (occurrence, occurrence | plain.with_user(self.rep)):
                    with (
                        self.subTest(fname, occurrence=occurrence.id),
                        self.assertRaisesRegex(UserError, occurrence.name) as caught,
                        self.cr.savepoint(),
                    ):
                        records.write({fname: value})
                    self.assertIn("Padaria Central Ltda", str(caught.exception))
            # within the customer, or sent as it was
            occurrence.partner_id = self.contact
            occurrence.write(
                {"partner_id": self.customer.id, "company_id": self.company.id}
            )
        self.assertEqual(with_order.name, name)
        credit_note = invoice._reverse_moves()
        self.assertEqual(credit_note.occurrence_id, with_invoice)
        # what nothing came of goes anywhere
        plain.with_user(self.rep).write(
            {"company_id": self.other_company.id, "partner_id": self.other_customer.id}
        )
        self.assertEqual(plain.company_id, self.other_company)
        # who may not change it is told nothing of it
        with (
            mute_logger("odoo.addons.base.models.ir_rule"),
            self.assertRaises(AccessError) as caught,
        ):
            with_order.with_user(self.users["other_rep"]).write(
                {"partner_id": self.other_customer.id}
            )
        self.assertNotIn("Padaria", str(caught.exception))

    def test_link_to_what_the_user_may_not_read(self):
        """A link tells the name of what it leads to."""
        hidden = self._create_occurrence(user_id=self.users["other_rep"].id)
        order = self._create_order(confirmed=False, occurrence_id=False)
        order = order.with_user(self.rep)
        with self.assertRaises(AccessError), self.cr.savepoint():
            order.occurrence_id = hidden
        with self.assertRaises(AccessError), self.cr.savepoint():
            order.create({"partner_id": self.customer.id, "occurrence_id": hidden.id})
        order.occurrence_id = self.occurrence
        self.assertEqual(order.occurrence_id, self.occurrence)

    def test_dialogs_of_what_the_user_may_not_read(self):
        """Neither do the dialogs tell anything of it, whatever a client sends."""
        other_rep = self.users["other_rep"]
        hidden = self._create_occurrence(user_id=other_rep.id)
        order = self._create_order(confirmed=False, user_id=other_rep.id)
        env = self.env(user=self.rep)
        for model in ("crm.gestao.order.confirm", "crm.gestao.invoice.issue"):
            with self.assertRaises(AccessError), self.cr.savepoint():
                env[model].create({"occurrence_id": hidden.id})
            dialog = env[model].create({"occurrence_id": self.occurrence.id})
            with self.assertRaises(AccessError), self.cr.savepoint():
                dialog.occurrence_id = hidden
        self._create_order(confirmed=False)
        confirm = env["crm.gestao.order.confirm"].create(
            {"occurrence_id": self.occurrence.id}
        )
        line = confirm.line_ids
        self.env.invalidate_all()  # as between two requests
        with self.assertRaises(AccessError), self.cr.savepoint():
            line.create({"confirm_id": confirm.id, "order_id": order.id})
        with self.assertRaises(AccessError), self.cr.savepoint():
            line.order_id = order

    def test_link_that_is_set_later(self):
        order = self._create_order(occurrence_id=False)
        self.assertNotIn(order.name, self._get_messages(self.occurrence))
        order.occurrence_id = self.occurrence
        order.occurrence_id = self.occurrence
        body = self._get_messages(self.occurrence)
        self.assertEqual(body.count(order.name), 1)
        invoice = order._create_invoices()
        invoice.occurrence_id = self._create_occurrence(subject="Another")
        self.assertIn(
            "Made from this occurrence", self._get_messages(invoice.occurrence_id)
        )

    def test_invoice_by_another_way_in_odoo(self):
        order = self._create_order()
        wizard = self.env["sale.advance.payment.inv"].create(
            {"sale_order_ids": [Command.set(order.ids)]}
        )
        wizard.create_invoices()
        self.assertEqual(order.invoice_ids.occurrence_id, self.occurrence)
        order.invoice_ids.action_post()
        self.assertIn(order.invoice_ids.name, self._get_messages(self.occurrence))

    def test_merged_into_one_invoice(self):
        """The invoice of several orders keeps an occurrence where one has one."""
        plain = self._create_order(occurrence_id=False)
        linked = self._create_order()
        invoice = (plain | linked)._create_invoices()
        self.assertEqual(len(invoice), 1)
        self.assertEqual(invoice.occurrence_id, self.occurrence)

    def test_an_invoice_that_comes_from_none_is_left_alone(self):
        """Odoo would go through its lines again, and say that somebody edited it."""
        invoice = self._create_order(occurrence_id=False)._create_invoices()
        self.assertFalse(invoice.is_manually_modified)

    def test_copies_come_from_no_occurrence(self):
        order = self._create_order()
        invoice = order._create_invoices()
        self.assertFalse(order.copy().occurrence_id)
        # as the web client copies what was made by the button
        context = {"default_occurrence_id": self.occurrence.id}
        self.assertFalse(order.with_context(**context).copy().occurrence_id)
        self.assertFalse(invoice.copy().occurrence_id)
        # who has nothing to do with occurrences copies as ever
        salesman = self._new_user(
            "salesman", "sales_team.group_sale_salesman_all_leads"
        )
        self.assertFalse(order.with_user(salesman).copy().sudo().occurrence_id)
        self.assertRecordValues(
            self.occurrence, [{"order_count": 1, "invoice_count": 1}]
        )
        self.assertFalse(self.occurrence.copy().sale_order_ids)

    def test_cancelled_and_credited(self):
        order = self._create_order()
        invoice = order._create_invoices()
        invoice.action_post()
        credit_note = invoice._reverse_moves()
        self.assertEqual(credit_note.occurrence_id, self.occurrence)
        order._action_cancel()
        self.assertRecordValues(
            self.occurrence, [{"order_count": 0, "invoice_count": 2}]
        )
        self.assertEqual(self.occurrence.sale_order_ids, order)

    def test_credited_and_invoiced_anew(self):
        order = self._create_order()
        invoice = order._create_invoices()
        invoice.action_post()
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        wizard.modify_moves()
        self.assertEqual(
            self.occurrence.invoice_ids.sorted("id").mapped("move_type"),
            ["out_invoice", "out_refund", "out_invoice"],
        )

    def test_deleted(self):
        order = self._create_order()
        issue = self._create_issue(self.rep)
        issue.action_create_draft()
        order.invoice_ids.unlink()
        self.assertFalse(issue.move_ids)
        self.assertFalse(self.occurrence.invoice_ids)
        order._action_cancel()
        order.unlink()
        self.assertFalse(self.occurrence.sale_order_ids)
        self.occurrence.unlink()

    def test_merged_customers(self):
        order = self._create_order()
        double = self.env["res.partner"].create({"name": "Padaria", "is_company": True})
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.customer | double).ids, double)
        self.assertEqual(order.partner_id, double)
        self.assertEqual(order.occurrence_id, self.occurrence)
        self.assertEqual(self.occurrence.commercial_partner_id, double)

    def test_filter_and_groups(self):
        order = self._create_order()
        other = self._create_order(occurrence_id=False)
        (order | other)._create_invoices(grouped=True)
        for records, view in (
            (order | other, "sale.view_sales_order_filter"),
            ((order | other).invoice_ids, "account.view_account_invoice_filter"),
        ):
            model = records.browse()
            arch = model.get_view(self.env.ref(view).id)["arch"]
            self.assertIn('name="from_occurrence"', arch)
            self.assertIn('name="group_by_occurrence"', arch)
            groups = model._read_group(
                [("id", "in", records.ids)], ["occurrence_id"], ["__count"]
            )
            self.assertEqual(
                dict(groups), {self.occurrence: 1, self.occurrence.browse(): 1}
            )
            # who has no right to occurrences sees neither
            salesman = self._new_user(
                f"salesman_{model._table}", "sales_team.group_sale_salesman"
            )
            arch = model.with_user(salesman).get_view(self.env.ref(view).id)["arch"]
            self.assertNotIn("occurrence", arch)

    def test_buttons_by_right(self):
        buttons = {"action_new_quotation", "action_new_order", "action_issue_invoice"}
        for role, expected in (
            ("all", set()),
            ("reader", set()),
            ("biller", {"action_issue_invoice"}),
            ("rep", buttons),
            ("clerk", buttons),
        ):
            for view in ("occurrence_view_form", "occurrence_view_form_dialog"):
                arch = (
                    self.env["crm.gestao.occurrence"]
                    .with_user(self.users[role])
                    .get_view(self.env.ref(f"crm_gestao.{view}").id)["arch"]
                )
                shown = {name for name in buttons if f'name="{name}"' in arch}
                self.assertEqual(shown, expected, f"{role}, {view}")
            actions = (
                self.env["ir.actions.actions"]
                .with_user(self.users[role])
                .get_bindings("crm.gestao.occurrence")
                .get("action", ())
            )
            names = {action["name"] for action in actions}
            labels = {"action_new_quotation": "Quotation", "action_new_order": "Order",
                      "action_issue_invoice": "Invoice"}  # fmt: skip
            self.assertEqual(
                names & set(labels.values()), {labels[name] for name in expected}, role
            )

    def _get_hidden(self):
        """By model, one record that the rep may not read."""
        elsewhere = {"company_id": self.other_company.id}
        theirs = {"user_id": self.users["other_rep"].id}
        hidden = [
            self._create_occurrence(**theirs),
            self._create_order(occurrence_id=False, **theirs),
            self.env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.customer.id,
                    "invoice_user_id": theirs["user_id"],
                    "invoice_line_ids": [
                        Command.create({"product_id": self.product.id})
                    ],
                }
            ),
            self.env["res.partner"].create({"name": "Hidden", **elsewhere}),
            self.env["crm.gestao.competitor"].create({"name": "Hidden", **elsewhere}),
            self.env["product.product"].create({"name": "Hidden", **elsewhere}),
            self.env["account.journal"].create(
                {"name": "Hidden", "code": "HID", "type": "sale", **elsewhere}
            ),
            self.env["crm.gestao.competitor.reason"].create(
                {"name": "Hidden", **elsewhere}
            ),
            # dialogs are their users' own
            self._create_issue(self.clerk),
            self.env["crm.gestao.order.confirm"]
            .with_user(self.clerk)
            .create({"occurrence_id": self.occurrence.id}),
        ]
        if "crm.lead" in self.env:
            hidden.append(self.env["crm.lead"].create({"name": "Hidden", **theirs}))
        found = {record._name: record for record in hidden}
        found["sale.order.line"] = found["sale.order"].order_line
        found["account.move.line"] = found["account.move"].invoice_line_ids
        return found

    def test_nothing_is_told_of_what_might_be_saved(self):
        """A client may ask what a form would show, of records that do not exist yet."""
        hidden = self._get_hidden()
        env = self.env(user=self.rep)
        asked, refused = set(), set()
        for name in sorted(env):
            model = env[name]
            if not isinstance(model, CrmGestaoLinkMixin) or model._abstract:
                continue
            specification = {
                fname: {"fields": {"display_name": {}}} if field.relational else {}
                for fname, field in model._fields.items()
                if model._has_field_access(field, "read")
            }
            for fname in set(model._get_told_links()) & specification.keys():
                field = model._fields[fname]
                record = hidden[field.comodel_name]
                # in all forms that Odoo takes
                forms = [
                    record.id,
                    str(record.id),
                    float(record.id),
                    *({"id": form} for form in (record.id, [record.id])),
                    *({"id": [form(record.id)]} for form in (str, float)),
                ]
                if name == "account.move.send.wizard":
                    # where Odoo takes it for none, its dialog fails by itself
                    forms = forms[:1]
                if field.type in ("one2many", "many2many"):
                    forms = [
                        [Command.set(record.ids)],
                        [Command.link(record.id)],
                        [Command.update(record.id, {})],
                        *([record.ids] if field.type == "many2many" else ()),
                    ]
                for value, is_default in itertools.product(forms, (False, True)):
                    context = {f"default_{fname}": value} if is_default else {}
                    values = {} if is_default else {fname: value}
                    with self.subTest(model=name, field=fname, default=context):
                        asking = model.with_context(**context)
                        try:
                            answer = asking.onchange(
                                values, list(values), specification
                            )
                        except UserError:
                            # of rights, or that this is no record
                            refused.add((name, fname))
                        else:
                            # Odoo has taken it for none
                            self.assertNotIsInstance(value, int)
                            self.assertFalse(answer["value"].get(fname))
                    asked.add((name, fname))
        self.assertEqual(refused, asked)
        self.assertLessEqual(
            {
                ("crm.gestao.competitor.record", "sale_order_id"),
                ("crm.gestao.invoice.issue", "order_ids"),
                ("crm.gestao.occurrence", "partner_id"),
                ("crm.gestao.order.confirm", "occurrence_id"),
                ("crm.gestao.order.confirm.line", "order_id"),
                ("sale.order", "occurrence_id"),
            },
            asked,
        )

    def test_nothing_is_told_by_links_that_are_not_asked_for(self):
        """What is computed with all rights takes them from what a client says."""
        hidden = self._get_hidden()
        order = hidden["sale.order"]
        invoice = hidden["account.move"]
        env = self.env(user=self.rep)
        asked = {"subject": {}, "body": {}}
        line = [Command.update(order.order_line.id, {"display_type": False})]
        invoiced = [Command.set(invoice.invoice_line_ids.ids)]
        invoiced = Command.create({"invoice_lines": invoiced})
        for model, context, values, specification in (
            ("account.move.send.wizard", {"active_ids": invoice.ids}, {}, asked),
            (
                "crm.gestao.occurrence",
                {"default_partner_id": hidden["res.partner"].id},
                {},
                {"partner_phone": {}, "partner_email": {}},
            ),
            (
                "sale.order",
                {},
                {"partner_id": self.customer.id, "order_line": line},
                {"amount_total": {}},
            ),
            (
                "sale.order",
                {},
                {"partner_id": self.customer.id, "order_line": [invoiced]},
                {"order_line": {"fields": {"untaxed_amount_invoiced": {}}}},
            ),
            ("sale.order.line", {}, invoiced[2], {"untaxed_amount_invoiced": {}}),
            (
                "sale.order.line",
                {},
                {"order_id": order.id},
                {"order_partner_id": {"fields": {"display_name": {}}}},
            ),
            (
                "account.move",
                {"default_move_type": "out_invoice"},
                {"invoice_line_ids": [Command.update(invoice.invoice_line_ids.id, {})]},
                {"amount_total": {}},
            ),
        ):
            with self.subTest(model=model):
                told = {}
                with contextlib.suppress(UserError):
                    told = (
                        env[model]
                        .with_context(**context)
                        .onchange(values, list(values), specification)["value"]
                    )
                # or Odoo has taken the link for none
                self.assertFalse(any(told.values()), told)

    def test_nothing_is_told_of_a_record_that_is_not_there(self):
        """Odoo takes number 0 for a new one, of which it asks for no right."""
        hidden = self._get_hidden()
        order = self._create_order()
        invoice = order._create_invoices()
        invoice.action_post()
        self.product.list_price = 77
        template = self.env.ref("sale.email_template_edi_sale")
        competitor = self.env["crm.gestao.competitor"].create({"name": "Closed"})
        competitor.group_ids = self.env.ref("base.group_system")
        sent = {
            "active_model": "sale.order",
            "active_ids": order.ids,
            "default_template_id": template.id,
        }
        planned = {
            "default_res_model_id": self.env["ir.model"]._get_id(competitor._name),
            "default_res_id": competitor.id,
            "default_user_id": self.users["manager"].id,
        }
        compared = {
            "default_partner_id": self.customer.id,
            "default_product_id": self.product.id,
        }
        for model, context, names in (
            (
                "account.move.send.wizard",
                {"active_model": "account.move", "active_ids": invoice.ids},
                ["subject", "body"],
            ),
            ("mail.compose.message", sent, ["attachment_ids", "body", "subject"]),
            ("mail.activity", planned, ["res_name"]),
            ("crm.gestao.competitor.record", compared, ["our_price"]),
            (
                "crm.gestao.occurrence",
                {"default_partner_id": hidden["res.partner"].id},
                ["partner_phone", "partner_email", "commercial_partner_id"],
            ),
            (
                "crm.gestao.invoice.issue",
                {"default_occurrence_id": self.occurrence.id},
                ["partner_id", "commercial_partner_id"],
            ),
            (
                "sale.order.line",
                {"default_invoice_lines": [Command.set(invoice.line_ids.ids)]},
                ["untaxed_amount_invoiced"],
            ),
        ):
            for role in ("portal", "employee"):
                records = self.env[model].with_user(self.users[role])
                records = records.with_context(**context)
                for method in ("read", "export_data", "mapped"):
                    self.env.invalidate_all()
                    with self.subTest(model=model, role=role, method=method):
                        if method == "mapped" and model == "sale.order.line":
                            continue  # of which there is no such method
                        try:
                            record = records.browse([0])
                            if method == "mapped":  # as a method of the model does
                                rows = [[record[name] for name in names]]
                            elif method == "read":
                                (row,) = record.read(names)
                                rows = [[row[name] for name in names]]
                            else:
                                rows = record.export_data(names)["datas"]
                        except UserError:
                            continue
                        self.assertFalse(any(itertools.chain(*rows)), rows)

    def test_nothing_is_told_of_lines_of_what_has_no_links(self):
        """Of a model of Odoo, or of one whose own links are for everybody."""
        hidden = self._get_hidden()
        env = self.env(user=self.rep)
        occurrence = {"occurrence_id": hidden["crm.gestao.occurrence"].id}
        order = {"sale_order_id": {"id": hidden["sale.order"].id}}
        for model, fname, line in (
            ("res.partner", "sale_order_ids", occurrence),
            ("crm.gestao.competitor", "record_ids", order),
            ("crm.gestao.competitor", "record_ids", occurrence),
        ):
            names = [*line, "display_name"]
            specification = {
                fname: {"fields": {n: {"fields": {"display_name": {}}} for n in names}}
            }
            for command in ([0, "virtual_1", line], line):
                with self.subTest(model=model), self.assertRaises(AccessError):
                    env[model].onchange({fname: [command]}, [], specification)

    def test_nothing_is_told_of_what_a_link_would_be_made_of(self):
        hidden = self._get_hidden()["res.partner"]
        env = self.env(user=self.rep)
        names = ("commercial_partner_id", "display_name", "name", "partner_id")
        for model, values, context in (
            ("crm.gestao.occurrence", {"partner_id": {"parent_id": hidden.id}}, {}),
            (
                "crm.gestao.occurrence",
                {"partner_id": {"commercial_partner_id": hidden.id}},
                {},
            ),
            (
                "crm.gestao.competitor.record",
                {"partner_id": {"parent_id": hidden.id}},
                {},
            ),
            ("crm.gestao.competitor", {"partner_id": hidden.id}, {}),
            ("crm.gestao.occurrence", {}, {"default_commercial_partner_id": hidden.id}),
            ("crm.gestao.invoice.issue", {}, {"default_partner_id": hidden.id}),
            (
                "crm.gestao.invoice.issue",
                {"occurrence_id": {"commercial_partner_id": hidden.id}},
                {},
            ),
        ):
            fields_ = env[model]._fields
            specification = {
                name: {"fields": {"display_name": {}}}
                if fields_[name].relational
                else {}
                for name in names
                if name in fields_
            }
            with self.subTest(model=model, values=values, context=context):
                try:
                    told = (
                        env[model]
                        .with_context(**context)
                        .onchange(values, list(values), specification)
                    )
                except UserError:
                    continue
                self.assertNotIn("Hidden", str(told))

    def test_links_are_numbers(self):
        """Others Odoo would save, and take for none where it checks them."""
        hidden = self._get_hidden()
        env = self.env(user=self.rep)
        for model, fname, values in (
            ("sale.order", "occurrence_id", {"partner_id": self.customer.id}),
            ("crm.gestao.order.confirm", "occurrence_id", {}),
            ("crm.gestao.occurrence", "partner_id", {"subject": "A"}),
        ):
            record = hidden[env[model]._fields[fname].comodel_name]
            for value in (str(record.id), float(record.id), True, 2**40, -1):
                with self.subTest(model=model, value=value):
                    with self.assertRaises(UserError):
                        env[model].create({**values, fname: value})
        occurrences = env["crm.gestao.occurrence"]
        values = {"subject": "A", "partner_id": self.customer.id}
        for value in (0, [], [7], {}, "x", 2**40):
            with self.subTest(company=value), self.assertRaises(UserError):
                occurrences.create({**values, "company_id": value})
            cards = env["crm.gestao.competitor"].with_context(default_company_id=value)
            if value:
                with self.subTest(card=value), self.assertRaises(UserError):
                    cards.name_create("Rival")

    def test_refusals_name_nothing_hidden(self):
        """Of another company, in what says that companies do not match.

        A client gets what an error comes from, too.
        """
        theirs = {"name": "Hidden", "company_id": self.other_company.id}
        hidden, product, rival = (
            self.env[model].create({**theirs})  # which the product adds to
            for model in ("res.partner", "product.product", "crm.gestao.competitor")
        )
        occurrence = self._create_occurrence(
            subject="Hidden", company_id=self.other_company.id
        )
        card = self.env["crm.gestao.competitor"].create({"name": "Rival"})
        both = self._new_user(
            "both",
            "crm_gestao.group_manager,sales_team.group_sale_manager",
            self.company | self.other_company,
        )
        both = both.with_context(allowed_company_ids=both.company_ids.ids)
        env = self.env(user=self.rep)
        record = {"competitor_id": card.id, "partner_id": self.customer.id}
        order = {"partner_id": self.customer.id}
        ours = {**order, "subject": "A", "type_id": self.type_visit.id}
        for model, values, fname, value in (
            ("crm.gestao.competitor.record", record, "partner_id", hidden),
            ("crm.gestao.competitor.record", record, "product_id", product),
            ("crm.gestao.competitor.record", record, "competitor_id", rival),
            ("crm.gestao.competitor.record", record, "occurrence_id", occurrence),
            ("sale.order", order, "occurrence_id", occurrence),
            ("crm.gestao.occurrence", ours, "partner_id", hidden),
        ):
            changed = {fname: value.id}
            saved = env[model].create(values)
            for call, refused in (
                (env[model].create, {**values, **changed}),
                (saved.write, changed),
            ):
                with self.subTest(model=model, field=fname):
                    with self.assertRaises(UserError) as told, self.cr.savepoint():
                        call(refused)
                    chain = "".join(traceback.format_exception(told.exception))
                    self.assertNotIn("Hidden", chain)
            if model != "crm.gestao.occurrence":
                # who may read both companies is told which record it is
                with self.assertRaises(UserError) as told, self.cr.savepoint():
                    saved.with_env(both.with_user(both).env).write(changed)
                self.assertIn("Hidden", str(told.exception))
        line = {"issue_id": 0, "product_id": product.id}
        issue = {"occurrence_id": self.occurrence.id}
        with self.assertRaises(AccessError):
            env["crm.gestao.invoice.issue"].create(
                {**issue, "line_ids": [Command.create({**line, "issue_id": False})]}
            )

    def test_prices_and_numbers_of_other_companies(self):
        card = self.env["crm.gestao.competitor"].create({"name": "Rival"})
        env = self.env(user=self.rep)
        values = {
            "competitor_id": card.id,
            "partner_id": self.customer.id,
            "product_id": self.product.id,
            "company_id": self.other_company.id,
        }
        record = env["crm.gestao.competitor.record"]
        with self.assertRaises(AccessError):
            record.onchange(values, [], {"our_price": {}})
        with self.assertRaises(AccessError):
            env["sale.order"].onchange(
                {"competitor_record_ids": [Command.create(values)]},
                [],
                {"competitor_record_ids": {"fields": {"our_price": {}}}},
            )
        before = self._create_occurrence(company_id=self.other_company.id).name
        with self.assertRaises(AccessError):
            self.occurrence.with_user(self.rep).company_id = self.other_company
        after = self._create_occurrence(company_id=self.other_company.id).name
        self.assertEqual(int(after[-5:]), int(before[-5:]) + 1)

    def test_number_of_an_invoice_tells_no_amount(self):
        """Nor by what a client's context adds to names."""
        order = self._create_order()
        invoice = order.sudo()._create_invoices()
        invoice.invoice_user_id = self.users["other_rep"]
        invoice.action_post()
        text = order.with_user(self.rep).with_context(name_as_amount_total=True)
        text = text._get_invoicing_obstacle()
        self.assertIn(invoice.name, text)
        self.assertNotIn(f"{invoice.amount_total:,.2f}", text)

    def test_nothing_is_told_of_lines_that_might_be_saved(self):
        order = self._get_hidden()["sale.order"]
        confirm = self.env["crm.gestao.order.confirm"].with_user(self.rep)
        lines = {"line_ids": [Command.create({"order_id": order.id})]}
        names = ("amount_total", "date_order", "message", "order_id", "validity_date")
        specification = {"line_ids": {"fields": dict.fromkeys(names, {})}}
        for values, context in (
            (lines, {}),
            ({}, {f"default_{fname}": value for fname, value in lines.items()}),
        ):
            with self.assertRaises(AccessError):
                confirm.with_context(**context).onchange(
                    values, list(values), specification
                )
        # their own is told
        own = self._create_order(confirmed=False)
        line = confirm.env["crm.gestao.order.confirm.line"]
        told = line.onchange(
            {"order_id": own.id}, ["order_id"], dict.fromkeys(names, {})
        )
        self.assertEqual(told["value"]["amount_total"], 110)

    def test_money_stays_with_who_may_see_it(self):
        """Who reads an occurrence, and no orders, gets no amount by any way."""
        order = self._create_order()
        payment = self.env["account.payment"].create(
            {"partner_id": self.customer.id, "amount": 110, "payment_type": "inbound"}
        )
        customer = [("partner_id", "=", self.customer.id)]
        allow_export = self.env.ref("base.group_allow_export")
        for role in ("all", "manager"):
            self.users[role].group_ids += allow_export
            env = self.env(user=self.users[role])
            occurrence = self.occurrence.with_env(env)
            self.assertTrue(occurrence.subject)
            for what, act in {
                "read": lambda o: o.read(["sale_order_ids", "invoice_ids"]),
                "search": lambda o: o.search([("sale_order_ids.amount_total", ">", 1)]),
                "any": lambda o: o.search(
                    [("sale_order_ids", "any", [("amount_total", ">", 1)])]
                ),
                "invoices": lambda o: o.search([("invoice_ids.amount_total", ">", 1)]),
                "sort": lambda o: o.search([], order="sale_order_ids"),
                "group": lambda o: o.formatted_read_group(
                    [], ["sale_order_ids"], ["__count"]
                ),
                "figures": lambda o: o.search([("order_count", ">", 0)]),
                "export": lambda o: o.export_data(["sale_order_ids/amount_total"]),
                "specification": lambda o: o.web_read(
                    {"sale_order_ids": {"fields": {"amount_total": {}}}}
                ),
                "orders": lambda o: o.env["sale.order"].search(customer),
                "history": lambda o: o.env["sale.report"].search(customer),
                "products": lambda o: o.env["crm.gestao.product.history"].search(
                    [("commercial_partner_id", "=", self.customer.id)]
                ),
                "invoicing": lambda o: o.action_issue_invoice(),
                "quotations": lambda o: o.action_view_orders(),
            }.items():
                with (
                    self.subTest(what, role=role),
                    self.assertRaises(AccessError) as caught,
                    self.cr.savepoint(),
                ):
                    act(occurrence)
                told = str(caught.exception)
                for secret in (order.name, "100.0", "110.0"):
                    self.assertNotIn(secret, told)
            with self.assertRaises(UserError) as caught, self.cr.savepoint():
                occurrence.unlink()
            told = [str(caught.exception)]
            told.append(
                env["crm.gestao.consult"].get_consult_figures(
                    self.customer.id, False, False
                )
            )
            told.append(env["crm.gestao.timeline"].get_page(self.customer.id))
            for name in ("occurrence", "diary"):
                told.append(
                    env["ir.actions.report"]._render_qweb_html(
                        f"crm_gestao.report_{name}", occurrence.ids
                    )[0]
                )
            for secret in (order.name, "100.0", "110.0", "110,0"):
                self.assertNotIn(secret, str(told), role)
            composers = env["mail.compose.message"]
            template = self.env.ref("sale.email_template_edi_sale")
            receipt = self.env.ref("account.mail_template_data_payment_receipt")
            for document, written_on, its in (
                (order, order._name, template),
                # Odoo renders what the template is about
                (order, "res.partner", template),
                (payment, payment._name, receipt),
                (payment, "res.partner", receipt),
            ):
                values = {
                    "model": written_on,
                    "res_ids": str(document.ids),
                    "template_id": its.id,
                }
                with self.subTest(document, role=role, model=written_on):
                    for names in ({"body": {}}, {"attachment_ids": {}}):
                        with self.assertRaises(AccessError), self.cr.savepoint():
                            composers.onchange(dict(values), [], names)
                    with self.assertRaises(AccessError), self.cr.savepoint():
                        composers.create(dict(values))

    def test_sending_what_one_may_not_read(self):
        """The e-mail with an invoice tells its amount: to who may read it."""
        order = self._create_order()
        mine, theirs = (
            order._create_invoices(),
            self._create_order()._create_invoices(),
        )
        invoices = mine | theirs
        invoices.action_post()
        mine.invoice_user_id = self.rep
        theirs.invoice_user_id = self.users["colleague"]
        theirs = theirs.with_user(self.rep)
        self.assertFalse(theirs.has_access("read"))
        wizards = self.env["account.move.send.wizard"].with_user(self.rep)
        told = wizards.onchange({"move_id": mine.id}, [], {"subject": {}})["value"]
        self.assertIn(mine.name, told["subject"])
        # a template of another model tells of the document with the same number
        template = self.env.ref("sale.email_template_edi_sale")
        values = {"move_id": mine.id, "template_id": template.id}
        for call in (
            lambda: wizards.onchange(dict(values), [], {"subject": {}}),
            lambda: wizards.with_context(
                default_template_id=template.id, active_ids=mine.ids
            ).onchange({}, [], {"move_id": {}, "template_id": {}, "subject": {}}),
            lambda: wizards.create(dict(values)),
        ):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                call()
        ticked = wizards.with_context(active_model=theirs._name, active_ids=theirs.ids)
        for call in (
            lambda: wizards.onchange({"move_id": theirs.id}, [], {"body": {}}),
            lambda: ticked.onchange({}, [], {"move_id": {}, "body": {}}),
            lambda: ticked.default_get(["move_id"]),
            lambda: wizards.create({"move_id": theirs.id}),
            lambda: ticked.create({}),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                call()

    def test_files_of_a_template_of_another_model(self):
        """Reports are made with all rights, of whatever has the number."""
        templates = self.env["mail.template"].with_user(self.users["employee"])
        report = self.env.ref("crm_gestao.action_report_occurrence")
        refused = partial(
            self.assertRaisesRegex, ValidationError, "is not a report for"
        )
        values = {
            "name": "Mine",
            "model_id": self.env["ir.model"]._get_id("res.partner"),
        }
        template = templates.create(values)
        with refused(), self.cr.savepoint():
            template.report_template_ids = report
        fitting = templates.with_user(self.rep).create(
            {
                "name": "Fitting",
                "model_id": self.env["ir.model"]._get_id(report.model),
                "report_template_ids": [Command.link(report.id)],
            }
        )
        with refused(), self.cr.savepoint():
            fitting.write({"model": "res.partner"})
        fitting.model_id = fitting.model_id
        self.assertEqual(fitting.report_template_ids, report)
        fitting.model_id = template.model_id
        self.assertFalse(fitting.report_template_ids)
        tables = ("res_partner", "crm_gestao_occurrence")
        for table in tables:
            self.env.cr.execute(
                "SELECT setval(%s, (SELECT max(last_value) FROM pg_sequences"
                " WHERE sequencename = ANY(%s)))",
                [f"{table}_id_seq", [f"{table}_id_seq" for table in tables]],
            )
        partner = self.env["res.partner"].create({"name": "Same Number"})
        occurrence = self._create_occurrence()
        self.assertEqual(occurrence.id, partner.id)
        composers = self.env["mail.compose.message"].with_user(self.users["employee"])
        # which somebody has given it all the same, or gives it meanwhile
        values = {
            "model": "res.partner",
            "res_ids": str(occurrence.ids),
            "template_id": template.id,
        }
        composer = composers.create(dict(values))
        template.with_user(SUPERUSER_ID).report_template_ids = report
        with self.assertRaises(AccessError):
            composer.action_send_mail()
        with self.assertRaises(AccessError), self.cr.savepoint():
            composers.create(dict(values))
        with refused(), self.cr.savepoint():
            templates.create(
                {
                    "name": "Mine",
                    "model_id": template.model_id.id,
                    "report_template_ids": [Command.link(report.id)],
                }
            )

    def test_amounts_by_the_context_of_a_client(self):
        """Odoo calls an invoice by its amount where the context says so."""
        invoice = self._create_order()._create_invoices()
        invoice.action_post()
        employee = self.users["employee"]
        activity = invoice.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.clerk.id
        )
        message = invoice.message_post(
            body="Look at this", partner_ids=(employee | self.clerk).partner_id.ids
        )
        for user, may_read in ((employee, False), (self.clerk, True)):
            activity.with_env(self.env).user_id = user
            records = (message.with_user(user), activity.with_user(user))
            message, activity = (
                record.with_context(name_as_amount_total=True) for record in records
            )
            self.env.invalidate_all()
            activity.write({"res_id": invoice.id})
            for told in (message.read(["record_name"]), activity.read(["res_name"])):
                with self.subTest(user=user.login, told=told):
                    self.assertEqual("110.00" in str(told), may_read)

    def test_template_and_who_follows(self):
        """A quotation sent to the customer tells amounts, and goes as a file."""
        employee = self.users["employee"]
        people = employee | self.clerk
        people.notification_type = "email"
        for is_mentioned in (False, True):
            order = self._create_order(confirmed=False)
            order.message_subscribe(people.partner_id.ids)
            action = order.with_user(self.rep).action_quotation_send()
            composer = Form(
                self.env["mail.compose.message"]
                .with_user(self.rep)
                .with_context(**action["context"])
            ).save()
            self.assertEqual(
                composer.template_id, self.env.ref("sale.email_template_edi_sale")
            )
            if is_mentioned:
                composer.partner_ids |= employee.partner_id
            _mails, message = composer._action_send_mail()
            told = self.env["mail.mail"].search([("mail_message_id", "=", message.id)])
            self.assertTrue(message.attachment_ids)
            self.assertIn(self.customer, told.recipient_ids)
            self.assertIn(self.clerk.partner_id, told.recipient_ids)
            self.assertEqual(employee.partner_id in told.recipient_ids, is_mentioned)
            self.assertEqual(
                employee.partner_id in message.notified_partner_ids, is_mentioned
            )

    def test_cost_of_many_who_follow(self):
        """Whether they may read is asked without going to the database for each."""
        counts = []
        for number in (3, 20):
            people = self.env["res.users"].concat(
                *(
                    self._new_user(
                        f"follower_{number}_{index}",
                        "sales_team.group_sale_salesman_all_leads",
                    )
                    for index in range(number)
                )
            )
            people.notification_type = "inbox"
            order = self._create_order()
            order.message_subscribe(people.partner_id.ids)
            for _is_warm in (False, True):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                message = order.message_post(
                    body="News", message_type="comment", subtype_xmlid="mail.mt_comment"
                )
                self.env.flush_all()
                counts.append(self.cr.sql_log_count - before)
                self.assertGreaterEqual(message.notified_partner_ids, people.partner_id)
        few, few_again, many, many_again = counts
        self.assertLessEqual(many_again - few_again, 17, counts)
        self.assertLessEqual(many - few, 17 * 8, counts)

    def test_amounts_and_who_is_mentioned(self):
        """They may read what was written, and the amount if they may read that."""
        order = self._create_order()
        invoice = order._create_invoices()
        invoice.action_post()
        people = (self.users["employee"] | self.clerk).partner_id
        people.user_ids.notification_type = "email"
        for document in (order, invoice):
            message = document.message_post(
                body="Look at this",
                partner_ids=people.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_note",
            )
            mails = self.env["mail.mail"].search([("mail_message_id", "=", message.id)])
            self.assertEqual(mails.recipient_ids, people)
            for mail in mails:
                with self.subTest(document, to=mail.recipient_ids.mapped("name")):
                    self.assertIn("Look at this", mail.body_html)
                    self.assertIn(document.name, mail.body_html)
                    may_read = (
                        self.users["employee"].partner_id not in mail.recipient_ids
                    )
                    self.assertEqual("110.00" in mail.body_html, may_read)

    def test_comment_of_who_only_follows(self):
        """They may comment what they may not read, and all others are told of it."""
        order = self._create_order()
        employee, mentioned = self.users["employee"], self.users["own"]
        order.message_subscribe((employee | self.clerk).partner_id.ids)
        people = mentioned | self.clerk
        people.notification_type = "email"
        message = order.with_user(employee).message_post(
            body="A comment",
            partner_ids=mentioned.partner_id.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        mails = self.env["mail.mail"].search([("mail_message_id", "=", message.id)])
        for user, may_read in ((mentioned, False), (self.clerk, True)):
            mail = mails.filtered(lambda m, u=user: u.partner_id in m.recipient_ids)
            self.assertIn(order.name, mail.subject)
            self.assertIn("A comment", mail.body_html)
            self.assertEqual("110.00" in mail.body_html, may_read)
        self.clerk.notification_type = "inbox"
        devices = self._create_devices(self.clerk)
        order.with_user(employee).message_post(
            body="Again", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        pushes = self.env["mail.push"].search(
            [("mail_push_device_id", "in", devices.ids)]
        )
        self.assertEqual(len(pushes), 5)
        self.assertIn(order.name, pushes[0].payload)

    def test_changes_and_who_follows(self):
        """Who may not read a document is not told what changes in it."""
        people = self.users["employee"] | self.clerk
        people.notification_type = "email"
        message = self._confirm_followed_by(people)
        order = self.env[message.model].browse(message.res_id)
        for user, may_read in ((self.users["employee"], False), (self.clerk, True)):
            mail = self.env["mail.mail"].search(
                [
                    ("mail_message_id", "=", message.id),
                    ("recipient_ids", "in", user.partner_id.ids),
                ]
            )
            with self.subTest(user=user.login):
                self.assertEqual(bool(mail), may_read)
                self.assertEqual("Status" in str(mail.body_html), may_read)
                for has_all_rights in (True, False):
                    shown = order.with_user(user).sudo(has_all_rights)
                    shown = shown._track_filter_for_display(message.tracking_value_ids)
                    self.assertEqual(bool(shown), may_read)

    def test_changes_and_what_is_pushed(self):
        """Nor by a notification on their devices."""
        people = self.users["employee"] | self.clerk
        people.notification_type = "inbox"
        devices = self._create_devices(people)
        message = self._confirm_followed_by(people)
        self.assertEqual(message.notified_partner_ids, self.clerk.partner_id)
        pushes = self.env["mail.push"].search(
            [("mail_push_device_id", "in", devices.ids)]
        )
        self.assertEqual(len(pushes), 5)
        self.assertEqual(pushes.mail_push_device_id.partner_id, self.clerk.partner_id)
        self.assertIn("Status", pushes[0].payload)

    def _create_devices(self, people):
        """What they are notified on, and Odoo does not send at once."""
        parameters = self.env["ir.config_parameter"]
        for key in ("private", "public"):
            parameters.set_param(f"mail.web_push_vapid_{key}_key", "key")
        # so many of each that Odoo lets them wait instead of sending at once
        return self.env["mail.push.device"].create(
            [
                {
                    "partner_id": partner.id,
                    "endpoint": f"https://push.example.com/{partner.id}/{number}",
                    "keys": "{}",
                }
                for partner in people.partner_id
                for number in range(5)
            ]
        )

    def _confirm_followed_by(self, people):
        """Confirm an order that `people` follow, and return the message of it."""
        order = self._create_order(confirmed=False).with_context(
            tracking_disable=False, mail_notrack=False
        )
        order.message_subscribe(people.partner_id.ids)
        order.message_follower_ids.subtype_ids = self.env[
            "mail.message.subtype"
        ].search([("res_model", "in", [order._name, False])])
        self.env.cr.precommit.run()
        order.action_confirm()
        self.env.flush_all()
        self.env.cr.precommit.run()
        order.invalidate_recordset()
        message = order.message_ids.filtered("tracking_value_ids")
        self.assertEqual(len(message), 1)
        return message

    def test_dialogs_by_right(self):
        """Who may use them, and that each user has their own only."""
        confirming = ("crm.gestao.order.confirm", "crm.gestao.order.confirm.line")
        issuing = ("crm.gestao.invoice.issue", "crm.gestao.invoice.issue.line")
        for role, models in (
            *((role, ()) for role in ("own", "all", "manager", "reader", "employee")),
            *((role, ()) for role in ("portal", "public")),
            ("biller", issuing),
            ("rep", confirming + issuing),
            ("clerk", confirming + issuing),
        ):
            for model in confirming + issuing:
                for operation in ("read", "write", "create", "unlink"):
                    self.assertEqual(
                        self.env[model].with_user(self.users[role])
                        .has_access(operation),
                        model in models,
                        f"{role}, {model}, {operation}",
                    )  # fmt: skip
        self._create_order(confirmed=False)
        confirm = self.env["crm.gestao.order.confirm"].with_user(self.clerk)
        confirm = confirm.create({"occurrence_id": self.occurrence.id})
        issue = self._create_issue(source="lines", line_ids=self._create_lines((1, 10)))
        for record in (confirm, confirm.line_ids, issue, issue.line_ids):
            self.assertTrue(record)
            with self.assertRaises(AccessError):
                record.with_user(self.rep).check_access("read")
            self.assertFalse(record.with_user(self.rep).search([]))
        quotation = self._create_order(confirmed=False)
        for dialog, values in (
            (confirm, {"confirm_id": confirm.id, "order_id": quotation.id}),
            (issue, {"issue_id": issue.id, "product_id": self.product.id}),
        ):
            with self.assertRaises(AccessError):
                dialog.line_ids.with_user(self.rep).create(values)
        # nor in a company that is not among those that are chosen
        clerk = self.clerk.with_company(self.other_company)
        with self.assertRaises(AccessError):
            issue.with_user(clerk).with_context(
                allowed_company_ids=self.other_company.ids
            ).check_access("read")

    def test_actions_of_the_list(self):
        for xmlid, model in (
            ("occurrence_quotation_action", "sale.order"),
            ("occurrence_order_action", "sale.order"),
            ("occurrence_invoice_action", "crm.gestao.invoice.issue"),
        ):
            action = self.env.ref(f"crm_gestao.{xmlid}").with_user(self.rep)
            result = action.with_context(
                active_model=self.occurrence._name,
                active_id=self.occurrence.id,
                active_ids=self.occurrence.ids,
            ).run()
            self.assertEqual(result["res_model"], model)


@tagged("post_install", "-at_install")
class TestMoneyByAddress(SalesCommon, HttpCase):
    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_reports_and_files_of_documents(self):
        """Who reads an occurrence gets at nothing that came from it by guessing ids."""
        order = self._create_order()
        invoice = order._create_invoices()
        invoice.action_post()
        addresses = {}
        for document, report in (
            (order, "sale.report_saleorder"),
            (invoice, "account.report_invoice"),
        ):
            file = self.env["ir.attachment"].create(
                {
                    "name": "amount.txt",
                    "raw": b"110.00 in all",
                    "res_model": document._name,
                    "res_id": document.id,
                }
            )
            addresses[document] = (
                f"/report/html/{report}/{document.id}",
                f"/report/text/{report}/{document.id}",
                f"/web/content/{file.id}",
                f"/web/content/ir.attachment/{file.id}/raw",
            )
        self.env.flush_all()
        for role in ("own", "all", "manager", "employee", "portal"):
            login = self.users[role].login
            self.authenticate(login, login)
            for address in (*addresses[order], *addresses[invoice]):
                with self.subTest(role=role, address=address):
                    response = self.url_open(address, allow_redirects=False)
                    self.assertIn(response.status_code, (403, 404))
                    for secret in (order.name, invoice.name, "110.00", "100.00"):
                        self.assertNotIn(secret, response.text)
        # whose they are gets them
        self.authenticate(self.rep.login, self.rep.login)
        for address in addresses[order]:
            self.assertIn("110.00", self.url_open(address).text)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    @mute_logger("odoo.addons.web.controllers.export")
    def test_exported_files_and_other_programs(self):
        """The file of a list and JSON-2 give amounts to who may read the orders."""
        order = self._create_order()
        names = ["sale_order_ids/name", "sale_order_ids/amount_total"]
        fnames = {"sale_order_ids": {"fields": {"name": {}, "amount_total": {}}}}
        domain = [("id", "in", self.occurrence.ids)]
        asked = {
            "model": self.occurrence._name,
            "fields": [{"name": name, "label": name, "type": "char"} for name in names],
            "ids": self.occurrence.ids,
            "domain": [],
            "import_compat": False,
        }
        calls = {
            "export_data": {"ids": self.occurrence.ids, "fields_to_export": names},
            "web_read": {"ids": self.occurrence.ids, "specification": fnames},
            "web_search_read": {"domain": domain, "specification": fnames},
            "search": {
                "domain": [*domain, ("sale_order_ids.amount_total", ">", 1)],
            },
        }
        roles = dict.fromkeys(("all", "manager"), False) | {"rep": True}
        for role, sees in roles.items():
            user = self.users[role] if role != "rep" else self.rep
            user.group_ids += self.env.ref("base.group_allow_export")
            key = (
                self.env["res.users.apikeys"]
                .with_user(user)
                ._generate("rpc", role, fields.Datetime.now() + timedelta(days=1))
            )
            self.authenticate(user.login, user.login)
            self.env.flush_all()
            answers = {
                kind: self.url_open(
                    f"/web/export/{kind}",
                    data={
                        "data": json.dumps(asked),
                        "csrf_token": http.Request.csrf_token(self),
                    },
                )
                for kind in ("csv", "xlsx")
            } | {
                method: self.url_open(
                    f"/json/2/{self.occurrence._name}/{method}",
                    json=arguments,
                    headers={"Authorization": f"Bearer {key}"},
                )
                for method, arguments in calls.items()
            }
            for what, answer in answers.items():
                with self.subTest(what, role=role):
                    self.assertEqual(answer.ok, sees, answer.text)
                    if sees and what not in ("xlsx", "search"):
                        self.assertIn("110.0", answer.text)
                    if not sees:
                        self.assertIn("AccessError", answer.text)
                        for secret in (order.name, "100.0", "110.0"):
                            self.assertNotIn(secret, answer.text)
