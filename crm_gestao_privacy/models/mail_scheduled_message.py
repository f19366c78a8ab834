from odoo import models

from .mail_message import UNDER_WAY


class MailScheduledMessage(models.Model):
    _inherit = "mail.scheduled.message"

    def _erase(self):
        """Do not say what was to be said, nor keep its files. Call it with sudo."""
        # others are of a template, or of a document
        self.attachment_ids.filtered(lambda f: f.res_model in UNDER_WAY).unlink()
        self.unlink()
