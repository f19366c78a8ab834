from odoo import models


class MailScheduledMessage(models.Model):
    _inherit = "mail.scheduled.message"

    def _erase(self):
        """Do not say what was to be said, nor keep its files. Call it with sudo."""
        self.attachment_ids.unlink()
        self.unlink()
