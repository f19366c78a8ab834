from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..tools import get_told_name, is_within, plainly


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "crm.gestao.origin.mixin"]
    _crm_gestao_is_guarded = True

    occurrence_id = fields.Many2one(
        "crm.gestao.occurrence",
        index="btree_not_null",
        copy=False,
        check_company=True,
        ondelete="restrict",
        groups="crm_gestao.group_user,account.group_account_invoice,account.group_account_readonly",
        help="The contact with the customer that this order came from.",
    )
    competitor_record_ids = fields.One2many(
        "crm.gestao.competitor.record",
        "sale_order_id",
        string="Competitor Records",
        groups="crm_gestao.group_user",
    )
    competitor_record_count = fields.Integer(
        compute="_compute_competitor_records", groups="crm_gestao.group_user"
    )
    competitor_proposal_ids = fields.Many2many(
        "crm.gestao.competitor.record",
        string="Proposed Outcomes",
        compute="_compute_competitor_records",
        groups="crm_gestao.group_user",
        help="Open competitor records for which this order decides.",
    )
    known_competitor_ids = fields.Many2many(
        "crm.gestao.competitor",
        string="Known Competitors",
        compute="_compute_known_competitor_ids",
        groups="crm_gestao.group_user",
        help="Competitors met at this customer or with these products.",
    )

    @api.depends("competitor_record_ids.proposed_outcome")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_competitor_records(self):
        records = self.env["crm.gestao.competitor.record"]
        counts, proposals = records._get_records_of(self, "sale_order_id")
        for order in self:
            order.competitor_record_count = counts.get(order.id, 0)
            order.competitor_proposal_ids = proposals.get(order.id, records)

    @api.depends("partner_id", "order_line.product_id", "state")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_known_competitor_ids(self):
        """From the records and cards that the user may read, while it is a quotation:
        later nobody asks any more.
        """
        quotations = self.filtered(lambda order: order.state in ("draft", "sent"))
        sources = {
            "commercial_partner_id": quotations.partner_id.commercial_partner_id,
            "product_id": quotations.order_line.product_id,
        }
        known = {}
        for model, fname in (
            ("crm.gestao.competitor.record", "commercial_partner_id"),
            ("crm.gestao.competitor.record", "product_id"),
            ("crm.gestao.competitor.product", "product_id"),
        ):
            if sources[fname].ids:
                for source, competitor in self.env[model]._read_group(
                    [(fname, "in", sources[fname].ids)], [fname, "competitor_id"]
                ):
                    known[source] = known.get(source, competitor) | competitor
        nobody = self.env["crm.gestao.competitor"]
        # asked for all at once, or else Odoo asks for the competitors of each order
        shown = nobody.union(*known.values())._filtered_access("read")
        self.known_competitor_ids = nobody
        for order in quotations:
            customer = order.partner_id.commercial_partner_id
            competitors = nobody.union(
                *(
                    known.get(source._origin, nobody)
                    for source in (customer, *order.order_line.product_id)
                )
            )
            order.known_competitor_ids = competitors & shown

    @api.model
    def _get_told_links(self):
        # of lines that are not saved, Odoo sums up what the saved ones have
        return [*super()._get_told_links(), "order_line"]

    @api.constrains("occurrence_id")
    def _check_customer_of_occurrence(self):
        self.env["crm.gestao.occurrence"]._check_customers(self)

    @api.readonly
    def action_view_competitor_records(self):
        """Open the competitor records of this order, or the dialog of the first."""
        self.ensure_one()
        values = {
            "sale_order_id": self.id,
            "occurrence_id": self._get_readable_occurrence().id,
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
        }
        records = self.env["crm.gestao.competitor.record"]
        if not self.competitor_record_count:
            return records._get_new_action(**values)
        return records._get_list_action(
            [("sale_order_id", "=", self.id)],
            **{f"default_{fname}": value for fname, value in values.items()},
        )

    @api.model
    def _get_salesperson_default(self):
        """Context for a new order of who may make none of a colleague's.

        Odoo would take the salesperson of the customer.
        """
        if self.env.user.has_group("sales_team.group_sale_salesman_all_leads"):
            return {}
        return {"default_user_id": self.env.uid}

    @api.readonly
    def action_view_known_competitors(self):
        """Open the records that the line about known competitors comes from, or, of
        those who are known by what they sell alone, the cards.
        """
        self.ensure_one()
        customer = self.partner_id.commercial_partner_id
        records = self.env["crm.gestao.competitor.record"]
        action = records._get_list_action(
            Domain("commercial_partner_id", "=", customer.id)
            | Domain("product_id", "in", self.order_line.product_id.ids),
            default_partner_id=self.partner_id.id,
            search_default_group_by_competitor=True,
        )
        if not records.search_count(action["domain"], limit=1):
            cards = self.known_competitor_ids
            action = cards._get_records_action(name=self.env._("Competitors"))
        return action

    def action_confirm_competitor_outcomes(self):
        """Give the open competitor records the outcome that this order proposes."""
        self.ensure_one()
        self.check_access("read")
        return self.competitor_proposal_ids._confirm_proposals()

    # ------------------------------------------------------------------
    # Create, write
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders._log_occurrences()
        return orders

    def write(self, vals):
        if not vals.get("occurrence_id"):
            return super().write(vals)
        # sudo: only to know which orders get another one
        orders = self.sudo()
        before = {order: order.occurrence_id for order in orders}
        res = super().write(vals)
        orders.filtered(lambda o: o.occurrence_id != before[o])._log_occurrences()
        return res

    def unlink(self):
        """What was lost to a competitor stays lost when its quotation is deleted."""
        # sudo: records that the user does not see, of what may be deleted
        records = self.sudo().competitor_record_ids.filtered("proposed_outcome")
        proposed = {record: record.proposed_outcome for record in records}
        res = super().unlink()
        for record, outcome in proposed.items():
            record.proposed_outcome = outcome
        return res

    def web_save(self, vals, specification, next_id=None):
        """Confirm the new order of an occurrence by the same call that saves it.

        What cannot be confirmed is not saved, so that nothing is half done.
        """
        if self or not self.env.context.get("crm_gestao_confirm_order"):
            return super().web_save(vals, specification, next_id=next_id)
        orders = self.with_context(crm_gestao_confirm_order=False)
        saved = super(SaleOrder, orders).web_save(vals, specification, next_id=next_id)
        order = orders.browse(saved[0]["id"])
        order._check_confirmable()
        order._confirm_silently()
        return order.with_context(bin_size=True).web_read(specification)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    @api.readonly
    def action_view_occurrence(self):
        self.ensure_one()
        return self.occurrence_id._get_records_action(
            name=self.env._("Occurrence"), context={}
        )

    # ------------------------------------------------------------------
    # Confirming
    # ------------------------------------------------------------------

    def _check_confirmable(self):
        """Refuse what Odoo would confirm, but nobody should.

        :raise UserError: with the reason, and what to do
        """
        self.ensure_one()
        if obstacle := self._get_confirmation_obstacle():
            raise UserError(obstacle)

    def _get_confirmation_obstacle(self):
        """Why this quotation cannot be confirmed, or False.

        What Odoo itself refuses shows only when it is tried.
        """
        self.ensure_one()
        if self.is_expired:
            return self.env._(
                "%(order)s was valid until %(date)s. Give it a new expiration date"
                " first.",
                order=self.display_name,
                date=format_date(self.env, self.validity_date),
            )
        if not self._has_products():
            return self.env._(
                "%(order)s has no lines. Add a product first.", order=self.display_name
            )
        for partner in self.partner_id | self.partner_id.commercial_partner_id:
            if not partner.active:
                return self.env._(
                    "%(order)s: the customer %(customer)s is blocked (archived)."
                    " Unarchive the customer first.",
                    order=self.display_name,
                    customer=partner.display_name,
                )
        occurrence = self.occurrence_id
        customer = self.partner_id.commercial_partner_id
        if occurrence and occurrence.commercial_partner_id != customer:
            return self.env._(
                "%(order)s is of %(customer)s, and this occurrence is not. Confirm it"
                " on the quotation itself.",
                order=self.display_name,
                customer=customer.display_name,
            )
        return self._confirmation_error_message()

    def _confirm_silently(self):
        """Confirm this quotation, of which the customer hears nothing by that."""
        return self.with_context(crm_gestao_silent=True).action_confirm()

    def _send_order_notification_mail(self, mail_template, *args, **kwargs):
        if not (mail_template and self.env.context.get("crm_gestao_silent")):
            return super()._send_order_notification_mail(mail_template, *args, **kwargs)
        # which the template of a quotation would have sent
        self._message_log(
            body=self.env._(
                "The e-mail “%s” was not sent to the customer, for nobody asked for it."
                " To send it, press Send.",
                mail_template.sudo().name,  # sudo: who confirms may not read templates
            )
        )
        return None

    def _has_products(self):
        return any(
            not line.display_type and not line.is_downpayment
            for line in self.order_line
        )

    # ------------------------------------------------------------------
    # Invoicing
    # ------------------------------------------------------------------

    def _prepare_invoice(self):
        values = super()._prepare_invoice()
        # sudo: whoever may invoice the order carries its origin on, also one who may
        # not read occurrences
        values["occurrence_id"] = self.sudo().occurrence_id.id
        # a record, which no client can put into a context: Odoo creates with sudo what
        # comes out of here
        if is_within(self.env, "crm_gestao_issue"):
            issue = self.env.context["crm_gestao_issue"]
            values.update(issue._prepare_invoice_values())
        return values

    def _create_invoices(self, grouped=False, final=False, date=None):
        moves = super()._create_invoices(grouped=grouped, final=final, date=date)
        # Odoo takes what it merges from the first order. sudo: as in _prepare_invoice
        for move in moves.sudo():
            if not move.occurrence_id:
                orders = move.line_ids.sale_line_ids.order_id
                # whatever is written to an invoice, Odoo goes through its lines again
                if occurrence := orders.occurrence_id[:1]:
                    move.occurrence_id = occurrence
        return moves

    def _get_invoicing_obstacle(self):
        """Why there is nothing to invoice of this order, or False.

        Odoo has one message for all of these, or leaves the order out silently.
        """
        self.ensure_one()
        values = {"order": plainly(self).display_name}
        if self.state in ("draft", "sent"):
            return self.env._("%(order)s is a quotation. Confirm it first.", **values)
        if self.state == "cancel":
            return self.env._("%(order)s is cancelled. Leave it out.", **values)
        lines = self.order_line.filtered(
            lambda line: not line.display_type and not line.is_downpayment
        )
        # sudo: the invoice may be a colleague's, and only its number is told
        invoices = self.sudo().order_line.invoice_lines.move_id
        drafts = invoices.filtered(lambda move: move.state == "draft")
        is_left = bool(lines & self._get_invoiceable_lines(final=True))
        if drafts and (not is_left or any(drafts.line_ids.mapped("is_downpayment"))):
            return self.env._(
                "%(order)s is on a draft already: %(invoices)s. Post or delete that one"
                " first.",
                invoices=", ".join(map(get_told_name, drafts)),
                **values,
            )
        if is_left:
            return False
        if not any(lines.mapped("product_uom_qty")):
            return self.env._(
                "%(order)s has no line with a quantity. Correct the order first.",
                **values,
            )
        if self.invoice_status in ("invoiced", "upselling"):
            posted = invoices.filtered(lambda move: move.state == "posted")
            return self.env._(
                "%(order)s is invoiced already: %(invoices)s.",
                invoices=", ".join(map(get_told_name, posted)),
                **values,
            )
        return self.env._(
            "%(order)s: no delivered quantity is left to invoice, and its products are"
            " invoiced by what is delivered. Enter the delivered quantities first.",
            **values,
        )

    def _get_invoicing_obstacles(self):
        """One line for each order that there is nothing to invoice of, or False."""
        obstacles = [order._get_invoicing_obstacle() for order in self]
        return "\n".join(filter(None, obstacles)) or False

    def _get_invoicing_base_lines(self):
        """What an invoice of these orders is computed from, as Odoo will do it.

        :return: list of base lines of `account.tax`
        """
        tax = self.env["account.tax"]
        base_lines = []
        for order in self:
            for line in order._get_invoiceable_lines(final=True):
                if line.display_type:
                    continue
                values = {"quantity": line.qty_to_invoice}
                if line.is_downpayment:
                    values = {
                        "quantity": -1.0,
                        "extra_tax_data": (
                            tax._reverse_quantity_base_line_extra_tax_data(
                                line.extra_tax_data
                            )
                        ),
                    }
                base_lines.append(
                    line._prepare_base_line_for_taxes_computation(**values)
                )
        return base_lines

    # ------------------------------------------------------------------
    # Messages
    # ------------------------------------------------------------------

    def _log_occurrences(self):
        # sudo: who links them may be one who may not write on the occurrence
        linked = self.sudo().filtered("occurrence_id")
        linked.occurrence_id._log_documents(linked)
