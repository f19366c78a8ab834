from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, RedirectWarning, UserError

from ..tools import Date, Datetime


class CrmGestaoOrderConfirmLine(models.TransientModel):
    """One quotation to confirm."""

    _name = "crm.gestao.order.confirm.line"
    _inherit = ["crm.gestao.link.mixin"]
    _description = "Quotation to Confirm"

    confirm_id = fields.Many2one(
        "crm.gestao.order.confirm",
        string="Confirmation",
        required=True,
        ondelete="cascade",
        index=True,
    )
    order_id = fields.Many2one(
        "sale.order",
        string="Quotation",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    is_selected = fields.Boolean(string="Confirm")
    is_confirmed = fields.Boolean(string="Confirmed", readonly=True)
    message = fields.Char(
        string="Why not",
        compute="_compute_message",
        compute_sudo=False,  # only what the user may see
        store=True,
        readonly=True,
        precompute=True,
    )
    # not with all rights, as Odoo reads related fields
    date_order = Datetime(
        related="order_id.date_order", related_sudo=False, string="Date"
    )
    validity_date = Date(
        related="order_id.validity_date", related_sudo=False, string="Valid until"
    )
    amount_total = fields.Monetary(
        related="order_id.amount_total", related_sudo=False, string="Total"
    )
    currency_id = fields.Many2one(related="order_id.currency_id", related_sudo=False)

    @api.model
    def _get_private_links(self):
        return [*super()._get_private_links(), "confirm_id", "order_id"]

    @api.depends("order_id")
    def _compute_message(self):
        for line in self:
            order = line.order_id
            line.message = order and order._get_confirmation_obstacle()

    def _confirm(self):
        """Confirm the quotation, or leave it as it is and keep the reason."""
        self.ensure_one()
        order = self.order_id
        try:
            with self.env.cr.savepoint():
                order.check_access("write")
                order.lock_for_update()
                order._check_confirmable()
                if self.confirm_id.is_emailed:
                    order.action_confirm()
                else:
                    order._confirm_silently()
        except LockError:
            self.message = self.env._(
                "%s is being changed by somebody else at this moment. Try again.",
                order.display_name,
            )
        except (AccessError, RedirectWarning, UserError) as error:
            self.message = error.args[0]
        else:
            self.write({"is_confirmed": True, "is_selected": False, "message": False})
