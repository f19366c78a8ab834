from odoo import models

from ..tools import is_guarded, plainly


# Odoo tells the amount of an order or an invoice to whoever is mentioned there, in the
# head of the e-mail and among what has changed. (Odoo would keep a docstring in the
# database, also when we are uninstalled.)
class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _message_auto_subscribe_notify(self, partner_ids, template):
        # who hands a document over may be one who may not read it any more
        told = self.with_context(crm_gestao_told=self)
        return super(MailThread, told)._message_auto_subscribe_notify(
            partner_ids, template
        )

    def _notify_thread_by_email(
        self, message, recipients_data, *, msg_vals=False, subtitles=None, **kwargs
    ):
        strangers = self._get_strangers(
            [
                recipient
                for recipient in recipients_data
                if recipient["notif"] == "email"
            ]
        )
        if strangers:
            super()._notify_thread_by_email(
                message,
                strangers,
                msg_vals={**(msg_vals or {}), "tracking_value_ids": False},
                subtitles=subtitles or [plainly(self).display_name],
                **kwargs,
            )
        return super()._notify_thread_by_email(
            message,
            [recipient for recipient in recipients_data if recipient not in strangers],
            msg_vals=msg_vals,
            subtitles=subtitles,
            **kwargs,
        )

    def _notify_thread_by_web_push(
        self, message, recipients_data, msg_vals=False, **kwargs
    ):
        # sudo: whether there is something that the message tells besides its text
        if message.sudo().tracking_value_ids:
            strangers = self._get_strangers(recipients_data)
            recipients_data = [r for r in recipients_data if r not in strangers]
        return super()._notify_thread_by_web_push(
            message, recipients_data, msg_vals=msg_vals, **kwargs
        )

    def _track_filter_for_display(self, tracking_values):
        tracking_values = super()._track_filter_for_display(tracking_values)
        if (
            is_guarded(self.env, self._name)
            and not self.env.su
            and not self._is_readable_by(self.env.uid)
        ):
            # who is told of a message, and no more
            return tracking_values.browse()
        return tracking_values

    def _get_strangers(self, recipients_data):
        """Those of our own colleagues who may not read this document."""
        if not is_guarded(self.env, self._name):
            return []
        return [
            recipient
            for recipient in recipients_data
            if recipient["uid"]
            and not recipient["ushare"]
            and not self._is_readable_by(recipient["uid"])
        ]

    def _is_readable_by(self, user_id):
        """Whether a colleague may read this, in whichever of their companies."""
        document = self.with_user(user_id)
        companies = document.env.user._get_company_ids()
        document = document.with_context(allowed_company_ids=companies)
        return document.has_access("read")
