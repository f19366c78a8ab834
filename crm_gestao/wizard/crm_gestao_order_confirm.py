from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class CrmGestaoOrderConfirm(models.TransientModel):
    """The open quotations of an occurrence, to confirm one or several of them."""

    _name = "crm.gestao.order.confirm"
    _inherit = ["crm.gestao.origin.mixin"]
    _description = "Confirm Quotations of an Occurrence"

    occurrence_id = fields.Many2one(
        "crm.gestao.occurrence", required=True, readonly=True, ondelete="cascade"
    )
    line_ids = fields.One2many(
        "crm.gestao.order.confirm.line",
        "confirm_id",
        string="Quotations",
        compute="_compute_line_ids",
        compute_sudo=False,  # only what the user may see
        store=True,
        readonly=False,
        precompute=True,
    )
    # what Odoo would send by itself, says the template of a quotation
    has_emails = fields.Boolean(compute="_compute_has_emails")
    is_emailed = fields.Boolean(
        string="Send the confirmation e-mails",
        help="Those of the quotation templates, to the customer.",
    )
    notes = fields.Text(compute="_compute_notes")

    @api.depends("line_ids.order_id")
    def _compute_has_emails(self):
        for confirm in self:
            # sudo: not every salesperson may read templates of e-mails
            templates = confirm.line_ids.order_id.sudo().sale_order_template_id
            confirm.has_emails = bool(templates.mail_template_id)

    @api.depends("line_ids.message")
    def _compute_notes(self):
        for confirm in self:
            confirm.notes = "\n".join(filter(None, confirm.line_ids.mapped("message")))

    @api.depends("occurrence_id")
    def _compute_line_ids(self):
        for confirm in self:
            quotations = confirm.occurrence_id._get_open_quotations()
            confirm.line_ids = [
                Command.create(
                    {
                        "order_id": quotation.id,
                        "is_selected": not quotation._get_confirmation_obstacle(),
                    }
                )
                for quotation in quotations
            ]

    def action_confirm(self):
        """Confirm what is ticked. What cannot be says why, the others go through.

        :raise UserError: when nothing is ticked
        """
        self.ensure_one()
        self.occurrence_id.check_access("read")
        lines = self.line_ids.filtered(
            lambda line: line.is_selected and not line.is_confirmed
        )
        if not lines:
            raise UserError(self.env._("Tick one or more quotations to confirm."))
        for line in lines:
            line._confirm()
        if any(lines.mapped("message")):
            return self._get_records_action(
                name=self.env._("Confirm Quotations"), target="new", context={}
            )
        return lines.order_id._get_records_action(name=self.env._("Orders"), context={})

    def action_new_order(self):
        """Make another order instead."""
        self.ensure_one()
        self.occurrence_id.check_access("read")
        return self.occurrence_id._get_new_order_action()
