from odoo import fields, models

from ..tools import Integer


class CrmGestaoCompetitorReason(models.Model):
    """Why something was won or lost against a competitor."""

    _name = "crm.gestao.competitor.reason"
    _inherit = ["crm.gestao.choice.mixin"]
    _description = "Reason of an Outcome"
    _order = "sequence, name, id"
    _chosen_by = ("crm.gestao.competitor.record", "reason_id")

    name = fields.Char(required=True, translate=True)
    sequence = Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        help="Leave empty to share the reason with all companies.",
    )
