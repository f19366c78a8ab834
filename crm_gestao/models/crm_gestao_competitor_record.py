from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import Date, Float, Monetary, check_colleagues, filter_readable

ORDER_READERS = (
    "sales_team.group_sale_salesman,"
    "account.group_account_invoice,account.group_account_readonly"
)


class CrmGestaoCompetitorRecord(models.Model):
    """One encounter with a competitor at a customer: their price against ours."""

    _name = "crm.gestao.competitor.record"
    _description = "Competitor Record"
    _inherit = [
        "crm.gestao.import.mixin",
        "crm.gestao.text.mixin",
        "crm.gestao.origin.mixin",
        "mail.thread",
    ]
    _order = "date desc, id desc"
    _rec_names_search = ["competitor_id.name", "partner_id.name"]
    _check_company_auto = True
    _import_required = ("date", "competitor_id", "partner_id")
    _import_usual = ("quantity", "outcome", "currency_id", "our_price")

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    competitor_id = fields.Many2one(
        "crm.gestao.competitor",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    date = Date(required=True, default=fields.Date.context_today)
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        index="btree_not_null",
        ondelete="restrict",  # see res_users.py
        check_company=True,
        tracking=True,
        domain="[('share', '=', False)]",
        default=lambda self: self.env.user,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        string="Company of the Customer",
        store=True,
        precompute=True,
    )
    region_id = fields.Many2one(
        "res.country.state",
        string="Region",
        compute="_compute_region_id",
        store=True,
        precompute=True,
        help="The state of the customer's address.",
    )
    occurrence_id = fields.Many2one(
        "crm.gestao.occurrence",
        index="btree_not_null",
        copy=False,
        check_company=True,
        domain="[('commercial_partner_id', '=', commercial_partner_id)]",
        help="The contact with the customer where this was learnt.",
    )
    sale_order_id = fields.Many2one(
        "sale.order",
        string="Quotation",
        index="btree_not_null",
        copy=False,
        check_company=True,
        domain="[('partner_id.commercial_partner_id', '=', commercial_partner_id)]",
        groups=ORDER_READERS,
        help="Once it is confirmed or cancelled, the outcome is proposed.",
    )
    product_id = fields.Many2one(
        "product.product",
        string="Our Product",
        index="btree_not_null",
        ondelete="restrict",  # see product_product.py
        check_company=True,
        domain="[('sale_ok', '=', True)]",
        tracking=True,
    )
    product_name = fields.Char(
        string="Their Product", help="Theirs, or what is not among our products."
    )
    quantity = Float(digits="Product Unit", default=1.0)
    uom_id = fields.Many2one(
        "uom.uom",
        string="Unit",
        compute="_compute_uom_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    currency_id = fields.Many2one(
        "res.currency",
        string="Currency",
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="The currency of their price.",
    )
    their_price = Monetary(tracking=True, aggregator=None, help="For one unit.")
    our_currency_id = fields.Many2one(
        "res.currency",
        string="Our Currency",
        compute="_compute_our_currency_id",
        store=True,
        precompute=True,
        help="The currency of our price.",
    )
    our_price = Monetary(
        currency_field="our_currency_id",
        compute="_compute_our_price",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        aggregator=None,
        help="For one unit, from the quotation or else from the customer's pricelist."
        " It stays as it was when these change.",
    )
    # as Odoo's order lines tell a typed price from theirs
    suggested_price = Monetary(
        currency_field="our_currency_id", store=False, exportable=False
    )
    price_gap = fields.Float(
        compute="_compute_price_gap",
        store=True,
        aggregator="avg",
        help="How far their price is from ours, in one currency at the date. Below zero"
        " they are cheaper.",
    )
    has_gap = fields.Boolean(
        string="Prices Compared", compute="_compute_price_gap", store=True
    )
    amount = fields.Monetary(
        string="Value",
        currency_field="company_currency_id",
        compute="_compute_amount",
        store=True,
        help="The quantity at our price (or else theirs), in the company's currency.",
    )
    payment_terms = fields.Char(string="Their Payment Terms")
    delivery_terms = fields.Char(string="Their Delivery Terms")
    position = fields.Selection(
        [("incumbent", "Incumbent"), ("challenger", "Challenger")],
        help="Whether the customer buys from them already, or they try to get in.",
    )
    outcome = fields.Selection(
        [
            ("open", "Undecided"),
            ("won", "We Won"),
            ("lost", "They Won"),
            ("nobody", "Nobody"),
        ],
        required=True,
        default="open",
        copy=False,
        index=True,
        tracking=True,
    )
    proposed_outcome = fields.Selection(
        [("won", "We Won"), ("lost", "They Won")],
        compute="_compute_proposed_outcome",
        store=True,
        help="What follows from the quotation. It counts once you confirm it.",
    )
    reason_id = fields.Many2one(
        "crm.gestao.competitor.reason",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        copy=False,
        tracking=True,
    )
    win_rate = fields.Float(
        compute="_compute_win_rate",
        aggregator="avg",
        help="Of what was decided: won / (won + lost).",
    )
    source = fields.Selection(
        [
            ("customer", "Customer Said So"),
            ("document", "Document Seen"),
            ("market", "Seen in the Market"),
            ("third_party", "Third Party"),
        ],
        default="customer",
    )
    confidence = fields.Selection(
        [("1", "Rumour"), ("2", "Likely"), ("3", "Certain")], default="2"
    )
    evidence = fields.Binary(help="A photograph, their proposal, a page of their site.")
    evidence_name = fields.Char(string="Name of the Evidence")
    note = fields.Text(string="Notes")

    _prices_positive = models.Constraint(
        "CHECK (their_price >= 0 AND our_price >= 0)",
        "A price cannot be negative. Type zero or more.",
    )
    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "The quantity must be more than zero."
    )
    _competitor_date_idx = models.Index("(competitor_id, date DESC, id DESC)")
    _commercial_partner_date_idx = models.Index(
        "(commercial_partner_id, date DESC, id DESC)"
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("competitor_id", "partner_id", "product_id", "product_name")
    def _compute_display_name(self):
        for record in self:
            parts = (
                record.competitor_id.name,
                record.partner_id.display_name,
                record.product_id.name or record.product_name,
            )
            record.display_name = " · ".join(filter(None, parts))

    @api.depends("partner_id.state_id", "commercial_partner_id.state_id")
    def _compute_region_id(self):
        for record in self:
            record.region_id = (
                record.partner_id.state_id or record.commercial_partner_id.state_id
            )

    @api.depends("product_id")
    def _compute_uom_id(self):
        for record in self:
            record.uom_id = record.product_id.uom_id or record.uom_id

    @api.depends("company_id", "sale_order_id")
    def _compute_currency_id(self):
        """A new record is in the currency of the quotation; a typed one stays."""
        orders = self._get_readable_orders()
        for record in self:
            record.currency_id = (
                record.currency_id
                or (record.sale_order_id & orders).currency_id
                or record.company_id.currency_id
            )

    def _get_readable_orders(self):
        """The quotations whose prices the user may know: Odoo computes with sudo."""
        return filter_readable(self.sale_order_id)

    def _get_pricelist(self, order):
        self.ensure_one()
        customer = self.partner_id.with_company(self.company_id)
        return order.pricelist_id or customer.property_product_pricelist

    @api.depends("company_id", "partner_id", "product_id", "sale_order_id")
    def _compute_our_currency_id(self):
        orders = self._get_readable_orders()
        for record in self:
            if record.our_currency_id and record.our_price and not record.product_id:
                continue  # the currency in which the price was typed
            order = record.sale_order_id & orders
            record.our_currency_id = (
                order.currency_id
                or record._get_pricelist(order).currency_id
                or record.company_id.currency_id
            )

    @api.depends("company_id", "partner_id", "product_id", "sale_order_id", "uom_id")
    def _compute_our_price(self):
        """Take the price once: it does not follow the quotation or the pricelist."""
        orders = self._get_readable_orders()
        for record in self:
            order = record.sale_order_id & orders
            product, uom = record.product_id, record.uom_id
            if not product:
                record.our_price = record.our_price
                continue
            line = order.order_line.filtered(
                lambda line, product=product: line.product_id == product
            )[:1]
            if line:
                price = line.price_unit * (1 - line.discount / 100)
                record.our_price = line.product_uom_id._compute_price(price, uom)
            else:
                record.our_price = record._get_pricelist(order)._get_product_price(
                    product.with_company(record.company_id),
                    record.quantity or 1.0,
                    uom=uom,
                    date=record.date,
                    currency=record.our_currency_id,
                )
            if not record._origin:
                record.suggested_price = record.our_price

    @api.onchange("quantity")
    def _onchange_quantity(self):
        """A new record has the price of its quantity, unless one was typed."""
        if not self._origin and self.our_price == self.suggested_price:
            # sudo: as Odoo computes, for who may not read quotations, too
            self.sudo()._compute_our_price()

    @api.depends(
        "company_id",
        "currency_id",
        "date",
        "our_currency_id",
        "our_price",
        "their_price",
    )
    def _compute_price_gap(self):
        for record in self:
            record.has_gap = record.their_price > 0 and record.our_price > 0
            if record.has_gap:
                rate = record._get_rate(record.currency_id, record.our_currency_id)
                record.price_gap = record.their_price * rate / record.our_price - 1
            else:
                record.price_gap = 0.0

    @api.depends(
        "company_id",
        "currency_id",
        "date",
        "our_currency_id",
        "our_price",
        "quantity",
        "their_price",
    )
    def _compute_amount(self):
        for record in self:
            price, currency = record.our_price, record.our_currency_id
            if not price:
                price, currency = record.their_price, record.currency_id
            rate = record._get_rate(currency, record.company_id.currency_id)
            record.amount = record.quantity * price * rate

    def _get_rate(self, currency, other):
        """What one unit of `currency` was in `other` at the date of the record."""
        self.ensure_one()
        if not currency or not other:
            return 1.0
        return currency._get_conversion_rate(
            currency, other, self.company_id, self.date
        )

    @api.depends("outcome", "sale_order_id.state")
    def _compute_proposed_outcome(self):
        proposals = {"sale": "won", "cancel": "lost"}
        for record in self:
            record.proposed_outcome = record.outcome == "open" and proposals.get(
                record.sale_order_id.state
            )

    @api.depends("outcome")
    def _compute_win_rate(self):
        for record in self:
            record.win_rate = float(record.outcome == "won")

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """Leave out of an average what has no value: Odoo stores a float as zero."""
        fname, _colon, func = aggregate_spec.partition(":")
        if fname == "win_rate" and func == "avg":
            value = SQL(
                "CASE %s WHEN 'won' THEN 1.0 WHEN 'lost' THEN 0.0 END",
                self._field_to_sql(self._table, "outcome", query),
            )
        elif fname == "price_gap" and func in ("avg", "count"):
            value = SQL(
                "CASE WHEN %s THEN %s END",
                self._field_to_sql(self._table, "has_gap", query),
                self._field_to_sql(self._table, "price_gap", query),
            )
        else:
            return super()._read_group_select(aggregate_spec, query)
        return SQL("COUNT(%s)" if func == "count" else "AVG(%s)", value)

    @api.constrains("occurrence_id")
    def _check_customer_of_occurrence(self):
        self.env["crm.gestao.occurrence"]._check_customers(self)

    @api.constrains("user_id", "competitor_id")
    def _check_user(self):
        check_colleagues(self.user_id)
        for record in self:
            record.competitor_id._check_visible_to(record.user_id)

    # ------------------------------------------------------------------
    # Write
    # ------------------------------------------------------------------

    def write(self, vals):
        res = super().write(vals)
        if "company_id" in vals:
            # Odoo checks the rules before writing only: nobody moves a record to a
            # company that is not theirs
            self.check_access("write")
        return res

    @api.model
    def _get_private_links(self):
        return [*super()._get_private_links(), "competitor_id", "sale_order_id"]

    @api.model
    def _get_told_links(self):
        return [*super()._get_told_links(), "partner_id"]

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_won(self):
        self.write({"outcome": "won"})

    def action_lost(self):
        self.write({"outcome": "lost"})

    def action_nobody(self):
        self.write({"outcome": "nobody"})

    def action_reopen(self):
        self.write({"outcome": "open", "reason_id": False})

    def action_confirm_proposed(self):
        """Give each record the outcome that its quotation proposes.

        :raise UserError: where several competitors would have won the same, or another
            has
        """
        won = self.filtered(lambda record: record.proposed_outcome == "lost")
        groups = won.grouped(lambda record: record._get_deciding())
        rivals = self.browse().union(
            *(document.competitor_record_ids for document in groups)
        )
        if rivals:
            # who confirms another one of these at the same moment waits, fails on what
            # this one changes, and is tried again by Odoo
            self.env.cr.execute(
                SQL(
                    "SELECT FROM crm_gestao_competitor_record WHERE id IN %s"
                    " ORDER BY id FOR NO KEY UPDATE",
                    rivals._ids,
                )
            )
        # those who have won already, as far as the user may know of them
        winning = rivals._filtered_access("read").filtered(
            lambda record: record.outcome == "lost"
        )
        for document, records in groups.items():
            competitors = records.competitor_id
            if len(competitors) > 1:
                raise UserError(
                    self.env._(
                        "Only one of %s can have won the same quotation or opportunity."
                        " Tick the one who did.",
                        ", ".join(competitors.mapped("name")),
                    )
                )
            winners = (winning & document.competitor_record_ids).competitor_id
            if others := winners - competitors:
                raise UserError(
                    self.env._(
                        "%(winner)s has won the same quotation or opportunity. Press"
                        " Nobody for %(other)s, or They Won if both have.",
                        winner=", ".join(others.mapped("name")),
                        other=competitors.name,
                    )
                )
        for outcome, records in self.grouped("proposed_outcome").items():
            if outcome:
                records.write({"outcome": outcome})

    def _get_deciding(self):
        """What proposes the outcome of this record."""
        self.ensure_one()
        # sudo: to compare it, also for who may not read it
        return self.sudo().sale_order_id

    def _confirm_proposals(self):
        """Do what proposes the outcome of these records, on one click.

        Of several competitors only one can have won: the user says which.
        """
        if len(self.competitor_id) > 1 and "lost" in self.mapped("proposed_outcome"):
            return self._get_list_action([("id", "in", self.ids)])
        self.action_confirm_proposed()
        return True

    @api.model
    def _get_records_of(self, documents, fname):
        """The records that the user may read of each quotation or opportunity.

        :param fname: the field of the record that leads to them
        :return: how many there are of each id, and which of them it decides
        """
        counts, proposed, lost = {}, {}, set()
        for document, outcome, proposal, count, records in self._read_group(
            [(fname, "in", documents.ids)],
            [fname, "outcome", "proposed_outcome"],
            ["__count", "id:recordset"],
        ):
            counts[document.id] = counts.get(document.id, 0) + count
            if proposal:
                proposed[document.id, proposal] = records
            if outcome == "lost":
                lost.add(document.id)
        # asked for all at once, or else Odoo asks for the records of each document
        shown = self.union(*proposed.values())._filtered_access("read")
        proposals = {}
        for (key, proposal), records in proposed.items():
            # where one competitor has won, the others have not
            if proposal != "lost" or key not in lost:
                proposals[key] = proposals.get(key, self) | (records & shown)
        return counts, proposals

    @api.model
    def _get_new_action(self, **defaults):
        """The dialog in which a record is typed.

        :param defaults: values of its fields
        """
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Competitor Record"),
            "res_model": self._name,
            "views": [
                [
                    self.env.ref("crm_gestao.competitor_record_view_form_dialog").id,
                    "form",
                ]
            ],
            "target": "new",
            "context": {f"default_{fname}": value for fname, value in defaults.items()},
        }

    @api.model
    def _get_list_action(self, domain, **context):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_gestao.competitor_record_action"
        )
        action["domain"] = list(Domain(domain))
        action["context"] = context
        return action

    # ------------------------------------------------------------------
    # Messages
    # ------------------------------------------------------------------

    def _creation_message(self):
        return self.env._("Competitor record created")

    # ------------------------------------------------------------------
    # Import
    # ------------------------------------------------------------------

    @api.model
    @api.readonly
    def get_import_templates(self):
        # headers and selections are read in the user's language
        suffix = "_pt_BR" if (self.env.lang or "").startswith("pt") else ""
        return [
            {
                "label": self.env._("Import Template for Competitor Records (XLSX)"),
                "template": f"/crm_gestao/static/import/competitors{suffix}.xlsx",
            },
            {
                "label": self.env._("Import Template for Competitor Records (CSV)"),
                "template": f"/crm_gestao/static/import/competitors{suffix}.csv",
            },
        ]
