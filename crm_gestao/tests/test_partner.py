from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..models import res_partner
from .common import OccurrenceCommon


@tagged("post_install", "-at_install")
class TestPartner(OccurrenceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.of_company = cls._create_occurrence(user_id=cls.users["own"].id)
        cls.of_contact = cls._create_occurrence(
            partner_id=cls.contact.id, user_id=cls.users["colleague"].id
        )
        cls.of_other_contact = cls._create_occurrence(
            partner_id=cls.other_contact.id, user_id=False
        )
        cls.of_other_customer = cls._create_occurrence(partner_id=cls.other_customer.id)

    def _history(self, partner):
        return (
            self.env["crm.gestao.occurrence"]
            .with_context(active_test=False)
            .search([("commercial_partner_id", "=", partner.id)])
        )

    def test_count_rolls_up(self):
        self.assertEqual(self.customer.occurrence_count, 3)
        self.assertEqual(self.contact.occurrence_count, 1)
        self.assertEqual(self.other_customer.occurrence_count, 1)

    def test_count_is_what_the_user_may_read(self):
        own = self.users["own"]
        self.assertEqual(self.customer.with_user(own).occurrence_count, 2)
        self.assertEqual(self.contact.with_user(own).occurrence_count, 0)

    def test_archived_occurrences_do_not_count(self):
        self.of_company.active = False
        self.assertEqual(self.customer.occurrence_count, 2)

    def test_moving_a_contact_takes_the_history_along(self):
        self.contact.parent_id = self.other_customer
        self.assertEqual(
            self._history(self.other_customer), self.of_contact | self.of_other_customer
        )
        self.assertEqual(
            self._history(self.customer), self.of_company | self.of_other_contact
        )
        self.assertEqual(self.customer.occurrence_count, 2)

    def test_archiving_a_contact_keeps_the_history(self):
        self.contact.active = False
        self.assertEqual(self.customer.occurrence_count, 3)
        self.assertIn(self.of_contact, self._history(self.customer))

    def test_archiving_a_company_keeps_the_history(self):
        (self.contact | self.other_contact).active = False
        self.customer.active = False
        self.assertEqual(len(self._history(self.customer)), 3)

    def _merge(self, source, destination):
        self.env["base.partner.merge.automatic.wizard"].create(
            {
                "partner_ids": [Command.set((source | destination).ids)],
                "dst_partner_id": destination.id,
            }
        ).action_merge()
        self.env.invalidate_all()

    def _search_as(self, role, text, domain=(), **context):
        partners = self.env["res.partner"].with_user(self.users[role])
        return [
            name
            for _id, name in partners.with_context(
                partner_search_identifiers=True, **context
            ).name_search(text, list(domain), limit=8)
        ]

    def test_found_among_many_that_match(self):
        """However many others match, which cannot be chosen or come later."""
        self.patch(res_partner, "FEW", 10)
        others = self.env["res.partner"].create(
            [{"name": f"Maria Zilvax {number:02}"} for number in range(30)]
        )
        mine = self.env["res.partner"].create({"name": "Zeca Zilvax"})
        with_archived = {"partner_search_archived": True}

        others.company_id = self.other_company
        self.assertEqual(self._search_as("own", "zilvax"), ["Zeca Zilvax"])
        others.company_id = False
        others.active = False
        self.assertEqual(self._search_as("own", "zilvax"), ["Zeca Zilvax"])
        found = self._search_as("own", "zilvax", **with_archived)
        self.assertEqual(found[0], "Zeca Zilvax")
        self.assertEqual(len(found), 8)
        others.active = True
        self.assertEqual(
            self._search_as("own", "zilvax", [("id", "=", mine.id)]), ["Zeca Zilvax"]
        )
        # in the order of their names
        mine.name = "Aaron Zilvax"
        expected = ["Aaron Zilvax", *others[:7].mapped("name")]
        self.assertEqual(self._search_as("own", "zilvax"), expected)
        self.assertEqual(self._search_as("own", "zilvax", **with_archived), expected)

    def test_merging_contacts_of_two_companies(self):
        source = self.env["res.partner"].create(
            {"name": "Ana Prado", "parent_id": self.other_customer.id}
        )
        self.contact.parent_id = self.other_customer
        moved = self._create_occurrence(
            partner_id=source.id,
            participant_ids=[Command.set((source | self.contact).ids)],
        )
        self.contact.parent_id = self.customer
        self._merge(source, self.contact)
        self.assertEqual(moved.partner_id, self.contact)
        self.assertEqual(moved.participant_ids, self.contact)
        self.assertEqual(moved.commercial_partner_id, self.customer)
        self.assertEqual(self.customer.occurrence_count, 4)
        self.assertEqual(self._history(self.other_customer), self.of_other_customer)

    def test_merging_a_company_into_a_contact(self):
        self._merge(self.other_customer, self.contact)
        self.assertEqual(self.of_other_customer.partner_id, self.contact)
        self.assertEqual(
            self.of_other_customer.commercial_partner_id,
            self.contact.commercial_partner_id,
        )

    def test_merging_companies(self):
        self._merge(self.other_customer, self.customer)
        self.assertEqual(self.customer.occurrence_count, 4)
        self.assertEqual(len(self._history(self.customer)), 4)

    def test_customer_with_a_history_cannot_be_deleted(self):
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            self.other_customer.unlink()

    def test_smart_button(self):
        view = Form(self.customer)._view["tree"]
        (button,) = view.xpath("//button[@name='action_view_occurrences']")
        self.assertEqual(button.get("invisible"), "not id")
        action = self.customer.action_view_occurrences()
        self.assertEqual(
            action["context"]["crm_gestao_consult"],
            {"partner_id": self.customer.id, "period": "all"},
        )
        # a default favourite would hide what the button has counted
        self.assertTrue(action["context"]["search_disable_custom_filters"])
        for role, expected in {"biller": 1, "own": 1, "employee": 0}.items():
            arch = (
                self.env["res.partner"]
                .with_user(self.users[role])
                .get_view(self.env.ref("base.view_partner_form").id, "form")["arch"]
            )
            self.assertEqual(arch.count("action_view_occurrences"), expected, role)

    def test_kanban_statistics(self):
        statistics = self.customer._compute_application_statistics_hook()
        (occurrences,) = (
            data
            for data in statistics[self.customer.id]
            if data["iconClass"] == "fa-comments-o"
        )
        self.assertEqual(occurrences["value"], 3)


@tagged("post_install", "-at_install")
class TestConsultSummary(OccurrenceCommon):
    def _summary(self, partner, role="own"):
        return (
            self.env["crm.gestao.occurrence"]
            .with_user(self.users[role])
            .with_context(tz="America/Sao_Paulo")
            .get_consult_summary(partner.id)
        )

    def test_company(self):
        self._create_occurrence(
            partner_id=self.contact.id,
            user_id=self.users["own"].id,
            date="2026-01-02 02:30:00",
        )
        summary = self._summary(self.customer)
        self.assertEqual(summary["name"], "Padaria Central Ltda")
        self.assertEqual(summary["phone"], self.customer.phone)
        self.assertEqual(summary["vat"], self.customer.vat)
        self.assertIsNone(summary["company"])
        # 23:30 of the day before, where the user is
        self.assertEqual(summary["last_contact"], "2026-01-01")

    def test_contact_says_whose_it_is(self):
        summary = self._summary(self.contact)
        self.assertEqual(
            summary["company"],
            {"id": self.customer.id, "name": self.customer.display_name},
        )
        self.assertFalse(summary["last_contact"])

    def test_last_contact_is_one_that_the_user_may_read_and_took_place(self):
        colleague = self.users["colleague"].id
        self._create_occurrence(user_id=colleague, date="2026-02-02 12:00:00")
        self._create_occurrence(
            user_id=False, date="2026-02-01 12:00:00", state="cancel"
        )
        self._create_occurrence(user_id=False, date="2046-02-01 12:00:00")
        self.assertFalse(self._summary(self.customer)["last_contact"])
        self.assertEqual(
            self._summary(self.customer, "all")["last_contact"], "2026-02-02"
        )
