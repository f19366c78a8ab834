import base64
import re
from datetime import timedelta
from unittest.mock import patch

from markupsafe import Markup

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, JsonRpcException, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.crm_gestao.tests.test_nothing_sent import NothingSentMixin

from .common import SECRETS, PrivacyCommon

# Odoo's tests are without it
TRACKING = {"tracking_disable": False, "mail_notrack": False}


@tagged("post_install", "-at_install")
class TestAnonymise(NothingSentMixin, PrivacyCommon):
    def _anonymise(self, role="manager", partner=None):
        wizard = self._wizard(role, partner, is_understood=True, reason="By\0 letter")
        wizard.action_anonymise()
        self.env.flush_all()
        self.env.invalidate_all()

    def _open(self):
        """The dialog, as the menu of the gear opens it."""
        action = self.contact.with_user(self.manager).action_privacy()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.is_understood = True
        return wizard.with_user(self.manager)

    def _create_archived_login(self):
        """Of Ana, who had the portal."""
        return self.env["res.users"].create(
            {
                "login": "ana@padaria.example",
                "partner_id": self.contact.id,
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
                "active": False,
            }
        )

    def _find_in_database(self, text):
        """Every text column of every table in which `text` stands as words."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT c.table_name, c.column_name
              FROM information_schema.columns c
              JOIN information_schema.tables t USING (table_schema, table_name)
             WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
               AND c.data_type IN ('character varying', 'text', 'jsonb')
               AND (c.table_name NOT LIKE 'ir\\_%%' OR c.table_name = 'ir_attachment')
               AND c.table_name NOT IN ('crm_gestao_privacy_wizard')
            """
        )
        found = []
        for table, column in self.env.cr.fetchall():
            self.env.cr.execute(
                SQL(
                    "SELECT 1 FROM %s WHERE %s::text ~* %s LIMIT 1",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    rf"(?<!\w){re.escape(text)}",
                )
            )
            if self.env.cr.fetchone():
                found.append(f"{table}.{column}")
        return found

    def test_nothing_is_left_that_identifies(self):
        # tracked names and addresses too, which are written with the commit
        contact = self.contact.with_context(**TRACKING)
        visit = self.company_visit.with_context(**TRACKING)
        contact.write({"name": "Ana Prado Silva", "email": "anasilva@x.example"})
        visit.partner_id = contact
        self.flush_tracking()
        contact.write({"name": "Ana Prado", "email": "ana@padaria.example"})
        visit.partner_id = self.customer
        self.flush_tracking()
        for record in (contact, visit):
            self.assertTrue(record.message_ids.tracking_value_ids)
        texts = ("Ana Prado", "ana@padaria.example", "98765-4321", "Secret ")
        competitor = self.env["crm.gestao.competitor"].create({"name": "Alfa"})
        hers, companys = self.env["crm.gestao.competitor.record"].create(
            [
                {
                    "competitor_id": competitor.id,
                    "partner_id": self.contact.id,
                    "note": "Secret note",
                    "product_name": "What Ana Prado buys",
                    "payment_terms": "Ana Prado pays later",
                    "delivery_terms": "To Ana Prado",
                    "evidence": "c2VjcmV0",
                    "evidence_name": "Proposal to Ana Prado.pdf",
                },
                {
                    "competitor_id": competitor.id,
                    "partner_id": self.customer.id,
                    "note": "Ana Prado prefers them",
                    "product_name": "What Ana Prado buys",
                    "payment_terms": "Ana Prado pays later",
                    "delivery_terms": "To Ana Prado",
                    "evidence": base64.b64encode(b"Ana Prado writes that"),
                },
            ]
        )
        companys.message_post(
            body="Ask Ana Prado why",
            attachments=[("Letter of Ana Prado.txt", b"Ana Prado writes that")],
        )
        activity = self.company_visit.activity_schedule("mail.mail_activity_data_todo")
        self.env["ir.attachment"].create(
            {
                "name": "Plan for Ana Prado.txt",
                "res_model": activity._name,
                "res_id": activity.id,
            }
        )
        activity.note = "Ana Prado"
        # of her company, and of a colleague there
        for partner in (self.customer, self.other_contact):
            partner.comment = Markup("<p>Ask Ana Prado</p>")
            partner.message_post(body="Ana Prado writes that")
            partner.activity_schedule(
                "mail.mail_activity_data_todo", note="Call Ana Prado"
            )
        # e-mails that she got, on her company's occurrence and on others
        for record in (self.company_visit, self.other_customer):
            said = record.message_post(body="To you all")
            self.env["mail.notification"].create(
                {
                    "mail_message_id": said.id,
                    "notification_type": "email",
                    "notification_status": "sent",
                    "mail_email_address": '"Ana Prado" <ana@padaria.example>',
                }
            )
        self.company_visit.message_post(
            body="An answer",
            author_id=False,
            email_from='"Ana Prado" <other@padaria.example>',
        ).write(
            dict.fromkeys(
                ("incoming_email_cc", "incoming_email_to", "outgoing_email_to")
                + ("reply_to",),
                '"Ana Prado" <ana@padaria.example>',
            )
        )
        if "calendar.event" in self.env:
            meeting = {"start": "2026-03-02 10:00:00", "stop": "2026-03-02 11:00:00"}
            on_activity = self.env["calendar.event"].create(
                {
                    "name": "With Ana Prado",
                    "description": "Ana Prado comes",
                    "location": "Where Ana Prado lives",
                    "notes": "Ana Prado came",
                    "videocall_channel_id": self.env["discuss.channel"]
                    ._create_group([], name="With Ana Prado")
                    .id,
                    **meeting,
                }
            )
            on_activity.message_post(body="Ana Prado is late")
            activity.calendar_event_id = on_activity
            self.env["calendar.event"].create(
                {
                    "videocall_channel_id": self.env["discuss.channel"]
                    ._create_group([], name="Meet Ana Prado")
                    .id,
                    "res_model_id": self.env["ir.model"]._get_id(hers._name),
                    "res_id": companys.id,
                    "name": "Meet Ana Prado",
                    **meeting,
                }
            )
            self.env["calendar.event"].create(
                {
                    "videocall_channel_id": self.env["discuss.channel"]
                    ._create_group([], name="Meet Ana Prado")
                    .id,
                    "res_model_id": self.env["ir.model"]._get_id(hers._name),
                    "res_id": hers.id,
                    "name": "Meet Ana Prado",
                    "description": "Ana Prado writes that",
                    "location": "Where Ana Prado lives",
                    "partner_ids": [Command.set(self.users["own"].partner_id.ids)],
                    "start": "2026-03-02 10:00:00",
                    "stop": "2026-03-02 11:00:00",
                }
            ).message_post(body="Come to Ana Prado", attachments=[("a.ics", b"Ana")])
        for text in texts:
            self.assertTrue(self._find_in_database(text), text)
        self._anonymise()
        for text in texts:
            # the name of somebody else that contains hers stays
            self.assertEqual(
                [
                    place
                    for place in self._find_in_database(text)
                    if place != "crm_gestao_occurrence.description"
                ],
                [],
                text,
            )
        if "calendar.event" in self.env:
            self.assertEqual(on_activity.name, "With ***")
            self.assertFalse(hers.product_name)
        self.assertFalse(self.file.exists())
        self.assertFalse(self.contact.image_1920)
        self.assertFalse(self.contact.active)
        self.assertIn("Anonymised", self.contact.name)

    def test_a_meeting_that_is_of_something_else_stays(self):
        """Anybody may link an activity to it."""
        if "calendar.event" not in self.env:
            self.skipTest("the calendar is not installed")
        meeting = {"start": "2026-03-02 10:00:00", "stop": "2026-03-02 11:00:00"}
        manager, colleague = self.users["manager"], self.users["all"]
        Event = self.env["calendar.event"].with_user(manager)
        hers, others = Event.create(
            [
                {"name": "With her", **meeting},
                {
                    "name": "Of somebody else",
                    "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                    "res_id": self.company.partner_id.id,
                    **meeting,
                },
            ]
        )
        colleagues = Event.with_user(colleague).create(
            {"name": "Of a colleague", **meeting}
        )
        general = self.env["discuss.channel"]._create_channel("General", None)
        hers.sudo().videocall_channel_id = general
        for event in (hers, others, colleagues):
            self.mine.with_user(manager).activity_schedule(
                "mail.mail_activity_data_todo",
                calendar_event_id=event.id,
                user_id=manager.id,
            )
        self._anonymise()
        self.assertEqual(
            (hers.name, others.name, colleagues.name, general.name),
            ("Anonymised", "Of somebody else", "Of a colleague", "General"),
        )

    def test_statistics_stay(self):
        counted = ("type_id", "date", "duration", "state", "date_closed", "user_id",
                   "partner_id", "commercial_partner_id", "tag_ids", "name", "active",
                   "company_id", "days_to_close")  # fmt: skip
        before = [[record[f] for f in counted] for record in self.occurrences]
        count = self.customer.occurrence_count
        self._anonymise()
        self.assertEqual(
            [[record[f] for f in counted] for record in self.occurrences], before
        )
        self.assertEqual(self.customer.occurrence_count, count)
        self.assertEqual(set(self.occurrences.mapped("subject")), {"Anonymised"})
        self.assertFalse(self.mine.description)
        self.assertTrue(all(self.occurrences.mapped("anonymised_on")))
        self.assertTrue(self.activity.exists())
        self.assertEqual(
            self.company_visit.with_context(active_test=False).participant_ids,
            self.contact | self.other_contact,
        )

    def test_the_company_keeps_its_own(self):
        """Her company's address and tax ID are not hers; its history loses her name."""
        self.customer.write({"street": "Rua Um, 1", "city": "Recife"})
        self.company_message.body = f"Ana Prado said so, of {self.customer.vat}"
        self._anonymise()
        self.assertEqual(self.customer.vat, "11.222.333/0001-81")
        self.assertEqual(self.customer.street, "Rua Um, 1")
        self.assertTrue(self.customer.active)
        self.assertEqual(self.company_visit.subject, "Visit, *** was there")
        self.assertEqual(
            self.company_visit.description, "<p>*** (***), Mariana Prado</p>"
        )
        self.assertEqual(
            self.company_message.body, "<p>*** said so, of 11.222.333/0001-81</p>"
        )
        self.assertFalse(self.company_visit.anonymised_on)

    def test_a_person_of_their_own(self):
        city = {}
        if "city_id" in self.env["res.partner"]._fields:  # of Brazil, among others
            city["city_id"] = self.env["res.city"].search([], limit=1).id
        person = self.env["res.partner"].create(
            {
                "name": "Zoé Nobre",
                "vat": "529.982.247-25",
                "street": "Rua Dois, 2",
                "ref": "Z-1",
                "phone": "+55 11 4004 1234",
                **city,
                "country_id": self.env.ref("base.br").id,
                "state_id": self.env.ref("base.state_br_sp").id,
                "child_ids": [Command.create({"name": "At Zoé's", "type": "delivery"})],
                "bank_ids": [
                    Command.create(
                        {
                            "acc_number": "ZOE-000-1",
                            "clearing_number": "ZOE-000-C",
                            "note": "ZOE-000-N",
                        }
                    )
                ],
                "partner_latitude": -23.5505,
                "partner_longitude": -46.6333,
            }
        )
        # which the account tells itself, too
        self.flush_tracking()
        account = person.bank_ids.with_context(**TRACKING)
        account.acc_number = "ZOE-000-2"
        account.message_post(body="It was ZOE-000-1")
        self.flush_tracking()
        self.assertTrue(account.message_ids.tracking_value_ids)
        self._anonymise(partner=person)
        for text in ("Zoé", "529.982", "Rua Dois", "4004 1234", "ZOE-000"):
            self.assertEqual(self._find_in_database(text), [], text)
        self.assertFalse(person.partner_latitude or person.partner_longitude)
        # where people are from is counted
        self.assertEqual(person.state_id, self.env.ref("base.state_br_sp"))
        self.assertFalse([name for name in city if person[name]])

    def test_posted_invoices_are_kept(self):
        person = self.env["res.partner"].create(
            {
                "name": "Zoé Nobre",
                "vat": "529.982.247-25",
                "street": "Rua Dois, 2",
                "phone": "+55 11 4004 1234",
            }
        )
        cleared = {
            "ref": "Z-1",
            "barcode": "123456",
            "company_name": "At Zoé's",
            "sale_warn_msg": "Zoé pays late",
            "website": "http://zoe.example",
            "comment": Markup("<p>Zoé</p>"),
        }
        person.write(cleared)
        fiscal = {"city": "Recife", "zip": "50000-000", "company_registry": "ZOE-1"}
        if "l10n_br_ie_code" in person._fields:  # of Brazil
            fiscal["l10n_br_ie_code"] = "Isento"
        person.write(fiscal)
        used, account = self.env["res.partner.bank"].create(
            [{"acc_number": f"ZOE-{n}", "partner_id": person.id} for n in range(2)]
        )
        theirs = self._create_occurrence(partner_id=person.id, subject="Secret of Zoé")
        invoice = self._post_invoice(person)
        invoice.partner_bank_id = used
        wizard = self._wizard(partner=person)
        self.assertTrue(wizard.is_kept)
        self._anonymise(partner=person)
        self.assertEqual(
            (person.name, person.vat, person.street, person.active),
            ("Zoé Nobre", "529.982.247-25", "Rua Dois, 2", True),
        )
        self.assertFalse(person.phone)
        self.assertFalse([f for f in cleared if person[f]])
        self.assertEqual({f: person[f] for f in fiscal}, fiscal)
        self.assertEqual((used.acc_number, used.active), ("ZOE-0", True))
        self.assertEqual(used.acc_holder_name, "Zoé Nobre")
        self.assertFalse(account.active or account.acc_holder_name)
        self.assertEqual(
            self._find_in_database("ZOE-1"), ["res_partner.company_registry"]
        )
        self.assertEqual(theirs.subject, "Anonymised")
        self.assertEqual(invoice.partner_id, person)
        self.assertEqual(invoice.state, "posted")
        log = self.env["crm.gestao.privacy.log"].search([], limit=1)
        self.assertIn("stay on the invoices", log.details)

    def test_invoices_that_were_posted_are_kept(self):
        """The law wants those, too, that were cancelled, or are corrected just now."""
        for state in ("draft", "cancel"):
            person = self.env["res.partner"].create({"name": f"Zoé {state}"})
            invoice = self._post_invoice(person)
            invoice.button_draft()
            if state == "cancel":
                invoice.button_cancel()
            self.assertEqual(invoice.state, state)
            self.assertTrue(person._has_posted_entries(), state)
        person = self.env["res.partner"].create({"name": "Zoé"})
        self._post_invoice(person).copy().partner_id = self.contact
        self.assertFalse(self.contact._has_posted_entries())

    def test_a_file_of_something_else_stays(self):
        """That of a template, which goes to many; an order as it was signed."""
        files = self.env["ir.attachment"]
        of_template = files.create({"name": "Terms.pdf", "raw": b"terms"})
        template = self.env["mail.template"].create(
            {
                "name": "Terms",
                "model_id": self.env["ir.model"]._get_id("crm.gestao.occurrence"),
                "email_to": "ana@padaria.example",
                "body_html": "Dear Ana Prado",
                "attachment_ids": of_template.ids,
            }
        )
        mail = self.env["mail.mail"].browse(template.send_mail(self.mine.id))
        self.assertIn(of_template, mail.attachment_ids)
        order = self.env["sale.order"].create({"partner_id": self.contact.id})
        signed = order.message_post(
            body="Order signed by Ana Prado",
            author_id=self.contact.id,
            attachments=[(f"{order.name}.pdf", b"%PDF"), ("passport.pdf", b"%PDF")],
        )
        # a colleague's word carries one of hers
        kept = order.message_post(body="See this").sudo()
        shared = files.create({"name": "both.pdf", "raw": b"both"})
        for message in (kept, signed):
            message.attachment_ids += shared
        document, passport = (signed.attachment_ids - shared).sorted(
            lambda file: file.name != f"{order.name}.pdf"
        )
        self.manager.group_ids += self.env.ref("sales_team.group_sale_manager")
        later = self.env["mail.scheduled.message"].create(
            {
                "model": self.mine._name,
                "res_id": self.mine.id,
                "body": "Secret",
                "author_id": self.env.user.partner_id.id,
                "attachment_ids": of_template.ids,
                "scheduled_date": fields.Datetime.now() + timedelta(days=1),
            }
        )
        self._anonymise()
        self.assertFalse(later.exists())
        self.assertEqual(of_template.exists().raw, b"terms")
        self.assertEqual(template.attachment_ids, of_template)
        self.assertFalse(mail.mail_message_id.attachment_ids)
        self.assertFalse(passport.exists())
        self.assertEqual(kept.attachment_ids.raw, b"both")
        self.assertEqual(signed.attachment_ids, document)
        self.assertFalse(signed.body)

    def test_a_restrictive_audit_trail(self):
        """What the books want unchanged stays, and nothing else does."""
        person = self.env["res.partner"].create(
            {"name": "Zoé Nobre", "email": "zoe@nobre.example"}
        )
        self._post_invoice(person)
        self._post_invoice(self.contact)
        noted, companys = (
            partner.message_post(
                body="It was zoe@nobre.example, Ana Prado", message_type="notification"
            )
            for partner in (person, self.customer)
        )
        said = person.message_post(body="Secret", message_type="comment")
        self.company.restrictive_audit_trail = True
        self.env.invalidate_all()
        self.assertTrue(noted.account_audit_log_restricted)
        self.assertTrue(companys.account_audit_log_restricted)
        self.manager.group_ids += self.env.ref("account.group_account_invoice")
        for partner in (person, self.contact):
            self._anonymise(partner=partner)
            self.assertFalse(partner.email)
        self.assertFalse(said.body)
        self.assertEqual(self.mine.subject, "Anonymised")
        for message in (noted, companys):
            self.assertIn("zoe@nobre.example, Ana Prado", message.body)

    def test_words_of_others_stay(self):
        """A name of one word is not everybody's, nor is an extension an amount."""
        self.contact.write({"name": "Ana", "phone": "203"})
        self.company_visit.write(
            {
                "subject": "Ana, Ana Sá, Ana da Silva, Ana d’Ávila, Ana Šimić; BANANA",
                "description": Markup(
                    '<p data-oe-id="203" title="Ana">Ana Prado. Ana pays R$ 203,00 to'
                    ' <a href="mailto:ana@padaria.example">Ana@other.example</a>,'
                    " @Ana, ana@padaria.example.br, Ana\nBruno, FALEI COM ANA HOJE,"
                    " Ana.Prado@other.example, ana, Ana CNPJ</p>"
                ),
            }
        )
        self._anonymise()
        self.assertEqual(
            self.company_visit.subject,
            "***, Ana Sá, Ana da Silva, Ana d’Ávila, Ana Šimić; BANANA",
        )
        description = str(self.company_visit.description)
        self.assertIn("R$ 203,00", description)
        self.assertIn("*** pays", description)
        self.assertIn("Ana Prado.", description)
        self.assertIn("mailto:***", description)
        self.assertIn("Ana@other.example", description)
        self.assertIn("@***, ana@padaria.example.br, ***", description)
        self.assertIn("FALEI COM *** HOJE, Ana.Prado@other.example, ana", description)
        self.assertIn("ana, *** CNPJ", description)

    def test_confirmation(self):
        wizard = self._wizard()
        with self.assertRaisesRegex(UserError, "cannot be undone"):
            wizard.action_anonymise()
        self.assertEqual(self.mine.subject, "Secret subject")
        form = Form(wizard)
        form.is_understood = True
        form.save().action_anonymise()
        self.assertEqual(self.mine.subject, "Anonymised")

    def test_one_dialog_after_the_other(self):
        """Whoever opened the dialog before learns of it, and nothing is done twice."""
        # it is not the first time
        self._anonymise(role="manager")
        self.contact.write({"name": "Ana Prado", "active": True})
        first, second = (self._open() for _ in range(2))
        logs = self.env["crm.gestao.privacy.log"].search([])
        first.action_anonymise()
        self.contact.phone = "+55 11 4004 1234"
        for wizard in (first, second):
            action = wizard.action_anonymise()
            self.assertIn(self.manager.name, action["params"]["message"])
        self.assertTrue(self.contact.phone)
        self.assertEqual(len(self.env["crm.gestao.privacy.log"].search([]) - logs), 1)
        # who opens it afterwards knows what they do
        self._open().action_anonymise()
        self.assertFalse(self.contact.phone)

    def test_merged_while_the_dialog_is_open(self):
        """Nothing is done to whom the person was merged with."""
        other = self.env["res.partner"].create({"name": "Survivor"})
        wizard = self._open()
        self.env["base.partner.merge.automatic.wizard"].sudo()._merge(
            (self.contact | other).ids, other
        )
        self.env.invalidate_all()
        for method in (wizard.action_anonymise, wizard.action_export):
            with self.assertRaisesRegex(UserError, "was merged with .*Survivor"):
                method()
        self.assertEqual(other.name, "Survivor")
        self.assertFalse(wizard.export_file)

    def test_the_client_does_not_decide_that_it_is_done(self):
        """Whatever it gives the dialog, that is no reason to do nothing."""
        fnames = self.env["crm.gestao.privacy.wizard"]._fields
        given = {
            fname: True for fname, field in fnames.items() if field.type == "boolean"
        }
        self._wizard(**given).action_anonymise()
        self.assertEqual(self.mine.subject, "Anonymised")

    def test_who_has_a_login(self):
        for partner in (
            self.users["own"].partner_id,
            self.users["portal"].partner_id,
        ):
            with self.assertRaisesRegex(UserError, "login"):
                self._anonymise(role="manager", partner=partner)
        with self.assertRaisesRegex(UserError, "company of yours"):
            self._anonymise(partner=self.other_company.partner_id)
        self.other_company.active = False
        with self.assertRaisesRegex(UserError, "company of yours"):
            self._anonymise(partner=self.other_company.partner_id)

    def test_the_logins_of_odoo_itself(self):
        """That of visitors, and the one that new users of the portal are made from."""
        for xmlid in ("public_user", "template_portal_user_id"):
            user = self.env.ref(f"base.{xmlid}")
            self.assertFalse(user.active)
            with self.assertRaisesRegex(UserError, "login"):
                self._anonymise(partner=user.partner_id)

    def test_an_employee_without_a_login(self):
        """Employees are an app of their own; who has left is only a customer."""
        if "hr.employee" not in self.env:
            self.skipTest("the app of employees is not installed")
        employee = self.env["hr.employee"].create({"name": "Ana Prado"})
        employee.work_contact_id = self.contact
        with self.assertRaisesRegex(UserError, "is an employee"):
            self._anonymise()
        self.assertEqual(self.mine.subject, "Secret subject")
        employee.active = False
        self._anonymise()
        self.assertEqual(self.mine.subject, "Anonymised")

    def test_portal_login_that_was_archived(self):
        user = self._create_archived_login()
        self.assertIn("Ana Prado", user.signature)
        email = '"Ana Prado" <ana@padaria.example>'
        self.company_visit.message_post(
            body="Said", author_id=self.contact.id, email_from=email
        )
        colleague = self.users["own"].partner_id
        other = self.mine.message_post(
            body="Said", author_id=colleague.id, email_from="own@company.example"
        )
        self._anonymise()
        self.assertNotIn("ana@", user.login)
        for text in ("Ana Prado", "ana@padaria.example"):
            self.assertEqual(self._find_in_database(text), [], text)
        self.assertEqual(other.email_from, "own@company.example")

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_the_dialog_tells_nothing_of_who_is_not_the_users(self):
        person = self.env["res.partner"].create(
            {"name": "Zoé Nobre", "company_id": self.other_company.id}
        )
        with self.assertRaises(AccessError):
            self._wizard(partner=person)
        person.company_id = False
        wizard = self._wizard(partner=person, is_understood=True)
        person.company_id = self.other_company
        with patch.object(type(person), "_has_posted_entries", lambda p: bool(p)):
            self.assertTrue(person._has_posted_entries())
            self.assertFalse(wizard.is_kept)
        for action in (wizard.action_export, wizard.action_anonymise):
            with self.assertRaises(AccessError):
                action()

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_own_rights(self):
        """Nobody erases what is of a company that is not theirs."""
        theirs = self._create_occurrence(
            partner_id=self.contact.id,
            company_id=self.other_company.id,
            subject="Secret of theirs",
        )
        with self.assertRaisesRegex(UserError, "may not change"):
            self._anonymise()
        self.assertEqual(self.mine.subject, "Secret subject")
        self.assertEqual(self.contact.name, "Ana Prado")
        self.manager.company_ids += self.other_company
        self._anonymise()
        self.assertEqual(theirs.subject, "Anonymised")

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_own_rights_on_all_that_hangs_on_the_person(self):
        """Nor what else of another company, or app, would be erased."""
        theirs = {"company_id": self.other_company.id}
        visit = self._create_occurrence(
            partner_id=self.other_customer.id, subject="Theirs", **theirs
        )
        competitor = self.env["crm.gestao.competitor"].create(
            {"name": "Alfa", "company_id": False}
        )
        places = {
            "Competitor Record": self.env["crm.gestao.competitor.record"].create(
                {
                    "competitor_id": competitor.id,
                    "partner_id": self.contact.id,
                    "note": "Theirs",
                    "evidence": "c2VjcmV0",
                    "user_id": False,
                    **theirs,
                }
            ),
            # what the person said on the occurrence of somebody else
            "Occurrence": visit.message_post(body="Theirs", author_id=self.contact.id),
            # and on what the user has no right to at all
            "Journal Entry": self._post_invoice(self.other_customer).message_post(
                body="Theirs", author_id=self.contact.id
            ),
            "Contact": self.env["res.partner"].create(
                {
                    "name": "Theirs",
                    "type": "delivery",
                    "parent_id": self.contact.id,
                    **theirs,
                }
            ),
        }
        told = ("body", "note", "name")
        refused = f"may not change.*: {', '.join(sorted(places))}[.].*Administrator"
        with self.assertRaisesRegex(UserError, refused):
            self._anonymise()
        self.assertEqual(self.contact.name, "Ana Prado")
        for record in places.values():
            self.assertIn("Theirs", str([record[f] for f in told if f in record]))
        admin = self.users["employee"]
        admin.group_ids += self.env.ref("base.group_system")
        self._anonymise(role="employee")
        for record in places.values():
            self.assertNotIn("Theirs", str([record[f] for f in told if f in record]))

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_own_rights_where_the_person_is_named(self):
        """The name is taken out of what is the user's only."""
        theirs = self._create_occurrence(
            subject="Call to Ana Prado", company_id=self.other_company.id
        )
        with self.assertRaisesRegex(UserError, "may not change.*: Occurrence[.]"):
            self._anonymise()
        # a part of another's name is no name
        theirs.subject = "Call to Mariana Prado"
        self._anonymise()
        self.assertEqual(theirs.subject, "Call to Mariana Prado")

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_needs_the_right_to_change_contacts(self):
        self.manager.group_ids -= self.env.ref("base.group_partner_manager")
        with self.assertRaises(AccessError):
            self._anonymise()
        self.assertEqual(self.mine.subject, "Secret subject")

    def test_an_administrator_without_our_groups(self):
        admin = self.users["employee"]
        admin.group_ids += self.env.ref("base.group_system")
        self._anonymise(role="employee")
        self.assertEqual(self.mine.subject, "Anonymised")

    def test_it_is_logged_for_good(self):
        self._anonymise()
        log = self.env["crm.gestao.privacy.log"].search([], limit=1)
        self.assertEqual(
            (log.act, log.partner_id, log.user_id, log.details, log.occurrence_count),
            ("anonymise", self.contact, self.manager, "By letter", 2),
        )
        self.assertIn("anonymous", self.mine.message_ids[0].body)
        for role in ("manager", "employee"):
            mine = log.with_user(self.users[role])
            with self.assertRaises(AccessError):
                mine.write({"details": "Nothing"})
            with self.assertRaises(AccessError):
                mine.unlink()
            with self.assertRaises(AccessError):
                mine.create({"act": "export"})

    def test_each_company_has_it_in_its_log(self):
        for _index in range(2):
            self._create_occurrence(
                partner_id=self.contact.id, company_id=self.other_company.id
            )
        self.manager.company_ids += self.other_company
        self._anonymise()
        logs = self.env["crm.gestao.privacy.log"].search([])
        self.assertEqual(
            {log.company_id: log.occurrence_count for log in logs},
            {self.company: 2, self.other_company: 2},
        )

    def test_nothing_is_sent(self):
        self.env["mail.followers"].create(
            {
                "res_model": self.mine._name,
                "res_id": self.mine.id,
                "partner_id": self.contact.id,
            }
        )
        # of a login, Odoo tells its user whatever is changed
        user = self._create_archived_login()
        mails = self._watch_mails()
        user.password = "a new one"
        self.assertIn("ana@padaria.example", mails.pop().email_to)
        self._anonymise()
        self.assertEqual(mails, [])
        self.assertNotIn(self.contact, self.mine.message_partner_ids)

    def test_an_address_that_others_have_as_well(self):
        """What is from or to it may be theirs; what is hers alone still goes."""
        shared, hers = "vendas@padaria.example", "ana@padaria.example"
        self.other_contact.write(
            {"email": f"bruno@padaria.example, {shared}", "active": False}
        )
        self.contact.email = f"{shared}, Ana <{hers}>"
        record = self._create_occurrence(partner_id=self.other_customer.id)
        said, theirs = (
            record.message_post(body="Said", author_id=False, email_from=email)
            for email in (hers, shared)
        )
        waiting, to_all = self.env["mail.mail"].create(
            [
                {"body_html": "Said", "email_to": hers},
                {"body_html": "Said", "email_to": shared},
            ]
        )
        self.company_visit.subject = f"Write to {hers} or {shared}"
        self._anonymise()
        self.assertIn("Said", theirs.body)
        self.assertEqual(theirs.email_from, shared)
        self.assertFalse(said.body or said.email_from)
        self.assertEqual((to_all.state, waiting.state), ("outgoing", "cancel"))
        self.assertEqual(self.company_visit.subject, f"Write to *** or {shared}")
        self.assertFalse(self.contact.email)

    def test_what_is_told_in_several_languages(self):
        """Such as the page of a partner on the website."""
        self.env["ir.model.fields"].create(
            {
                "name": "x_page",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "ttype": "text",
                "translate": "standard",
            }
        )
        self.addCleanup(self.registry.reset_changes)
        self.env["res.lang"]._activate_lang("pt_BR")
        for lang in ("en_US", "pt_BR"):
            self.contact.with_context(lang=lang).x_page = f"Ana Prado, {lang}"
        self.assertIn("res_partner.x_page", self._find_in_database("Ana Prado"))
        self._anonymise()
        self.assertEqual(self._find_in_database("Ana Prado"), [])

    def test_page_on_the_website(self):
        if "is_published" not in self.contact._fields:
            self.skipTest("the website does not show partners")
        self.contact.is_published = True
        self._anonymise()
        self.assertFalse(self.contact.is_published)

    def test_ratings(self):
        if "rating.rating" not in self.env:
            self.skipTest("nobody is asked how content they are")
        rating = self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": self.other_customer.id,
                "partner_id": self.contact.id,
                "rating": 3,
                "feedback": "Secret",
            }
        )
        self._anonymise()
        self.assertEqual((rating.rating, rating.feedback), (3, False))

    def test_it_is_looked_once_where_the_person_is_named(self):
        with patch.object(
            type(self.contact),
            "_find_mentions",
            autospec=True,
            side_effect=type(self.contact)._find_mentions,
        ) as find:
            self._anonymise()
        find.assert_called_once()

    def test_message_from_an_address_that_nobody_knew(self):
        record = self._create_occurrence(partner_id=self.other_customer.id)
        hers, to_company, other = (
            place.message_post(body="Said", author_id=False, email_from=email)
            for place, email in (
                (record, '"Ana" <ana@padaria.example>'),
                (self.company_visit, '"Ana" <ana@padaria.example>'),
                (record, "mariana@padaria.example"),
            )
        )
        self._anonymise()
        for message in (hers, to_company):
            self.assertFalse(message.body or message.email_from)
        self.assertIn("Said", other.body)

    def test_waiting_mail_does_not_go(self):
        mail = self.env["mail.mail"].create(
            {
                "mail_message_id": self.message.id,
                "body_html": "Secret",
                "email_to": "ana@padaria.example",
            }
        )
        self._anonymise()
        self.assertEqual(mail.state, "cancel")
        self.assertFalse(mail.body_html)

    def test_waiting_mail_to_the_person_does_not_go(self):
        """Whoever wrote it, and on what; colleagues' words on other records stay."""
        said = self.other_customer.message_post(body="Dear Ana Prado, secret")
        to_others = self.other_contact
        to_others.email = "bruno@padaria.example"
        headers = repr({"X-Msg-To-Add": '"Ana Prado" <ana@padaria.example>'})
        values = {"body_html": "Secret", "subject": "Secret", "headers": headers}
        failed, by_address, cancelled, both, both_addresses, named, other = self.env[
            "mail.mail"
        ].create(
            [
                {
                    **values,
                    "mail_message_id": said.id,
                    "state": "exception",
                    "recipient_ids": self.contact.ids,
                    "failure_reason": "No such ana@padaria.example",
                },
                {**values, "email_to": '"Ana" <Ana@Padaria.example>'},
                {**values, "email_to": "ana@padaria.example", "state": "cancel"},
                {**values, "recipient_ids": (self.contact | to_others).ids},
                {**values, "email_to": "ana@padaria.example, bruno@padaria.example"},
                # one of each is made, and all say to whom they are
                {**values, "recipient_ids": to_others.ids},
                # to somebody else, whose address ends like hers
                {
                    "body_html": "Theirs",
                    "email_to": "mariana@padaria.example; ana.@padaria.example",
                    "headers": repr({"X-To": "ana@padaria.example.br"}),
                },
            ]
        )
        notification = self.env["mail.notification"].create(
            {
                "mail_message_id": said.id,
                "res_partner_id": self.contact.id,
                "notification_type": "email",
                "notification_status": "exception",
                "failure_reason": "No such ana@padaria.example",
            }
        )
        self._anonymise()
        for mail in failed | by_address | cancelled:
            self.assertEqual(mail.state, "cancel")
            self.assertFalse(mail.body_html or mail.email_to or mail.recipient_ids)
            self.assertFalse(mail.failure_reason)
        for mail in by_address | cancelled:
            self.assertFalse(mail.subject)
        for mail in both | both_addresses | named:
            self.assertEqual(mail.state, "outgoing")
            self.assertTrue(mail.body_html)
        self.assertEqual((both | named).recipient_ids, to_others)
        self.assertEqual(both_addresses.email_to, "bruno@padaria.example")
        for mail in failed | by_address | cancelled | both | both_addresses | named:
            self.assertFalse(mail.headers)
        self.assertEqual((other.state, other.body_html), ("outgoing", "Theirs"))
        self.assertIn("ana@padaria.example.br", other.headers)
        self.assertEqual(
            other.email_to, "mariana@padaria.example; ana.@padaria.example"
        )
        self.assertEqual(notification.notification_status, "canceled")
        self.assertFalse(notification.failure_reason)
        self.assertIn("Dear", said.body)

    def test_what_is_to_be_said_later(self):
        """Scheduled messages on the person's records, to the person, naming her."""

        def schedule(record, body, partners):
            return self.env["mail.scheduled.message"].create(
                {
                    "model": record._name,
                    "res_id": record.id,
                    "subject": "Ana Prado",
                    "body": body,
                    "author_id": self.env.user.partner_id.id,
                    "partner_ids": partners.ids,
                    "scheduled_date": fields.Datetime.now() + timedelta(days=1),
                }
            )

        nobody = self.env["res.partner"]
        on_hers = schedule(self.mine, "Secret", nobody)
        on_hers.attachment_ids = file = self.env["ir.attachment"].create(
            {"name": "Secret.txt", "raw": b"Secret", "res_model": on_hers._name}
        )
        to_her = schedule(self.other_customer, "Secret", self.contact)
        both = self.contact | self.other_contact
        to_both = schedule(self.other_customer, "Theirs", both)
        naming = schedule(self.company_visit, "Ana Prado, Mariana Prado", nobody)
        gone = [on_hers, to_her, file]
        if "sms.sms" in self.env:  # an app of its own, which comes with CRM
            values = {"number": "+5511987654321", "body": "Secret"}
            gone += self.env["sms.sms"].create(
                [
                    {**values, "mail_message_id": self.message.id},
                    {**values, "partner_id": self.contact.id},
                ]
            )
        self._anonymise()
        for record in gone:
            self.assertFalse(record.exists(), record._name)
        self.assertEqual(to_both.partner_ids, self.other_contact)
        self.assertIn("Theirs", to_both.body)
        self.assertEqual(naming.subject, "***")
        self.assertIn("***, Mariana Prado", naming.body)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_waiting_mail_of_another_company(self):
        theirs = self._create_occurrence(
            partner_id=self.other_customer.id, company_id=self.other_company.id
        )
        mail = self.env["mail.mail"].create(
            {
                "mail_message_id": theirs.message_post(body="Theirs").id,
                "body_html": "Theirs",
                "recipient_ids": self.contact.ids,
            }
        )
        with self.assertRaisesRegex(UserError, "may not change.*: Occurrence[.]"):
            self._anonymise()
        self.assertEqual((mail.state, mail.body_html), ("outgoing", "Theirs"))

    def test_secrets_of_the_test_are_there(self):
        """What the other tests look for is what a person would be known by."""
        values = " ".join(str(v) for v in self.contact.read()[0].values())
        self.assertTrue(all(secret in values for secret in SECRETS[:3]))
        self.assertLess(self.mine.create_date, fields.Datetime.now())


