from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    occurrence_id = fields.Many2one(
        "crm.gestao.occurrence",
        index="btree_not_null",
        copy=False,
        check_company=True,
        ondelete="restrict",
        groups="crm_gestao.group_user,account.group_account_invoice,account.group_account_readonly",
        help="The contact with the customer that this order came from.",
    )

    def _prepare_invoice(self):
        values = super()._prepare_invoice()
        # sudo: whoever may invoice the order carries its origin on, also one who may
        # not read occurrences
        values["occurrence_id"] = self.sudo().occurrence_id.id
        return values
