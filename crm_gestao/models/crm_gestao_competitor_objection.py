from odoo import api, fields, models

from ..tools import Integer


class CrmGestaoCompetitorObjection(models.Model):
    """What customers say for a competitor, and what we answer."""

    _name = "crm.gestao.competitor.objection"
    _inherit = ["crm.gestao.text.mixin", "crm.gestao.link.mixin"]
    _description = "Objection"
    _order = "sequence, id"

    competitor_id = fields.Many2one(
        "crm.gestao.competitor", required=True, index=True, ondelete="cascade"
    )
    sequence = Integer(default=10)
    name = fields.Char(string="Objection", required=True)
    answer = fields.Text(string="Our Answer")

    @api.model
    def _get_private_links(self):
        return ["competitor_id"]
