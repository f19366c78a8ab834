"""Competitors: cards, records, what the order decides, and the figures."""

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import OccurrenceCommon


class CompetitorCommon(OccurrenceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Record = cls.env["crm.gestao.competitor.record"]
        cls.alfa, cls.beta = cls.env["crm.gestao.competitor"].create(
            [{"name": "Alfa"}, {"name": "Beta"}]
        )
        cls.product, cls.other_product = cls.env["product.product"].create(
            [
                {"name": "Chair", "list_price": 100.0, "sale_ok": True},
                {"name": "Desk", "list_price": 200.0, "sale_ok": True},
            ]
        )
        cls.today = fields.Date.today()

    @classmethod
    def _create_record(cls, env=None, **values):
        return (env or cls.env)["crm.gestao.competitor.record"].create(
            {
                "competitor_id": cls.alfa.id,
                "partner_id": cls.customer.id,
                **values,
            }
        )

    @classmethod
    def _create_order(cls, **values):
        return cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "user_id": cls.users["rep"].id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.product.id,
                            "product_uom_qty": 10,
                            "price_unit": 80.0,
                            "discount": 10.0,
                        }
                    )
                ],
                **values,
            }
        )


@tagged("post_install", "-at_install")
class TestCompetitorRecord(CompetitorCommon):
    def test_price_of_the_pricelist_is_kept(self):
        record = self._create_record(product_id=self.product.id, their_price=90)
        self.assertEqual(record.our_price, 100.0)
        self.assertEqual(record.uom_id, self.product.uom_id)
        self.assertAlmostEqual(record.price_gap, -0.1)
        self.assertTrue(record.has_gap)
        self.product.list_price = 500.0
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(record.our_price, 100.0)
        self.assertAlmostEqual(record.price_gap, -0.1)

    def test_price_of_the_quotation(self):
        order = self._create_order()
        record = self._create_record(
            product_id=self.product.id, sale_order_id=order.id, their_price=80
        )
        self.assertEqual(record.our_price, 72.0)
        order.order_line.price_unit = 10.0
        self.env.flush_all()
        self.assertEqual(record.our_price, 72.0)
        # what is not on it comes from the pricelist
        record.product_id = self.other_product
        self.assertEqual(record.our_price, 200.0)

    def test_price_in_the_unit_of_the_record(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        record = self._create_record(product_id=self.product.id, uom_id=dozen.id)
        self.assertEqual(record.our_price, 1200.0)
        order = self._create_order()
        record = self._create_record(
            product_id=self.product.id, uom_id=dozen.id, sale_order_id=order.id
        )
        self.assertEqual(record.our_price, 864.0)

    def test_price_that_is_typed(self):
        record = self._create_record(product_id=self.product.id, our_price=123.0)
        self.assertEqual(record.our_price, 123.0)
        record = self._create_record(product_name="Something", our_price=5.0)
        self.assertEqual(record.our_price, 5.0)
        self.assertFalse(record.has_gap)

    def test_price_of_the_quantity(self):
        """The quantity is typed after the product, and decides on its price."""
        self.env.ref("base.group_user")._apply_group(
            self.env.ref("product.group_product_pricelist")
        )
        self.customer.property_product_pricelist = self.env["product.pricelist"].create(
            {
                "name": "From ten",
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "3_global",
                            "compute_price": "fixed",
                            "fixed_price": 80.0,
                            "min_quantity": 10,
                        }
                    )
                ],
            }
        )
        # also for who may not read quotations
        for user in (self.users["all"], self.users["rep"]):
            form = Form(
                self.Record.with_user(user),
                "crm_gestao.competitor_record_view_form_dialog",
            )
            form.competitor_id = self.alfa
            form.partner_id = self.customer
            form.product_id = self.product
            self.assertEqual(form.our_price, 100.0)
            form.quantity = 10
            self.assertEqual(form.our_price, 80.0)
            form.our_price = 77.0
            form.quantity = 1
            self.assertEqual(form.our_price, 77.0, "it was typed")
            form.our_price = 80.0
            record = form.save()
        with Form(record) as form:
            form.quantity = 5
        self.assertEqual(record.our_price, 80.0)

    def test_price_in_another_company(self):
        """With the currency of another company comes a price in it."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        elsewhere = self.env["res.company"].create(
            {"name": "Elsewhere", "currency_id": euro.id}
        )
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Elsewhere",
                "currency_id": euro.id,
                "item_ids": [
                    Command.create({"compute_price": "fixed", "fixed_price": 60.0})
                ],
            }
        )
        customer = self.customer.with_company(elsewhere)
        customer.property_product_pricelist = pricelist
        self.alfa.company_id = False
        record = self._create_record(product_id=self.product.id)
        self.assertEqual(record.our_price, 100.0)
        record.company_id = elsewhere
        self.assertEqual((record.our_currency_id, record.our_price), (euro, 60.0))

    def test_typed_price_keeps_its_currency(self):
        """A number does not become another currency's by a link to a quotation."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        pricelist = self.env["product.pricelist"].create(
            {"name": "Euro", "currency_id": euro.id}
        )
        order = self._create_order(pricelist_id=pricelist.id)
        record = self._create_record(
            product_name="Something", our_price=100.0, their_price=90.0
        )
        currency = record.our_currency_id
        self.assertNotEqual(currency, euro)
        record.sale_order_id = order
        self.assertEqual(record.our_currency_id, currency)
        self.assertAlmostEqual(record.price_gap, -0.1)
        # the price of a product is taken anew, with its currency
        record.product_id = self.product
        self.assertEqual(record.our_price, 72.0)
        self.assertEqual(record.our_currency_id, euro)

    def test_gap_in_one_currency_at_its_date(self):
        currency = self.env["res.currency"].create({"name": "XTS", "symbol": "X"})
        for day, rate in (("2026-01-01", 2.0), ("2026-06-01", 4.0)):
            currency.rate_ids.create(
                {
                    "name": day,
                    "rate": rate,
                    "currency_id": currency.id,
                    "company_id": self.company.id,
                }
            )
        record = self._create_record(
            product_id=self.product.id,
            currency_id=currency.id,
            their_price=220,
            date="2026-02-01",
            quantity=3,
        )
        self.assertAlmostEqual(record.price_gap, 0.1)
        self.assertAlmostEqual(record.amount, 300.0)
        record.date = "2026-07-01"
        self.assertAlmostEqual(record.price_gap, -0.45)

    def test_average_of_nothing(self):
        """It is no zero: the views have a formatter that tells them apart."""
        self._create_record()
        group = self.Record.formatted_read_group(
            [("competitor_id", "=", self.alfa.id)],
            ["competitor_id"],
            ["price_gap:avg", "win_rate:avg"],
        )[0]
        self.assertIs(group["price_gap:avg"], False)
        self.assertIs(group["win_rate:avg"], False)
        for view_type, view in (
            ("list", "list"),
            ("list", "list_price_pressure"),
            ("pivot", "pivot"),
        ):
            view_id = self.env.ref(f"crm_gestao.competitor_record_view_{view}").id
            arch = etree.fromstring(self.Record.get_view(view_id, view_type)["arch"])
            for fname in ("price_gap", "win_rate"):
                widgets = arch.xpath(f"//field[@name='{fname}']/@widget")
                self.assertEqual(set(widgets), {"crm_gestao_rate"})

    def test_customer(self):
        sao_paulo = self.env.ref("base.state_br_sp")
        self.customer.state_id = sao_paulo
        record = self._create_record(partner_id=self.contact.id)
        self.assertEqual(record.commercial_partner_id, self.customer)
        self.assertEqual(record.region_id, sao_paulo)
        self.assertEqual(record.display_name, f"Alfa · {self.contact.display_name}")

    def test_merged_customer(self):
        record = self._create_record(partner_id=self.other_customer.id)
        self.customer.state_id = self.env.ref("base.state_br_sp")
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.other_customer | self.customer).ids, self.customer
        )
        self.env.invalidate_all()
        self.assertEqual(record.partner_id, self.customer)
        self.assertEqual(record.commercial_partner_id, self.customer)
        self.assertEqual(record.region_id, self.customer.state_id)

    def test_refused_values(self):
        for values, constraint in (
            ({"their_price": -1}, "prices_positive"),
            ({"our_price": -1}, "prices_positive"),
            ({"quantity": 0}, "quantity_positive"),
        ):
            with (
                self.subTest(values=values),
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(IntegrityError, constraint),
                self.cr.savepoint(),
            ):
                self._create_record(**values).flush_recordset()

    def test_from_an_occurrence(self):
        occurrence = self._create_occurrence(
            user_id=self.users["rep"].id, partner_id=self.contact.id
        ).with_user(self.users["rep"])
        order = self._create_order(occurrence_id=occurrence.id)
        action = occurrence.action_new_competitor_record()
        form = Form(
            self.Record.with_user(self.users["rep"]).with_context(**action["context"]),
            view="crm_gestao.competitor_record_view_form_dialog",
        )
        form.competitor_id = self.alfa
        form.product_id = self.product
        form.their_price = 60
        self.assertEqual(form.our_price, 72.0)
        record = form.save()
        self.assertEqual(record.partner_id, self.contact)
        self.assertEqual(record.occurrence_id, occurrence)
        self.assertEqual(record.sale_order_id, order)
        self.assertEqual(record.user_id, self.users["rep"])
        self.assertEqual(occurrence.competitor_record_count, 1)
        self.assertEqual(occurrence.competitor_record_ids, record)
        action = occurrence.action_view_competitor_records()
        self.assertEqual(self.Record.search(action["domain"]), record)

    def test_before_a_planned_visit(self):
        """What is known of a competitor is of today, whenever the visit is."""
        today = fields.Date.context_today(self.env.user)  # where the user is
        for days, expected in ((-3, today - timedelta(days=3)), (30, today)):
            occurrence = self._create_occurrence(
                date=fields.Datetime.now() + timedelta(days=days)
            )
            action = occurrence.action_new_competitor_record()
            with self.subTest(days=days):
                self.assertEqual(action["context"]["default_date"], str(expected))

    def test_what_is_decided_already(self):
        form = Form(self.Record, view="crm_gestao.competitor_record_view_form_dialog")
        form.competitor_id = self.alfa
        form.partner_id = self.customer
        form.outcome = "lost"
        self.assertEqual(form.save().outcome, "lost")

    def test_from_the_list_of_occurrences(self):
        """The menu of actions has it for one ticked line."""
        server_action = self.env.ref("crm_gestao.occurrence_competitor_record_action")
        occurrences = self._create_occurrence() | self._create_occurrence()
        with self.assertRaises(UserError):
            server_action.with_context(
                active_model=occurrences._name, active_ids=occurrences.ids
            ).run()
        action = server_action.with_context(
            active_model=occurrences._name, active_ids=occurrences[0].ids
        ).run()
        self.assertEqual(action["context"]["default_occurrence_id"], occurrences[0].id)

    def test_occurrence_without_rights_to_orders(self):
        """Who sees no orders records competitors all the same."""
        occurrence = self._create_occurrence(user_id=self.users["own"].id)
        self._create_order(occurrence_id=occurrence.id)
        occurrence = occurrence.with_user(self.users["own"])
        action = occurrence.action_new_competitor_record()
        self.assertNotIn("default_sale_order_id", action["context"])
        form = Form(
            self.Record.with_user(self.users["own"]).with_context(**action["context"]),
            view="crm_gestao.competitor_record_view_form_dialog",
        )
        form.competitor_id = self.alfa
        form.product_id = self.product
        self.assertEqual(form.save().our_price, 100.0)

    def test_order_that_the_user_may_not_read(self):
        """A colleague's quotation tells its price neither when saved nor before."""
        order = self._create_order(user_id=self.users["colleague"].id)
        self.env.flush_all()
        self.env.invalidate_all()
        records = self.Record.with_user(self.users["rep"])
        values = {
            "competitor_id": self.alfa.id,
            "partner_id": self.customer.id,
            "product_id": self.product.id,
            "sale_order_id": order.id,
        }
        with self.assertRaises(AccessError):
            records.onchange(values, ["sale_order_id"], {"our_price": {}})
        with self.assertRaises(AccessError), self.cr.savepoint():
            records.create(values)
        record = records.create({**values, "sale_order_id": False})
        with self.assertRaises(AccessError):
            record.sale_order_id = order

    def test_colleagues_occurrence_of_the_quotation(self):
        """It is no obstacle to a record of the quotation."""
        occurrence = self._create_occurrence(user_id=self.users["colleague"].id)
        order = self._create_order(occurrence_id=occurrence.id)
        self.env.flush_all()
        self.env.invalidate_all()
        action = order.with_user(self.users["rep"]).action_view_competitor_records()
        form = Form(
            self.Record.with_user(self.users["rep"]).with_context(**action["context"]),
            view="crm_gestao.competitor_record_view_form_dialog",
        )
        form.competitor_id = self.alfa
        record = form.save()
        self.assertEqual(record.sale_order_id, order)
        self.assertFalse(record.occurrence_id)

    def test_deleted_occurrence_leaves_the_record(self):
        occurrence = self._create_occurrence()
        record = self._create_record(occurrence_id=occurrence.id)
        occurrence.unlink()
        self.env.invalidate_all()
        self.assertTrue(record.exists())
        self.assertFalse(record.occurrence_id)

    def test_of_the_customer(self):
        record = self._create_record(partner_id=self.contact.id)
        self._create_record(partner_id=self.other_customer.id)
        for partner in (self.customer, self.contact):
            action = partner.action_view_competitor_records()
            self.assertEqual(self.Record.search(action["domain"]), record)
        action = self.other_contact.action_view_competitor_records()
        self.assertFalse(self.Record.search(action["domain"]))

    def test_import_templates_exist(self):
        for template in self.Record.get_import_templates():
            self.assertIn("/crm_gestao/static/import/", template["template"])


