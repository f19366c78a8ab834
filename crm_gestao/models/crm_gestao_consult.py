from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..tools import check_id, show

ACCOUNTING_GROUPS = "account.group_account_invoice,account.group_account_readonly"
INVOICE_TYPES = ("out_invoice", "out_refund")


class CrmGestaoConsult(models.AbstractModel):
    """What the consult screen looks up about one customer, outside of occurrences.

    Each query (`quotations`, `orders`, `invoices`, `sales_history`, `products`,
    `receivables`) is one button of the bar: it has figures, and an action that shows
    what they add up. Both are read with the user's own rights; they are of the whole
    commercial entity that the customer belongs to.
    """

    _name = "crm.gestao.consult"
    _description = "Consultation of a Customer"

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    @api.model
    @api.readonly
    def get_consult_figures(self, partner_id, date_from=False, date_to=False):
        """Number and total of each query, in the currency of the current company.

        Amounts in other currencies are converted as Odoo's lists and reports do it.

        :param int partner_id: a `res.partner`
        :param date_from: first day (ISO), or False
        :param date_to: last day (ISO), or False
        :return: dict with `currency_id`, and `figures`: by the name of the query a dict
            of `count`, `total`, and for receivables also `late_count` and `late_total`.
            What the user may not read is not among them.
        :raise AccessError: if the user may not read that customer
        :raise UserError: if the period is none
        """
        partner = self._get_customer(partner_id)
        period = self._get_period(date_from, date_to)
        names = self._get_query_names()
        entity = self.env["res.partner"].with_context(active_test=False)
        entity = entity.search([("commercial_partner_id", "=", partner.id)], order="id")
        found = {}
        if "orders" in names:
            found |= self._get_order_figures(entity, period)
        if "invoices" in names:
            found["invoices"] = self._sum(
                "account.move",
                self._get_invoice_domain()
                & Domain("commercial_partner_id", "=", partner.id)
                & Domain("state", "=", "posted")
                & self._get_period_domain("invoice_date", period),
                "currency_id",
                "amount_total_in_currency_signed",
            )
        if {"sales_history", "products"} & names:
            history = self.env["crm.gestao.product.history"].with_context(
                crm_gestao_period=period
            )
            rows = history._read_group(
                [("commercial_partner_id", "=", partner.id)],
                ["currency_id"],
                ["__count", "line_count:sum", "amount_total:sum"],
            )
            if "sales_history" in names:
                found["sales_history"] = [row[:1] + row[2:] for row in rows]
            if "products" in names:
                found["products"] = [row[:2] + row[3:] for row in rows]
        if "receivables" in names:
            domain = self._get_receivable_domain() & Domain(
                "partner_id", "in", entity.ids
            )
            source = ("company_currency_id", "amount_residual")
            found["receivables"] = self._sum("account.move.line", domain, *source)
            found["late"] = self._sum(
                "account.move.line", domain & self._get_late_domain(), *source
            )
        figures = self._convert_figures(found)
        if "late" in figures:
            figures["receivables"] |= {
                f"late_{key}": value for key, value in figures.pop("late").items()
            }
        return {"currency_id": self.env.company.currency_id.id, "figures": figures}

    def _get_order_figures(self, entity, period):
        """The rows of quotations and orders, by one statement."""
        confirmed = Domain("state", "=", "sale")
        confirmed &= self._get_period_domain("date_order", period)
        rows = self.env["sale.order"]._read_group(
            Domain("partner_id", "in", entity.ids)
            & (Domain("state", "in", ("draft", "sent")) | confirmed),
            ["state", "currency_id"],
            ["__count", "amount_total:sum"],
        )
        return {
            "quotations": [row[1:] for row in rows if row[0] != "sale"],
            "orders": [row[1:] for row in rows if row[0] == "sale"],
        }

    def _sum(self, model, domain, currency_field, amount_field):
        return self.env[model]._read_group(
            domain, [currency_field], ["__count", f"{amount_field}:sum"]
        )

    def _convert_figures(self, found):
        """Add up rows of (currency, count, amount) in the company's currency.

        The rate is the one of today, as in the totals of Odoo's lists.

        :param dict found: rows by name
        :return: dict of `count` and `total`, by name
        """
        target = self.env.company.currency_id
        currencies = self.env["res.currency"].union(
            *(currency for rows in found.values() for currency, _count, _amount in rows)
        )
        rates = {
            currency.id: currency.inverse_rate
            for currency in (currencies - target).with_context(
                to_currency=target.id, date=fields.Date.context_today(self)
            )
        }
        return {
            name: {
                # what PostgreSQL adds up is no integer any more
                "count": int(sum(count for _currency, count, _amount in rows)),
                "total": target.round(
                    sum(
                        amount * rates.get(currency.id, 1)
                        for currency, _count, amount in rows
                    )
                ),
            }
            for name, rows in found.items()
        }

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    @api.model
    @api.readonly
    def get_query_action(self, query, partner_id, date_from=False, date_to=False):
        """The action that shows what `query` has found, filtered by facets.

        :param str query: its name
        :param int partner_id: a `res.partner`
        :param date_from: first day (ISO), or False
        :param date_to: last day (ISO), or False
        :return: dict, an `ir.actions.act_window`
        :raise AccessError: if the user may not read it
        :raise UserError: if the period is none, or the query unknown
        """
        if query not in list(self._get_queries()):
            raise UserError(
                self.env._("There is nothing to look up as “%s”.", show(query))
            )
        partner = self._get_customer(partner_id)
        period = self._get_period(date_from, date_to)
        if query not in self._get_query_names():
            raise AccessError(
                self.env._(
                    "You may not look this up. Ask an administrator for the rights of"
                    " sales or of accounting."
                )
            )
        action = getattr(self, f"_get_{query}_action")(partner, period)
        # a favourite of the user would take the place of what is consulted
        action["context"]["search_disable_custom_filters"] = True
        return action

    def _get_quotations_action(self, partner, _period):
        return self._get_action(
            "sale.action_quotations",
            self.env._("Quotations"),
            self._get_customer_facet("partner_id.commercial_partner_id", partner),
            context={
                "search_default_draft": 1,
                "default_partner_id": partner.id,
                **self.env["sale.order"]._get_salesperson_default(),
            },
        )

    def _get_orders_action(self, partner, period):
        return self._get_action(
            "sale.action_orders",
            self.env._("Orders"),
            self._get_customer_facet("partner_id.commercial_partner_id", partner),
            *self._get_period_facets("date_order", period),
            context={
                "search_default_sales": 1,
                "default_partner_id": partner.id,
                **self.env["sale.order"]._get_salesperson_default(),
            },
        )

    def _get_invoices_action(self, partner, period):
        return self._get_action(
            "account.action_move_out_invoice_type",
            self.env._("Invoices"),
            self._get_customer_facet("commercial_partner_id", partner),
            *self._get_period_facets("invoice_date", period),
            domain=list(self._get_invoice_domain()),
            context={
                "search_default_posted": 1,
                "default_move_type": "out_invoice",
                "default_partner_id": partner.id,
            },
        )

    def _get_sales_history_action(self, partner, period):
        return self._get_action(
            "crm_gestao.sales_history_action",
            self.env._("Sales History"),
            self._get_customer_facet("commercial_partner_id", partner),
            *self._get_period_facets("date", period),
            context={"search_default_Sales": 1},
        )

    def _get_products_action(self, partner, period):
        facets = self._get_period_facets("last_date", period)
        for facet in facets:
            # what a period changes is what is added up, not which lines are shown
            facet |= {"domain": [], "context": {"crm_gestao_period": period}}
        return self._get_action(
            "crm_gestao.product_history_action",
            self.env._("Products Bought"),
            self._get_customer_facet("commercial_partner_id", partner),
            *facets,
            context={},
        )

    def _get_receivables_action(self, partner, _period):
        return self._get_action(
            "crm_gestao.receivables_action",
            self.env._("Receivables"),
            self._get_customer_facet("partner_id.commercial_partner_id", partner),
            context={
                "search_default_open": 1,
                "crm_gestao_statement_partner_id": partner.id,
            },
        )

    def _get_action(self, xmlid, name, *facets, context, **values):
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        context["crm_gestao_facets"] = facets
        names = {"name": name, "display_name": name}
        return {**action, **names, "context": context, **values}

    def _get_customer_facet(self, fname, partner):
        return {
            "description": self.env._("Customer: %s", partner.display_name),
            "domain": [(fname, "=", partner.id)],
        }

    def _get_period_facets(self, fname, period):
        """One facet, or none where all dates are meant."""
        if not period:
            return []
        first, last = (format_date(self.env, day) for day in period)
        if first == last:
            description = self.env._("Period: %s", first)
        else:
            description = self.env._(
                "Period: %(from)s to %(to)s", **{"from": first, "to": last}
            )
        return [
            {
                "description": description,
                "domain": list(self._get_period_domain(fname, period)),
            }
        ]

    # ------------------------------------------------------------------
    # Warnings
    # ------------------------------------------------------------------

    def _get_warnings(self, partner, last_contact):
        """What to know before one deals with the customer, each in a few words.

        :param partner: a `res.partner` that the user may read
        :param last_contact: date of the last occurrence that they may read, or False
        :return: list of strings
        """
        company = self.env.company
        user = self.env.user
        entity = partner.commercial_partner_id
        is_accounting = self._is_accounting()
        is_sales = user.has_group("sales_team.group_sale_salesman")
        warnings = []
        if not partner.active:
            warnings.append(self.env._("Archived"))
        # sudo: the customer may be read, as was checked, and so may be told of its
        # company's state; of amounts only that there are some
        trusted = entity.sudo()
        if is_accounting and trusted.trust == "bad":
            warnings.append(self.env._("Bad debtor"))
        if is_sales and user.has_group("sale.group_warning_sale"):
            texts = (partner.sale_warn_msg, trusted.sale_warn_msg)
            warnings += dict.fromkeys(text.split("\n")[0] for text in texts if text)
        if (is_sales or is_accounting) and self._is_over_credit_limit(trusted):
            warnings.append(self.env._("Credit limit exceeded"))
        if is_sales and not is_accounting and self._is_overdue(trusted):
            warnings.append(self.env._("Overdue"))
        complaints = self.env["crm.gestao.occurrence"].search_count(
            [
                ("commercial_partner_id", "=", entity.id),
                ("state", "=", "open"),
                ("type_id.is_complaint", "=", True),
            ]
        )
        if complaints:
            warnings.append(self.env._("Open complaints: %s", complaints))
        days = company.crm_gestao_no_contact_days
        today = fields.Date.context_today(self)
        if days and (not last_contact or (today - last_contact).days > days):
            warnings.append(
                self.env._("No contact in the last %s days", days)
                if days > 1
                else self.env._("No contact since yesterday")
            )
        return warnings

    def _is_over_credit_limit(self, trusted):
        """As Odoo warns of it on an order: what is due and what is to be invoiced."""
        return (
            self.env.company.account_use_credit_limit
            and trusted.credit_limit
            and trusted.credit + trusted.credit_to_invoice > trusted.credit_limit
        )

    def _is_overdue(self, trusted):
        """Whether a company that lets its sales reps know has something overdue.

        :param trusted: a `res.partner` in sudo, which the user may read
        """
        companies = self.env.companies.filtered("crm_gestao_show_overdue")
        return bool(companies) and bool(
            # sudo: those who see no receivable are told that there is one, and no more
            trusted.env["account.move.line"].search_count(
                self._get_receivable_domain()
                & self._get_late_domain()
                & Domain("partner_id.commercial_partner_id", "=", trusted.id)
                & Domain("company_id", "in", companies.ids),
                limit=1,
            )
        )

    # ------------------------------------------------------------------
    # Common
    # ------------------------------------------------------------------

    def _get_queries(self):
        """The model that each query reads, in the order of the buttons."""
        return {
            "quotations": "sale.order",
            "orders": "sale.order",
            "invoices": "account.move",
            "sales_history": "sale.report",
            "products": "crm.gestao.product.history",
            "receivables": "account.move.line",
        }

    def _get_query_names(self):
        """The queries that the user has the rights for."""
        return {
            name
            for name, model in self._get_queries().items()
            if self.env[model].has_access("read")
            and (name != "receivables" or self._is_accounting())
        }

    def _is_accounting(self):
        return self.env.user.has_groups(ACCOUNTING_GROUPS)

    def _get_customer(self, partner_id):
        """The commercial entity of a customer that the user may read and consult."""
        self.env["crm.gestao.occurrence"].check_access("read")
        partner = self.env["res.partner"].browse(check_id(self.env, partner_id))
        partner._fetch_for_rule("currency_id")
        partner.fetch(["commercial_partner_id", "company_id", "partner_share"])
        partner.check_access("read")
        return partner.commercial_partner_id

    def _get_period(self, *dates):
        """Both ends, one date alone is that day; False where none is given."""
        days = [self._read_day(date) for date in dates if date]
        if not days:
            return False
        if days[0] > days[-1]:
            raise UserError(
                self.env._(
                    "The period ends before it begins. Correct one of its dates."
                )
            )
        # not Odoo's `to_string`, which writes the year 1 as it does not read it
        return [days[0].isoformat(), days[-1].isoformat()]

    def _read_day(self, date):
        try:
            return fields.Date.to_date(date)
        # KeyError: Python 3.12 looks a slice up in a dict
        except (KeyError, TypeError, ValueError) as error:
            raise UserError(
                self.env._("“%s” is not a date. Type it again.", show(date))
            ) from error

    def _get_period_domain(self, fname, period):
        """Whole days of the user's time zone, both ends included."""
        if not period:
            return Domain.TRUE
        try:
            # Odoo takes the end of a day for 24 hours after it began, which it is not
            # where the clocks are changed. (Of a midnight that comes twice, which is
            # rare, it takes the second.)
            end = fields.Date.to_date(period[1]) + timedelta(days=1)
            until = Domain(fname, "<", end.isoformat())
        except OverflowError:  # there is no day after that
            until = Domain(fname, "<=", period[1])
        return Domain(fname, ">=", period[0]) & until

    def _get_invoice_domain(self):
        return Domain("move_type", "in", INVOICE_TYPES)

    def _get_receivable_domain(self):
        return (
            Domain("parent_state", "=", "posted")
            & Domain("account_id.account_type", "=", "asset_receivable")
            & Domain("reconciled", "=", False)
        )

    def _get_late_domain(self):
        """What the customer owes too long; a credit of theirs is never late."""
        return Domain("days_overdue", ">", 0) & Domain("amount_residual", ">", 0)
