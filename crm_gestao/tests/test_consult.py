import re
from contextlib import closing
from datetime import timedelta
from functools import partial
from unittest.mock import patch

from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, new_test_user, tagged
from odoo.tools import SQL

from .test_performance import PerformanceCase

TODAY = "2026-03-10"
PERIOD = ("2026-01-01", "2026-03-31")


class ConsultCase(PerformanceCase):
    """A customer with documents in two companies and three currencies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Rate = cls.env["res.currency.rate"]
        cls.home = cls.company.currency_id
        cls.foreign, cls.third = (
            cls.env["res.currency"]
            .with_context(active_test=False)
            .search(
                [("id", "!=", cls.home.id), ("name", "in", ("EUR", "GBP", "USD"))],
                limit=2,
            )
        )
        (cls.foreign | cls.third).active = True
        Rate.search([]).unlink()
        cls.other_company.write(
            {
                "currency_id": cls.third.id,
                "country_id": cls.env.ref("base.us").id,
            }
        )
        Rate.create(
            [
                {
                    "currency_id": currency.id,
                    "company_id": company.id,
                    "name": day,
                    "rate": rate,
                }
                for currency, company, day, rate in (
                    (cls.foreign, cls.company, "2026-01-01", 0.2),
                    (cls.foreign, cls.company, "2026-03-01", 0.25),
                    (cls.third, cls.company, "2026-01-01", 0.5),
                    (cls.home, cls.other_company, "2026-01-01", 2),
                    (cls.foreign, cls.other_company, "2026-01-01", 4),
                )
            ]
        )
        for company in (cls.company, cls.other_company):
            cls._prepare_accounting(company)
        both = [Command.set((cls.company | cls.other_company).ids)]
        cls.users["accountant"] = cls._new_user(
            "accountant", "account.group_account_invoice", both
        )
        cls.users["seller"] = cls._new_user(
            "seller",
            "crm_gestao.group_user_all,sales_team.group_sale_salesman_all_leads",
            both,
        )
        cls.users["rep"].company_ids = both
        cls.product, cls.other_product = cls.env["product.product"].create(
            [
                {"name": "Flour", "list_price": 10, "taxes_id": False},
                {"name": "Yeast", "list_price": 3, "taxes_id": False},
            ]
        )

    @classmethod
    def _new_user(cls, role, groups, company_ids):
        return new_test_user(
            cls.env,
            login=f"gestao_{role}",
            groups=groups,
            company_id=cls.company.id,
            company_ids=company_ids,
            tz="America/Sao_Paulo",
        )

    @classmethod
    def _prepare_accounting(cls, company):
        """Accounts and a journal of our own, whatever chart is installed."""
        env = cls.env(context=dict(cls.env.context, allowed_company_ids=company.ids))
        code = f"GESTAO{company.id}"
        receivable, income = env["account.account"].create(
            [
                {
                    "name": "Receivable",
                    "code": f"{code}1",
                    "account_type": "asset_receivable",
                    "reconcile": True,
                },
                {"name": "Income", "code": f"{code}2", "account_type": "income"},
            ]
        )
        env["account.journal"].create(
            {
                "name": "Sales",
                "code": f"G{company.id}",
                "type": "sale",
                "default_account_id": income.id,
                "sequence": 0,
            }
        )
        env["account.journal"].create(
            {"name": "Bank", "code": f"B{company.id}", "type": "bank", "sequence": 0}
        )
        partners = cls.customer | cls.contact | cls.other_contact | cls.other_customer
        partners.with_company(company).property_account_receivable_id = receivable

    @classmethod
    def _create_order(cls, *lines, company=None, currency=None, **values):
        """An order of (product, quantity, price) lines."""
        company = company or cls.company
        env = cls.env(context=dict(cls.env.context, allowed_company_ids=company.ids))
        currency = currency or company.currency_id
        pricelist = env["product.pricelist"].create(
            {"name": currency.name, "currency_id": currency.id}
        )
        order = env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "company_id": company.id,
                "pricelist_id": pricelist.id,
                "date_order": "2026-02-10 12:00:00",
                "user_id": cls.users["rep"].id,
                **values,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "price_unit": price,
                            "tax_ids": [Command.clear()],
                        }
                    )
                    for product, quantity, price in lines
                ],
            }
        )
        return order

    @classmethod
    def _create_invoice(cls, amount, company=None, currency=None, post=True, **values):
        company = company or cls.company
        env = cls.env(context=dict(cls.env.context, allowed_company_ids=company.ids))
        invoice = env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": cls.customer.id,
                "company_id": company.id,
                "currency_id": (currency or company.currency_id).id,
                "invoice_date": "2026-02-10",
                "invoice_date_due": "2026-02-20",
                "invoice_payment_term_id": False,
                "invoice_user_id": cls.users["rep"].id,
                **values,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Goods",
                            "quantity": 1,
                            "price_unit": amount,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        if post:
            invoice.action_post()
        return invoice

    def _as(self, role, companies=None):
        """The environment of a user, with these companies switched on."""
        companies = companies or self.company
        return self.env(
            user=self.users[role],
            context={"allowed_company_ids": companies.ids, "tz": "America/Sao_Paulo"},
        )

    def _get_figures(self, role, companies=None, partner=None, period=PERIOD):
        consult = self._as(role, companies)["crm.gestao.consult"]
        partner = partner or self.customer
        return consult.get_consult_figures(partner.id, *period)["figures"]

    def _add_up(self, role, query, companies=None, partner=None, period=PERIOD):
        """What the list behind a button shows, as the web client adds it up.

        :return: count and total in the company's currency
        """
        env = self._as(role, companies)
        partner = partner or self.customer
        action = env["crm.gestao.consult"].get_query_action(query, partner.id, *period)
        context = dict(action["context"])
        model = env[action["res_model"]]
        domain = fields.Domain(self._read_domain(action["domain"]))
        for facet in context.pop("crm_gestao_facets"):
            domain &= fields.Domain(facet["domain"])
            context |= facet.get("context", {})
        view_id = (action["search_view_id"] or [False])[0]
        view = model.get_view(view_id, "search")
        arch = etree.fromstring(view["arch"])
        for key in context:
            if key.startswith("search_default_"):
                (node,) = arch.xpath(
                    "//filter[@name=$name]", name=key.removeprefix("search_default_")
                )
                domain &= fields.Domain(self._read_domain(node.get("domain")))
        amount, currency, count = {
            "quotations": ("amount_total", "currency_id", None),
            "orders": ("amount_total", "currency_id", None),
            "invoices": ("amount_total_in_currency_signed", "currency_id", None),
            "sales_history": ("price_total", "currency_id", "nbr"),
            "products": ("amount_total", "currency_id", None),
            "receivables": ("amount_residual", "company_currency_id", None),
        }[query]
        model = model.with_context(**context)
        model.invalidate_model()
        rows = model.search_read(domain, [amount, currency] + [count] * bool(count))
        rates = {
            row["id"]: row["inverse_rate"]
            for row in env["res.currency"]
            .with_context(to_currency=env.company.currency_id.id, active_test=False)
            .search_read([], ["inverse_rate"])
        }
        total = sum(row[amount] * rates[row[currency][0]] for row in rows)
        return sum(row[count] if count else 1 for row in rows), total

    def _assert_adds_up(self, role, companies=None, partner=None, period=PERIOD):
        figures = self._get_figures(role, companies, partner, period)
        self.assertTrue(figures)
        for name, figure in figures.items():
            with self.subTest(role=role, query=name):
                count, total = self._add_up(role, name, companies, partner, period)
                self.assertEqual(figure["count"], count)
                self.assertAlmostEqual(figure["total"], total, delta=0.02)
        return figures

    def _read_domain(self, text):
        if not isinstance(text, str):
            return text or []
        return fields.Domain(
            eval(text, {"uid": 0, "context": {}})  # noqa: S307 # pylint: disable=eval-used
        )


@freeze_time(f"{TODAY} 15:00:00")
@tagged("post_install", "-at_install")
class TestFigures(ConsultCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.both = cls.company | cls.other_company

    def test_each_query(self):
        self._create_order((self.product, 2, 10))  # a quotation
        self._create_order((self.product, 1, 7), date_order="2025-11-03 12:00:00")
        for values in (
            {},
            {"partner_id": self.contact.id, "currency": self.foreign},
            {"company": self.other_company},
            {"date_order": "2025-12-31 12:00:00"},
            {"partner_id": self.other_customer.id},
        ):
            order = self._create_order(
                (self.product, 3, 10), (self.other_product, 1, 4), **values
            )
            date = order.date_order
            order.action_confirm()
            order.date_order = date
        self._create_order((self.product, 9, 9)).action_cancel()
        self._create_invoice(100)
        self._create_invoice(30, move_type="out_refund")
        self._create_invoice(200, currency=self.foreign, partner_id=self.contact.id)
        self._create_invoice(40, company=self.other_company)
        self._create_invoice(50, invoice_date="2025-12-31")
        self._create_invoice(60, post=False)
        self._create_invoice(70, partner_id=self.other_customer.id)
        self.env.flush_all()

        seller = self._assert_adds_up("seller")
        self.assertEqual(
            set(seller),
            {"quotations", "orders", "invoices", "sales_history", "products"},
        )
        # an open quotation counts whatever its date; 27 at the rate of 0.2 was 135
        self.assertEqual(seller["quotations"], {"count": 2, "total": 27})
        self.assertEqual(seller["orders"], {"count": 2, "total": 34 + 34 / 0.25})
        self.assertEqual(seller["sales_history"]["count"], 4)
        self.assertIsInstance(seller["sales_history"]["count"], int)
        self.assertEqual(seller["products"]["count"], 2)
        self.assertEqual(seller["invoices"], {"count": 3, "total": 70 + 200 / 0.25})
        everywhere = self._assert_adds_up("seller", self.both)
        self.assertEqual(everywhere["orders"]["count"], 3)
        self.assertEqual(everywhere["orders"]["total"], 34 + 34 / 0.25 + 34 / 0.5)
        accountant = self._assert_adds_up("accountant", self.both)
        self.assertEqual(accountant["receivables"]["count"], 5)
        self.assertEqual(
            accountant["receivables"]["total"], 100 - 30 + 200 / 0.2 + 50 + 40 / 0.5
        )
        # the credit note is due too, and yet not late
        self.assertEqual(accountant["receivables"]["late_count"], 4)
        # a contact is looked up with its company, an all-time period has no end
        self.assertEqual(self._get_figures("seller", partner=self.contact), seller)
        always = self._assert_adds_up("seller", period=(False, False))
        self.assertEqual(always["orders"]["count"], 3)
        self.assertEqual(always["invoices"]["count"], 4)

    def test_days_on_which_the_clocks_are_changed(self):
        """They have 23 or 25 hours, of which all count, and no other."""
        consult = self.env["crm.gestao.consult"]
        orders = self.env["sale.order"].create(
            [{"partner_id": self.customer.id} for _number in range(3)]
        )
        for zone, day, moments in (
            # in UTC: the last moment of the day before, of the day, and the next
            ("America/Santiago", "2026-04-04",
             ("2026-04-04 02:59:59", "2026-04-05 03:59:59", "2026-04-05 04:00:00")),
            ("Europe/Lisbon", "2026-03-29",
             ("2026-03-28 23:59:59", "2026-03-29 22:59:59", "2026-03-29 23:00:00")),
            ("America/Sao_Paulo", "2026-03-29",
             ("2026-03-29 02:59:59", "2026-03-30 02:59:59", "2026-03-30 03:00:00")),
        ):  # fmt: skip
            for order, moment in zip(orders, moments, strict=True):
                order.date_order = moment
            local = consult.with_context(tz=zone)
            period = local._get_period(day, day)
            found = local.env["sale.order"].search(
                local._get_period_domain("date_order", period)
                & fields.Domain("id", "in", orders.ids)
            )
            self.assertEqual(found, orders[1], zone)
        for first, last in (("0001-01-01", "9999-12-31"), ("9999-12-31",) * 2):
            domain = consult._get_period_domain("date_order", [first, last])
            self.env["sale.order"].search(domain, limit=1)

    def test_own_documents_only(self):
        colleague = self.users["seller"]
        for user in (self.users["rep"], colleague):
            self._create_order((self.product, 1, 10), user_id=user.id)
            order = self._create_order((self.product, 1, 10), user_id=user.id)
            order.action_confirm()
            order.date_order = "2026-02-10 12:00:00"
            self._create_invoice(100, invoice_user_id=user.id)
        self.env.flush_all()
        for role, count in (("rep", 1), ("seller", 2)):
            figures = self._assert_adds_up(role)
            self.assertEqual(
                {f["count"] for n, f in figures.items() if n != "products"}, {count}
            )
            self.assertEqual(figures["sales_history"]["total"], 10 * count)

    def test_no_right_no_figure(self):
        for role in ("own", "all", "manager"):
            self.assertEqual(self._get_figures(role), {})
        self.assertIn("receivables", self._get_figures("reader"))
        self.assertNotIn("sales_history", self._get_figures("reader"))
        for role in ("employee", "portal", "public"):
            with self.assertRaises(AccessError):
                self._get_figures(role)
        for role, query in (("own", "orders"), ("rep", "receivables")):
            with self.assertRaisesRegex(AccessError, "may not look this up"):
                self._as(role)["crm.gestao.consult"].get_query_action(
                    query, self.customer.id
                )

    def test_from_an_occurrence(self):
        occurrence = self._create_occurrence(partner_id=self.contact.id, user_id=False)
        for role, name, model in (
            ("rep", "sales_history", "sale.report"),
            ("accountant", "receivables", "account.move.line"),
        ):
            record = occurrence.with_env(self._as(role))
            action = getattr(record, f"action_view_{name}")()
            self.assertEqual(action["res_model"], model)
            (facet,) = action["context"]["crm_gestao_facets"]
            self.assertEqual(facet["domain"][0][2], self.customer.id)
        with self.assertRaisesRegex(AccessError, "may not look this up"):
            occurrence.with_env(self._as("rep")).action_view_receivables()

    def test_bad_input(self):
        consult = self._as("rep")["crm.gestao.consult"]
        for period, message in (
            (("2026-02-30", False), "is not a date"),
            ((False, "soon"), "“soon” is not a date"),
            (("2026-02-02", "soon"), "“soon” is not a date"),
            ((5, False), "“5” is not a date"),
            ((1.5, "2026-02-01"), "“1.5” is not a date"),
            (("2026-02-01", True), "“True” is not a date"),
            ((["2026-02-01"], False), "is not a date"),
            (({"a": 1}, False), "is not a date"),
            (("2026-02-02", "2026-02-01"), "ends before it begins"),
        ):
            for call in (
                lambda period=period: consult.get_consult_figures(
                    self.customer.id, *period
                ),
                lambda period=period: consult.get_query_action(
                    "orders", self.customer.id, *period
                ),
            ):
                with self.assertRaisesRegex(UserError, message):
                    call()
        for period in (
            ("0001-01-01", "9999-12-31"),
            ("0001-01-01", False),
            (False, "9999-12-31"),
        ):
            with self.subTest(period):
                figures = consult.get_consult_figures(self.customer.id, *period)
                self.assertTrue(figures["figures"])
                for query in figures["figures"]:
                    consult.get_query_action(query, self.customer.id, *period)
        for query in ("unlink", ["orders"], {"a": 1}, 5, None):
            with (
                self.subTest(query=query),
                self.assertRaisesRegex(UserError, "nothing to look up as “"),
            ):
                consult.get_query_action(query, self.customer.id)

    def test_no_customer(self):
        """What is no id is told, whoever asks for whatever."""
        env = self._as("rep")
        consult, timeline = env["crm.gestao.consult"], env["crm.gestao.timeline"]
        for value in (
            1.5, float("inf"), "x", str(self.customer.id), self.customer.ids, [1, 2],
            {"a": 1}, {}, None, False, True,
        ):  # fmt: skip
            for call in (
                consult.get_consult_figures,
                lambda value: consult.get_query_action("orders", value),
                env["crm.gestao.occurrence"].get_consult_summary,
                timeline.get_page,
            ):
                with (
                    self.subTest(value=value, call=call),
                    self.assertRaises(UserError) as caught,
                ):
                    call(value)
                self.assertIn(f"“{value}” is no record", str(caught.exception))

    def test_one_date_alone_is_that_day_in_the_time_zone(self):
        for date in (
            "2026-02-10 02:59:00",
            "2026-02-10 03:00:00",
            "2026-02-11 02:59:00",
        ):
            order = self._create_order((self.product, 1, 1))
            order.action_confirm()
            order.date_order = date
        figures = self._assert_adds_up("seller", period=("2026-02-10", False))
        self.assertEqual(figures["orders"]["count"], 2)
        self.assertEqual(figures["sales_history"]["count"], 2)

    def test_statements(self):
        for currency in (self.home, self.foreign, self.third):
            order = self._create_order((self.product, 1, 10), currency=currency)
            order.action_confirm()
            order.date_order = "2026-02-10 12:00:00"
            self._create_order((self.product, 1, 10), currency=currency)
            self._create_invoice(100, currency=currency)
        self._create_invoice(100, company=self.other_company)
        self.users["both"] = self._new_user(
            "both",
            "account.group_account_manager,crm_gestao.group_manager,"
            "sales_team.group_sale_manager",
            [Command.set(self.both.ids)],
        )
        env = self._as("both", self.both)
        consult = env["crm.gestao.consult"]
        statements = self._statements(
            lambda: consult.get_consult_figures(self.customer.id, *PERIOD)
        )
        self.assertEqual(
            len(self._get_figures("both", self.both)), 6, "every source is read"
        )
        self.assertLessEqual(len(statements), 12)
        for query, _params in statements:
            self.assertRegex(str(query).lstrip(), "^(SELECT|WITH)")
        self.assertNotIn("currency_table", "".join(str(q) for q, _p in statements))


@tagged("post_install", "-at_install")
class TestManyDocuments(ConsultCase):
    """Indexes on Odoo's tables, with as many documents as a company has."""

    def _multiply(self, record, count, **expressions):
        """Copy the row of `record`; `expressions` tell columns by the number n."""
        table = record._table
        self.env.cr.execute(
            SQL(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_name = %s AND table_schema = 'public'"
                " AND column_name != 'id'",
                table,
            )
        )
        columns = [name for (name,) in self.env.cr.fetchall()]
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) SELECT %s FROM %s, generate_series(1, %s) n"
                " WHERE id = %s",
                SQL.identifier(table),
                SQL(", ").join(map(SQL.identifier, columns)),
                SQL(", ").join(
                    expressions.get(name, SQL.identifier(name)) for name in columns
                ),
                SQL.identifier(table),
                count,
                record.id,
            )
        )
        self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))

    def test_indexes(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(300)]
        )
        invoice = self._create_invoice(100)
        line = invoice.line_ids.filtered("date_maturity")
        self.env.flush_all()
        partner = SQL("(%s)[1 + n %% 300]", partners.ids)
        day = SQL("DATE '2020-01-01' + n %% 2200")
        self._multiply(
            invoice,
            20_000,
            name=SQL("'MANY/' || n"),
            partner_id=partner,
            commercial_partner_id=partner,
            invoice_date=day,
        )
        self._multiply(line, 20_000, partner_id=partner, date_maturity=day)
        consult = self._as("accountant")["crm.gestao.consult"]
        call = partial(
            consult.get_consult_figures, partners[0].id, "2025-01-01", "2025-12-31"
        )
        for table, index in {
            "account_move": "account_move_crm_gestao_customer_date_idx",
            # Odoo's own
            "account_move_line": "account_move_line_unreconciled_index",
        }.items():
            with self.subTest(table=table):
                self._assert_indexed(self._plans(call, table), table, index)


