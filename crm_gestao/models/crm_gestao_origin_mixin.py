from odoo import api, models


class CrmGestaoOriginMixin(models.AbstractModel):
    """What has an `occurrence_id`: the occurrence that it came from."""

    _name = "crm.gestao.origin.mixin"
    _description = "Comes from an Occurrence"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._check_origin()
        return records

    def write(self, vals):
        res = super().write(vals)
        if vals.get("occurrence_id"):
            self._check_origin()
        return res

    def _check_origin(self):
        """Refuse links to what the user may not read: a link tells its name.

        :raise AccessError:
        """
        if not self.env.su:
            # sudo: only to know the link, also where the user may not read that field
            self.sudo().occurrence_id.sudo(False).check_access("read")
