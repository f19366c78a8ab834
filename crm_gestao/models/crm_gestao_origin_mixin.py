from odoo import api, models


class CrmGestaoOriginMixin(models.AbstractModel):
    """What has an `occurrence_id`: the occurrence that it came from."""

    _name = "crm.gestao.origin.mixin"
    _description = "Comes from an Occurrence"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._check_origin(self._get_origin_fields())
        return records

    def write(self, vals):
        res = super().write(vals)
        self._check_origin(f for f in self._get_origin_fields() if vals.get(f))
        return res

    def copy_data(self, default=None):
        """A copy comes from no occurrence, whichever the action was opened from."""
        vals_list = super().copy_data(default)
        # Odoo refuses a field that the user may not write, even where it is left empty
        if self._has_field_access(self._fields["occurrence_id"], "write"):
            for values in vals_list:
                values.setdefault("occurrence_id", False)
        return vals_list

    @api.model
    def _get_origin_fields(self):
        """The links that are only for those who may read what they lead to."""
        return ["occurrence_id"]

    def _check_origin(self, fnames):
        """Refuse links to what the user may not read: a link tells its name.

        :raise AccessError:
        """
        if not self.env.su:
            for fname in fnames:
                # sudo: only to know the link, also where the user may not read that
                # field
                if linked := self.sudo()[fname]:
                    linked.sudo(False).check_access("read")

    def _get_readable_occurrence(self):
        """The occurrence, to be linked to what comes of this, if the user may read it.

        An order or an opportunity may be somebody's whose occurrence is a colleague's.
        """
        return self.occurrence_id._filtered_access("read")
