from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import sql

from ..tools import build_index, get_unaccent, is_index_valid

DESCRIPTION_INDEX = "crm_gestao_occurrence_description_idx"


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_gestao_no_contact_days = fields.Integer(
        related="company_id.crm_gestao_no_contact_days", readonly=False
    )
    crm_gestao_show_overdue = fields.Boolean(
        related="company_id.crm_gestao_show_overdue", readonly=False
    )
    # it is on where the index is there, be it half built, and nowhere else
    crm_gestao_description_index = fields.Boolean(string="Fast Search in Descriptions")

    @api.model
    def get_values(self):
        values = super().get_values()
        values["crm_gestao_description_index"] = sql.index_exists(
            self.env.cr, DESCRIPTION_INDEX
        )
        return values

    def set_values(self):
        res = super().set_values()
        wanted = self.crm_gestao_description_index
        is_there = sql.index_exists(self.env.cr, DESCRIPTION_INDEX)
        is_whole = is_there and is_index_valid(self.env.cr, DESCRIPTION_INDEX)
        if wanted == is_there == is_whole:
            return res
        if wanted and not self.pool.has_trigram:
            raise UserError(
                self.env._(
                    "This PostgreSQL has no pg_trgm, which makes searches in texts"
                    " fast. Ask its administrator to install it."
                )
            )
        self._build_description_index(wanted)
        return res

    def init(self):
        """Build the index anew which a server that was stopped has left half built."""
        res = super().init()
        cr = self.env.cr
        is_there = sql.index_exists(cr, DESCRIPTION_INDEX)
        if is_there and not is_index_valid(cr, DESCRIPTION_INDEX):
            self._build_description_index(True)
        return res

    @api.model
    def _build_description_index(self, wanted):
        column = get_unaccent(self.pool)("description")
        clause = f"USING gin (({column}) gin_trgm_ops)" if wanted else ""
        build_index(self.env["crm.gestao.occurrence"], DESCRIPTION_INDEX, clause)
