from odoo import api, fields, models

from ..tools import ConcurrentIndex, filter_readable, is_within, plainly


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "crm.gestao.origin.mixin"]
    _crm_gestao_is_guarded = True

    occurrence_id = fields.Many2one(
        "crm.gestao.occurrence",
        index="btree_not_null",
        copy=False,
        check_company=True,
        ondelete="restrict",
        groups="crm_gestao.group_user,account.group_account_invoice,account.group_account_readonly",
        help="The contact with the customer that this invoice came from.",
    )

    # Odoo lets salespeople open their invoices, whose form then fails on the payments,
    # which they may not read
    payment_count = fields.Integer(compute_sudo=True)

    # which fiscal series a user took last time
    _crm_gestao_series_idx = ConcurrentIndex(
        "(create_uid, company_id, id DESC) WHERE occurrence_id IS NOT NULL"
    )
    # one customer's invoices of a period
    _crm_gestao_customer_date_idx = ConcurrentIndex(
        "(commercial_partner_id, invoice_date)"
    )

    @api.model
    def _get_told_links(self):
        # of lines that are not saved, Odoo sums up what the saved ones have
        return [*super()._get_told_links(), "invoice_line_ids", "line_ids"]

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        if not self._is_issued_from_dialog():
            moves._log_occurrences()
        return moves

    def write(self, vals):
        if not vals.get("occurrence_id"):
            return super().write(vals)
        # sudo: only to know which invoices get another one
        moves = self.sudo()
        before = {move: move.occurrence_id for move in moves}
        res = super().write(vals)
        moves.filtered(lambda m: m.occurrence_id != before[m])._log_occurrences()
        return res

    @api.readonly
    def action_view_occurrence(self):
        self.ensure_one()
        return self.occurrence_id._get_records_action(
            name=self.env._("Occurrence"), context={}
        )

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        if not self._is_issued_from_dialog():
            # sudo: who posts may be one who may not write on the occurrence
            linked = posted.sudo().filtered("occurrence_id")
            linked.occurrence_id._log_posted(linked)
        return posted

    def _get_move_display_name(self, show_ref=False):
        # whatever asks for names with all rights, the context is the client's
        if self.env.context.get("name_as_amount_total") and not filter_readable(self):
            self = plainly(self)
        return super()._get_move_display_name(show_ref=show_ref)

    def copy_data(self, default=None):
        """A credit note belongs to the occurrence of its invoice, and so does the
        invoice that takes the place of that one. A mere copy belongs to none.
        """
        vals_list = super().copy_data(default)
        if self.env.context.get("include_business_fields"):
            # sudo: as when an order hands its occurrence on to the invoice
            for move, values in zip(self.sudo(), vals_list, strict=True):
                values["occurrence_id"] = (
                    values.get("occurrence_id") or move.occurrence_id.id
                )
        return vals_list

    @api.model
    def _is_issued_from_dialog(self):
        """Whether the dialog is at work, which tells of the invoice itself."""
        # a record, which no client can put into a context
        return is_within(self.env, "crm_gestao_issue")

    def _log_occurrences(self):
        # sudo: who links them may be one who may not write on the occurrence
        linked = self.sudo().filtered("occurrence_id")
        linked.occurrence_id._log_documents(linked)
