from odoo import models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _erase(self):
        """Empty these e-mails, and do not send what still waits. Call it with sudo."""
        waiting = self.filtered(lambda mail: mail.state in ("outgoing", "exception"))
        waiting.cancel()
        self.write(
            {
                "body_html": False,
                "email_to": False,
                "email_cc": False,
                "headers": False,
                "failure_reason": False,
            }
        )
