from odoo import api, models

from ..tools import filter_readable


class CrmGestaoOriginMixin(models.AbstractModel):
    """What has an `occurrence_id`: the occurrence that it came from."""

    _name = "crm.gestao.origin.mixin"
    _inherit = ["crm.gestao.link.mixin"]
    _description = "Comes from an Occurrence"

    def copy_data(self, default=None):
        """A copy comes from no occurrence, whichever the action was opened from."""
        vals_list = super().copy_data(default)
        # Odoo refuses a field that the user may not write, even where it is left empty
        if self._has_field_access(self._fields["occurrence_id"], "write"):
            for values in vals_list:
                values.setdefault("occurrence_id", False)
        return vals_list

    @api.model
    def _get_private_links(self):
        return [*super()._get_private_links(), "occurrence_id"]

    def _get_readable_occurrence(self):
        """The occurrence, to be linked to what comes of this, if the user may read it.

        An order or an opportunity may be somebody's whose occurrence is a colleague's,
        or have been given another customer since.
        """
        customer = self.partner_id.commercial_partner_id
        return filter_readable(self.occurrence_id).filtered(
            lambda occurrence: occurrence.commercial_partner_id == customer
        )
