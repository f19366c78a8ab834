from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.crm_gestao.tests.test_competitor import CompetitorCommon
from odoo.addons.crm_gestao.tests.test_nothing_sent import NothingSentMixin


@tagged("post_install", "-at_install")
class TestOpportunities(NothingSentMixin, CompetitorCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rep = cls.users["rep"]
        cls.lead = cls._create_lead()
        cls.price = cls.env.ref("crm_gestao.competitor_reason_price")

    @classmethod
    def _create_lead(cls, **values):
        return cls.env["crm.lead"].create(
            {
                "name": "Forty chairs",
                "type": "opportunity",
                "partner_id": cls.customer.id,
                "user_id": cls.rep.id,
                **values,
            }
        )

    def _lose(self, leads, user=None, **values):
        wizard = self.env["crm.lead.lost"].with_user(user or self.rep)
        wizard = wizard.create({"lead_ids": [Command.set(leads.ids)], **values})
        wizard.action_lost_reason_apply()

    def _records(self, lead=None):
        return self.Record.search([("lead_id", "=", (lead or self.lead).id)])

    def test_from_an_occurrence(self):
        occurrence = self._create_occurrence(
            subject="They want chairs", user_id=self.rep.id
        ).with_user(self.rep)
        action = occurrence.action_new_opportunity()
        lead = Form(
            self.env["crm.lead"].with_user(self.rep).with_context(**action["context"])
        ).save()
        self.assertEqual(lead.name, "They want chairs")
        self.assertEqual(lead.partner_id, self.customer)
        self.assertEqual(lead.type, "opportunity")
        self.assertEqual(lead.occurrence_id, occurrence)
        self.assertEqual(occurrence.lead_count, 1)
        self.assertEqual(occurrence.action_view_opportunities()["res_id"], lead.id)
        lead.action_set_lost()
        occurrence.invalidate_recordset()
        with self.assertRaisesRegex(UserError, occurrence.name):
            occurrence.partner_id = self.other_customer
        self.assertEqual(occurrence.lead_count, 1)
        self.assertEqual(occurrence.action_view_opportunities()["res_id"], lead.id)

    def test_nothing_is_sent(self):
        """Winning and losing is no news to the customer."""
        self.people = self.customer | self.contact
        self.people.email = "them@padaria.example"
        occurrence = self._create_occurrence(user_id=self.rep.id)
        occurrence = occurrence.with_user(self.rep).with_context(tracking_disable=False)
        with self._nothing_sent():
            action = occurrence.action_new_opportunity()
            model = occurrence.env["crm.lead"].with_context(**action["context"])
            leads = Form(model).save() | Form(model).save()
            self._lose(leads[0], competitor_id=self.alfa.id)
            leads[1].action_set_won()
        self.assertEqual(self._records(leads[0]).outcome, "lost")

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_messages_are_for_who_may_read_it(self):
        """What changes in it, such as the expected revenue."""
        employee = self.users["employee"]
        lead = self.lead.with_context(tracking_disable=False, mail_notrack=False)
        lead.message_subscribe(employee.partner_id.ids)
        hidden = lead.message_post(
            body="Told", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertNotIn(employee.partner_id, hidden.notified_partner_ids)
        mentioned = lead.message_post(body="x", partner_ids=employee.partner_id.ids)
        self.assertIn(employee.partner_id, mentioned.notified_partner_ids)
        self.env.cr.precommit.run()
        lead.expected_revenue = 4321
        self.env.flush_all()
        self.env.cr.precommit.run()
        tracked = lead.message_ids.tracking_value_ids
        self.assertTrue(tracked)
        for user, may_read in ((employee, False), (self.rep, True)):
            shown = lead.with_user(user)._track_filter_for_display(tracked)
            self.assertEqual(bool(shown), may_read)
        with self.assertRaises(AccessError):
            self.env["mail.message"].with_user(employee).create(
                {
                    "model": lead._name,
                    "res_id": lead.id,
                    "message_type": "user_notification",
                }
            )

    def test_lost_asks_who_and_why(self):
        self._lose(
            self.lead,
            competitor_id=self.alfa.id,
            competitor_reason_id=self.price.id,
        )
        record = self._records()
        self.assertEqual(record.competitor_id, self.alfa)
        self.assertEqual((record.outcome, record.reason_id), ("lost", self.price))
        self.assertEqual(record.user_id, self.rep)
        self.assertEqual(self.lead.won_status, "lost")
        self.assertEqual(self.alfa.lost_count, 1)

    def test_quotation_of_an_opportunity(self):
        """One loss is one record, whether quotation or opportunity tells of it."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "user_id": self.rep.id,
                "opportunity_id": self.lead.id,
            }
        )
        action = order.with_user(self.rep).action_view_competitor_records()
        form = Form(self.Record.with_user(self.rep).with_context(**action["context"]))
        form.competitor_id = self.alfa
        record = form.save()
        self.assertEqual(record.lead_id, self.lead)
        self._lose(self.lead, competitor_id=self.alfa.id)
        self.assertEqual(self._records(), record)
        self.assertEqual(record.outcome, "lost")
        order._action_cancel()
        self.assertFalse(order.with_user(self.rep).competitor_proposal_ids)
        self.assertEqual(self.alfa.lost_count, 1)

    def test_several_quotations_of_an_opportunity(self):
        """What was won is not lost by the quotation that another one replaced."""
        first, second, other = self.env["sale.order"].create(
            [
                {"partner_id": self.customer.id, "opportunity_id": lead.id}
                for lead in (self.lead, self.lead, self._create_lead())
            ]
        )
        record = self._create_record(sale_order_id=first.id, user_id=self.rep.id)
        first._action_cancel()
        self.assertEqual(record.proposed_outcome, "lost")
        self.lead.action_set_won()
        self.assertEqual(record.proposed_outcome, "won")
        self.assertEqual(self.lead.competitor_proposal_ids, record)
        second.action_confirm()
        self.assertEqual(record.proposed_outcome, "won")
        record.sale_order_id = other
        self.assertEqual(record.lead_id, other.opportunity_id)

    def test_copied_by_who_has_no_rights_to_occurrences(self):
        salesman = self._new_user(
            "salesman", "sales_team.group_sale_salesman_all_leads"
        )
        self.lead.occurrence_id = self._create_occurrence()
        copy = self.lead.with_user(salesman).copy()
        self.assertFalse(copy.sudo().occurrence_id)

    def test_reason_comes_later(self):
        record = self._create_record(lead_id=self.lead.id, user_id=self.rep.id)
        record.action_lost()
        self._lose(
            self.lead, competitor_id=self.alfa.id, competitor_reason_id=self.price.id
        )
        self.assertEqual((self._records(), record.reason_id), (record, self.price))

    def test_quotation_of_a_colleagues_opportunity(self):
        self.lead.user_id = self.users["colleague"]
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "user_id": self.rep.id,
                "opportunity_id": self.lead.id,
            }
        )
        self.env.flush_all()
        self.env.invalidate_all()
        record = self._create_record(
            env=self.env(user=self.rep), sale_order_id=order.id, user_id=self.rep.id
        )
        self.assertFalse(record.sudo().lead_id)

    def test_lost_again(self):
        """What is known of it stays, and is not doubled."""
        record = self._create_record(
            lead_id=self.lead.id, user_id=self.rep.id, reason_id=self.price.id
        )
        for _time in range(2):
            self._lose(self.lead, competitor_id=self.alfa.id)
            self.assertEqual(self._records(), record)
            self.assertEqual((record.outcome, record.reason_id), ("lost", self.price))
            self.lead.action_unarchive()

    def test_lost_by_a_manager(self):
        """The record is of whose opportunity it was."""
        boss = self._new_user(
            "boss", "crm_gestao.group_manager,sales_team.group_sale_salesman_all_leads"
        )
        self._lose(self.lead, boss, competitor_id=self.alfa.id)
        self.assertEqual(self._records().user_id, self.rep)

    def test_lost_to_a_closed_card(self):
        """Its record is not the salesperson's, who may not see the card."""
        boss = self._new_user(
            "boss", "crm_gestao.group_manager,sales_team.group_sale_salesman_all_leads"
        )
        self.alfa.group_ids = self.env.ref("crm_gestao.group_manager")
        self._lose(self.lead, boss, competitor_id=self.alfa.id)
        self.assertEqual(self._records().user_id, boss)

    def test_lost_decides_the_open_record(self):
        record = self._create_record(lead_id=self.lead.id, user_id=self.rep.id)
        other = self._create_lead()
        self._lose(self.lead | other, competitor_id=self.alfa.id)
        self.assertEqual(self._records(), record)
        self.assertEqual(record.outcome, "lost")
        self.assertEqual(self._records(other).outcome, "lost")

    def test_lost_that_came_from_a_colleagues_occurrence(self):
        occurrence = self._create_occurrence(user_id=self.users["colleague"].id)
        self.lead.occurrence_id = occurrence
        self.env.flush_all()
        self.env.invalidate_all()
        self._lose(self.lead, competitor_id=self.alfa.id)
        self.assertEqual(self._records().outcome, "lost")
        self.assertFalse(self._records().occurrence_id)

    def test_lost_in_another_company(self):
        """A competitor made on the fly is of the company of the opportunity."""
        branch = self.env["res.company"].create({"name": "Branch"})
        self.rep.company_ids = [Command.link(branch.id)]
        self.lead.write({"team_id": False, "company_id": branch.id})
        wizards = self.env["crm.lead.lost"].with_user(self.rep)
        form = Form(
            wizards.with_context(
                allowed_company_ids=(self.company | branch).ids,
                default_lead_ids=self.lead.ids,
            )
        )
        self.assertEqual(form.company_id, branch)

    def test_dialog_of_another(self):
        """It names a competitor, whose card may be closed to others."""
        wizard = self.env["crm.lead.lost"].with_user(self.rep)
        wizard = wizard.create({"lead_ids": [Command.set(self.lead.ids)]})
        self.assertTrue(wizard.has_access("read"))
        for access in ("read", "write"):
            other = wizard.with_user(self.users["colleague"])
            self.assertFalse(other.has_access(access))

    def test_opportunity_that_the_user_may_not_read(self):
        self.lead.user_id = self.users["colleague"]
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self._create_record(
                env=self.env(user=self.rep), lead_id=self.lead.id, user_id=self.rep.id
            )

    def test_lost_to_nobody(self):
        record = self._create_record(lead_id=self.lead.id, user_id=self.rep.id)
        self._lose(self.lead)
        self.assertEqual(record.outcome, "open")
        self.assertEqual(record.proposed_outcome, "lost")

    def test_lost_with_several(self):
        """Only one of them can have won: the user says which."""
        records = self._create_record(lead_id=self.lead.id, user_id=self.rep.id)
        records |= records.copy(
            {"lead_id": self.lead.id, "competitor_id": self.beta.id}
        )
        self._lose(self.lead)
        lead = self.lead.with_user(self.rep)
        self.assertEqual(lead.competitor_proposal_ids, records)
        action = lead.action_confirm_competitor_outcomes()
        self.assertEqual(self.Record.search(action["domain"]), records)
        self.assertEqual(set(records.mapped("outcome")), {"open"})
        records[0].action_lost()
        self.assertFalse(lead.competitor_proposal_ids)

    def test_without_a_customer(self):
        self.lead.partner_id = False
        with self.assertRaisesRegex(UserError, "Choose the customer first"):
            self._lose(self.lead, competitor_id=self.alfa.id)
        self.assertFalse(self._records())
        self._lose(self.lead)
        self.assertEqual(self.lead.won_status, "lost")

    def test_won(self):
        record = self._create_record(lead_id=self.lead.id, user_id=self.rep.id)
        self.lead.with_user(self.rep).action_set_won()
        self.assertEqual(record.proposed_outcome, "won")
        lead = self.lead.with_user(self.rep)
        self.assertEqual(lead.competitor_proposal_ids, record)
        self.assertIs(lead.action_confirm_competitor_outcomes(), True)
        self.assertEqual(record.outcome, "won")
        self.assertFalse(lead.competitor_proposal_ids)
        self.assertEqual(self.alfa.win_rate, 1.0)

    def test_the_quotation_decides_first(self):
        order = self._create_order()
        record = self._create_record(lead_id=self.lead.id, sale_order_id=order.id)
        order.action_confirm()
        self.lead.action_set_lost()
        self.assertEqual(record.proposed_outcome, "won")
        self.assertFalse(self.lead.competitor_proposal_ids)

    def test_without_our_groups(self):
        salesman = self.users["employee"]
        salesman.group_ids = [
            Command.link(self.env.ref("sales_team.group_sale_salesman").id)
        ]
        self.lead.user_id = salesman
        record = self._create_record(lead_id=self.lead.id)
        fields = self.env["crm.lead.lost"].with_user(salesman).fields_get()
        self.assertNotIn("competitor_id", fields)
        self._lose(self.lead, user=salesman)
        self.assertEqual(record.proposed_outcome, "lost")
        other = self._create_lead(user_id=salesman.id)
        (self.lead | other).with_user(salesman).with_context(
            active_test=False
        ).merge_opportunity()

    def test_button(self):
        lead = self.lead.with_user(self.rep)
        action = lead.action_view_competitor_records()
        form = Form(
            self.Record.with_user(self.rep).with_context(**action["context"]),
            view="crm_gestao.competitor_record_view_form_dialog",
        )
        form.competitor_id = self.beta
        record = form.save()
        self.assertEqual(record.lead_id, lead)
        self.assertEqual(record.partner_id, self.customer)
        lead.invalidate_recordset()
        self.assertEqual(lead.competitor_record_count, 1)
        action = lead.action_view_competitor_records()
        self.assertEqual(self.Record.search(action["domain"]), record)

    def test_merged_across_companies(self):
        """What another company knows stays with it."""
        competitor = self.env["crm.gestao.competitor"].create(
            {"name": "Of all companies", "company_id": False}
        )
        for own in (self.company, self.env["res.company"]):
            head, mine, theirs = (
                self._create_lead(company_id=company.id, user_id=False, team_id=False)
                for company in (own, self.company, self.other_company)
            )
            records = self.Record
            for lead in (mine, theirs):
                of_lead = {"company_id": lead.company_id.id, "user_id": False}
                lead.occurrence_id = self._create_occurrence(**of_lead)
                records |= self._create_record(
                    lead_id=lead.id, competitor_id=competitor.id, **of_lead
                )
            with self.subTest(own=own.name):
                merged = (head | mine | theirs).merge_opportunity()
                self.assertEqual((merged, merged.company_id), (head, self.company))
                self.assertEqual(merged.competitor_record_ids, records[0])
                self.assertEqual(merged.occurrence_id.company_id, self.company)
                self.assertEqual(records.exists().mapped("lead_id"), merged)

    def test_merged(self):
        other = self._create_lead()
        occurrence = self._create_occurrence()
        other.occurrence_id = occurrence
        record = self._create_record(lead_id=other.id)
        merged = (self.lead | other).merge_opportunity()
        self.assertEqual(record.lead_id, merged)
        self.assertEqual(merged.occurrence_id, occurrence)
