from odoo import fields, models


class ResUsersSettings(models.Model):
    _inherit = "res.users.settings"

    crm_gestao_timeline_open = fields.Boolean(string="Timeline Is Open", default=True)
    # None is all, also those that an addon brings later
    crm_gestao_timeline_kinds = fields.Json(string="Kinds in the Timeline")
