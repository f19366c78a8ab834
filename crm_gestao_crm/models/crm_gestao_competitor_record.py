from odoo import api, fields, models


class CrmGestaoCompetitorRecord(models.Model):
    _inherit = "crm.gestao.competitor.record"

    lead_id = fields.Many2one(
        "crm.lead",
        string="Opportunity",
        compute="_compute_lead_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        copy=False,
        check_company=True,
        domain="[('partner_id.commercial_partner_id', '=', commercial_partner_id)]",
        groups="sales_team.group_sale_salesman",
        help="Once it is won or lost, the outcome is proposed.",
    )

    @api.depends("sale_order_id.opportunity_id")
    def _compute_lead_id(self):
        """That of the quotation, so that one loss is one record; a chosen one stays."""
        leads = self.sale_order_id.opportunity_id
        shown = leads.sudo(False)._filtered_access("read").sudo(leads.env.su)
        for record in self:
            lead = record.sale_order_id.opportunity_id & shown
            if not record.lead_id and lead.company_id in (
                lead.company_id.browse(),
                record.company_id,
            ):
                record.lead_id = lead

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