@tagged("post_install", "-at_install")
class TestProduct(CompetitorCommon):
    def test_deleted(self):
        """What competitors were met with stays on their records."""
        record = self._create_record(product_id=self.product.id)
        for used in (self.product, self.product.product_tmpl_id):
            with self.assertRaisesRegex(UserError, "Archive it instead"):
                used.unlink()
        self.other_product.product_tmpl_id.unlink()
        record.unlink()
        self.product.unlink()

    def test_attribute_removed(self):
        """Odoo deletes the variants that fall away, or else archives them."""
        attribute = self.env["product.attribute"].create(
            {
                "name": "Colour",
                "value_ids": [Command.create({"name": n}) for n in ("Red", "Blue")],
            }
        )
        template = self.env["product.template"].create({"name": "Table"})
        template.attribute_line_ids = [
            Command.create(
                {
                    "attribute_id": attribute.id,
                    "value_ids": [Command.set(attribute.value_ids.ids)],
                }
            )
        ]
        met, other = template.product_variant_ids
        record = self._create_record(product_id=met.id)
        template.attribute_line_ids.unlink()
        self.assertEqual(record.product_id, met)
        self.assertFalse(met.active)
        self.assertFalse(other.exists())


@tagged("post_install", "-at_install")
class TestOrderDecides(CompetitorCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rep = cls.users["rep"]
        cls.order = cls._create_order()
        cls.record = cls._create_record(
            sale_order_id=cls.order.id, user_id=cls.rep.id, product_id=cls.product.id
        )

    def test_confirmed(self):
        card = self.alfa.with_user(self.rep)
        self.assertEqual((card.won_count, card.win_rate), (0, 0.0))
        self.assertFalse(self.record.proposed_outcome)
        self.order.action_confirm()
        self.assertEqual(self.record.outcome, "open")
        self.assertEqual(self.record.proposed_outcome, "won")
        order = self.order.with_user(self.rep)
        self.assertEqual(order.competitor_proposal_ids, self.record)
        self.assertTrue(order.action_confirm_competitor_outcomes())
        self.assertEqual(self.record.outcome, "won")
        self.assertFalse(self.record.proposed_outcome)
        self.assertFalse(order.competitor_proposal_ids)
        self.assertEqual((card.won_count, card.win_rate), (1, 1.0))

    def test_cancelled(self):
        self.order._action_cancel()
        self.assertEqual(self.record.proposed_outcome, "lost")
        self.order.with_user(self.rep).action_confirm_competitor_outcomes()
        self.assertEqual(self.record.outcome, "lost")
        self.assertEqual(self.alfa.lost_count, 1)

    def test_cancelled_with_several(self):
        """Only one of them can have won: the user says which."""
        other = self._create_record(
            sale_order_id=self.order.id,
            user_id=self.rep.id,
            competitor_id=self.beta.id,
        )
        self.order._action_cancel()
        action = self.order.with_user(self.rep).action_confirm_competitor_outcomes()
        self.assertEqual(self.Record.search(action["domain"]), self.record | other)
        self.assertEqual((self.record | other).mapped("outcome"), ["open", "open"])

    def test_deleted(self):
        """What was lost is still to be confirmed, without the quotation."""
        self.order._action_cancel()
        self.order.unlink()
        self.assertFalse(self.record.sale_order_id)
        self.assertEqual(self.record.proposed_outcome, "lost")
        self.record.with_user(self.rep)._confirm_proposals()
        self.env.flush_all()
        self.assertEqual(self.record.outcome, "lost")
        self.assertFalse(self.record.proposed_outcome)

    def test_quotation_again(self):
        self.order._action_cancel()
        self.order.action_draft()
        self.assertFalse(self.record.proposed_outcome)

    def test_what_is_decided_stays(self):
        self.record.outcome = "nobody"
        self.order.action_confirm()
        self.assertFalse(self.record.proposed_outcome)
        self.assertFalse(self.order.with_user(self.rep).competitor_proposal_ids)
        self.record.action_reopen()
        self.assertEqual(self.record.proposed_outcome, "won")

    def test_only_what_the_user_may_decide(self):
        self.record.user_id = self.users["colleague"]
        self.order.action_confirm()
        order = self.order.with_user(self.rep)
        self.assertFalse(order.competitor_proposal_ids)
        self.assertEqual(order.competitor_record_count, 0)
        order.action_confirm_competitor_outcomes()
        self.assertEqual(self.record.outcome, "open")

    def test_a_salesperson_without_our_groups_confirms(self):
        salesman = self.users["employee"]
        salesman.group_ids = [
            Command.link(self.env.ref("sales_team.group_sale_salesman").id)
        ]
        self.order.user_id = salesman
        self.order.with_user(salesman).action_confirm()
        self.assertEqual(self.record.proposed_outcome, "won")
        with self.assertRaises(AccessError):
            self.order.with_user(salesman).competitor_record_ids.ids  # noqa: B018

    def test_line_of_known_competitors(self):
        self.record.unlink()
        self._create_record(user_id=self.rep.id, product_id=self.other_product.id)
        self._create_record(
            user_id=self.users["colleague"].id, competitor_id=self.beta.id
        )
        gama = self.env["crm.gestao.competitor"].create(
            {
                "name": "Gama",
                "product_ids": [
                    Command.create({"name": "Seat", "product_id": self.product.id})
                ],
            }
        )
        order = self.order.with_user(self.rep)
        # at this customer, and by the card; the colleague's are the colleague's
        self.assertEqual(order.known_competitor_ids, self.alfa | gama)
        self.assertEqual(self.order.known_competitor_ids, self.alfa | self.beta | gama)
        action = order.action_view_known_competitors()
        records = self.Record.with_user(self.rep).search(action["domain"])
        self.assertEqual(records.competitor_id, self.alfa)
        with Form(order) as form:
            form.partner_id = self.other_customer
            self.assertEqual(form.known_competitor_ids[:].ids, gama.ids)
        # once it is confirmed, nobody asks any more
        confirmed = order.copy()
        self.assertTrue(confirmed.known_competitor_ids)
        confirmed.action_confirm()
        self.assertFalse(confirmed.known_competitor_ids)
        elsewhere = self._create_order(partner_id=self.other_customer.id)
        elsewhere.order_line.product_id = self.other_product
        self.assertEqual(elsewhere.with_user(self.rep).known_competitor_ids, self.alfa)
        # there is no record to open where the card alone tells
        by_card = self._create_order(partner_id=self.other_customer.id)
        action = by_card.with_user(self.rep).action_view_known_competitors()
        self.assertEqual((action["res_model"], action["res_id"]), (gama._name, gama.id))

    def test_button_of_the_quotation(self):
        order = self.order.with_user(self.rep)
        action = order.action_view_competitor_records()
        self.assertEqual(self.Record.search(action["domain"]), self.record)
        self.record.unlink()
        order.invalidate_recordset()
        action = order.action_view_competitor_records()
        self.assertEqual(action["target"], "new")
        self.assertEqual(action["context"]["default_sale_order_id"], order.id)

    def test_confirm_several_proposals(self):
        lost = self._create_record(sale_order_id=self._create_order().id)
        still_open = self._create_record()
        lost.sale_order_id._action_cancel()
        self.order.action_confirm()
        (self.record | lost | still_open).action_confirm_proposed()
        self.assertEqual(self.record.outcome, "won")
        self.assertEqual(lost.outcome, "lost")
        self.assertEqual(still_open.outcome, "open")

    def test_confirm_two_winners(self):
        other = self._create_record(
            sale_order_id=self.order.id,
            competitor_id=self.beta.id,
            user_id=self.rep.id,
        )
        self.order._action_cancel()
        both = (self.record | other).with_user(self.rep)
        with self.assertRaisesRegex(UserError, self.beta.name):
            both.action_confirm_proposed()
        self.assertEqual(set(both.mapped("outcome")), {"open"})
        other.action_confirm_proposed()
        self.assertEqual(other.outcome, "lost")
        # nor one after the other, unless somebody says so
        first = self.record.with_user(self.rep)
        with self.assertRaisesRegex(UserError, f"{self.beta.name} has won"):
            first.action_confirm_proposed()
        self.assertEqual(first.outcome, "open")
        first.action_lost()
        self.assertEqual(first.outcome, "lost")

    def test_buttons(self):
        for method, outcome in (
            ("action_won", "won"),
            ("action_reopen", "open"),
            ("action_lost", "lost"),
            ("action_nobody", "nobody"),
        ):
            getattr(self.record.with_user(self.rep), method)()
            self.assertEqual(self.record.outcome, outcome)


@tagged("post_install", "-at_install")
class TestCompetitorCard(CompetitorCommon):
    def test_each_figure_opens_what_it_counts(self):
        self._create_record(outcome="won", their_price=10, our_price=20)
        self._create_record(outcome="lost")
        self._create_record(outcome="nobody", their_price=30, our_price=20)
        self._create_record(competitor_id=self.beta.id, outcome="won")
        for which, count in (
            (None, self.alfa.record_count),
            ("won", self.alfa.won_count),
            ("lost", self.alfa.lost_count),
            ("decided", self.alfa.won_count + self.alfa.lost_count),
            ("gap", self.alfa.gap_count),
        ):
            card = self.alfa.with_context(competitor_records=which)
            action = card.action_view_records()
            self.assertEqual(self.Record.search_count(action["domain"]), count, which)
        self.assertEqual(self.alfa.record_count, 3)
        self.assertEqual(self.alfa.win_rate, 0.5)
        self.assertEqual(self.alfa.price_gap, 0.0)  # -50 % and +50 %
        self.assertEqual(self.alfa.gap_count, 2)

    def test_a_price_that_is_missing_is_no_gap_of_zero(self):
        self._create_record(their_price=10, our_price=20)
        self._create_record(their_price=10)
        self.assertAlmostEqual(self.alfa.price_gap, -0.5)
        ((gap, rate),) = self.Record._read_group(
            [("competitor_id", "=", self.alfa.id)],
            [],
            ["price_gap:avg", "win_rate:avg"],
        )
        self.assertAlmostEqual(gap, -0.5)
        self.assertIsNone(rate or None)

    def test_card_of_a_contact(self):
        card = self.env["crm.gestao.competitor"].create(
            {"partner_id": self.other_customer.id}
        )
        self.assertEqual(card.name, self.other_customer.name)
        self.other_customer.website = "https://norte.example"
        card = self.env["crm.gestao.competitor"].create(
            {"name": "Norte", "partner_id": self.other_customer.id}
        )
        self.assertEqual((card.name, card.website), ("Norte", "https://norte.example"))

    def test_copy(self):
        self.alfa.review_date = self.today
        copy = self.alfa.copy()
        self.assertEqual(copy.name, "Alfa (copy)")
        self.assertFalse(copy.review_date)

    def test_on_the_fly(self):
        """A rep makes a bare card by its name, and only where there is none."""
        cards = self.env["crm.gestao.competitor"].with_user(self.users["own"])
        # what the dialog it happens in has for other fields stays out of it
        cards = cards.with_context(default_partner_id=self.customer.id)
        new_id, name = cards.name_create(" Gama ")
        self.assertEqual(name, "Gama")
        card = cards.browse(new_id)
        self.assertFalse(card.partner_id)
        self.assertEqual(card.company_id, self.company)
        self.assertEqual(cards.name_create("gAMA")[0], new_id)
        self.assertNotEqual(cards.name_create("G%")[0], new_id)
        # of the company of the record that it is made for
        branch = self.env["res.company"].create({"name": "Branch"})
        self.users["own"].company_ids = [Command.link(branch.id)]
        there = cards.with_context(
            allowed_company_ids=(self.company | branch).ids,
            default_company_id=branch.id,
        )
        other_id, _name = there.name_create("Gama")
        self.assertEqual(there.browse(other_id).company_id, branch)
        for values in ({"strengths": "<p>All</p>"}, {"threat_level": "3"}):
            with self.assertRaisesRegex(AccessError, "Ask an administrator"):
                cards.create({"name": "Delta", **values})
        with self.assertRaises(AccessError):
            card.name = "Other"
        cards = cards.with_user(self.users["manager"])
        self.assertTrue(cards.create({"name": "Delta", "threat_level": "3"}))

    def test_new_is_for_managers(self):
        for role, is_offered in (("own", False), ("all", False), ("manager", True)):
            cards = self.env["crm.gestao.competitor"].with_user(self.users[role])
            for view_type in ("list", "kanban", "form"):
                arch = etree.fromstring(cards.get_view(view_type=view_type)["arch"])
                with self.subTest(role=role, view_type=view_type):
                    self.assertEqual(arch.get("create") != "false", is_offered)

    def test_company_of_the_card(self):
        self._create_record()
        with self.assertRaisesRegex(ValidationError, "all companies share it"):
            self.alfa.company_id = self.other_company
        self.alfa.company_id = False
        record = self._create_record(company_id=self.other_company.id)
        self.assertTrue(record)
        with self.assertRaisesRegex(ValidationError, "all companies share it"):
            self.alfa.company_id = self.company

    def test_in_use(self):
        self._create_record()
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            self.alfa.unlink()
        self.alfa.active = False
        self.beta.unlink()
        self.assertFalse(self.beta.exists())

    # --- reviews ---

    def _activities(self):
        return self.alfa.activity_ids.filtered("automated")

    def _remind(self):
        self.env["crm.gestao.competitor"].with_user(
            self.env.ref("base.user_root")
        )._schedule_reviews()
        self.env.invalidate_all()

    def test_review(self):
        manager = self.users["manager"]
        today = fields.Date.context_today(self.alfa.with_user(manager))
        self.alfa.write({"user_id": manager.id, "review_months": 3})
        self.alfa.with_user(manager).action_mark_reviewed()
        self.assertEqual(self.alfa.review_date, today)
        self.assertEqual(self.alfa.reviewer_id, manager)
        self.assertEqual(self.alfa.next_review_date, today + relativedelta(months=3))
        self._remind()
        self.assertFalse(self._activities())
        self.alfa.review_date = self.today - relativedelta(months=3)
        self._remind()
        self._remind()
        activity = self._activities()
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, manager)
        self.alfa.with_user(manager).action_mark_reviewed()
        self.assertFalse(self._activities())
        self._remind()
        self.assertFalse(self._activities())

    def test_review_done_by_its_activity(self):
        manager = self.users["manager"]
        today = fields.Date.context_today(self.alfa.with_user(manager))
        self.alfa.write(
            {
                "user_id": manager.id,
                "review_date": self.today - relativedelta(years=1),
            }
        )
        self._remind()
        self._activities().with_user(manager).action_done()
        self.assertEqual(self.alfa.review_date, today)
        self.assertEqual(self.alfa.reviewer_id, manager)
        self._remind()
        self.assertFalse(self._activities())

    def test_who_may_not_see_a_card_is_not_told_of_it(self):
        """Odoo would send those who are made responsible an e-mail."""
        self.alfa.group_ids = self.env.ref("crm_gestao.group_manager")
        record = self._create_record()
        own = self.users["own"]
        for document in (record, self.alfa):
            with (
                self.subTest(document=document._name),
                self.assertRaisesRegex(ValidationError, "may not see the card"),
                self.cr.savepoint(),
            ):
                document.user_id = own
            document.user_id = self.users["manager"]
        with self.assertRaisesRegex(ValidationError, "may not see the card"):
            self._create_record(user_id=own.id)

    def test_a_competitor_has_a_name(self):
        with self.assertRaisesRegex(UserError, "Type the name"):
            self.env["crm.gestao.competitor"].name_create("  ")

    def test_who_is_reminded(self):
        """A card that nobody keeps is a manager's; a rep could not write it."""
        self.alfa.user_id = self.users["own"]
        self.alfa.review_date = self.today - relativedelta(years=1)
        self._remind()
        keeper = self._activities().user_id
        self.assertEqual(len(keeper), 1)
        self.assertTrue(keeper.has_group("crm_gestao.group_manager"))

    def test_never(self):
        self.alfa.write({"review_months": 0, "review_date": date(2020, 1, 1)})
        self.assertFalse(self.alfa.next_review_date)
        self._remind()
        self.assertFalse(self._activities())


