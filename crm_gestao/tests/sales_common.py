from odoo import Command, fields

from .common import OccurrenceCommon


class SalesCommon(OccurrenceCommon):
    """What it takes to sell and to invoice: accounts, two fiscal series, products."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.company.chart_template:
            cls.env["account.chart.template"].try_loading(
                "generic_coa", company=cls.company, install_demo=False
            )
        # neither what the database holds nor what it calls its own is in the way
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
                    "sequence": number,
                }
                for number in (1, 2)
            ]
        )
        cls.tax = cls.env["account.tax"].create(
            {
                "name": "Sale tax",
                "amount": 10,
                "type_tax_use": "sale",
                "company_id": cls.company.id,
                "country_id": cls.company.account_fiscal_country_id.id,
            }
        )
        cls.product, cls.delivered_product = cls.env["product.product"].create(
            [
                {
                    "name": name,
                    "type": "service",
                    "list_price": 100,
                    "invoice_policy": policy,
                    "taxes_id": [Command.set(cls.tax.ids)],
                }
                for name, policy in (("Coffee", "order"), ("Sugar", "delivery"))
            ]
        )
        cls.rep = cls.users["rep"]
        cls.users["other_rep"] = cls._new_user(
            "other_rep", "crm_gestao.group_user,sales_team.group_sale_salesman"
        )
        cls.users["clerk"] = cls._new_user(
            "clerk",
            "crm_gestao.group_user_all,sales_team.group_sale_salesman_all_leads,"
            "account.group_account_invoice",
        )
        cls.clerk = cls.users["clerk"]
        cls.occurrence = cls._create_occurrence(user_id=cls.rep.id)

    @classmethod
    def _create_order(cls, confirmed=True, **values):
        """An order of 100.00, and 10.00 of tax; of the occurrence if it may be."""
        partner = cls.customer.browse(values.get("partner_id", cls.customer.id))
        is_theirs = partner.commercial_partner_id == cls.customer
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "user_id": cls.rep.id,
                "occurrence_id": is_theirs and cls.occurrence.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.product.id,
                            "product_uom_qty": 1,
                            "price_unit": 100,
                        }
                    )
                ],
                **values,
            }
        )
        if confirmed:
            order.action_confirm()
        return order

    @classmethod
    def _create_issue(cls, user=None, **values):
        return (
            cls.env["crm.gestao.invoice.issue"]
            .with_user(user or cls.clerk)
            .create({"occurrence_id": cls.occurrence.id, **values})
        )

    @classmethod
    def _create_lines(cls, *lines):
        return [
            Command.create(
                {
                    "product_id": cls.product.id,
                    "quantity": quantity,
                    "price_unit": price,
                }
            )
            for quantity, price in lines
        ]

    @classmethod
    def _pay_down(cls, order, percentage):
        """Post a down payment of `percentage`, as Odoo's own dialog makes it."""
        invoice = (
            cls.env["sale.advance.payment.inv"]
            .create(
                {
                    "sale_order_ids": [Command.set(order.ids)],
                    "advance_payment_method": "percentage",
                    "amount": percentage,
                }
            )
            ._create_invoices(order)
        )
        invoice.invoice_date = fields.Date.today()
        invoice.action_post()
        return invoice
