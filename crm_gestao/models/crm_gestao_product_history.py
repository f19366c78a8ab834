from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL


class CrmGestaoProductHistory(models.Model):
    """What each customer has bought of each product: confirmed order lines, added up.

    It is read from the order lines that the user may read. The key `crm_gestao_period`
    of the context (first and last day, ISO) limits them to a period. Prices are without
    taxes, after discount, in the company's currency and for the product's own unit.
    """

    _name = "crm.gestao.product.history"
    _description = "Products Bought"
    _auto = False
    _order = "last_date desc, id desc"
    _rec_name = "product_id"
    _depends = {
        "sale.order": ["currency_rate", "date_order"],
        "sale.order.line": [
            "company_id",
            "order_partner_id",
            "price_subtotal",
            "price_total",
            "product_id",
            "product_uom_id",
            "product_uom_qty",
            "state",
        ],
    }

    commercial_partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    product_uom_id = fields.Many2one("uom.uom", "Unit", readonly=True)
    last_date = fields.Datetime("Last Bought", readonly=True)
    last_price = fields.Monetary(readonly=True, aggregator=None)
    last_quantity = fields.Float(readonly=True, digits="Product Unit", aggregator=None)
    quantity = fields.Float(readonly=True, digits="Product Unit")
    average_price = fields.Monetary(readonly=True, aggregator=None)
    amount_total = fields.Monetary("Total", readonly=True)
    line_count = fields.Integer("Order Lines", readonly=True)

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Add up the lines of those customers and products only that are asked for.

        Records are asked for by their ids, which are no part of what lines are added up
        by: PostgreSQL would add up those of everybody.
        """
        domain = Domain(domain)
        if getattr(domain, "field_expr", "") == "id" and domain.operator == "in":
            ids = [value for value in domain.value if type(value) is int]
            # sudo: the id is that of a line, whose reader is asked for below
            lines = self.env["sale.order.line"].sudo().browse(ids).exists()
            customers = lines.order_partner_id.commercial_partner_id
            domain &= Domain("commercial_partner_id", "in", customers.ids)
            domain &= Domain("product_id", "in", lines.product_id.ids)
        return super()._search(domain, *args, **kwargs)

    def read(self, fields=None, load="_classic_read"):
        # Odoo would ask for what is not there, or not the user's, one by one
        there = self & self.search([("id", "in", self.ids)])
        return super(CrmGestaoProductHistory, there).read(fields, load)

    @property
    def _table_query(self):
        consult = self.env["crm.gestao.consult"]
        period = self.env.context.get("crm_gestao_period")
        # a client may have put anything there
        dates = period if isinstance(period, list | tuple) else [period]
        lines = self.env["sale.order.line"]
        query = lines._search(
            Domain("state", "=", "sale")
            & Domain("display_type", "=", False)
            & Domain("product_id", "!=", False)
            & consult._get_period_domain(
                "order_id.date_order", consult._get_period(*dates)
            )
        )
        table = lines._table
        names = {
            "line": SQL.identifier(table),
            "rate": SQL("COALESCE(NULLIF(sale.currency_rate, 0), 1)"),
            "quantity": SQL(
                "(%(line)s.product_uom_qty * unit.factor / own_unit.factor)",
                line=SQL.identifier(table),
            ),
            "latest": SQL(
                "ORDER BY sale.date_order DESC, %s DESC", SQL.identifier(table, "id")
            ),
        }
        query.add_join(
            "JOIN", "sale", "sale_order", SQL("sale.id = %(line)s.order_id", **names)
        )
        query.add_join(
            "JOIN",
            "partner",
            "res_partner",
            SQL("partner.id = %(line)s.order_partner_id", **names),
        )
        query.add_join(
            "JOIN",
            "company",
            "res_company",
            SQL("company.id = %(line)s.company_id", **names),
        )
        query.add_join(
            "JOIN",
            "product",
            "product_product",
            SQL("product.id = %(line)s.product_id", **names),
        )
        query.add_join(
            "JOIN",
            "template",
            "product_template",
            SQL("template.id = product.product_tmpl_id"),
        )
        query.add_join(
            "JOIN", "unit", "uom_uom", SQL("unit.id = %(line)s.product_uom_id", **names)
        )
        query.add_join(
            "JOIN", "own_unit", "uom_uom", SQL("own_unit.id = template.uom_id")
        )
        return SQL(
            """
            SELECT MAX(%(line)s.id) AS id,
                   partner.commercial_partner_id,
                   company.id AS company_id,
                   company.currency_id,
                   product.id AS product_id,
                   own_unit.id AS product_uom_id,
                   MAX(sale.date_order) AS last_date,
                   (ARRAY_AGG(
                       %(line)s.price_subtotal / %(rate)s / NULLIF(%(quantity)s, 0)
                       %(latest)s
                   ))[1] AS last_price,
                   (ARRAY_AGG(%(quantity)s %(latest)s))[1] AS last_quantity,
                   SUM(%(quantity)s) AS quantity,
                   SUM(%(line)s.price_subtotal / %(rate)s)
                       / NULLIF(SUM(%(quantity)s), 0) AS average_price,
                   SUM(%(line)s.price_total / %(rate)s) AS amount_total,
                   COUNT(*) AS line_count
              FROM %(tables)s
             WHERE %(condition)s
             GROUP BY partner.commercial_partner_id, company.id, product.id, own_unit.id
            """,
            tables=query.from_clause,
            condition=query.where_clause or SQL("TRUE"),
            **names,
        )

    @api.readonly
    def action_repeat_quotation(self):
        """Start a quotation of these products, each in the quantity last bought.

        Nothing is saved, and the prices are those of today.

        :raise UserError: where they can't be in one quotation
        """
        if not self:
            raise UserError(self.env._("Tick the products to quote again first."))
        self.env["sale.order"].check_access("create")
        customer = self.commercial_partner_id
        if len(customer) > 1 or len(self.company_id) > 1:
            raise UserError(
                self.env._("Tick products of one customer and of one company only.")
            )
        unsold = self.product_id.filtered(lambda p: not (p.active and p.sale_ok))
        if unsold:
            raise UserError(
                self.env._(
                    "No longer sold: %s. Untick them, then try again.",
                    ", ".join(unsold.mapped("display_name")),
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Quotation"),
            "res_model": "sale.order",
            "views": [[False, "form"]],
            "context": {
                "default_partner_id": customer.id,
                "default_company_id": self.company_id.id,
                **self.env["sale.order"]._get_salesperson_default(),
                "default_order_line": [
                    Command.create(
                        {
                            "product_id": line.product_id.id,
                            "product_uom_id": line.product_uom_id.id,
                            "product_uom_qty": max(line.last_quantity, 0) or 1,
                        }
                    )
                    for line in self
                ],
            },
        }
