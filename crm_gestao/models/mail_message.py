from odoo import api, models

from ..tools import ConcurrentIndex, Many2oneReference, is_guarded


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
        """Nobody answers on another record, which they may not read.

        Odoo lets whoever may read the message that is answered choose any record.
        """
        messages = super().create(vals_list)
        if self.env.su:
            return messages
        # sudo: only to know what is answered
        for message in messages.sudo().filtered("parent_id"):
            model, res_id, parent = message.model, message.res_id, message.parent_id
            if is_guarded(self.env, model) and (parent.model, parent.res_id) != (model, res_id):
                self.env[model].browse(res_id).check_access("read")
        return messages

    def _compute_record_name(self):
        """Tell the name of what is guarded only to who may read it.

        Odoo tells it with all rights, also of a message that a client only says it is
        about to write.
        """
        res = super()._compute_record_name()
        for message in self:
            if is_guarded(self.env, message.model) and not isinstance(message.id, int):
                record = self.env[message.model].sudo(False).browse(message.res_id)
                if not record.has_access("read"):
                    message.record_name = False
        return res
