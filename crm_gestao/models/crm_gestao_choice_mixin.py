from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmGestaoChoiceMixin(models.AbstractModel):
    """What companies choose from: shared by all, or one company's own."""

    _name = "crm.gestao.choice.mixin"
    _inherit = ["crm.gestao.text.mixin", "crm.gestao.link.mixin"]
    _description = "Choices That Companies May Share"

    # the model that chooses, and by which field
    _chosen_by = None

    company_id = fields.Many2one("res.company", index="btree_not_null")

    @api.constrains("company_id")
    def _check_company_of_choosers(self):
        """Refuse to take a choice away from the companies that have chosen it."""
        model, fname = self._chosen_by
        # sudo: what the user does not see of other companies stands in the way, too
        choosers = self.env[model].sudo().with_context(active_test=False)
        for choice in self.filtered("company_id"):
            if choosers.search_count(
                [
                    (fname, "in", choice.ids),
                    ("company_id", "not in", choice.company_id.ids),
                ],
                limit=1,
            ):
                raise ValidationError(
                    self.env._(
                        "Another company uses “%s”. Leave its company empty, so that"
                        " all companies share it.",
                        choice.display_name,
                    )
                )
