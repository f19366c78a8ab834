from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..tools import get_used_message


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
        for company, choices in self.grouped("company_id").items():
            if company and (
                choice := choices._find_chosen([("company_id", "!=", company.id)])
            ):
                raise ValidationError(
                    self.env._(
                        "Another company uses “%s”. Leave its company empty, so that"
                        " all companies share it.",
                        choice.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_chosen(self):
        """Refuse to delete what was chosen, where something would be lost by it.

        A tag may go, but not from what is of companies that are not the user's.
        """
        model, fname = self._chosen_by
        if self.env[model]._fields[fname].type != "many2many":
            if choice := self._find_chosen([]):
                raise UserError(get_used_message(choice))
            return
        others = [("company_id", "not in", self.env.user._get_company_ids())]
        if choice := self._find_chosen(others):
            raise UserError(
                self.env._(
                    "Another company uses “%s”: it cannot be deleted.",
                    choice.display_name,
                )
            )

    def _find_chosen(self, domain):
        """The first of these that something within the domain has chosen."""
        model, fname = self._chosen_by
        # sudo: what the user does not see of other companies stands in the way, too
        choosers = self.env[model].sudo().with_context(active_test=False)
        domain = Domain(fname, "in", self.ids) & Domain(domain)
        chooser = choosers.browse(choosers._search(domain, limit=1))
        return self.filtered(lambda choice: choice in chooser[fname])[:1]