@tagged("post_install", "-at_install")
class TestDialogs(PrivacyCommon, HttpCase):
    """In the order of the web client, which saves a dialog as a button is pressed."""

    def _open(self):
        records = {"active_model": "res.partner", "active_id": self.contact.id}
        return self.make_jsonrpc_request(
            "/web/action/run",
            {
                "action_id": self.env.ref("crm_gestao_privacy.privacy_action").id,
                "context": {**records, "active_ids": self.contact.ids},
            },
        )["res_id"]

    def _press(self, wizard):
        for method, args in (
            ("web_save", [[wizard], {"is_understood": True, "last_log_id": 10**9}]),
            ("action_anonymise", [[wizard]]),
        ):
            result = self.make_jsonrpc_request(
                "/web/dataset/call_kw",
                {
                    "model": "crm.gestao.privacy.wizard",
                    "method": method,
                    "args": args,
                    "kwargs": {"specification": {}} if method == "web_save" else {},
                },
            )
        return result["tag"]

    def test_two_dialogs(self):
        self.authenticate(self.manager.login, self.manager.login)
        first, second = self._open(), self._open()
        self.assertEqual(self._press(first), "soft_reload")
        self.contact.phone = "+55 11 4004 1234"
        self.assertEqual(self._press(second), "display_notification")
        self.assertTrue(self.contact.phone)
        self.assertEqual(self._press(self._open()), "soft_reload")
        self.assertFalse(self.contact.phone)

    @mute_logger("odoo.http")
    def test_who_may_open_it(self):
        for role in ("own", "all", "rep", "employee", "portal"):
            user = self.users[role]
            self.authenticate(user.login, user.login)
            with self.subTest(role=role), self.assertRaises(JsonRpcException):
                self._open()
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.contact.with_user(user).action_privacy()
