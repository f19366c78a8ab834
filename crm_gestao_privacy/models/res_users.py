from odoo import models

from odoo.addons.crm_gestao.tools import is_within


class ResUsers(models.Model):
    _inherit = "res.users"

    def _notify_security_setting_update(self, *args, **kwargs):
        """Who is made anonymous is not told of a login that nobody has any more."""
        # what says so are records, which no client can put into a context
        if is_within(self.env, "crm_gestao_anonymised"):
            return self.env["mail.mail"]
        return super()._notify_security_setting_update(*args, **kwargs)
