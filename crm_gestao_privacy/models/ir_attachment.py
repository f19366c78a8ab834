from odoo import api, models


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        files = super().create(vals_list)
        files._tell_anew()
        return files

    def write(self, vals):
        res = super().write(vals)
        # a file is uploaded first, and attached with the message
        if vals.get("res_id"):
            self._tell_anew()
        return res

    def _tell_anew(self):
        """Let the occurrences that these are on know that they tell something anew."""
        # sudo: whatever who attaches may read
        told = self.sudo().filtered(
            lambda file: file.res_model == "crm.gestao.occurrence" and file.res_id
        )
        if told:
            self.env["crm.gestao.occurrence"]._tell_anew(told.mapped("res_id"))