@tagged("post_install", "-at_install")
class TestCompetitorFigures(CompetitorCommon):
    """Every figure equals a plain count, whatever was recorded by whom."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.currencies = cls.company.currency_id
        for name, rates in (("XTA", (2.0, 5.0)), ("XTB", (0.25, 0.125))):
            currency = cls.env["res.currency"].create({"name": name, "symbol": name})
            for day, rate in zip(("2026-01-01", "2026-06-01"), rates, strict=True):
                cls.env["res.currency.rate"].create(
                    {
                        "name": day,
                        "rate": rate,
                        "currency_id": currency.id,
                        "company_id": cls.company.id,
                    }
                )
            cls.currencies |= currency
        cls.cards = cls.alfa | cls.beta
        cls.env.flush_all()

    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=True,
    )
    @given(
        st.lists(
            st.fixed_dictionaries(
                {
                    "card": st.integers(0, 1),
                    "user": st.sampled_from(["own", "colleague", None]),
                    "outcome": st.sampled_from(["open", "won", "lost", "nobody"]),
                    "currency": st.integers(0, 2),
                    "their_price": st.integers(0, 100_000).map(lambda n: n / 1000),
                    "our_price": st.integers(0, 100_000).map(lambda n: n / 1000),
                    "days": st.integers(0, 330),
                }
            ),
            max_size=8,
        ),
        st.sampled_from(["own", "colleague", "all", "manager"]),
    )
    def test_equal_sql(self, rows, role):
        self.cr.execute("SAVEPOINT example")
        try:
            self._check_equal_sql(rows, role)
        finally:
            self.env.flush_all()
            self.cr.execute("ROLLBACK TO SAVEPOINT example")
            self.env.invalidate_all(flush=False)

    def _check_equal_sql(self, rows, role):
        users = self.users
        self.Record.create(
            [
                {
                    "competitor_id": self.cards[row["card"]].id,
                    "partner_id": self.customer.id,
                    "user_id": row["user"] and users[row["user"]].id,
                    "outcome": row["outcome"],
                    "currency_id": self.currencies[row["currency"]].id,
                    "their_price": row["their_price"],
                    "our_price": row["our_price"],
                    "date": date(2026, 1, 5) + timedelta(days=row["days"]),
                }
                for row in rows
            ]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        self.cr.execute(
            """
            WITH mine AS (
                SELECT r.*, r.their_price / t.rate * o.rate / NULLIF(r.our_price, 0) - 1
                       AS gap
                  FROM crm_gestao_competitor_record r
                  LEFT JOIN LATERAL (
                      SELECT COALESCE((SELECT rate FROM res_currency_rate
                       WHERE currency_id = r.currency_id AND name <= r.date
                         AND company_id = r.company_id
                       ORDER BY name DESC LIMIT 1), 1) AS rate) t ON TRUE
                  LEFT JOIN LATERAL (
                      SELECT COALESCE((SELECT rate FROM res_currency_rate
                       WHERE currency_id = r.our_currency_id AND name <= r.date
                         AND company_id = r.company_id
                       ORDER BY name DESC LIMIT 1), 1) AS rate) o ON TRUE
                 WHERE r.competitor_id = ANY(%s)
                   AND (%s OR r.user_id IS NULL OR r.user_id = %s)
            )
            SELECT c.id, count(m.id), count(*) FILTER (WHERE m.outcome = 'won'),
                   count(*) FILTER (WHERE m.outcome = 'lost'),
                   count(*) FILTER (WHERE m.their_price > 0 AND m.our_price > 0),
                   avg(m.gap) FILTER (WHERE m.their_price > 0 AND m.our_price > 0),
                   max(m.date)
              FROM crm_gestao_competitor c LEFT JOIN mine m ON m.competitor_id = c.id
             WHERE c.id = ANY(%s)
             GROUP BY c.id
            """,
            [
                self.cards.ids,
                role in ("all", "manager"),
                users[role].id,
                self.cards.ids,
            ],
        )
        averages = {
            competitor.id: (gap, rate)
            for competitor, gap, rate in self.Record.with_user(users[role])._read_group(
                [("competitor_id", "in", self.cards.ids)],
                ["competitor_id"],
                ["price_gap:avg", "win_rate:avg"],
            )
        }
        for card_id, count, won, lost, gaps, gap, last in self.cr.fetchall():
            card = self.cards.browse(card_id).with_user(users[role])
            decided = won + lost
            self.assertEqual(card.record_count, count)
            self.assertEqual(card.won_count, won)
            self.assertEqual(card.lost_count, lost)
            self.assertEqual(card.gap_count, gaps)
            self.assertEqual(card.last_seen or None, last)
            self.assertAlmostEqual(card.win_rate, won / decided if decided else 0.0)
            self.assertAlmostEqual(card.price_gap, float(gap or 0.0), places=6)
            # and so the averages of pivot and graph
            of_group, rate = averages.get(card_id, (None, None))
            if gaps:
                self.assertAlmostEqual(of_group, float(gap), places=6)
            if decided:
                self.assertAlmostEqual(float(rate), won / decided)
