from odoo import api, models
from odoo.exceptions import UserError


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_responsible(self):
        """What nobody is responsible for is everybody's, to read and to delete."""
        for model in ("crm.gestao.occurrence", "crm.gestao.competitor.record"):
            # sudo: also of the companies that the user is not in
            theirs = self.env[model].sudo().with_context(active_test=False)
            if found := theirs.search([("user_id", "in", self.ids)], limit=1):
                raise UserError(
                    self.env._(
                        "%s is responsible for occurrences or competitor records, which"
                        " everybody could read and delete without a responsible."
                        " Archive the user instead.",
                        found.user_id.name,
                    )
                )
