from odoo import api, models

from ..tools import (
    ConcurrentIndex,
    Many2oneReference,
    as_reader,
    is_guarded,
    is_told,
)


class MailMessage(models.Model):
    _inherit = "mail.message"

    res_id = Many2oneReference()

    # what people wrote on a record, in the order of the timeline; Odoo's own index has
    # the log of changes among it
    _crm_gestao_human_idx = ConcurrentIndex(
        "(model, res_id, date DESC, id DESC) WHERE message_type IN ('comment', 'email')"
    )

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        messages._check_documents()
        return messages

    def write(self, vals):
        res = super().write(vals)
        if "parent_id" in vals:
            self._check_documents()
        return res

    def _check_documents(self):
        """Refuse what Odoo would tell its author of what they may not read.

        Odoo lets everybody notify of any record, lets whoever may read the message that
        is answered choose any record, and shows in a chat what is answered there.

        :raise AccessError:
        """
        if self.env.su or is_told(self.env):
            return
        # sudo: only to know what is written on, and what is answered
        for message in self.sudo():
            parent, document = message.parent_id, (message.model, message.res_id)
            is_elsewhere = parent and (parent.model, parent.res_id) != document
            is_comment = not is_elsewhere and message._is_thread_message_visible()
            if message.res_id and not is_comment and message._is_guarded():
                record = self.env[message.model].browse(message.res_id)
                as_reader(record, self.env.uid).check_access("read")
            if is_elsewhere and parent._is_guarded():
                as_reader(parent, self.env.uid).check_access("read")

    def _is_guarded(self):
        return is_guarded(self.env, self.model)

    @api.depends_context("uid", "crm_gestao_told")
    def _compute_record_name(self):
        """Tell the name of what is guarded only to who may read it.

        Odoo tells it with all rights, also of a message that a client only says it is
        about to write.
        """
        res = super()._compute_record_name()
        if is_told(self.env):
            return res
        named = self.filtered(lambda m: m.record_name and m._is_guarded())
        for model, messages in named.grouped("model").items():
            records = self.env[model].browse(messages.mapped("res_id"))
            readable = as_reader(records, self.env.uid)._filtered_access("read")
            messages.filtered(
                lambda m, ids=set(readable.ids): m.res_id not in ids
            ).record_name = False
        return res
