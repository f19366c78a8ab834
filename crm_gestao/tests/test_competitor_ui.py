"""Competitors as people use them: by keyboard, from the quotation, on paper."""

import io
from functools import partial

from markupsafe import Markup

from odoo import Command
from odoo.tests import HttpCase, tagged
from odoo.tools.pdf import PdfFileReader

from .test_competitor import CompetitorCommon
from .test_performance import PerformanceCase

REPORT = "crm_gestao.report_competitor"


@tagged("post_install", "-at_install")
class TestCompetitorTours(CompetitorCommon, HttpCase):
    def test_record_by_keyboard(self):
        rep = self.users["rep"]
        product = self.env["product.product"].create(
            {"name": "Chair of the tour", "list_price": 100.0}
        )
        self.start_tour("/odoo/consult", "crm_gestao_competitor_tour", login=rep.login)
        occurrence = self.env["crm.gestao.occurrence"].search(
            [("subject", "=", "Visit with a competitor")]
        )
        record = occurrence.competitor_record_ids
        self.assertEqual(record.competitor_id.name, "Nova Concorrente")
        self.assertEqual(record.partner_id, self.customer)
        self.assertEqual(record.product_id, product)
        self.assertEqual(record.user_id, rep)
        self.assertEqual(
            (record.quantity, record.their_price, record.our_price), (12, 80, 100)
        )
        self.assertAlmostEqual(record.price_gap, -0.2)
        self.assertEqual(record.outcome, "open")

    def test_quotation_moves_the_win_rate(self):
        rep = self.users["rep"]
        self._create_record(user_id=rep.id, outcome="lost")
        order = self._create_order()
        record = self._create_record(user_id=rep.id, sale_order_id=order.id)
        self.assertEqual(self.alfa.win_rate, 0.0)
        self.start_tour(
            f"/odoo/sales/{order.id}",
            "crm_gestao_competitor_order_tour",
            login=rep.login,
        )
        self.env.invalidate_all()
        self.assertEqual(order.state, "sale")
        self.assertEqual(record.outcome, "won")
        self.assertEqual(self.alfa.win_rate, 0.5)


