from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .sales_common import SalesCommon


@tagged("post_install", "-at_install")
class TestSalesUi(SalesCommon, HttpCase):
    """What is sold and invoiced from occurrences, in the browser."""

    def test_visit_quotation_order(self):
        orders = self.env["sale.order"].search([])
        self.start_tour("/odoo/consult", "crm_gestao_rep_tour", login=self.rep.login)
        visit = self.env["crm.gestao.occurrence"].search(
            [("subject", "=", "Visit that sells")]
        )
        self.assertEqual(len(visit), 1)
        self.assertEqual(visit.partner_id, self.customer)
        orders = self.env["sale.order"].search([]) - orders
        self.assertRecordValues(
            orders,
            [
                {
                    "state": "sale",
                    "partner_id": self.customer.id,
                    "user_id": self.rep.id,
                    "occurrence_id": visit.id,
                    "origin": visit.name,
                    "amount_total": 110,
                }
            ]
            * 2,
        )
        self.assertRecordValues(
            visit.invoice_ids,
            [{"state": "draft", "amount_total": 220, "journal_id": self.series_1.id}],
        )

    def test_from_the_visit_to_the_money(self):
        """A rep sells, a clerk invoices, an accountant is paid."""
        accountant = self.users["biller"]
        url = "/odoo/consult"
        self.start_tour(url, "crm_gestao_story_rep_tour", login=self.rep.login)
        visit = self.env["crm.gestao.occurrence"].search(
            [("subject", "=", "Visit that sells")]
        )
        self.assertRecordValues(
            visit,
            [
                {
                    "partner_id": self.customer.id,
                    "user_id": self.rep.id,
                    "company_id": self.company.id,
                    "quotation_count": 0,
                    "order_count": 1,
                }
            ],
        )
        order = visit.sale_order_ids
        self.assertRecordValues(
            order,
            [
                {
                    "state": "sale",
                    "partner_id": self.customer.id,
                    "user_id": self.rep.id,
                    "create_uid": self.rep.id,
                    "origin": visit.name,
                    "amount_total": 110,
                    "invoice_status": "to invoice",
                }
            ],
        )

        self.start_tour(url, "crm_gestao_story_clerk_tour", login=self.clerk.login)
        invoice = visit.invoice_ids
        self.assertRecordValues(
            invoice,
            [
                {
                    "state": "posted",
                    "move_type": "out_invoice",
                    "journal_id": self.series_2.id,
                    "partner_id": self.customer.id,
                    "invoice_origin": order.name,
                    "amount_total": 110,
                    "amount_residual": 110,
                    "create_uid": self.clerk.id,
                }
            ],
        )
        self.assertTrue(invoice.name.startswith(f"{self.series_2.code}/"))
        self.assertEqual(order.invoice_ids, invoice)
        self.assertEqual(order.invoice_status, "invoiced")

        self.start_tour(url, "crm_gestao_story_accountant_tour", login=accountant.login)
        payments = self.env["account.payment"].search(
            [("partner_id", "=", self.customer.id)]
        )
        self.assertRecordValues(
            payments,
            [
                {
                    "payment_type": "inbound",
                    "amount": 110,
                    "create_uid": accountant.id,
                    "reconciled_invoice_ids": invoice.ids,
                }
            ],
        )
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.assertEqual(invoice.amount_residual, 0)

    def test_invoice_in_the_second_series(self):
        visit = self._create_occurrence(
            subject="Visit to invoice",
            user_id=self.clerk.id,
            date=fields.Datetime.now() + timedelta(days=3650),  # the first of the list
        )
        order = self._create_order(occurrence_id=visit.id)
        self.start_tour(
            "/odoo/occurrences", "crm_gestao_biller_tour", login=self.clerk.login
        )
        self.assertRecordValues(
            visit.invoice_ids.sorted("id"),
            [
                {
                    "state": "posted",
                    "journal_id": self.series_2.id,
                    "amount_total": 110,
                    "invoice_origin": origin,
                    "create_uid": self.clerk.id,
                }
                for origin in (order.name, visit.name)
            ],
        )
        self.assertEqual(order.invoice_ids | visit.invoice_ids, visit.invoice_ids)
        self.assertEqual(len(order.invoice_ids), 1)
