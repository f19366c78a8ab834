from odoo import api, fields, models
from odoo.fields import Command, Domain


class SaleOrder(models.Model):
    _inherit = "sale.order"

    occurrence_id = fields.Many2one(
        "crm.gestao.occurrence",
        index="btree_not_null",
        copy=False,
        check_company=True,
        ondelete="restrict",
        groups="crm_gestao.group_user,account.group_account_invoice,account.group_account_readonly",
        help="The contact with the customer that this order came from.",
    )
    competitor_record_ids = fields.One2many(
        "crm.gestao.competitor.record",
        "sale_order_id",
        string="Competitor Records",
        groups="crm_gestao.group_user",
    )
    competitor_record_count = fields.Integer(
        compute="_compute_competitor_records", groups="crm_gestao.group_user"
    )
    competitor_proposal_ids = fields.Many2many(
        "crm.gestao.competitor.record",
        string="Proposed Outcomes",
        compute="_compute_competitor_records",
        groups="crm_gestao.group_user",
        help="Open competitor records for which this order decides.",
    )
    known_competitor_ids = fields.Many2many(
        "crm.gestao.competitor",
        string="Known Competitors",
        compute="_compute_known_competitor_ids",
        groups="crm_gestao.group_user",
        help="Competitors met at this customer or with these products.",
    )

    @api.depends("competitor_record_ids.proposed_outcome")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_competitor_records(self):
        data = self.env["crm.gestao.competitor.record"]._read_group(
            [("sale_order_id", "in", self.ids)],
            ["sale_order_id", "proposed_outcome"],
            ["__count", "id:recordset"],
        )
        counts, proposals = {}, {}
        for order, proposed, count, records in data:
            counts[order.id] = counts.get(order.id, 0) + count
            if proposed:
                proposals[order.id] = records
        for order in self:
            order.competitor_record_count = counts.get(order.id, 0)
            order.competitor_proposal_ids = proposals.get(order.id)

    @api.depends("partner_id", "order_line.product_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_known_competitor_ids(self):
        """From the records and cards that the user may read."""
        customers = self.partner_id.commercial_partner_id
        products = self.order_line.product_id
        at_customer, with_product = {}, {}
        for fname, sources, known in (
            ("commercial_partner_id", customers, at_customer),
            ("product_id", products, with_product),
        ):
            if sources.ids:
                data = self.env["crm.gestao.competitor.record"]._read_group(
                    [(fname, "in", sources.ids)],
                    [fname],
                    ["competitor_id:recordset"],
                )
                known |= {source.id: competitors for source, competitors in data}
        if products.ids:
            data = self.env["crm.gestao.competitor.product"]._read_group(
                [("product_id", "in", products.ids)],
                ["product_id"],
                ["competitor_id:recordset"],
            )
            for product, competitors in data:
                known = with_product.get(product.id, competitors.browse())
                with_product[product.id] = known | competitors
        for order in self:
            competitors = self.env["crm.gestao.competitor"]
            customer = order.partner_id.commercial_partner_id
            competitors |= at_customer.get(customer.id, competitors)
            for product in order.order_line.product_id:
                competitors |= with_product.get(product._origin.id, competitors)
            order.known_competitor_ids = [Command.set(competitors.ids)]

    def action_view_competitor_records(self):
        """Open the competitor records of this order, or the dialog of the first."""
        self.ensure_one()
        values = {
            "sale_order_id": self.id,
            "occurrence_id": self.occurrence_id.id,
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
        }
        records = self.env["crm.gestao.competitor.record"]
        if not self.competitor_record_count:
            return records._get_new_action(**values)
        return records._get_list_action(
            [("sale_order_id", "=", self.id)],
            **{f"default_{fname}": value for fname, value in values.items()},
        )

    def action_view_known_competitors(self):
        """Open the records that the line about known competitors comes from."""
        self.ensure_one()
        customer = self.partner_id.commercial_partner_id
        return self.env["crm.gestao.competitor.record"]._get_list_action(
            Domain("commercial_partner_id", "=", customer.id)
            | Domain("product_id", "in", self.order_line.product_id.ids),
            default_partner_id=self.partner_id.id,
            search_default_group_by_competitor=True,
        )

    def action_confirm_competitor_outcomes(self):
        """Give the open competitor records the outcome that this order proposes.

        Of several competitors only one can have won: the user says which.
        """
        self.ensure_one()
        proposals = self.competitor_proposal_ids
        if self.state == "cancel" and len(proposals) > 1:
            return self.env["crm.gestao.competitor.record"]._get_list_action(
                [("id", "in", proposals.ids)]
            )
        proposals.action_confirm_proposed()
        return True

    def _prepare_invoice(self):
        values = super()._prepare_invoice()
        # sudo: whoever may invoice the order carries its origin on, also one who may
        # not read occurrences
        values["occurrence_id"] = self.sudo().occurrence_id.id
        return values
