from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import Form, tagged

from .common import OccurrenceCommon
from .sales_common import SalesCommon


class NothingSentMixin:
    """`people` are those of customers, whom nothing may reach."""

    def _watch_mails(self):
        """A list that grows by each e-mail that is made, even if it is gone again."""
        made = []
        create = self.registry["mail.mail"].create

        def watch(model, vals_list):
            mails = create(model, vals_list)
            for mail in mails.sudo():
                seen = ("recipient_ids", "email_to", "body_html")
                made.append(SimpleNamespace(**{f: mail[f] for f in seen}))
            return mails

        self.startPatcher(patch.object(self.registry["mail.mail"], "create", watch))
        return made

    @contextmanager
    def _nothing_sent(self):
        """Whatever is done in the block does not reach the customer's people."""
        mails = self._watch_mails()
        # what leaves is queued as the transaction ends
        self.flush_tracking()
        first = {
            name: self.env[name].sudo().search([], order="id desc", limit=1).id or 0
            for name in (
                "mail.message",
                "mail.followers",
                "mail.scheduled.message",
                "sms.sms",
            )
            if name in self.env
        }
        yield
        self.flush_tracking()
        emails = set(self.people.mapped("email"))

        def made(name):
            return self.env[name].sudo().search([("id", ">", first[name])])

        for mail in mails:
            self.assertFalse(mail.recipient_ids & self.people, mail.body_html)
            for email in emails:
                self.assertNotIn(email, mail.email_to or "")
        if "sms.sms" in first:
            self.assertFalse(made("sms.sms").partner_id & self.people)
        self.assertFalse(made("mail.scheduled.message").partner_ids & self.people)
        messages = made("mail.message")
        reached = messages.partner_ids | messages.notified_partner_ids
        reached |= messages.notification_ids.res_partner_id
        self.assertFalse(reached & self.people)
        # who follows a document of Odoo's, as it makes the customer, is Odoo's affair
        followers = made("mail.followers").filtered(
            lambda follower: follower.res_model.startswith("crm.gestao.")
        )
        self.assertFalse(followers.partner_id & self.people)
        if "calendar.attendee" in self.env:
            attendees = self.env["calendar.attendee"].sudo()
            self.assertFalse(attendees.search([("partner_id", "in", self.people.ids)]))

    def flush_tracking(self):
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.flush_all()


