from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.crm_gestao.tests.common import OccurrenceCommon
from odoo.addons.crm_gestao.tests.test_nothing_sent import NothingSentMixin


@tagged("post_install", "-at_install")
class TestInvoicingBrazil(NothingSentMixin, OccurrenceCommon):
    """Fiscal documents of a Brazilian company, and what it must know of a customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        brazil = cls.env.ref("base.br")
        cls.sao_paulo = cls.env.ref("base.state_br_sp")
        cls.company = cls.env["res.company"].create(
            {
                "name": "Brazilian Company",
                "country_id": brazil.id,
                "state_id": cls.sao_paulo.id,
                "vat": "51.494.569/0131-70",
            }
        )
        cls.env["account.chart.template"].try_loading(
            "br", company=cls.company, install_demo=False
        )
        cls.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", cls.company.id)]
        ).active = False
        cls.series_1, cls.series_2 = cls.env["account.journal"].create(
            [
                {
                    "name": f"Series {number}",
                    "code": f"SER{number}",
                    "type": "sale",
                    "company_id": cls.company.id,
                    "l10n_br_invoice_serial": str(number),
                    "l10n_latam_use_documents": True,
                }
                for number in (1, 2)
            ]
        )
        cls.nfe, cls.nfce, cls.nfse, cls.inactive = (
            cls.env.ref(f"l10n_br.dt_{code}") for code in ("55", "65", "SE", "57")
        )
        cls.customer.write({"country_id": brazil.id, "state_id": cls.sao_paulo.id})
        cls.product = cls.env["product.product"].create(
            {"name": "Coffee", "type": "service", "list_price": 100, "taxes_id": False}
        )
        cls.clerk = cls._new_user(
            "clerk_brazil",
            "crm_gestao.group_user_all,sales_team.group_sale_salesman_all_leads,"
            "account.group_account_invoice",
        )
        cls.occurrence = cls._create_occurrence(
            company_id=cls.company.id, user_id=cls.clerk.id
        )

    def _create_issue(self, **values):
        return (
            self.env["crm.gestao.invoice.issue"]
            .with_user(self.clerk)
            .create(
                {
                    "occurrence_id": self.occurrence.id,
                    "source": "lines",
                    "line_ids": [Command.create({"product_id": self.product.id})],
                    **values,
                }
            )
        )

    def _create_order(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "occurrence_id": self.occurrence.id,
                "order_line": [Command.create({"product_id": self.product.id})],
            }
        )
        order.action_confirm()
        return order

    def _assert_refused(self, issue, message):
        moves = self.env["account.move"].search_count([])
        with self.assertRaisesRegex(UserError, message), self.cr.savepoint():
            issue.action_issue()
        self.assertEqual(self.env["account.move"].search_count([]), moves)

    def test_each_document_type_has_its_own_numbering(self):
        names = []
        for series, document_type in (
            (self.series_1, self.nfe),
            (self.series_1, self.nfse),
            (self.series_1, self.nfe),
            (self.series_2, self.nfe),
        ):
            issue = self._create_issue(journal_id=series.id)
            issue.l10n_latam_document_type_id = document_type
            issue.action_issue()
            invoice = issue.move_ids
            self.assertEqual(invoice.state, "posted")
            self.assertEqual(invoice.l10n_latam_document_type_id, document_type)
            names.append((invoice.journal_id, invoice.name))
        self.assertEqual(
            names,
            [
                (self.series_1, "NFe 00000001"),
                (self.series_1, "NFSe 00000001"),
                (self.series_1, "NFe 00000002"),
                (self.series_2, "NFe 00000001"),
            ],
        )

    def test_nothing_is_sent(self):
        self.people = self.customer | self.contact
        self.people.email = "them@padaria.example"
        issue = self._create_issue(journal_id=self.series_1.id)
        issue.l10n_latam_document_type_id = self.nfe
        with self._nothing_sent():
            issue.action_issue()
        self.assertEqual(issue.move_ids.state, "posted")

    def test_document_type_of_an_order(self):
        order = self._create_order()
        with Form(self._create_issue(source="occurrence")) as form:
            self.assertEqual(form.l10n_latam_document_type_id, self.nfe)
            form.l10n_latam_document_type_id = self.nfse
        form.record.action_issue()
        self.assertEqual(order.invoice_ids.name, "NFSe 00000001")
        self.assertEqual(order.invoice_ids.journal_id.display_name[:2], "1-")

    def test_document_types_that_do_not_fit(self):
        issue = self._create_issue()
        self.assertEqual(
            issue.l10n_latam_available_document_type_ids,
            self.nfe | self.nfce | self.nfse,
        )
        for document_type, message in (
            (self.inactive, r"\(57\).* is not in use for invoices"),
            (self.inactive.browse(), "Choose the document type"),
        ):
            issue = self._create_issue()
            issue.l10n_latam_document_type_id = document_type
            self._assert_refused(issue, message)

    def test_address_of_the_customer(self):
        order = self._create_order()
        for issue_values in ({}, {"source": "occurrence"}):
            with self.subTest(**issue_values):
                self.customer.country_id = False
                self._assert_refused(
                    self._create_issue(**issue_values), "Padaria.* has no country"
                )
                self.customer.country_id = self.env.ref("base.br")
                self.customer.state_id = False
                self._assert_refused(
                    self._create_issue(**issue_values), "Padaria.* has no state"
                )
                self.customer.state_id = self.sao_paulo
        order.partner_shipping_id = self.env["res.partner"].create(
            {
                "name": "Store",
                "parent_id": self.customer.id,
                "type": "delivery",
                "country_id": self.env.ref("base.br").id,
            }
        )
        self._assert_refused(
            self._create_issue(source="occurrence"), "Store has no state"
        )

    def test_cnpj_of_the_customer(self):
        self.customer.vat = False
        self._assert_refused(self._create_issue(), "Padaria.* no valid CNPJ or CPF")
        consumer = self._create_issue()
        consumer.l10n_latam_document_type_id = self.nfce
        consumer.action_issue()
        self.assertEqual(consumer.move_ids.name, "NFCe 00000001")
        # one that was there before Odoo checked it
        self.env.flush_all()
        self.cr.execute(
            "UPDATE res_partner SET vat = '11222333000199' WHERE id = %s",
            [self.customer.id],
        )
        self.customer.invalidate_recordset(["vat"])
        self._assert_refused(self._create_issue(), "Padaria.* no valid CNPJ or CPF")

    def test_customer_abroad(self):
        self.customer.write(
            {"vat": False, "country_id": self.env.ref("base.uy").id, "state_id": False}
        )
        issue = self._create_issue()
        issue.action_issue()
        self.assertEqual(issue.move_ids.state, "posted")

    def test_company_without_cnpj_or_state(self):
        self.company.vat = False
        self._assert_refused(
            self._create_issue(), "Brazilian Company has no valid CNPJ"
        )
        self.company.vat = "51.494.569/0131-70"
        self.company.state_id = False
        self._assert_refused(self._create_issue(), "Brazilian Company has no state")

    def test_series_without_documents(self):
        self.series_1.l10n_latam_use_documents = False
        self.customer.vat = False
        issue = self._create_issue()
        self.assertFalse(issue.l10n_latam_document_type_id)
        issue.action_issue()
        self.assertRegex(issue.move_ids.name, "^SER1/")
