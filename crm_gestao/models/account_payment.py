from odoo import models


class AccountPayment(models.Model):
    _inherit = "account.payment"

    # Odoo has none for the payments of one customer
    _crm_gestao_partner_idx = models.Index("(partner_id, date DESC, id DESC)")
