from odoo import api, fields, models

from ..tools import Integer


class CrmGestaoCompetitorProduct(models.Model):
    """What a competitor sells against which of our products."""

    _name = "crm.gestao.competitor.product"
    _inherit = ["crm.gestao.text.mixin", "crm.gestao.link.mixin"]
    _description = "Product of a Competitor"
    _order = "sequence, id"
    _check_company_auto = True

    competitor_id = fields.Many2one(
        "crm.gestao.competitor", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="competitor_id.company_id")
    sequence = Integer(default=10)
    name = fields.Char(string="Their Product", required=True)
    product_id = fields.Many2one(
        "product.product",
        string="Our Product",
        index="btree_not_null",
        check_company=True,
        domain="[('sale_ok', '=', True)]",
    )
    note = fields.Char(string="In Comparison")

    @api.model
    def _get_private_links(self):
        return ["competitor_id"]
