from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, RedirectWarning, UserError
from odoo.fields import Command
from odoo.tools import SQL

from ..tools import Date, get_told_name


class CrmGestaoInvoiceIssue(models.TransientModel):
    """Issue an invoice from an occurrence, in a fiscal series (a sale journal)."""

    _name = "crm.gestao.invoice.issue"
    _inherit = ["crm.gestao.text.mixin", "crm.gestao.origin.mixin"]
    _description = "Issue Invoice from an Occurrence"

    occurrence_id = fields.Many2one(
        "crm.gestao.occurrence", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="occurrence_id.company_id", store=True, precompute=True
    )
    partner_id = fields.Many2one(related="occurrence_id.partner_id")
    commercial_partner_id = fields.Many2one(
        related="occurrence_id.commercial_partner_id"
    )
    journal_id = fields.Many2one(
        "account.journal",
        string="Fiscal Series",
        required=True,
        ondelete="cascade",
        domain="[('id', 'in', available_journal_ids)]",
        compute="_compute_journal_id",
        compute_sudo=False,  # only what the user may see
        store=True,
        readonly=False,
        precompute=True,
    )
    available_journal_ids = fields.Many2many(
        "account.journal", compute="_compute_available_journal_ids"
    )
    invoice_date = Date(string="Date", required=True, default=fields.Date.context_today)
    source = fields.Selection(
        selection="_get_sources",
        string="What to Invoice",
        required=True,
        compute="_compute_source",
        compute_sudo=False,  # only what the user may see
        store=True,
        readonly=False,
        precompute=True,
    )
    order_ids = fields.Many2many(
        "sale.order",
        string="Orders",
        domain="[('id', 'in', available_order_ids)]",
        compute="_compute_order_ids",
        compute_sudo=False,  # only what the user may see
        store=True,
        readonly=False,
        precompute=True,
    )
    available_order_ids = fields.Many2many(
        "sale.order", compute="_compute_available_order_ids"
    )
    line_ids = fields.One2many(
        "crm.gestao.invoice.issue.line", "issue_id", string="Products"
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_totals")
    amount_total = fields.Monetary(string="Total", compute="_compute_totals")
    tax_totals = fields.Binary(compute="_compute_totals", exportable=False)
    notes = fields.Text(compute="_compute_notes")
    can_post = fields.Boolean(compute="_compute_can_post")
    # what came of it: an issue that is confirmed again opens this, and makes nothing
    move_ids = fields.Many2many(
        "account.move",
        relation="crm_gestao_invoice_issue_move_rel",
        string="Issued Invoices",
        readonly=True,
    )

    # what there was when the dialog was opened: whose id the customer has, and, as of
    # products nothing else tells that a colleague has issued them, the newest invoice
    opened_for = fields.Integer(compute="_compute_opened", store=True, precompute=True)
    newest_move_id = fields.Integer(
        string="Newest Invoice",
        compute="_compute_opened",
        store=True,
        precompute=True,
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("occurrence_id")
    def _compute_opened(self):
        for issue in self:
            issue.opened_for = issue.occurrence_id.partner_id.id
            issue.newest_move_id = issue._get_newest_move().id

    @api.model
    def _get_sources(self):
        sources = {
            "occurrence": self.env._("Orders of this occurrence"),
            "customer": self.env._("Orders of the customer"),
        }
        if self.env["account.move"].has_access("create"):
            sources["lines"] = self.env._("Products, without an order")
        return list(sources.items())

    @api.depends("company_id")
    def _compute_available_journal_ids(self):
        for issue in self:
            issue.available_journal_ids = self._get_series(issue.company_id)

    @api.depends("company_id")
    def _compute_journal_id(self):
        for issue in self:
            # sudo: the invoice may since have gone to a colleague; the series counts
            last = (
                self.env["account.move"]
                .sudo()
                .search(
                    [
                        ("create_uid", "=", self.env.uid),
                        ("company_id", "=", issue.company_id.id),
                        ("occurrence_id", "!=", False),
                    ],
                    order="id desc",
                    limit=1,
                )
            )
            series = self._get_series(issue.company_id)
            issue.journal_id = (last.journal_id & series) or series[:1]

    @api.depends("occurrence_id")
    def _compute_source(self):
        for issue in self:
            if self.env["sale.order"].search_count(
                [
                    ("occurrence_id", "=", issue.occurrence_id.id),
                    ("state", "!=", "cancel"),
                ],
                limit=1,
            ):
                issue.source = "occurrence"
            elif issue._get_orders("customer"):
                issue.source = "customer"
            else:
                issue.source = issue._get_sources()[-1][0]

    @api.depends("source", "occurrence_id")
    def _compute_available_order_ids(self):
        for issue in self:
            issue.available_order_ids = issue._get_orders(issue.source)

    @api.depends("available_order_ids")
    def _compute_order_ids(self):
        """All that one invoice can take: each currency has an invoice of its own."""
        for issue in self:
            orders = issue._get_invoiceable_orders()
            issue.order_ids = orders.filtered(
                lambda order, currency=orders[:1].currency_id: order.currency_id
                == currency
            )

    @api.depends(
        "source",
        "order_ids",
        "journal_id",
        "line_ids.product_id",
        "line_ids.quantity",
        "line_ids.price_unit",
    )
    def _compute_totals(self):
        tax = self.env["account.tax"]
        for issue in self:
            if issue.source == "lines":
                lines = issue.line_ids.filtered("product_id")
                move = issue._get_preview(
                    [line._prepare_invoice_line_values() for line in lines]
                )
                issue.currency_id = move.currency_id
                totals = move.tax_totals
            else:
                orders = issue.order_ids._origin
                issue.currency_id = (orders or issue.company_id).currency_id[:1]
                base_lines = orders.filtered(
                    lambda order, currency=issue.currency_id: order.currency_id
                    == currency
                )._get_invoicing_base_lines()
                tax._add_tax_details_in_base_lines(base_lines, issue.company_id)
                tax._round_base_lines_tax_details(base_lines, issue.company_id)
                totals = tax._get_tax_totals_summary(
                    base_lines, issue.currency_id, issue.company_id
                )
            issue.tax_totals = totals
            issue.amount_total = totals["total_amount_currency"]

    @api.depends("source", "order_ids")
    def _compute_notes(self):
        """What cannot be invoiced of what one would expect to be."""
        for issue in self:
            orders = issue.order_ids._origin
            if issue.source == "occurrence":
                orders |= self.env["sale.order"].search(
                    [
                        ("occurrence_id", "=", issue.occurrence_id.id),
                        ("state", "!=", "cancel"),
                    ]
                )
            notes = issue.source != "lines" and orders._get_invoicing_obstacles()
            currencies = issue._get_invoiceable_orders().currency_id
            if len(currencies) > 1:
                notes = "\n".join(
                    filter(None, [issue._get_currencies_message(currencies), notes])
                )
            issue.notes = notes

    @api.onchange("journal_id")
    def _onchange_journal_id(self):
        """Prices are taken anew where the series is in another currency."""
        self.line_ids.filtered(
            lambda line: line.price_currency_id != line.currency_id
        )._compute_price_unit()

    def _compute_can_post(self):
        self.can_post = self._may_post()

    @api.model
    def _get_private_links(self):
        return [*super()._get_private_links(), "journal_id"]

    @api.model
    def _get_told_links(self):
        return [*super()._get_told_links(), "order_ids"]

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_issue(self):
        """Create the invoice, post it, and open it."""
        return self._get_invoices_action(self._issue(post=True))

    def action_issue_and_send(self):
        """Create the invoice, post it, and open Odoo's dialog that sends it."""
        return self._issue(post=True).action_send_and_print()

    def action_create_draft(self):
        """Create the invoice as a draft, which somebody of billing posts."""
        return self._get_invoices_action(self._issue(post=False))

    def _get_invoices_action(self, moves):
        return self.occurrence_id._get_documents_action(
            "account.action_move_out_invoice_type", self.env._("Invoices"), moves
        )

    # ------------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------------

    @api.model
    def _may_post(self):
        return self.env.user.has_group("account.group_account_invoice")

    @api.model
    def _get_series(self, company):
        """The fiscal series of a company that the user may issue in."""
        return self.env["account.journal"].search(
            [
                *self.env["account.journal"]._check_company_domain(company),
                ("type", "=", "sale"),
            ]
        )

    @api.model
    def _check_series(self, company):
        """Refuse a company without a series, and tell where to make one."""
        if self._get_series(company):
            return
        message = self.env._(
            "%s has no fiscal series: no journal of the type Sales. Make one in"
            " Invoicing, Configuration, Journals.",
            company.display_name,
        )
        if self.env["account.journal"].has_access("create"):
            raise RedirectWarning(
                message,
                self.env.ref("account.action_account_journal_form").id,
                self.env._("Journals"),
            )
        raise UserError(
            self.env._(
                "%(message)s Ask an administrator of Invoicing for it.", message=message
            )
        )

    def _get_orders(self, source):
        """What the dialog offers: confirmed orders, newest first.

        Of this occurrence all of them, for the dialog tells why one can't be invoiced.
        """
        self.ensure_one()
        occurrence = self.occurrence_id
        domain = [
            ("company_id", "=", occurrence.company_id.id),
            ("state", "=", "sale"),
        ]
        if source == "occurrence":
            return self.env["sale.order"].search(
                [*domain, ("occurrence_id", "=", occurrence.id)]
            )
        if source == "customer":
            return self.env["sale.order"].search(
                [
                    *domain,
                    # not `child_of`, which has the companies below it as well
                    (
                        "partner_id.commercial_partner_id",
                        "=",
                        occurrence.commercial_partner_id.id,
                    ),
                    ("invoice_status", "=", "to invoice"),
                ]
            )
        return self.env["sale.order"]

    def _get_invoiceable_orders(self):
        return self.available_order_ids._origin.filtered(
            lambda order: not order._get_invoicing_obstacle()
        )

    @api.model
    def _get_currencies_message(self, currencies):
        return self.env._(
            "These orders are in different currencies: %s. Invoice each currency by"
            " itself.",
            ", ".join(currencies.mapped("name")),
        )

    def _issue(self, post):
        """Create the invoice, at once and only once.

        :param bool post: False leaves it a draft
        :return: the `account.move` records, with the user's own rights
        :raise AccessError: for what the user may not do
        :raise UserError: with what is wrong, and what to do
        """
        self.ensure_one()
        self.occurrence_id.check_access("read")
        if post and not self._may_post():
            raise AccessError(
                self.env._(
                    "You may not post invoices. Create a draft, which somebody of"
                    " billing posts, or ask for the right to Invoicing."
                )
            )
        try:
            self._lock()
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody else is invoicing this at this moment. Wait, and look at"
                    " the invoices before you try again."
                )
            ) from error
        if self.move_ids:
            return self.move_ids
        self._check_issue()
        issue = self.with_context(crm_gestao_issue=self)
        if self.source == "lines":
            moves = issue._create_from_lines()
        else:
            moves = issue._create_from_orders()
        self._check_moves(moves)
        if post:
            moves.action_post()
        self.occurrence_id._log_documents(moves.sudo())  # sudo: they may only read it
        moves = moves.with_env(self.env)
        # also the row of this dialog changes: who waits for it begins anew
        self.move_ids = moves
        return moves

    def _lock(self):
        """Let nobody else invoice the same at the same moment.

        Of two that begin together one finds the lock taken. One that began before the
        other ended fails to lock what that one changed, and Odoo repeats it.

        :raise LockError: when another has the lock
        """
        self.lock_for_update()
        # sudo: read by the user, an order that went to a colleague since would be left
        # out without a word
        orders = self.sudo().order_ids
        orders.lock_for_update()
        orders.order_line.lock_for_update()
        if self.source == "lines":
            # sudo: who issues from it may be one who may not write on it
            occurrence = self.occurrence_id.sudo()
            occurrence.lock_for_update(allow_referencing=True)
            # the row changes: of two dialogs, too, the later one begins anew
            self.env.cr.execute(
                SQL(
                    "UPDATE crm_gestao_occurrence SET id = id WHERE id = %s",
                    occurrence.id,
                )
            )

    def _check_issue(self):
        """Check what was chosen, for a client may send anything."""
        self.ensure_one()
        self._check_journal()
        customer = self.occurrence_id.partner_id
        if customer.id != self.opened_for:
            raise UserError(
                self.env._(
                    "%(occurrence)s was given another customer meanwhile:"
                    " %(customer)s. Close this dialog, and press Invoice on the"
                    " occurrence again.",
                    occurrence=self.occurrence_id.name,
                    customer=customer.display_name,
                )
            )
        if self.source == "lines":
            self.env["account.move"].check_access("create")
            self.line_ids._check_lines()
            newest = self._get_newest_move()
            if newest.id > self.newest_move_id:
                raise UserError(
                    self.env._(
                        "%s was made from this occurrence meanwhile. Close this dialog,"
                        " look at it, and press Invoice on the occurrence again if this"
                        " is another one.",
                        get_told_name(newest),
                    )
                )
            return
        # where the user may not write, Odoo invoices nothing, silently
        self.order_ids.check_access("write")
        if not self.order_ids:
            message = self.env._("Choose one or more orders to invoice.")
            raise UserError("\n".join(filter(None, [message, self.notes])))
        if obstacles := self.order_ids._get_invoicing_obstacles():
            raise UserError(obstacles)
        strangers = self.order_ids.filtered(
            lambda order: order.company_id != self.company_id
            or order.partner_id.commercial_partner_id != self.commercial_partner_id
        )
        if strangers:
            raise UserError(
                self.env._(
                    "%(orders)s: not an order of %(customer)s in %(company)s. Choose"
                    " other orders.",
                    orders=", ".join(strangers.mapped("display_name")),
                    customer=self.commercial_partner_id.display_name,
                    company=self.company_id.display_name,
                )
            )
        if len(self.order_ids.currency_id) > 1:
            raise UserError(self._get_currencies_message(self.order_ids.currency_id))

    def _get_newest_move(self):
        # sudo: also what the user may not see is issued already
        return (
            self.env["account.move"]
            .sudo()
            .search(
                [
                    ("occurrence_id", "=", self.occurrence_id.id),
                    ("move_type", "=", "out_invoice"),
                    ("state", "!=", "cancel"),
                ],
                order="id desc",
                limit=1,
            )
        )

    def _check_journal(self):
        journal = self.journal_id.sudo()  # sudo: to name it, whatever it is
        if not journal.active:
            reason = self.env._("it is archived")
        elif journal.type != "sale":
            reason = self.env._("it is no sale journal")
        elif journal.company_id not in self.company_id.parent_ids:
            reason = self.env._(
                "it belongs to another company, %s", journal.company_id.display_name
            )
        elif not journal.sudo(False).has_access("read"):
            reason = self.env._("you may not use it")
        else:
            return
        raise UserError(
            self.env._(
                "No invoice can be issued in the series %(series)s: %(reason)s. Choose"
                " another series.",
                series=journal.display_name,
                reason=reason,
            )
        )

    def _prepare_invoice_values(self):
        """What the dialog decides of an invoice; the rest is as Odoo makes it."""
        return {
            "journal_id": self.journal_id.id,
            "invoice_date": self.invoice_date,
            "occurrence_id": self.occurrence_id.id,
        }

    def _prepare_direct_invoice(self, line_values):
        addresses = self.partner_id.address_get(["invoice", "delivery"])
        return {
            "move_type": "out_invoice",
            "company_id": self.company_id.id,
            "partner_id": addresses["invoice"],
            "partner_shipping_id": addresses["delivery"],
            "invoice_user_id": self.occurrence_id.user_id.id or self.env.uid,
            "invoice_origin": self.occurrence_id.name,
            "invoice_line_ids": [Command.create(values) for values in line_values],
            **self._prepare_invoice_values(),
        }

    def _get_preview(self, line_values):
        """An invoice of products, as Odoo computes it, that is not in the database."""
        # without the company there would be no account where another is current
        moves = self.env["account.move"].with_company(self.company_id)
        return moves.new(self._prepare_direct_invoice(line_values))

    def _create_from_lines(self):
        values = [line._prepare_invoice_line_values() for line in self.line_ids]
        moves = self.env["account.move"].with_company(self.company_id)
        return moves.create(self._prepare_direct_invoice(values))

    def _create_from_orders(self):
        # Odoo gives them back with sudo, by which a salesperson could post them
        return self.order_ids._create_invoices(final=True).sudo(False)

    def _check_moves(self, moves):
        """Refuse what Odoo would post, but is no invoice.

        :raise UserError: for invoices of nothing, and for what comes out as a refund
        """
        if not moves:
            raise UserError(self.env._("There is nothing to invoice."))
        for move in moves.sudo():  # sudo: a salesperson may not read each of them
            if move.move_type != "out_invoice" or move.amount_total < 0:
                raise UserError(
                    self.env._(
                        "More was invoiced, or paid down, than is due: this would be a"
                        " credit note of %s. Make it from the invoice, with Credit"
                        " Note.",
                        move.currency_id.format(abs(move.amount_total)),
                    )
                )
            if move.currency_id.is_zero(move.amount_total):
                raise UserError(
                    self.env._(
                        "The total is %s: the prices are zero, or down payments cover"
                        " all of it. There is nothing to issue.",
                        move.currency_id.format(0),
                    )
                )
