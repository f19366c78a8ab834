from odoo import api, fields, models
from odoo.fields import Domain


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
        nothing = self.env["crm.gestao.competitor.record"]
        for order, proposed, count, records in data:
            counts[order.id] = counts.get(order.id, 0) + count
            if proposed:
                proposals[order.id] = records
        # asked for all at once, or else Odoo asks for the records of each order
        shown = nothing.union(*proposals.values())._filtered_access("read")
        for order in self:
            order.competitor_record_count = counts.get(order.id, 0)
            order.competitor_proposal_ids = proposals.get(order.id, nothing) & shown

    @api.depends("partner_id", "order_line.product_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_known_competitor_ids(self):
        """From the records and cards that the user may read."""
        sources = {
            "commercial_partner_id": self.partner_id.commercial_partner_id,
            "product_id": self.order_line.product_id,
        }
        known = {}
        for model, fname in (
            ("crm.gestao.competitor.record", "commercial_partner_id"),
            ("crm.gestao.competitor.record", "product_id"),
            ("crm.gestao.competitor.product", "product_id"),
        ):
            if sources[fname].ids:
                for source, competitors in self.env[model]._read_group(
                    [(fname, "in", sources[fname].ids)],
                    [fname],
                    ["competitor_id:recordset"],
                ):
                    known[source] = known.get(source, competitors) | competitors
        nobody = self.env["crm.gestao.competitor"]
        # asked for all at once, or else Odoo asks for the competitors of each order
        shown = nobody.union(*known.values())._filtered_access("read")
        for order in self:
            customer = order.partner_id.commercial_partner_id
            competitors = nobody.union(
                *(
                    known.get(source._origin, nobody)
                    for source in (customer, *order.order_line.product_id)
                )
            )
            order.known_competitor_ids = competitors & shown

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
