from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG


class ResGroups(models.Model):
    _inherit = "res.groups"

    @api.ondelete(at_uninstall=True)
    def _unlink_except_closed_cards(self):
        """A card that only these groups see would be everybody's without them."""
        # sudo: also the cards of companies that the user is not in
        competitors = self.env["crm.gestao.competitor"].sudo()
        cards = competitors.with_context(active_test=False).search(
            [("group_ids", "in", self.ids)]
        )
        cards = cards.filtered(lambda card: card.group_ids <= self)
        if not cards:
            return
        if self.env.context.get(MODULE_UNINSTALL_FLAG):
            # a module that goes takes its groups with it: managers see every card
            managers = self.env.ref("crm_gestao.group_manager", False)
            if managers and managers not in self:
                strangers = cards.filtered(
                    lambda card: card.user_id not in managers.all_user_ids
                )
                strangers.user_id = False  # who no longer sees the card
                cards.group_ids = managers
            return
        raise UserError(
            self.env._(
                "Only this group sees these competitors, which would be open to"
                " everybody without it: %s. Choose other groups there first, in"
                " “Visible to”.",
                ", ".join(cards.mapped("name")),
            )
        )