@tagged("post_install", "-at_install")
class TestNothingSent(NothingSentMixin, OccurrenceCommon):
    """The customer hears of an occurrence only when somebody writes to them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact.email = "ana@padaria.example"
        cls.other_contact.email = "bruno@padaria.example"
        cls.people = cls.customer | cls.contact | cls.other_contact
        # who is told of everything by e-mail, as a customer would be
        cls.users["own"].notification_type = "email"
        cls.env = cls.env(user=cls.users["all"], context={"tracking_disable": False})
        cls.Occurrence = cls.env["crm.gestao.occurrence"]

    def _new_form(self, **values):
        form = Form(self.Occurrence)
        form.subject = "A visit"
        form.partner_id = self.customer
        form.type_id = self.type_visit
        for fname, value in values.items():
            setattr(form, fname, value)
        return form

    def test_the_test_would_see_it(self):
        """Writing to the customer on purpose does reach them."""
        occurrence = self._new_form().save()
        with self.assertRaises(AssertionError), self._nothing_sent():
            occurrence.message_post(
                body="Dear customer",
                partner_ids=self.contact.ids,
                subtype_xmlid="mail.mt_comment",
                message_type="comment",
            )
        with self.assertRaises(AssertionError), self._nothing_sent():
            # as Odoo does with many that it has sent
            mails = self.env["mail.mail"].sudo()
            mails.create({"email_to": self.contact.email}).unlink()
        with self.assertRaises(AssertionError), self._nothing_sent():
            occurrence.message_subscribe(self.customer.ids)
        with self.assertRaises(AssertionError), self._nothing_sent():
            self.env["mail.scheduled.message"].create(
                {
                    "model": occurrence._name,
                    "res_id": occurrence.id,
                    "author_id": self.env.user.partner_id.id,
                    "partner_ids": [Command.set(self.contact.ids)],
                    "body": "Dear customer",
                    "scheduled_date": "2199-01-01",
                }
            )

    def test_creating_and_planning(self):
        with self._nothing_sent():
            self._new_form().save()
            self._new_form(date=fields.Datetime.now() + timedelta(days=7)).save()
            self._new_form(partner_id=self.contact).save()
            self.Occurrence.create(
                {
                    "subject": "From outside",
                    "partner_id": self.contact.id,
                    "type_id": self.type_complaint.id,
                    "participant_ids": [Command.set(self.other_contact.ids)],
                }
            ).copy()

    def test_changing(self):
        occurrence = self._new_form(user_id=self.users["all"]).save()
        with self._nothing_sent():
            occurrence.participant_ids = self.contact | self.other_contact
        with self._nothing_sent():
            occurrence.user_id = self.users["own"]
        # the new responsible is told
        self.assertIn(self.users["own"].partner_id, occurrence.message_partner_ids)
        with self._nothing_sent():
            occurrence.write(
                {
                    "date": fields.Datetime.now() + timedelta(days=3),
                    "state": "open",
                    "partner_id": self.contact.id,
                    "priority": "2",
                    "description": "<p>Ana, bruno@padaria.example</p>",
                }
            )
            occurrence.partner_id = self.customer
        with self._nothing_sent():
            occurrence.action_done()
            occurrence.action_reopen()
            occurrence.action_cancel()
            occurrence.action_archive()
            occurrence.action_unarchive()

    def test_notes_and_answers(self):
        """Who writes in the chatter reaches the followers, who are our people."""
        occurrence = self._new_form(user_id=self.users["own"]).save()
        with self._nothing_sent():
            occurrence.message_post(body="A note")
            occurrence.message_post(
                body="For the team",
                subtype_xmlid="mail.mt_comment",
                message_type="comment",
            )
        sent = occurrence.message_ids[0].sudo().notification_ids
        self.assertEqual(sent.res_partner_id, self.users["own"].partner_id)

    def test_activities(self):
        occurrence = self._new_form().save()
        action = occurrence.action_schedule_next_contact()
        with self._nothing_sent():
            wizard = Form(
                self.env["mail.activity.schedule"].with_context(**action["context"])
            )
            wizard.activity_type_id = self.env.ref("mail.mail_activity_data_call")
            wizard.date_deadline = fields.Date.today() + timedelta(days=2)
            wizard.activity_user_id = self.users["own"]
            wizard.save().action_schedule_activities()
        self.assertEqual(occurrence.activity_ids.user_id, self.users["own"])
        with self._nothing_sent():
            occurrence.activity_ids.action_feedback(feedback="Done with Ana")

    def test_importing(self):
        with self._nothing_sent():
            result = self.Occurrence.load(
                ["date", "type_id", "partner_id", "participant_ids", "subject"],
                [
                    ["2026-03-02 09:30:00", "Visit", "PC-001", "Ana Prado", "Past"],
                    ["2126-03-02 09:30:00", "Visit", "PC-001", "Bruno Sales", "Plan"],
                ],
            )
        self.assertFalse(result["messages"])
        self.assertEqual(len(result["ids"]), 2)

    def test_printing(self):
        occurrence = self._new_form(participant_ids=self.contact).save()
        Report = self.env["ir.actions.report"]
        with self._nothing_sent():
            for name in ("occurrence", "diary"):
                html = Report._render_qweb_html(
                    f"crm_gestao.report_{name}", occurrence.ids
                )[0]
                self.assertIn("Padaria Central", html.decode())

    def test_merging_customers(self):
        """Who becomes the customer by a merge is not told either."""
        occurrence = self._new_form(partner_id=self.contact).save()
        self.people -= self.contact  # who is merged is no more
        with self._nothing_sent():
            self.env["base.partner.merge.automatic.wizard"].sudo()._merge(
                (self.contact | self.other_contact).ids, self.other_contact
            )
        self.assertEqual(occurrence.partner_id, self.other_contact)


@tagged("post_install", "-at_install")
class TestNothingSentBySelling(NothingSentMixin, SalesCommon):
    """Selling from an occurrence reaches the customer no more than recording it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "padaria@padaria.example"
        cls.contact.email = "ana@padaria.example"
        cls.people = cls.customer | cls.contact
        cls.env = cls.env(context={"tracking_disable": False})
        cls.occurrence = cls.occurrence.with_env(cls.env)

    def test_the_test_would_see_it(self):
        order = self._create_order(confirmed=False)
        with self.assertRaises(AssertionError), self._nothing_sent():
            order._send_order_confirmation_mail()

    def test_quotation_and_order(self):
        occurrence = self.occurrence.with_user(self.rep)
        with self._nothing_sent():
            action = occurrence.action_new_quotation()
            model = self.env["sale.order"].with_user(self.rep)
            with Form(model.with_context(**action["context"])) as form:
                with form.order_line.new() as line:
                    line.product_id = self.product
            action = occurrence.action_new_order()
            confirm = self.env[action["res_model"]].browse(action["res_id"])
            confirm.with_user(self.rep).action_confirm()
        self.assertEqual(form.record.state, "sale")

    def test_order_in_one_step(self):
        action = self.occurrence.with_user(self.rep).action_new_order()
        model = self.env["sale.order"].with_user(self.rep)
        with self._nothing_sent():
            view = action["views"][0][0]
            with Form(model.with_context(**action["context"]), view=view) as form:
                with form.order_line.new() as line:
                    line.product_id = self.product
        self.assertEqual(form.record.state, "sale")

    def test_quotations_that_would_send_an_email(self):
        """Odoo sends what the template of a quotation says, on each confirmation."""
        template = self.env["sale.order.template"].create(
            {
                "name": "Which sends",
                "mail_template_id": self.env.ref(
                    "sale.mail_template_sale_confirmation"
                ).id,
            }
        )
        occurrence = self.occurrence.with_user(self.rep)
        order = self._create_order(False, sale_order_template_id=template.id)
        confirm = self.env["crm.gestao.order.confirm"].with_user(self.rep)
        confirm = confirm.create({"occurrence_id": occurrence.id})
        self.assertTrue(confirm.has_emails)
        confirm.is_emailed = True
        # which also takes it back
        with self.assertRaises(AssertionError), self._nothing_sent():
            confirm.action_confirm()
        confirm.is_emailed = False
        with self._nothing_sent():
            confirm.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertIn("was not sent", str(order.message_ids.mapped("body")))
        self.company.sale_order_template_id = template
        self.rep.group_ids += self.env.ref("sale_management.group_sale_order_template")
        self.test_order_in_one_step()

    def test_invoice(self):
        self._create_order()
        with self._nothing_sent():
            issue = self._create_issue()
            issue.action_issue()
        self.assertEqual(issue.move_ids.state, "posted")

    def test_competitor_record(self):
        competitor = self.env["crm.gestao.competitor"].create({"name": "Alfa"})
        order = self._create_order(confirmed=False)
        with self._nothing_sent():
            record = self.env["crm.gestao.competitor.record"].create(
                {
                    "competitor_id": competitor.id,
                    "partner_id": self.customer.id,
                    "occurrence_id": self.occurrence.id,
                    "sale_order_id": order.id,
                }
            )
            order.action_confirm()
        self.assertEqual(record.occurrence_id, self.occurrence)
