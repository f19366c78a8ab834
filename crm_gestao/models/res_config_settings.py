from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_gestao_no_contact_days = fields.Integer(
        related="company_id.crm_gestao_no_contact_days", readonly=False
    )
    crm_gestao_show_overdue = fields.Boolean(
        related="company_id.crm_gestao_show_overdue", readonly=False
    )
