from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import check_id, show

# the last day of each bucket, in days after the due date
AGING_BUCKETS = {"00": 0, "01_30": 30, "31_60": 60, "61_90": 90, "91": None}

COMPARISONS = {
    "in": lambda field, values: SQL("%s = ANY(%s)", field, values),
    "<": lambda field, value: SQL("%s < %s", field, value),
    "<=": lambda field, value: SQL("%s <= %s", field, value),
    ">": lambda field, value: SQL("%s > %s", field, value),
    ">=": lambda field, value: SQL("%s >= %s", field, value),
}


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    days_overdue = fields.Integer(
        compute="_compute_aging",
        search="_search_days_overdue",
        aggregator="max",
        help="Days since the due date; for what has none, since its own date.",
    )
    aging_bucket = fields.Selection(
        [
            ("00", "Not due"),
            ("01_30", "1–30 days late"),
            ("31_60", "31–60 days late"),
            ("61_90", "61–90 days late"),
            ("91", "Over 90 days late"),
        ],
        string="Aging",
        compute="_compute_aging",
        search="_search_aging_bucket",
    )

    @api.depends("date_maturity", "date")
    def _compute_aging(self):
        today = fields.Date.context_today(self)
        for line in self:
            due = line.date_maturity or line.date or today
            line.days_overdue = max((today - due).days, 0)
            line.aging_bucket = next(
                bucket
                for bucket, last in AGING_BUCKETS.items()
                if last is None or line.days_overdue <= last
            )

    def _search_days_overdue(self, operator, value):
        return self._search_aging("days_overdue", operator, value, float)

    def _search_aging_bucket(self, operator, value):
        return self._search_aging("aging_bucket", operator, value, str)

    def _search_aging(self, fname, operator, value, cast):
        """Compare in PostgreSQL, which takes values of one type only.

        :raise UserError: with the value that is not of it
        """
        if operator not in COMPARISONS:
            return NotImplemented
        try:
            value = [*map(cast, value)] if operator == "in" else cast(value)
        except (OverflowError, TypeError, ValueError) as error:
            raise UserError(
                self.env._("“%s” is not a number of days. Type it again.", show(value))
            ) from error
        return Domain.custom(
            to_sql=lambda model, alias, query: COMPARISONS[operator](
                model._field_to_sql(alias, fname, query), value
            )
        )

    def _field_to_sql(self, alias, field_expr, query=None):
        """Let lists be sorted and grouped by the age of what is due."""
        if field_expr not in ("days_overdue", "aging_bucket"):
            return super()._field_to_sql(alias, field_expr, query)
        days = SQL(
            "GREATEST(%s - COALESCE(%s, %s), 0)",
            fields.Date.context_today(self),
            self._field_to_sql(alias, "date_maturity", query),
            self._field_to_sql(alias, "date", query),
        )
        if field_expr == "days_overdue":
            return days
        return SQL(
            "CASE %s ELSE %s END",
            SQL(" ").join(
                SQL("WHEN %s <= %s THEN %s", days, last, bucket)
                for bucket, last in AGING_BUCKETS.items()
                if last is not None
            ),
            next(reversed(AGING_BUCKETS)),
        )

    def action_register_customer_payment(self):
        """Odoo's own payment of these lines, after which one is back at the list."""
        if not self:
            raise UserError(self.env._("Tick the items to pay first."))
        self.check_access("read")
        return self.action_register_payment(ctx={"dont_redirect_to_payments": True})

    @api.readonly
    def action_print_statement(self):
        """Print the statement of the customers of these lines, or of the one shown."""
        partners = self.partner_id.commercial_partner_id
        if not partners:
            shown = self.env.context.get("crm_gestao_statement_partner_id")
            partners = partners.browse(shown and check_id(self.env, shown))
        if not partners:
            raise UserError(self.env._("Tick an item of the customer first."))
        return partners._get_statement_action()
