from odoo import api, fields, models


class CrmGestaoOccurrence(models.Model):
    _inherit = "crm.gestao.occurrence"

    lead_ids = fields.One2many(
        "crm.lead",
        "occurrence_id",
        string="Opportunities",
        groups="sales_team.group_sale_salesman",
    )
    lead_count = fields.Integer(
        string="Number of Opportunities",
        compute="_compute_lead_count",
        groups="sales_team.group_sale_salesman",
    )

    @api.depends("lead_ids")
    def _compute_lead_count(self):
        # those that were lost are archived, and are still what came of it
        leads = self.env["crm.lead"].with_context(active_test=False)
        data = leads._read_group(
            [("occurrence_id", "in", self.ids)], ["occurrence_id"], ["__count"]
        )
        counts = {occurrence.id: count for occurrence, count in data}
        for occurrence in self:
            occurrence.lead_count = counts.get(occurrence.id, 0)

    @api.model
    def _get_outcome_names(self):
        return [*super()._get_outcome_names(), "lead_ids"]

    @api.readonly
    def action_new_opportunity(self):
        """Open a new opportunity of this customer, linked back."""
        self.ensure_one()
        self.env["crm.lead"].check_access("create")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Opportunity"),
            "res_model": "crm.lead",
            "views": [[False, "form"]],
            "context": {
                "default_type": "opportunity",
                "default_name": self.subject,
                "default_partner_id": self.partner_id.id,
                "default_company_id": self.company_id.id,
                "default_description": self.description,
                "default_occurrence_id": self.id,
            },
        }

    @api.readonly
    def action_view_opportunities(self):
        self.ensure_one()
        leads = self.with_context(active_test=False).lead_ids
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm.crm_lead_opportunities"
        )
        action["domain"] = [("id", "in", leads.ids)]
        action["context"] = {"active_test": False, "create": False}
        if len(leads) == 1:
            action |= {"res_id": leads.id, "views": [[False, "form"]]}
        return action
