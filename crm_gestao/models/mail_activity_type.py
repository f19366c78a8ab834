from odoo import models


class MailActivityType(models.Model):
    _name = "mail.activity.type"
    _inherit = ["mail.activity.type", "crm.gestao.known.mixin"]
    # what a list tells of the activity that is next
    _known = ("name", "icon", "decoration_type")
