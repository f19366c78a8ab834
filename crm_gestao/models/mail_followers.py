from odoo import models

from ..tools import Many2oneReference


class MailFollowers(models.Model):
    _inherit = "mail.followers"

    res_id = Many2oneReference()
