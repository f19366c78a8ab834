from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmLeadLost(models.TransientModel):
    _name = "crm.lead.lost"
    _inherit = ["crm.lead.lost", "crm.gestao.link.mixin"]

    competitor_id = fields.Many2one(
        "crm.gestao.competitor",
        string="Lost to",
        groups="crm_gestao.group_user",
        help="The competitor who won it.",
    )
    competitor_reason_id = fields.Many2one(
        "crm.gestao.competitor.reason",
        string="Why They Won",
        groups="crm_gestao.group_user",
    )
    company_id = fields.Many2one("res.company", compute="_compute_company_id")

    @api.depends("lead_ids.company_id")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.lead_ids.company_id[:1] or self.env.company

    @api.model
    def _get_private_links(self):
        links = ["competitor_id", "competitor_reason_id"]
        return [*super()._get_private_links(), *links]

    def action_lost_reason_apply(self):
        if self.env.user.has_group("crm_gestao.group_user") and self.competitor_id:
            self._record_competitor()
        return super().action_lost_reason_apply()

    def _record_competitor(self):
        """Say in a competitor record of each opportunity who won it, and why.

        :raise UserError: where an opportunity has no customer to record it for
        """
        records = self.env["crm.gestao.competitor.record"]
        nameless = self.lead_ids.filtered(lambda lead: not lead.partner_id)
        if nameless:
            raise UserError(
                self.env._(
                    "%(opportunities)s: there is no customer to record a competitor"
                    " for. Choose the customer first, or leave the competitor empty.",
                    opportunities=", ".join(nameless.mapped("name")),
                )
            )
        outcome = {"outcome": "lost"}
        if self.competitor_reason_id:
            outcome["reason_id"] = self.competitor_reason_id.id
        known = records.search(
            [
                ("lead_id", "in", self.lead_ids.ids),
                ("competitor_id", "=", self.competitor_id.id),
                ("outcome", "in", ["open", "lost"]),
            ]
        )
        known.filtered(lambda record: record.outcome == "open").write(outcome)
        if reason := self.competitor_reason_id:
            known.filtered(lambda record: not record.reason_id).reason_id = reason
        # who may only record for themselves does so, also for a colleague's
        can_record_for_others = self.env.user.has_group("crm_gestao.group_user_all")
        values_list = []
        for lead in self.lead_ids - known.lead_id:
            values = lead._prepare_competitor_record_values()
            values |= {**outcome, "competitor_id": self.competitor_id.id}
            user = lead.user_id
            # sudo: of which companies a colleague is, is no secret
            if (
                can_record_for_others
                and values["company_id"] in user.sudo().company_ids.ids
                and self.competitor_id._is_visible_to(user)
            ):
                values["user_id"] = user.id
            values_list.append(values)
        records.create(values_list)
