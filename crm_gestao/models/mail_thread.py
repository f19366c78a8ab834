from odoo import SUPERUSER_ID, models

from ..tools import as_reader, is_guarded, is_told, plainly


# Odoo tells the amount of an order or an invoice to whoever follows it or is mentioned
# there, in the text, in the head of the e-mail and among what has changed. (Odoo would
# keep a docstring in the database, also when we are uninstalled.)
class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _message_auto_subscribe_notify(self, partner_ids, template):
        # who hands a document over may be one who may not read it any more
        self = self.with_context(crm_gestao_told=self)
        return super()._message_auto_subscribe_notify(partner_ids, template)

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Leave out colleagues who only follow what they may not read.

        Those who are mentioned are told what was written, and no more: they are marked.
        """
        recipients = super()._notify_get_recipients(
            message, msg_vals=msg_vals, **kwargs
        )
        if not is_guarded(self.env, self._name):
            return recipients
        # sudo: whoever posts mentions them
        mentioned = (msg_vals or {}).get("partner_ids", message.sudo().partner_ids.ids)
        for recipient in recipients:
            is_colleague = recipient["uid"] and not recipient["ushare"]
            recipient["crm_gestao_stranger"] = is_colleague and not as_reader(
                self, recipient["uid"]
            ).has_access("read")
        return [
            recipient
            for recipient in recipients
            if recipient["id"] in mentioned or not recipient["crm_gestao_stranger"]
        ]

    def _notify_thread_by_email(
        self, message, recipients_data, *, msg_vals=False, subtitles=None, **kwargs
    ):
        strangers, readers = self._split_strangers(recipients_data)
        if any(recipient["notif"] == "email" for recipient in strangers):
            super()._notify_thread_by_email(
                message,
                strangers,
                msg_vals={**(msg_vals or {}), "tracking_value_ids": False},
                # sudo: who posts may be one who may not read it
                subtitles=subtitles or [plainly(self.sudo()).display_name],
                **kwargs,
            )
        # these may read all of it, whoever has posted it
        message = message.with_context(crm_gestao_told=self)
        self = self.with_context(crm_gestao_told=self)
        return super()._notify_thread_by_email(
            message,
            readers,
            msg_vals=msg_vals,
            subtitles=subtitles,
            **kwargs,
        )

    def _notify_thread_by_web_push(
        self, message, recipients_data, msg_vals=False, **kwargs
    ):
        # sudo: whether there is something that the message tells besides its text
        if message.sudo().tracking_value_ids:
            _strangers, recipients_data = self._split_strangers(recipients_data)
        # its title is the document's name, whoever has posted it
        message = message.with_context(crm_gestao_told=self)
        return super()._notify_thread_by_web_push(
            message, recipients_data, msg_vals=msg_vals, **kwargs
        )

    def _track_filter_for_display(self, tracking_values):
        tracking_values = super()._track_filter_for_display(tracking_values)
        if (
            tracking_values
            and is_guarded(self.env, self._name)
            # whatever shows them with all rights, such as an answer in a chat
            and self.env.uid != SUPERUSER_ID
            and not is_told(self.env)
            and not as_reader(self, self.env.uid).has_access("read")
        ):
            # who is told of a message, and no more
            return tracking_values.browse()
        return tracking_values

    def _split_strangers(self, recipients_data):
        """Colleagues who may not read this document, and all others."""
        groups = [], []
        for recipient in recipients_data:
            groups[not recipient.get("crm_gestao_stranger")].append(recipient)
        return groups
