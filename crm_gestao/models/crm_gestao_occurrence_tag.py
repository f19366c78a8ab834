from random import randint

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools import Integer, check_id, find_or_create, get_copy_name
from .crm_gestao_text_mixin import read_text


class CrmGestaoOccurrenceTag(models.Model):
    _name = "crm.gestao.occurrence.tag"
    _description = "Occurrence Tag"
    _inherit = ["crm.gestao.choice.mixin"]
    _order = "name, id"
    _chosen_by = ("crm.gestao.occurrence", "tag_ids")

    name = fields.Char(required=True)
    color = Integer(default=lambda self: randint(1, 11))
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        help="Leave empty to share the tag with all companies.",
    )

    _name_length = models.Constraint(
        "CHECK (length(trim(name)) BETWEEN 1 AND 100)",
        "Type a name of up to 100 characters.",
    )
    _name_company_uniq = models.UniqueIndex(
        "(name, COALESCE(company_id, 0))",
        "A tag with this name exists already. Choose another name.",
    )

    @api.model
    def name_create(self, name):
        """Take the tag that is there under this name: another tab may have made it."""
        company = self.default_get(["company_id"]).get("company_id")
        company = company and check_id(self.env, company)
        name = read_text(self.env, name).strip()
        tag = find_or_create(
            self,
            Domain("name", "=", name) & Domain("company_id", "=", company),
            {"name": name},
        )
        return tag.id, tag.display_name

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        return [
            dict(vals, name=get_copy_name(self.env, tag.name, 100))
            for tag, vals in zip(self, vals_list, strict=True)
        ]
