from odoo import api, models
from odoo.exceptions import UserError

from ..tools import get_used_message


class ProductProduct(models.Model):
    _inherit = "product.product"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_compared(self):
        """Refuse to delete what competitors were met with.

        Odoo archives a variant that cannot be deleted, where attributes change.
        """
        # sudo: what the user does not see stands in the way, too
        records = self.env["crm.gestao.competitor.record"].sudo()
        if found := records.search([("product_id", "in", self.ids)], limit=1):
            raise UserError(get_used_message(found.product_id.sudo(False)))


class ProductTemplate(models.Model):
    _inherit = "product.template"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_compared(self):
        variants = self.with_context(active_test=False).product_variant_ids
        variants._unlink_except_compared()
