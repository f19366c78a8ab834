from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    occurrence_id = fields.Many2one(
        "crm.gestao.occurrence",
        index="btree_not_null",
        copy=False,
        check_company=True,
        ondelete="restrict",
        groups="crm_gestao.group_user,account.group_account_invoice,account.group_account_readonly",
        help="The contact with the customer that this invoice came from.",
    )

    # one customer's invoices of a period
    _crm_gestao_customer_date_idx = models.Index(
        "(commercial_partner_id, invoice_date)"
    )
