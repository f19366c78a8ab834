from odoo import models

from ..tools import ConcurrentIndex


class AccountPayment(models.Model):
    _inherit = "account.payment"
    _crm_gestao_is_guarded = True

    # Odoo has none for the payments of one customer
    _crm_gestao_partner_idx = ConcurrentIndex("(partner_id, date DESC, id DESC)")
