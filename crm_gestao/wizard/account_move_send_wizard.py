from odoo import api, models

from ..models.crm_gestao_link_mixin import check_told_links


# Subject and text of the e-mail that sends an invoice are computed with all rights, and
# tell its amount. (Odoo would keep a docstring in the database, also when we are
# uninstalled.)
class AccountMoveSendWizard(models.TransientModel):
    _name = "account.move.send.wizard"
    _inherit = ["account.move.send.wizard", "crm.gestao.link.mixin"]

    @api.model
    def _get_private_links(self):
        return [*super()._get_private_links(), "move_id"]

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if not self.env.su:
            # Odoo takes the invoice from what is ticked in a list
            check_told_links(self, values, is_strict=False)
        return values
