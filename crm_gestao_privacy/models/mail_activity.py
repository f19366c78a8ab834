from odoo import api, models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    @api.model_create_multi
    def create(self, vals_list):
        activities = super().create(vals_list)
        activities._tell_anew()
        return activities

    def write(self, vals):
        res = super().write(vals)
        if vals.get("summary") or vals.get("note") or vals.get("feedback"):
            self._tell_anew()
        return res

    def _tell_anew(self):
        """Let the occurrences that these are on know that they tell something anew."""
        # sudo: whatever who plans may read
        told = self.sudo().filtered(lambda a: a.res_model == "crm.gestao.occurrence")
        if told:
            self.env["crm.gestao.occurrence"]._tell_anew(told.mapped("res_id"))
