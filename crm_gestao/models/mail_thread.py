from odoo import models

from ..tools import is_guarded, plainly


# Odoo puts the amount of an order or an invoice into the e-mail of whoever is mentioned
# there. (Odoo would keep a docstring in the database, also when we are uninstalled.)
class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _notify_thread_by_email(self, message, recipients_data, **kwargs):
        strangers = []
        if is_guarded(self._name):
            strangers = [
                recipient
                for recipient in recipients_data
                if recipient["notif"] == "email"
                and recipient["uid"]
                and not recipient["ushare"]
                and not self._is_readable_by(recipient["uid"])
            ]
        if strangers:
            super()._notify_thread_by_email(
                message,
                strangers,
                **kwargs | {"subtitles": [plainly(self).display_name]},
            )
            recipients_data = [r for r in recipients_data if r not in strangers]
        return super()._notify_thread_by_email(message, recipients_data, **kwargs)

    def _is_readable_by(self, user_id):
        """Whether a colleague may read this, in whichever of their companies."""
        document = self.with_user(user_id)
        companies = document.env.user._get_company_ids()
        document = document.with_context(allowed_company_ids=companies)
        return document.has_access("read")
