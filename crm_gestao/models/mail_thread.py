from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError
from odoo.tools import clean_context

from ..tools import as_reader, check_id, get_told_name, is_guarded, is_told


# Odoo tells the amount of an order or an invoice to whoever follows it or is mentioned
# there, in the text, in the head of the e-mail and among what has changed. (Odoo would
# keep a docstring in the database, also when we are uninstalled.)
class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_process(
        self,
        model,
        message,
        custom_values=None,
        save_original=False,
        strip_attachments=False,
        thread_id=None,
    ):
        """Do by an e-mail that a client brings only what the user might do.

        Odoo does it with all rights, in the name of whoever the e-mail says it is from.
        What aliases route, without any values, is as good as what anybody may send.
        """
        if not (self.env.su or self.env.user.has_group("base.group_system")):
            if custom_values:
                raise AccessError(
                    self.env._(
                        "Only an administrator may give default values with an e-mail."
                        " Leave them out."
                    )
                )
            if is_guarded(self.env, model):
                ids = [check_id(self.env, thread_id)] if thread_id else []
                self.env[model].browse(ids).check_access("write" if ids else "create")
            # nor by the context
            self = self.with_env(self.env(context=clean_context(self.env.context)))
        return super().message_process(
            model, message, custom_values, save_original, strip_attachments, thread_id
        )

    def _message_auto_subscribe_notify(self, partner_ids, template):
        if not is_guarded(self.env, self._name):
            return super()._message_auto_subscribe_notify(partner_ids, template)
        # sudo: only to know who are colleagues that do not work with such documents
        users = self.env["res.users"].sudo()
        users = users.search([("partner_id", "in", partner_ids)])
        for record in self:
            strangers = users.filtered(
                lambda user, record=record: (
                    not as_reader(record, user.id).has_access("read")
                )
            )
            told = [i for i in partner_ids if i not in strangers.partner_id.ids]
            if told:
                # who hands it over may be one who may not read it any more
                record = record.with_context(crm_gestao_told=record)
                super(MailThread, record)._message_auto_subscribe_notify(told, template)
        return None

    def _message_compute_subject(self):
        if (
            is_guarded(self.env, self._name)
            and not is_told(self.env)
            and (
                self.env.context.get("crm_gestao_stranger")
                or not as_reader(self, self.env.uid).has_access("read")
            )
        ):
            return get_told_name(self)
        return super()._message_compute_subject()

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Leave out colleagues who only follow what they may not read.

        Those who are mentioned are told what was written, and no more: they are marked.
        """
        recipients = super()._notify_get_recipients(
            message, msg_vals=msg_vals, **kwargs
        )
        if not is_guarded(self.env, self._name):
            return recipients
        # sudo: whoever posts mentions them, and a colleague may be the customer
        mentioned = (msg_vals or {}).get(
            "partner_ids"
        ) or message.sudo().partner_ids.ids
        customers = self.sudo()._mail_get_partners().values()  # none of no record
        told = {*mentioned, *(p.id for partners in customers for p in partners)}
        for recipient in recipients:
            is_colleague = recipient["uid"] and not recipient["ushare"]
            recipient["crm_gestao_stranger"] = is_colleague and not as_reader(
                self, recipient["uid"]
            ).has_access("read")
        return [
            recipient
            for recipient in recipients
            if recipient["id"] in told or not recipient["crm_gestao_stranger"]
        ]

    def _notify_thread_by_email(
        self, message, recipients_data, *, msg_vals=False, subtitles=None, **kwargs
    ):
        if not is_guarded(self.env, self._name):
            return super()._notify_thread_by_email(
                message,
                recipients_data,
                msg_vals=msg_vals,
                subtitles=subtitles,
                **kwargs,
            )
        strangers, readers = self._split_strangers(recipients_data)
        if any(recipient["notif"] == "email" for recipient in strangers):
            name = get_told_name(self)
            told = self.with_context(crm_gestao_stranger=True)
            super(MailThread, told)._notify_thread_by_email(
                message,
                strangers,
                msg_vals={**(msg_vals or {}), "tracking_value_ids": False},
                subtitles=subtitles or [name],
                **{**kwargs, "force_record_name": name},
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
        if not is_guarded(self.env, self._name):
            return super()._notify_thread_by_web_push(
                message, recipients_data, msg_vals=msg_vals, **kwargs
            )
        strangers, readers = self._split_strangers(recipients_data)
        # sudo: whether there is something that the message tells besides its text
        if strangers and not message.sudo().tracking_value_ids:
            super()._notify_thread_by_web_push(
                message,
                strangers,
                msg_vals=msg_vals,
                **{**kwargs, "force_record_name": get_told_name(self)},
            )
        # its title is the document's name, whoever has posted it
        message = message.with_context(crm_gestao_told=self)
        return super()._notify_thread_by_web_push(
            message, readers, msg_vals=msg_vals, **kwargs
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
