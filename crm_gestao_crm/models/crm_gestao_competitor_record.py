from odoo import api, fields, models


class CrmGestaoCompetitorRecord(models.Model):
    _inherit = "crm.gestao.competitor.record"

    lead_id = fields.Many2one(
        "crm.lead",
        string="Opportunity",
        index="btree_not_null",
        copy=False,
        check_company=True,
        domain="[('partner_id.commercial_partner_id', '=', commercial_partner_id)]",
        groups="sales_team.group_sale_salesman",
        help="Once it is won or lost, the outcome is proposed.",
    )

    @api.depends("lead_id.won_status")
    def _compute_proposed_outcome(self):
        """The quotation decides first, then the opportunity."""
        res = super()._compute_proposed_outcome()
        for record in self:
            status = record.lead_id.won_status
            if record.outcome == "open" and status in ("won", "lost"):
                record.proposed_outcome = record.proposed_outcome or status
        return res

    def _get_deciding(self):
        order = super()._get_deciding()
        return order if order.state in ("sale", "cancel") else self.sudo().lead_id

    @api.model
    def _get_origin_fields(self):
        return [*super()._get_origin_fields(), "lead_id"]
