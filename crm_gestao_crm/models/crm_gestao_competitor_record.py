from odoo import api, fields, models

from odoo.addons.crm_gestao.tools import filter_readable


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
        """That of the quotation, so that one loss is one record."""
        shown = filter_readable(self.sale_order_id.opportunity_id)
        for record in self:
            lead = record.sale_order_id.opportunity_id & shown
            if lead.company_id and lead.company_id != record.company_id:
                lead = lead.browse()
            record.lead_id = lead or record.lead_id

    @api.depends("lead_id.won_status")
    def _compute_proposed_outcome(self):
        """A confirmed quotation decides, then the opportunity, then a cancelled one."""
        res = super()._compute_proposed_outcome()
        for record in self:
            if record.outcome == "open" and record._get_deciding() == record.lead_id:
                record.proposed_outcome = record.lead_id.won_status
        return res

    def _get_deciding(self):
        # sudo: that it was won or lost decides, whoever may read the opportunity
        order, lead = super()._get_deciding(), self.sudo().lead_id
        is_decided = lead.won_status in ("won", "lost")
        return lead if is_decided and order.state != "sale" else order

    @api.model
    def _get_private_links(self):
        return [*super()._get_private_links(), "lead_id"]
