from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import HttpCase, tagged

from .common import OccurrenceCommon


@tagged("post_install", "-at_install")
class TestUi(OccurrenceCommon, HttpCase):
    """The consult screen as a rep uses it, by keyboard alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("pt_BR")
        cls.rep = cls.users["rep"]
        cls.with_order = cls._create_occurrence(
            subject="Visit with an order", user_id=cls.rep.id
        )
        cls.with_order.date = fields.Datetime.subtract(cls.with_order.date, hours=2)
        cls.env["sale.order"].create(
            {
                "name": "SO-KEYBOARD",
                "partner_id": cls.customer.id,
                "user_id": cls.rep.id,
                "occurrence_id": cls.with_order.id,
            }
        )
        cls.of_contact = cls._create_occurrence(
            subject="Visit of the contact",
            partner_id=cls.contact.id,
            user_id=cls.rep.id,
        )
        cls.of_contact.date = fields.Datetime.subtract(cls.of_contact.date, hours=1)
        cls.own = cls._create_occurrence(
            subject="Own visit",
            partner_id=cls.other_customer.id,
            user_id=cls.rep.id,
        )

    def setUp(self):
        super().setUp()
        # what is printed is recorded as it passes; it is printed all the same
        self.printed = []
        reports = self.env.registry["ir.actions.report"]
        render = reports._render_qweb_pdf

        def _render_qweb_pdf(report, report_ref, res_ids=None, data=None):
            self.printed.append((report_ref, res_ids, data))
            return render(report, report_ref, res_ids=res_ids, data=data)

        self.startPatcher(patch.object(reports, "_render_qweb_pdf", _render_qweb_pdf))

    def _test_consult(self, lang):
        self.rep.lang = lang
        self.start_tour(
            "/odoo/consult", "crm_gestao_consult_tour", login=self.rep.login
        )
        history = self.env["crm.gestao.occurrence"].search(
            [("commercial_partner_id", "=", self.customer.id)]
        )
        self.assertEqual(history, self.of_contact | self.with_order)
        # the deleted one was made, corrected and printed before
        (report, (printed_id,), _data), (diary, no_ids, _data) = self.printed
        self.assertIn("report_diary", diary)
        self.assertFalse(no_ids)
        self.assertIn("report_occurrence", report)
        self.assertNotIn(printed_id, history.ids)
        self.assertFalse(self.env["crm.gestao.occurrence"].browse(printed_id).exists())

    def test_consult_in_english(self):
        self._test_consult("en_US")

    def test_consult_in_portuguese(self):
        self._test_consult("pt_BR")

    def test_from_the_contact(self):
        extra = self._create_occurrence(
            subject="Unassigned note",
            partner_id=self.other_contact.id,
            user_id=False,
            participant_ids=[Command.set(self.contact.ids)],
        )
        self.start_tour(
            f"/odoo/contacts/{self.customer.id}",
            "crm_gestao_contact_tour",
            login=self.rep.login,
        )
        new = self.env["crm.gestao.occurrence"].search(
            [("subject", "=", "Call after the visit")]
        )
        self.assertEqual(new.partner_id, self.customer)
        self.assertEqual(new.user_id, self.rep)
        ((report, res_ids, data),) = self.printed
        self.assertIn("report_diary", report)
        self.assertFalse(res_ids)
        self.assertEqual(data["partner_id"], self.customer.id)
        self.assertEqual(self.customer.with_user(self.rep).occurrence_count, 4)
        self.assertTrue(extra.exists())

    def test_each_menu_opens(self):
        menus = self.env["ir.ui.menu"].search(
            [("id", "child_of", self.env.ref("crm_gestao.menu_root").ids)]
        )
        actions = [menu.action for menu in menus if menu.action]
        self.assertGreater(len(actions), 4)
        for action in actions:
            with self.subTest(action=action.name):
                self.start_tour(
                    f"/odoo/action-{action.id}", "crm_gestao_screen_tour", login="admin"
                )
