import itertools
from contextlib import contextmanager
from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.crm_gestao_privacy.models import crm_gestao_occurrence_type

from .common import PrivacyCommon


@tagged("post_install", "-at_install")
class TestRetention(PrivacyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.gestao.occurrence.type"].with_context(active_test=False).search(
            [("retention_months", ">", 0)]
        ).retention_months = 0
        cls.type = cls.env["crm.gestao.occurrence.type"].create({"name": "Short-lived"})
        cls.now = fields.Datetime.now()
        cls.old, cls.recent, cls.still_open, cls.other_type, cls.theirs = (
            cls._create_occurrence(
                subject=f"Secret {name}",
                type_id=type_.id,
                state=state,
                date=cls.now - relativedelta(months=months),
                company_id=company.id,
                partner_id=cls.contact.id,
                participant_ids=cls.other_contact.ids,
                user_id=False,
            )
            for name, type_, state, months, company in (
                ("old", cls.type, "done", 13, cls.company),
                ("recent", cls.type, "done", 11, cls.company),
                ("still open", cls.type, "open", 13, cls.company),
                ("other type", cls.type_visit, "done", 13, cls.company),
                ("theirs", cls.type, "cancel", 13, cls.other_company),
            )
        )
        cls.all = cls.old | cls.recent | cls.still_open | cls.other_type | cls.theirs
        cls.logs = cls.env["crm.gestao.privacy.log"].search([("id", "!=", False)])
        cls.cron = cls.env.ref("crm_gestao_privacy.ir_cron_apply_retention")

    @contextmanager
    def _counting_commits(self):
        """A test cannot commit: what is counted is how often it would be."""
        commits = []

        def commit_progress(cron, processed=0, *, remaining=None, deactivate=False):
            commits.append((processed, remaining))
            return 1

        cls = type(self.env["ir.cron"])
        with patch.object(cls, "_commit_progress", commit_progress):
            yield commits

    def _run(self):
        with self._counting_commits() as commits:
            self.env["crm.gestao.occurrence.type"]._cron_apply_retention()
        self.env.flush_all()
        self.env.invalidate_all()
        return commits

    def _new_logs(self):
        return self.env["crm.gestao.privacy.log"].search([]) - self.logs

    def test_off_by_default(self):
        self.assertFalse(self.cron.active)
        self.assertEqual(self.type.retention_months, 0)
        self._run()
        self.assertTrue(all(self.all.mapped("active")))
        self.assertFalse(self._new_logs())

    def test_archive(self):
        self.type.retention_months = 12
        self.assertEqual(self.type.retention_due_count, 1 + 1)
        self._run()
        self.assertEqual(self.all.filtered("active"), self.all - self.old - self.theirs)
        self.assertEqual(self.old.subject, "Secret old")
        self.assertIn("in months: 12", self.old.message_ids[0].body)
        logs = self._new_logs()
        self.assertEqual(set(logs.mapped("act")), {"retention_archive"})
        self.assertEqual(logs.company_id, self.company | self.other_company)
        mine = logs.filtered(lambda log: log.company_id == self.company)
        self.assertEqual((mine.occurrence_count, mine.type_id), (1, self.type))
        self.assertIn(self.old.name, mine.details)
        self._run()
        self.assertEqual(self._new_logs(), logs, "once is enough")

    def test_anonymise(self):
        self.type.write({"retention_months": 12, "retention_action": "anonymise"})
        # archiving does not hide from it
        self.old.active = False
        self._run()
        self.assertEqual(self.old.subject, "Anonymised")
        self.assertEqual(self.theirs.subject, "Anonymised")
        self.assertFalse(self.old.participant_ids)
        self.assertEqual(self.old.partner_id, self.contact)
        self.assertEqual(self.old.state, "done")
        for other in (self.recent, self.still_open, self.other_type):
            self.assertIn("Secret", other.subject)
            self.assertEqual(other.participant_ids, self.other_contact)
        self.assertEqual(set(self._new_logs().mapped("act")), {"retention_anonymise"})
        self._run()
        self.assertEqual(len(self._new_logs()), 2, "once is enough")

    def test_address_of_nobody_known(self):
        """To whom Odoo answered by itself, as where the responsible is away."""
        said = self.old.message_post(body="I am away")
        notification = self.env["mail.notification"].create(
            {
                "mail_message_id": said.id,
                "notification_type": "email",
                "notification_status": "sent",
                "mail_email_address": "private@unknown.example",
            }
        )
        self.type.write({"retention_months": 12, "retention_action": "anonymise"})
        self._run()
        self.assertNotIn("private", notification.mail_email_address)

    def test_each_company_reads_its_own_language(self):
        self.env["res.lang"]._activate_lang("pt_BR")
        self.type.with_context(lang="pt_BR").name = "Breve"
        self.company.partner_id.lang = "pt_BR"
        self.other_company.partner_id.lang = "en_US"
        self.type.write({"retention_months": 1, "retention_action": "anonymise"})
        self._run()
        for occurrence, subject, note in (
            (self.old, "Anonimizado", "O prazo de retenção de “Breve” terminou"),
            (self.theirs, "Anonymised", "The retention period for “Short-lived”"),
        ):
            self.assertEqual(occurrence.subject, subject)
            self.assertIn(note, occurrence.message_ids[0].body)
            log = self._new_logs().filtered(
                lambda log, company=occurrence.company_id: log.company_id == company
            )
            self.assertIn(note, log.details)

    def test_what_is_told_again_is_anonymised_again(self):
        self.type.write({"retention_months": 12, "retention_action": "anonymise"})
        self._run()
        self.assertTrue(self.old.anonymised_on)
        self.old.action_reopen()
        self.assertFalse(self.old.anonymised_on)
        self.env.flush_all()
        self.old.description = "<p>Told anew</p>"
        self.old.action_done()
        self._run()
        self.assertIn("Told anew", self.old.description, "its period begins anew")
        self.old.date_closed = self.now - relativedelta(months=13)
        self._run()
        self.assertFalse(self.old.description)
        self.assertTrue(self.old.anonymised_on)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_who_may_not_read_tells_nothing_anew(self):
        self.type.write({"retention_months": 12, "retention_action": "anonymise"})
        self._run()
        values = {"model": self.old._name, "res_id": self.old.id, "body": "Told"}
        for role in ("employee", "portal"):
            messages = self.env["mail.message"].with_user(self.users[role])
            with self.assertRaises(AccessError), self.cr.savepoint():
                messages.create({**values, "message_type": "user_notification"})
            self.assertTrue(self.old.anonymised_on)

    def test_what_is_said_planned_or_attached_again_is_erased_again(self):
        self.type.write({"retention_months": 12, "retention_action": "anonymise"})
        self._run()
        message = self.old.message_post(body="By Ana", message_type="comment")
        activity = self.old.activity_schedule(
            "mail.mail_activity_data_todo", summary="Call"
        )
        upload = self.env["ir.attachment"].create({"name": "Ana.txt", "raw": b"Ana"})
        self._run()
        self.env.cr.precommit.run()
        for told in (
            lambda: self.old.message_post(body="Ana was here"),
            lambda: self.old._message_log(body="Ana was here"),
            lambda: message.write({"body": "Ana was here, they say"}),
            lambda: self.old.activity_schedule(
                "mail.mail_activity_data_todo", summary="Call Ana"
            ),
            lambda: activity.write({"note": "Call Ana"}),
            lambda: activity.action_feedback(feedback="Ana was called"),
            lambda: self.env["ir.attachment"].create(
                {"name": "Ana", "res_model": self.old._name, "res_id": self.old.id}
            ),
            lambda: upload.write(
                {"res_model": self.old._name, "res_id": self.old.id}
            ),
        ):  # fmt: skip
            self.assertTrue(self.old.anonymised_on, "not by its own note")
            logs = self._new_logs()
            told()
            self.assertFalse(self.old.anonymised_on)
            self.assertEqual(self.type.retention_due_count, 1)
            self._run()
            self.assertTrue(self.old.anonymised_on)
            self.assertEqual(len(self._new_logs() - logs), 1)
            texts = [
                *self.old.message_ids.mapped("body"),
                *self.old.with_context(active_test=False).activity_ids.mapped("note"),
                *self.old.activity_ids.mapped("summary"),
                *self.env["ir.attachment"]
                .search([("res_model", "=", self.old._name)])
                .filtered(lambda file: file.res_id == self.old.id)
                .mapped("name"),
            ]
            self.assertNotIn("Ana", str(texts))

    def test_nobody_claims_that_it_is_anonymous(self):
        """It would be kept for ever."""
        claim = {"anonymised_on": self.now}
        mine = self.old.with_user(self.manager)
        with self.assertRaises(AccessError):
            mine.write(claim)
        with self.assertRaises(AccessError):
            self._create_occurrence(mine.env, **claim)
        with self.assertRaises(AccessError):
            self._create_occurrence(
                mine.with_context(default_anonymised_on=self.now).env
            )
        self.assertFalse(self.old.anonymised_on)
        # what they tell anew still counts
        self.old.anonymised_on = self.now
        mine.description = "<p>Told anew</p>"
        self.assertFalse(self.old.anonymised_on)

    def test_what_is_said_on_what_is_gone(self):
        gone = self.old.copy()
        gone.unlink()
        self.env["ir.attachment"].create(
            {"name": "late.txt", "res_model": gone._name, "res_id": gone.id}
        )

    def test_archived_type(self):
        self.type.write({"retention_months": 12, "active": False})
        self._run()
        self.assertFalse(self.old.active)

    def test_batches(self):
        self.type.retention_months = 12
        for number in range(5):
            self.old.copy(
                {"date": self.old.date, "state": "done", "subject": str(number)}
            )
        # closed when it was copied, unless the date says otherwise
        with patch.object(crm_gestao_occurrence_type, "BATCH", 3):
            commits = self._run()
        self.assertEqual(commits, [(0, 7), (3, 4), (3, 1), (1, 0)])

    def _correcting(self, values):
        """Somebody writes `values` on the type as soon as a batch is done."""
        runs = itertools.count()

        def commit_progress(cron, processed=0, **_more):
            self.assertLess(next(runs), 9, "it never ends")
            if processed:
                self.type.write(values)
            return 1

        cls = type(self.env["ir.cron"])
        return patch.object(cls, "_commit_progress", commit_progress)

    def test_corrected_while_it_runs(self):
        """What somebody decides meanwhile is done from then on: of two the second."""
        at_first = {"retention_months": 12, "retention_action": "anonymise"}
        for values, expected in (
            ({"retention_months": 0}, ["retention_anonymise"]),
            (
                {"retention_action": "archive"},
                ["retention_anonymise", "retention_archive", "retention_archive"],
            ),
        ):
            (self.old | self.theirs).write({"anonymised_on": False})
            self.type.write(at_first)
            before = self._new_logs()
            with (
                self._correcting(values),
                patch.object(crm_gestao_occurrence_type, "BATCH", 1),
            ):
                self.type._cron_apply_retention()
            acts = (self._new_logs() - before).mapped("act")
            self.assertEqual(sorted(acts), expected)

    def test_by_the_scheduler(self):
        """As Odoo runs it, with real progress."""
        self.type.retention_months = 12
        self.cron.active = True
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertFalse(self.old.active)

    def test_period(self):
        with Form(self.type) as form:
            form.retention_months = 12
            self.assertEqual(form.retention_due_count, 2)
        # a type is shared, and so is its period
        mine = self.type.with_user(self.manager)
        self.assertNotIn(self.other_company, self.manager.company_ids)
        self.assertEqual(mine.retention_due_count, 2)
        with self.assertRaises(AccessError):
            self.type.with_user(self.users["all"]).read(["retention_due_count"])
        # it is for whoever may decide for all of them
        for values in ({"retention_months": 1}, {"retention_action": "anonymise"}):
            with (
                self.assertRaisesRegex(AccessError, "not yours"),
                self.cr.savepoint(),
            ):
                mine.write(values)
            self.env.invalidate_all()
        self.assertEqual(self.type.retention_months, 12)
        mine.name = "Short"
        own = mine.create({"name": "Own", "company_id": self.company.id})
        own.retention_months = 6
        # nor by making one, or by sharing one's own
        for share in (
            lambda: mine.create({"name": "Shared", "retention_months": 1}),
            lambda: mine.copy({"retention_months": 1, "name": "Copy"}),
            lambda: own.write({"company_id": False}),
        ):
            with (
                self.assertRaisesRegex(AccessError, "not yours"),
                self.cr.savepoint(),
            ):
                share()
            self.env.invalidate_all()
        # which is how one gets one's own
        copy = mine.copy({"company_id": self.company.id})
        self.assertEqual(copy.retention_months, 0)
        companies = self.env["res.company"].with_context(active_test=False)
        self.manager.company_ids = companies.search([])
        mine.retention_months = 12
        for months in (-1, 1201, 30_000, 2**40):
            told = self.type.onchange(
                {"retention_months": min(months, 2**31 - 1)},
                ["retention_months"],
                {"retention_due_count": {}},
            )
            self.assertFalse(told["value"].get("retention_due_count"))
        for months in (-1, 1201):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(Exception) as caught,
                self.cr.savepoint(),
            ):
                self.type.retention_months = months
                self.type.flush_recordset()
            self.assertIn("retention_months_range", str(caught.exception))
