from odoo import models

from ..tools import ConcurrentIndex, Many2oneReference, is_ours


class MailMessage(models.Model):
    _inherit = "mail.message"

    res_id = Many2oneReference()

    # what people wrote on a record, in the order of the timeline; Odoo's own index has
    # the log of changes among it
    _crm_gestao_human_idx = ConcurrentIndex(
        "(model, res_id, date DESC, id DESC) WHERE message_type IN ('comment', 'email')"
    )

    def _compute_record_name(self):
        """Tell the name of a record of ours only to who may read it.

        Odoo tells it with all rights, also of a message that a client only says it is
        about to write.
        """
        res = super()._compute_record_name()
        for message in self:
            if is_ours(message.model) and not isinstance(message.id, int):
                record = self.env[message.model].sudo(False).browse(message.res_id)
                if not record.has_access("read"):
                    message.record_name = False
        return res