@tagged("post_install", "-at_install")
class TestBattleCard(CompetitorCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        points = Markup("<ul>%s</ul>") % Markup().join(
            Markup("<li>Point %s: what we know of it, in a line or so</li>") % number
            for number in range(4)
        )
        cls.alfa.write(
            {
                "threat_level": "3",
                "website": "https://alfa.example",
                "objection_ids": [
                    Command.create({"name": f"Claim {number}", "answer": "An answer"})
                    for number in range(4)
                ],
                "product_ids": [
                    Command.create(
                        {"name": "Their chair", "product_id": cls.product.id}
                    )
                ],
                **{
                    fname: points
                    for fname in (
                        *("strengths", "weaknesses", "opportunities", "threats"),
                        *("advantages", "questions", "pricing_notes"),
                    )
                },
            }
        )
        for outcome in ("won", "lost", "open"):
            cls._create_record(
                outcome=outcome, their_price=90, product_id=cls.product.id
            )

    def _render_pdf(self, competitors, role="own"):
        reports = self.env["ir.actions.report"].with_user(self.users[role])
        reports = reports.with_context(force_report_rendering=True)
        content, file_type = reports._render_qweb_pdf(REPORT, competitors.ids)
        self.assertEqual(file_type, "pdf")
        return PdfFileReader(io.BytesIO(content)).pages

    def test_one_page(self):
        (page,) = self._render_pdf(self.alfa, role="manager")
        text = " ".join(page.extract_text().split())
        for part in ("Alfa", "High", "Point 3", "Claim 3", "Their chair", "Chair"):
            self.assertIn(part, text)

    def test_figures_are_those_of_the_reader(self):
        for role, figures in (("manager", "50.0 %"), ("own", "–")):
            html = (
                self.env["ir.actions.report"]
                .with_user(self.users[role])
                ._render_qweb_html(REPORT, self.alfa.ids)[0]
                .decode()
            )
            row = html.split('name="figures"')[1].split("</tr>")[0]
            self.assertIn(figures, row)
            self.assertEqual("-10.0 %" in row, role == "manager")

    def test_much_text(self):
        """The font gets smaller, so that a card that says much is one page too."""
        self.alfa.write(
            {
                fname: self.alfa[fname] * 4
                for fname in ("strengths", "weaknesses", "advantages", "questions")
            }
        )
        self.assertEqual(len(self._render_pdf(self.alfa)), 1)

    def test_a_bare_card(self):
        (page,) = self._render_pdf(self.beta)
        self.assertIn("Beta", page.extract_text())

    def test_each_on_its_page(self):
        self.assertEqual(len(self._render_pdf(self.alfa | self.beta)), 2)


@tagged("post_install", "-at_install")
class TestCompetitorStatements(CompetitorCommon, PerformanceCase):
    """As many statements for a page of many as for a page of few."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # no foreign currency here: rates are read by day
        cls.cards = cls.env["crm.gestao.competitor"].create(
            [{"name": f"Card {number}"} for number in range(40)]
        )
        partners = cls.env["res.partner"].create(
            [{"name": f"Partner {number}"} for number in range(40)]
        )
        cls.orders = cls.env["sale.order"].create(
            [{"partner_id": partner.id} for partner in partners]
        )
        cls.records = cls.env["crm.gestao.competitor.record"].create(
            [
                {
                    "competitor_id": cls.cards[number % 40].id,
                    "partner_id": partners[number % 40].id,
                    "sale_order_id": cls.orders[number % 40].id,
                    "product_id": (cls.product | cls.other_product)[number % 2].id,
                    "their_price": number,
                    "our_price": 50,
                    "user_id": cls.users["rep"].id,
                    "outcome": ("won", "lost", "open")[number % 3],
                }
                for number in range(120)
            ]
        )
        cls.env.flush_all()

    def _read_list(self, model, view, limit):
        user = self.users["rep"]
        specification = self._get_view_specification(
            model, f"crm_gestao.{view}", "list", user
        )
        records = self.env[model].with_user(user)
        return self._count(
            partial(records.web_search_read, [], specification, limit=limit)
        )

    def test_lists(self):
        for model, view in (
            ("crm.gestao.competitor", "competitor_view_list"),
            ("crm.gestao.competitor.record", "competitor_record_view_list"),
        ):
            few, many = (self._read_list(model, view, limit) for limit in (5, 40))
            with self.subTest(model=model):
                self.assertEqual(few, many)
                self.assertLessEqual(many, 14)

    def test_figures_take_one_statement(self):
        cards = self.cards.with_user(self.users["rep"])
        names = {"name": {}}
        figures = names | {"win_rate": {}, "price_gap": {}, "last_seen": {}}
        for page in (cards, cards[:3]):
            self.assertEqual(
                self._count(partial(page.web_read, figures)),
                self._count(partial(page.web_read, names)) + 1,
            )

    def test_orders(self):
        orders = self.orders.with_user(self.users["rep"])
        self.orders.write({"user_id": self.users["rep"].id, "state": "sale"})
        names = {"name": {}}
        ours = names | {
            "competitor_record_count": {},
            "competitor_proposal_ids": {},
            "known_competitor_ids": {},
        }
        extra = {
            len(page): self._count(partial(page.web_read, ours))
            - self._count(partial(page.web_read, names))
            for page in (orders, orders[:3])
        }
        self.assertEqual(extra[40], extra[3])
        self.assertLessEqual(extra[40], 9)

    def test_confirmation(self):
        """An order without competitors pays one statement for them."""
        few, many = self.orders[:2], self.orders[2:40]
        for orders in (few, many):
            self.env.invalidate_all()
            with self._recorded() as statements:
                orders.write({"state": "cancel"})
            touching = [q for q, _p in statements if "competitor_record" in q]
            self.assertLessEqual(len(touching), 4, touching)