@freeze_time(f"{TODAY} 15:00:00")
@tagged("post_install", "-at_install")
class TestRandomFigures(ConsultCase):
    """Whatever the documents are, the buttons say what the lists add up to."""

    def test_figures_add_up(self):
        companies = self.company | self.other_company
        currencies = [self.home, self.foreign, self.third]
        users = [self.users["rep"].id, self.users["seller"].id, False]
        partners = (self.customer | self.contact | self.other_customer).ids
        document = st.fixed_dictionaries(
            {
                "kind": st.sampled_from(["quotation", "order", "invoice", "refund"]),
                "company": st.sampled_from(list(companies)),
                "currency": st.sampled_from(currencies),
                "partner_id": st.sampled_from(partners),
                "user": st.sampled_from(users),
                "amount": st.integers(1, 10**6).map(lambda cents: cents / 100),
                "day": st.integers(0, 120),
            }
        )
        periods = st.sampled_from(
            [PERIOD, ("2026-02-01", "2026-02-28"), (False, False)]
        )

        @settings(
            max_examples=8,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(st.lists(document, min_size=1, max_size=5), periods)
        def check(documents, period):
            with closing(self.env.cr.savepoint()):
                for values in documents:
                    self._create_document(**values)
                self.env.flush_all()
                for role in ("seller", "rep", "accountant"):
                    for switched_on in (self.company, self.other_company, companies):
                        self._assert_adds_up(role, switched_on, period=period)

        check()

    def _create_document(self, kind, company, currency, partner_id, user, amount, day):
        date = fields.Date.to_date("2025-12-15") + timedelta(days=day)
        values = {"company": company, "currency": currency, "partner_id": partner_id}
        if kind in ("quotation", "order"):
            order = self._create_order(
                (self.product, 3, amount),
                (self.other_product, 1, 1),
                user_id=user,
                **values,
            )
            if kind == "order":
                order.action_confirm()
            order.date_order = date
        else:
            self._create_invoice(
                amount,
                move_type={"invoice": "out_invoice", "refund": "out_refund"}[kind],
                invoice_user_id=user,
                invoice_date=date,
                invoice_date_due=date + timedelta(days=30),
                **values,
            )


@freeze_time(f"{TODAY} 15:00:00")
@tagged("post_install", "-at_install")
class TestWarnings(ConsultCase):
    def _get_warnings(self, role, partner=None):
        occurrences = self._as(role)["crm.gestao.occurrence"]
        partner = partner or self.customer
        self.env.invalidate_all()  # as between two requests
        return occurrences.get_consult_summary(partner.id)["warnings"]

    def test_none(self):
        for role in ("rep", "accountant", "all"):
            self.assertEqual(self._get_warnings(role), [])

    def test_open_complaints(self):
        values = {"type_id": self.type_complaint.id, "user_id": False}
        self._create_occurrence(partner_id=self.contact.id, **values)
        self._create_occurrence(**values)
        self._create_occurrence(**values, state="done")
        self._create_occurrence(**values, partner_id=self.other_customer.id)
        self._create_occurrence(**dict(values, user_id=self.users["all"].id))
        self.assertEqual(self._get_warnings("all"), ["Open complaints: 3"])
        self.assertEqual(
            self._get_warnings("all", self.contact), ["Open complaints: 3"]
        )
        self.assertEqual(self._get_warnings("own"), ["Open complaints: 2"])

    def test_archived(self):
        self.other_customer.active = False
        self.assertEqual(self._get_warnings("own", self.other_customer), ["Archived"])

    def test_in_the_form(self):
        """The form tells it as soon as a customer is picked."""
        self.other_customer.active = False
        self._create_occurrence(type_id=self.type_complaint.id, user_id=False)
        form = Form(self._as("own")["crm.gestao.occurrence"])
        self.assertFalse(form.partner_warnings)
        form.partner_id = self.other_customer
        self.assertEqual(form.partner_warnings, "Archived")
        form.partner_id = self.customer
        self.assertEqual(form.partner_warnings, "Open complaints: 1")

    def test_no_contact(self):
        days = "crm_gestao_no_contact_days"
        message = "No contact in the last 30 days"
        self.company[days] = 30
        self.assertEqual(self._get_warnings("own"), [message])
        self._create_occurrence(user_id=False, date="2026-02-08 15:00:00")
        self.assertEqual(self._get_warnings("own"), [])
        self.company[days] = 29
        self.assertEqual(self._get_warnings("own"), [message.replace("30", "29")])
        self.company[days] = 1
        self.assertEqual(self._get_warnings("own"), ["No contact since yesterday"])
        self.company[days] = 0
        self.assertEqual(self._get_warnings("own"), [])

    def test_overdue_mark(self):
        invoice = self._create_invoice(
            100, partner_id=self.contact.id, invoice_user_id=self.users["seller"].id
        )
        self.assertEqual(self._get_warnings("rep"), [], "the company has it off")
        self.other_company.crm_gestao_show_overdue = True
        self.assertEqual(self._get_warnings("rep"), [], "another company has it on")
        self.company.crm_gestao_show_overdue = True
        self.assertEqual(self._get_warnings("rep"), ["Overdue"])
        self.assertEqual(self._get_warnings("rep", self.other_customer), [])
        self.assertEqual(self._get_warnings("own"), [], "no sales rep")
        self.assertEqual(self._get_warnings("accountant"), [], "the button says it")
        invoice.invoice_date_due = TODAY
        self.assertEqual(self._get_warnings("rep"), [])

    def test_credit(self):
        self.company.account_use_credit_limit = True
        self.customer.credit_limit = 150
        self._create_invoice(100)
        self.assertEqual(self._get_warnings("rep"), [])
        self._create_order((self.product, 6, 10)).action_confirm()
        self.env.flush_all()
        for role in ("rep", "accountant"):
            self.assertEqual(self._get_warnings(role), ["Credit limit exceeded"])
        self.assertEqual(self._get_warnings("own"), [])
        self.company.account_use_credit_limit = False
        self.assertEqual(self._get_warnings("rep"), [])

    def test_blocked(self):
        self.customer.trust = "bad"
        self.assertEqual(self._get_warnings("accountant"), ["Bad debtor"])
        self.assertEqual(self._get_warnings("rep"), [])
        self.customer.sale_warn_msg = "Only cash\nsince 2025"
        self.assertEqual(self._get_warnings("rep"), [])
        self.users["rep"].group_ids += self.env.ref("sale.group_warning_sale")
        self.assertEqual(self._get_warnings("rep"), ["Only cash"])
        self.assertEqual(self._get_warnings("rep", self.contact), ["Only cash"])

    def test_settings(self):
        with Form(self.env["res.config.settings"]) as form:
            form.crm_gestao_no_contact_days = 45
            form.crm_gestao_show_overdue = True
        form.save().execute()
        self.assertEqual(self.company.crm_gestao_no_contact_days, 45)
        self.assertTrue(self.company.crm_gestao_show_overdue)


@freeze_time(f"{TODAY} 15:00:00")
@tagged("post_install", "-at_install")
class TestReceivables(ConsultCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lines = cls.env["account.move.line"]
        # not due, and 30, 31, 60, 61, 90, 91 days late
        for due, amount in (
            ("2026-03-10", 1),
            ("2026-02-08", 2),
            ("2026-02-07", 4),
            ("2026-01-09", 8),
            ("2026-01-08", 16),
            ("2025-12-10", 32),
            ("2025-12-09", 64),
        ):
            invoice = cls._create_invoice(
                amount, invoice_date="2025-12-01", invoice_date_due=due
            )
            cls.lines |= invoice.line_ids.filtered("date_maturity")
        cls.credit = cls._create_invoice(
            128,
            move_type="out_refund",
            invoice_date="2025-12-01",
            invoice_date_due="2025-12-01",
        )

    def test_aging(self):
        self.assertEqual(self.lines.mapped("days_overdue"), [0, 30, 31, 60, 61, 90, 91])
        env = self._as("accountant")
        domain = [("id", "in", self.lines.ids)]
        groups = env["account.move.line"]._read_group(
            domain, ["aging_bucket"], ["amount_residual:sum", "days_overdue:max"]
        )
        expected = [
            ("00", 1, 0),
            ("01_30", 2, 30),
            ("31_60", 12, 60),
            ("61_90", 48, 90),
            ("91", 64, 91),
        ]
        self.assertEqual(groups, expected)
        for bucket, amount, _days in expected:
            found = env["account.move.line"].search(
                [*domain, ("aging_bucket", "=", bucket)]
            )
            self.assertEqual(sum(found.mapped("amount_residual")), amount)
            self.assertEqual(set(found.mapped("aging_bucket")), {bucket})
        for operator, days, count in (
            (">", 0, 6),
            (">=", 90, 2),
            ("<", 31, 2),
            ("=", 60, 1),
        ):
            found = env["account.move.line"].search_count(
                [*domain, ("days_overdue", operator, days)]
            )
            self.assertEqual(found, count)
        for condition, count in (
            (("days_overdue", "=", False), 1),
            (("days_overdue", "!=", False), 6),
            (("days_overdue", "in", [False, 30, "31"]), 3),
            (("days_overdue", ">", "60"), 3),
            (("days_overdue", "<", 1e300), 7),
            (("aging_bucket", "in", ["00", False]), 1),
            (("aging_bucket", "=", False), 0),
            (("aging_bucket", ">", 5), 3),
        ):
            with self.subTest(condition):
                found = env["account.move.line"].search_count([*domain, condition])
                self.assertEqual(found, count)
        for operator in ("=", "!=", ">"):
            with self.assertRaisesRegex(UserError, "abc.* is not a number of days"):
                env["account.move.line"].search([("days_overdue", operator, "abc")])
        ordered = env["account.move.line"].search(domain, order="days_overdue DESC")
        self.assertEqual(ordered.ids, self.lines.ids[::-1])
        # what has no due date is due on its own
        self.lines[0].date_maturity = False
        self.assertEqual(self.lines[0].days_overdue, 99)
        figures = self._assert_adds_up("accountant", period=(False, False))
        self.assertEqual(figures["receivables"]["late_count"], 7)

    def test_the_list_opens_for_accounting(self):
        for role in ("accountant", "reader"):
            view = self._as(role)["account.move.line"].get_view(
                self.env.ref("crm_gestao.receivables_view_list").id, "list"
            )
            buttons = etree.fromstring(view["arch"]).xpath("//header/button/@name")
            expected = ["action_register_customer_payment", "action_print_statement"]
            self.assertEqual(buttons, expected[role == "reader" :])

    def test_a_line_opens_its_document(self):
        for view in ("list", "kanban"):
            line = self.lines[0].with_env(self._as("accountant"))
            xmlid = f"crm_gestao.receivables_view_{view}"
            arch = line.get_view(self.env.ref(xmlid).id, view)["arch"]
            action = getattr(line, etree.fromstring(arch).get("action"))()
            self.assertEqual(
                (action["res_model"], action["res_id"]),
                ("account.move", line.move_id.id),
            )

    def test_payment(self):
        lines = self.lines[1:3].with_env(self._as("accountant"))
        with self.assertRaisesRegex(UserError, "Tick the items"):
            lines.browse().action_register_customer_payment()
        action = lines.action_register_customer_payment()
        wizard = Form.from_action(self._as("accountant"), action)
        wizard.group_payment = True
        wizard.save().action_create_payments()
        self.assertEqual(lines.mapped("amount_residual"), [0, 0])
        self.assertTrue(all(lines.mapped("reconciled")))

    def test_statement(self):
        self._create_invoice(1000, partner_id=self.other_customer.id)
        self._create_invoice(500, currency=self.foreign)
        report = self.env.ref("crm_gestao.action_report_statement")
        env = self._as("accountant")
        with self.assertRaisesRegex(UserError, "Tick an item"):
            env["account.move.line"].action_print_statement()
        contact = self.contact.with_env(env)
        action = (
            self.lines.browse()
            .with_env(env)
            .with_context(
                crm_gestao_statement_partner_id=contact.commercial_partner_id.id
            )
        )
        action = action.action_print_statement()
        self.assertEqual(action["context"]["active_ids"], self.customer.ids)
        html, _type = env["ir.actions.report"]._render_qweb_html(
            report.report_name, contact.ids
        )
        page = etree.HTML(html)
        text = " ".join(" ".join(page.itertext()).split())
        for invoice in self.lines.move_id | self.credit:
            self.assertIn(invoice.name, text)
        self.assertNotIn("1,000.00", text)
        cells = page.xpath("//table[@name='buckets']//td")
        amounts = [
            float(re.sub(r"[^0-9.-]", "", "".join(cell.itertext()))) for cell in cells
        ]
        # 500 at the rate of then, due since 2026-02-20, and the credit
        self.assertEqual(amounts, [1, 2502, 12, 48, 64 - 128, 127 + 2500 - 128])
        for role in ("rep", "manager"):
            with self.assertRaisesRegex(AccessError, "rights of accounting"):
                self._as(role)["ir.actions.report"]._render_qweb_html(
                    report.report_name, self.customer.ids
                )

    def test_statements_at_once(self):
        """More than a worker may take the time for is refused, in words."""
        customers = self.env["res.partner"].create(
            [{"name": f"Customer {number}", "is_company": True} for number in range(3)]
        )
        report = self._as("accountant")["report.crm_gestao.report_statement"]
        with patch.object(type(report), "_document_limit", 2):
            with self.assertRaisesRegex(UserError, "These are 3 documents"):
                report._get_report_values(customers.ids)
            values = report._get_report_values(customers[:2].ids)
        self.assertEqual(len(values["sections"]), 2)

    def test_statement_of_several(self):
        self._create_invoice(40, company=self.other_company)
        both = self.company | self.other_company
        values = self._as("accountant", both)[
            "report.crm_gestao.report_statement"
        ]._get_report_values((self.customer | self.other_customer).ids)
        self.assertEqual(
            [(s["partner"], s["company"], s["total"]) for s in values["sections"]],
            [
                (self.customer, self.company, -1),
                (self.customer, self.other_company, 40),
                (self.other_customer, self.company, 0),
            ],
        )


@freeze_time(f"{TODAY} 15:00:00")
@tagged("post_install", "-at_install")
class TestProductHistory(ConsultCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        dozen = cls.env.ref("uom.product_uom_dozen")
        for date, values, lines in (
            ("2026-01-10", {"currency": cls.foreign}, [(cls.product, 2, 4)]),
            ("2026-02-10", {}, [(cls.product, 3, 10), (cls.other_product, 1, 3)]),
            ("2026-02-20", {"partner_id": cls.contact.id}, [(cls.product, 1, 120)]),
            ("2026-02-25", {"user_id": cls.users["seller"].id}, [(cls.product, 5, 1)]),
        ):
            order = cls._create_order(*lines, **values)
            if date == "2026-02-20":
                order.order_line.write({"product_uom_id": dozen.id, "price_unit": 120})
            order.action_confirm()
            order.date_order = f"{date} 12:00:00"
        cls._create_order((cls.product, 7, 7))  # a quotation
        cls.env.flush_all()

    def _read(self, role, period=False):
        history = self._as(role)["crm.gestao.product.history"].with_context(
            crm_gestao_period=period
        )
        history.invalidate_model()
        return history.search([("commercial_partner_id", "=", self.customer.id)])

    def test_what_was_bought(self):
        flour, yeast = self._read("rep")
        self.assertEqual(
            (flour.product_id, yeast.product_id), (self.product, self.other_product)
        )
        self.assertEqual(
            flour.last_date, fields.Datetime.to_datetime("2026-02-20 12:00:00")
        )
        # by the dozen, and read by the piece
        self.assertEqual((flour.last_price, flour.last_quantity), (10, 12))
        self.assertEqual((flour.quantity, flour.line_count), (17, 3))
        # 2 at 4 in the foreign currency were 2 at 20
        self.assertAlmostEqual(flour.average_price, (40 + 30 + 120) / 17)
        self.assertEqual(flour.amount_total, 190)
        (flour,) = self._read("seller", ["2026-02-25", "2026-02-25"])
        self.assertEqual((flour.quantity, flour.last_price), (5, 1))

    def test_rights(self):
        self.assertEqual(sum(self._read("rep").mapped("quantity")), 18)
        self.assertEqual(sum(self._read("seller").mapped("quantity")), 23)
        self.assertFalse(
            self._as("rep", self.other_company)["crm.gestao.product.history"].search([])
        )
        with self.assertRaises(AccessError):
            self._read("all")

    def test_period_of_a_context(self):
        for period in (
            5, 1.5, True, "x", "ab", ["a", "b"], ["2026-02-01", 5], [[1], 2], {"a": 1},
        ):  # fmt: skip
            with (
                self.subTest(period=period),
                self.assertRaisesRegex(UserError, "“.+” is not a date"),
            ):
                self._read("rep", period)
        self.assertEqual(self._read("rep", [False, False]), self._read("rep"))

    def test_repeat_quotation(self):
        # Odoo would take the customer's salesperson, whose orders are not the rep's
        self.customer.user_id = self.users["seller"]
        products = self._read("rep")
        action = products.action_repeat_quotation()
        form = Form.from_action(self._as("rep"), action)
        order = form.save()
        self.assertEqual(order.user_id, self.users["rep"])
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual(
            [(line.product_id, line.product_uom_qty) for line in order.order_line],
            [(self.product, 12), (self.other_product, 1)],
        )
        self.assertEqual(order.order_line.mapped("price_unit"), [10, 3])
        with self.assertRaisesRegex(UserError, "Tick the products"):
            products.browse().action_repeat_quotation()
        self.product.sale_ok = False
        with self.assertRaisesRegex(UserError, "No longer sold: Flour"):
            products.action_repeat_quotation()
        with self.assertRaises(AccessError):
            products.with_user(self.users["reader"]).action_repeat_quotation()

    def test_of_one_customer(self):
        self._create_order(
            (self.product, 1, 1), partner_id=self.other_customer.id
        ).action_confirm()
        self.env.flush_all()
        products = self._as("rep")["crm.gestao.product.history"].search([])
        with self.assertRaisesRegex(UserError, "of one customer"):
            products.action_repeat_quotation()


@tagged("post_install", "-at_install")
class TestConsultUi(ConsultCase, HttpCase):
    def test_a_payment_from_the_consult_screen(self):
        invoice = self._create_invoice(100, invoice_date_due="2026-02-20")
        other = self._create_invoice(70, invoice_date_due="2026-02-25")
        self.start_tour(
            "/odoo/consult",
            "crm_gestao_receivables_tour",
            login=self.users["biller"].login,
        )
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.assertEqual(other.payment_state, "not_paid")
        payment = self.env["account.payment"].search(
            [("partner_id", "=", self.customer.id)]
        )
        self.assertEqual(payment.amount, 100)
        self.assertEqual(payment.create_uid, self.users["biller"])

    def test_a_quotation_of_what_was_bought(self):
        order = self._create_order((self.product, 3, 10), (self.other_product, 1, 3))
        order.action_confirm()
        self.start_tour(
            "/odoo/consult",
            "crm_gestao_repeat_tour",
            login=self.users["rep"].login,
        )
        new = self.env["sale.order"].search([("partner_id", "=", self.customer.id)])
        new -= order
        self.assertEqual(new.state, "draft")
        self.assertEqual(new.order_line.product_id, self.product)
        self.assertEqual(new.order_line.product_uom_qty, 3)
