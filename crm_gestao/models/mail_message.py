from odoo import models

from ..tools import ConcurrentIndex, Many2oneReference


class MailMessage(models.Model):
    _inherit = "mail.message"

    res_id = Many2oneReference()

    # what people wrote on a record, in the order of the timeline; Odoo's own index has
    # the log of changes among it
    _crm_gestao_human_idx = ConcurrentIndex(
        "(model, res_id, date DESC, id DESC) WHERE message_type IN ('comment', 'email')"
    )
