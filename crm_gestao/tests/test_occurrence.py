from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from itertools import count
from unittest.mock import patch
from uuid import uuid4

from freezegun import freeze_time
from lxml import etree
from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tests import Form, tagged
from odoo.tools import SQL, mute_logger
from odoo.tools.safe_eval import safe_eval

from odoo.addons.http_routing.tests.common import MockRequest
from odoo.addons.mail.tests.common import MailCommon

from .common import OccurrenceCommon
from .test_nothing_sent import NothingSentMixin

NOW = "2026-03-10 15:00:00"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestOccurrence(OccurrenceCommon):
    def test_diary_entry_is_born_done(self):
        occurrence = self._create_occurrence(
            type_id=self.type_visit.id, date="2026-03-10 10:00:00"
        )
        self.assertEqual(occurrence.state, "done")
        self.assertEqual(occurrence.duration, self.type_visit.default_duration)
        self.assertEqual(occurrence.date_closed, datetime(2026, 3, 10, 11))

    def test_case_is_born_open(self):
        occurrence = self._create_occurrence(type_id=self.type_complaint.id)
        self.assertEqual(occurrence.state, "open")
        self.assertFalse(occurrence.date_closed)
        self.assertFalse(occurrence.days_to_close)

    def test_planned_is_born_open_whatever_its_type(self):
        occurrence = self._create_occurrence(
            type_id=self.type_visit.id, date="2026-03-11 10:00:00"
        )
        self.assertEqual(occurrence.state, "open")
        self.assertFalse(occurrence.is_late)

    def test_defaults_of_many(self):
        """They are asked for once, but where each record has its own."""
        Occurrence = self.env["crm.gestao.occurrence"].with_context(
            default_tag_ids=self.env["crm.gestao.occurrence.tag"]
            .create({"name": "Default"})
            .ids
        )
        vals_list = [{"partner_id": self.customer.id}] * 3
        numbers = count(1)
        with patch.object(
            Occurrence._fields["subject"], "default", lambda model: str(next(numbers))
        ):
            own = Occurrence.create(vals_list)
        self.assertEqual(len(set(own.mapped("subject"))), 3)
        same = Occurrence.create([{**vals, "subject": "A"} for vals in vals_list])
        for occurrence in own | same:
            self.assertEqual(occurrence.user_id, self.env.user)
            self.assertEqual(occurrence.date, fields.Datetime.now())
            self.assertEqual(occurrence.tag_ids.name, "Default")

    def test_what_is_computed_is_not_typed(self):
        elsewhere = self.env["res.partner"].create(
            {"name": "Elsewhere", "company_id": self.other_company.id}
        )
        typed = {"commercial_partner_id": elsewhere.id, "days_to_close": -99}
        env = self.env(user=self.users["own"])
        created = self._create_occurrence(env, **typed)
        written = self._create_occurrence(env)
        written.write({**typed, "subject": "Written"})
        self.env.flush_all()
        self.assertEqual(written.subject, "Written")
        for occurrence in created | written:
            self.assertEqual(occurrence.commercial_partner_id, self.customer)
            self.assertGreaterEqual(occurrence.days_to_close, 0)

    def _create_two(self):
        """One that the user "own" may read, and one that they may not."""
        return (
            self._create_occurrence(subject="Secret", user_id=self.users[role].id)
            for role in ("own", "colleague")
        )

    def test_planned_activity_tells_no_subject(self):
        """Of what one may not read, before it is planned."""
        mine, theirs = self._create_two()
        activities = self.env["mail.activity"].with_user(self.users["own"])
        for occurrence, is_told in ((mine, True), (theirs, False)):
            values = {"res_model": occurrence._name, "res_id": occurrence.id}
            told = activities.onchange(dict(values), [], {"res_name": {}})["value"]
            self.assertEqual("Secret" in str(told.get("res_name")), is_told)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_activity_is_not_moved_to_what_one_may_not_read(self):
        mine, theirs = self._create_two()
        values = {
            "res_model_id": self.env["ir.model"]._get_id(mine._name),
            "res_id": theirs.id,
        }
        for role in ("own", "employee"):
            activities = self.env["mail.activity"].with_user(self.users[role])
            activity = activities.create({"user_id": self.users[role].id})
            with self.subTest(role), self.assertRaises(AccessError):
                activity.write(values)
        planned = mine.with_user(self.users["own"]).activity_schedule(
            "mail.mail_activity_data_call"
        )
        with self.assertRaises(AccessError):
            planned.write({"res_id": theirs.id})
        other = self._create_occurrence(subject="Other", user_id=self.users["own"].id)
        planned.write({"res_id": other.id})
        self.assertIn("Other", planned.res_name)

    def test_notice_of_no_record(self):
        """Programs notify people by a model alone."""
        reader = self.users["employee"].partner_id
        for model in ("crm.gestao.occurrence", "sale.order"):
            message = self.env[model].message_notify(
                body="Done", subject="Done", partner_ids=reader.ids
            )
            self.assertEqual(message.notified_partner_ids, reader)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_notice_tells_no_subject(self):
        """Nobody makes Odoo notify them of what they may not read."""
        mine, theirs = self._create_two()
        place = {"model": theirs._name, "res_id": theirs.id, "body": "Told"}
        for role in ("own", "employee", "portal"):
            user = self.users[role]
            for call in (
                lambda user=user: (
                    self.env["mail.message"]
                    .with_user(user)
                    .create({**place, "message_type": "user_notification"})
                ),
                lambda user=user: (
                    self.env["mail.thread"]
                    .with_user(user)
                    .message_notify(**place, partner_ids=user.partner_id.ids)
                ),
            ):
                with (
                    self.subTest(role),
                    self.assertRaises(AccessError),
                    self.cr.savepoint(),
                ):
                    call()
        # who follows may comment, and is told no more
        reader = self.users["employee"]
        theirs.message_subscribe(reader.partner_id.ids)
        messages = self.env["mail.message"].with_user(reader)
        comment = messages.create({**place, "message_type": "comment"})
        comment |= theirs.with_user(reader).message_post(body="Posted")
        comment.invalidate_recordset()
        for told in comment.read(["record_name", "preview"]):
            self.assertFalse(told["record_name"])
        comment.invalidate_recordset()
        for told in comment.with_user(self.users["colleague"]).read(["record_name"]):
            self.assertIn("Secret", told["record_name"])
        notice = messages.with_user(self.users["own"]).create(
            {**place, "res_id": mine.id, "message_type": "user_notification"}
        )
        self.assertIn("Secret", notice.record_name)

    def test_handing_over_tells_the_colleague(self):
        """Also of what one may not read any more."""
        mine, _theirs = self._create_two()
        colleague = self.users["colleague"]
        colleague.notification_type = "email"
        mine = mine.with_user(self.users["own"]).with_context(tracking_disable=False)
        mine.user_id = colleague
        self.env.flush_all()
        self.assertFalse(mine.has_access("read"))
        notice = self.env["mail.message"].search(
            [
                ("model", "=", mine._name),
                ("res_id", "=", mine.id),
                ("message_type", "=", "user_notification"),
            ]
        )
        self.assertEqual(notice.partner_ids, colleague.partner_id)
        mail = self.env["mail.mail"].search([("mail_message_id", "=", notice.id)])
        self.assertIn("Secret", mail.subject)
        self.assertIn(mine.sudo().display_name, mail.body_html)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_answer_tells_nothing(self):
        """Odoo shows in a chat, with all rights, what is answered."""
        mine, theirs = self._create_two()
        hidden = theirs.message_post(body="Secret body", subject="Secret")
        for role in ("own", "employee"):
            user = self.users[role]
            channel = self.env["discuss.channel"].with_user(user)._create_group([])
            messages = self.env["mail.message"].with_user(user)
            place = {"model": channel._name, "res_id": channel.id, "body": "Answer"}
            message = messages.create(dict(place))
            composers = self.env["mail.compose.message"].with_user(user)
            about = {"model": "res.partner", "res_ids": str(user.partner_id.ids)}
            composer = composers.create(dict(about))
            answer = {"parent_id": hidden.id}
            by_default = {"default_parent_id": hidden.id}
            for number, (method, *arguments) in enumerate(
                (
                    (messages.create, {**place, **answer}),
                    (messages.with_context(**by_default).create, dict(place)),
                    (message.write, dict(answer)),
                    (composers.create, {**about, **answer}),
                    (composer.write, dict(answer)),
                    *(
                        (composers.onchange, {**about, **answer}, [], {field: {}})
                        for field in ("subject", "partner_ids")
                    ),
                    (
                        composers.with_context(**by_default).onchange,
                        {},
                        [],
                        {"parent_id": {}, "subject": {}},
                    ),
                )
            ):
                # an answer takes the model of what it answers, and the contact's id may
                # be that of no occurrence
                with (
                    self.subTest(role, number=number),
                    self.assertRaises(UserError) as refused,
                    self.cr.savepoint(),
                ):
                    method(*arguments)
                self.assertIsInstance(refused.exception, (AccessError, MissingError))
            for model in (messages, composers):
                asked = {"parent_id": {"fields": {"body": {}, "subject": {}}}}
                told = None
                with suppress(AccessError):
                    told = model.onchange(dict(answer), [], asked)
                self.assertNotIn("Secret", str(told))
        # what one may read is answered
        readable = mine.message_post(body="Mine", subject="Mine")
        user = self.users["own"]
        channel = self.env["discuss.channel"].with_user(user)._create_group([])
        answer = {"parent_id": readable.id}
        message = (
            self.env["mail.message"]
            .with_user(user)
            .create(
                {"model": channel._name, "res_id": channel.id, "body": "A", **answer}
            )
        )
        self.assertEqual(message.parent_id, readable)
        composers = self.env["mail.compose.message"].with_user(user)
        told = composers.onchange(dict(answer), [], {"subject": {}})["value"]
        self.assertEqual(told["subject"], "Mine")

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_message_tells_no_subject(self):
        """Of what one may not read: neither a message, nor the e-mail composer."""
        mine, theirs = self._create_two()
        for role in ("own", "employee", "portal"):
            messages = self.env["mail.message"].with_user(self.users[role])
            for occurrence, is_told in ((mine, role == "own"), (theirs, False)):
                values = {"model": occurrence._name, "res_id": occurrence.id}
                told = messages.onchange(dict(values), [], {"record_name": {}})["value"]
                self.assertEqual("Secret" in str(told.get("record_name")), is_told)
        for role in ("own", "employee"):
            user = self.users[role]
            messages = self.env["mail.message"].with_user(user)
            parent = messages.create({"partner_ids": user.partner_id.ids})
            values = {"parent_id": parent.id, "model": theirs._name, "body": "Told"}
            with self.assertRaises(AccessError):
                messages.create({**values, "res_id": theirs.id})
        composers = self.env["mail.compose.message"].with_user(self.users["own"])
        values = {"model": mine._name, "res_ids": str(mine.ids)}
        composer = composers.create(dict(values))
        self.assertIn("Secret", composer.subject)
        told = composers.onchange(dict(values), [], {"subject": {}})["value"]
        self.assertIn("Secret", told["subject"])
        values["res_ids"] = str(theirs.ids)
        for call in (
            lambda: composers.create(dict(values)),
            lambda: composers.onchange(dict(values), [], {"subject": {}}),
            lambda: composer.write({"res_ids": values["res_ids"]}),
            lambda: composers.with_context(active_ids=theirs.ids).create(
                {"model": mine._name}
            ),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_debug_mode_names_nothing(self):
        """Whoever turns it on is told which record it is, and nothing of it."""
        mine, theirs = self._create_two()
        own = self.env(user=self.users["own"])
        self.assertIn("Secret", theirs.display_name)
        with (
            MockRequest(own) as request,
            mute_logger("odoo.addons.base.models.ir_rule"),
            self.assertRaises(AccessError) as caught,
        ):
            request.session.debug = "1"
            (mine | theirs).with_env(own).read(["subject"])
        told = str(caught.exception)
        self.assertIn(f"({theirs._name}: {theirs.id}", told)
        self.assertNotIn("Secret", told)

    def test_moved_with_its_reference(self):
        """Who moves one with its reference takes a number of the other company."""
        sequence = self._get_other_numbering()
        sequence.prefix = "X/%(range_year)s/"
        first = self._create_occurrence(company_id=self.other_company.id)
        self.assertEqual(first.name, "X/2026/00001")
        # sent as it was, it is not given
        moving = self._create_occurrence(name="X/2026/00007")
        moving.write({"company_id": self.other_company.id, "name": moving.name})
        self.assertEqual(moving.name, "X/2026/00002")
        moving = self._create_occurrence()
        moving.write({"company_id": self.other_company.id, "name": "X/2026/00003"})
        following = self._create_occurrence(company_id=self.other_company.id)
        self.assertEqual(following.name, "X/2026/00004")
        # nor does a manager of another company use up what others get
        moving = self._create_occurrence().with_user(self.users["manager"])
        self.assertNotIn(self.other_company, self.users["manager"].company_ids)
        for call in (
            lambda values: moving.write(values),
            lambda values: moving.copy(values),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                call({"company_id": self.other_company.id, "name": "X/2026/00900"})
        following = self._create_occurrence(company_id=self.other_company.id)
        self.assertEqual(following.name, "X/2026/00005")

    def test_type_that_changes(self):
        """What types decide is kept in memory: until they change, or are deleted."""

        def born():
            self.env.invalidate_all()
            occurrence = self._create_occurrence(type_id=kind.id)
            return occurrence.state, occurrence.duration

        kind = self.type_visit.copy({"default_duration": 1, "default_state": "done"})
        self.assertEqual(born(), ("done", 1))
        kind.write({"default_duration": 2, "default_state": "open"})
        self.assertEqual(born(), ("open", 2))
        kind = kind.copy({"company_id": self.other_company.id})
        with self.assertRaises(UserError):
            born()
        kind.company_id = False
        self.assertEqual(born(), ("open", 2))

        def listed(lang):
            self.env.invalidate_all()
            (row,) = occurrence.with_context(lang=lang).web_read(
                {"type_id": {"fields": {"display_name": {}}}, "type_icon": {}}
            )
            return row["type_id"]["display_name"], row["type_icon"]

        self.env["res.lang"]._activate_lang("pt_BR")
        occurrence = self._create_occurrence(type_id=kind.id)
        kind.write({"name": "Call", "icon": "fa-phone"})
        self.assertEqual(listed("en_US"), ("Call", "fa-phone"))
        kind.with_context(lang="pt_BR").name = "Ligação"
        self.assertEqual(listed("pt_BR"), ("Ligação", "fa-phone"))
        kind.update_field_translations("name", {"pt_BR": "Chamada"})
        self.assertEqual(listed("pt_BR"), ("Chamada", "fa-phone"))
        kind.icon = "fa-truck"
        self.assertEqual(listed("en_US"), ("Call", "fa-truck"))
        self.env["crm.gestao.occurrence"].search([("type_id", "=", kind.id)]).unlink()
        kind.unlink()
        with self.assertRaises(UserError):
            born()

    def test_creating_computes_as_the_form_does(self):
        """What is computed for many at once is what Odoo computes of each."""
        vals_list = [
            {
                "subject": "A subject",
                "partner_id": partner.id,
                "type_id": occurrence_type.id,
                **vals,
            }
            for partner in (self.customer, self.contact)
            for occurrence_type in (self.type_visit, self.type_complaint)
            for vals in (
                {},
                {"date": "2026-03-01 10:00:00"},
                {"date": "2026-03-01 10:00:00", "duration": 2.5, "state": "cancel"},
                {"date": "2026-03-11 10:00:00"},
                {"date": "2026-03-11 10:00:00", "state": "done"},
                {"date": "2026-03-01 10:00:00", "state": "open"},
                {
                    "date": "2026-03-01 10:00:00",
                    "state": "done",
                    "date_closed": "2026-03-05 10:00:00",
                },
            )
        ]
        occurrences = self.env["crm.gestao.occurrence"].create(vals_list)
        for vals, occurrence in zip(vals_list, occurrences, strict=True):
            draft = occurrence.new(vals)
            for fname in (
                "commercial_partner_id", "date_closed", "days_to_close", "duration",
                "state",
            ):  # fmt: skip
                with self.subTest(vals=vals, fname=fname):
                    self.assertEqual(occurrence[fname], draft[fname])

    def test_what_is_computed_only_cannot_be_given(self):
        occurrence = self._create_occurrence(
            type_id=self.type_complaint.id,
            commercial_partner_id=self.env.company.partner_id.id,
            days_to_close=7,
        )
        self.assertEqual(occurrence.commercial_partner_id, self.customer)
        self.assertFalse(occurrence.days_to_close)

    def test_a_list_reads_as_the_form_does(self):
        """What many occurrences have in common is read once, and is the same."""
        occurrences = self.env["crm.gestao.occurrence"].browse()
        for name in ("type_visit", "type_visit", "type_complaint"):
            occurrences |= self._create_occurrence(
                type_id=getattr(self, name).id, user_id=self.users["own"].id
            )
        for days, user in ((3, "own"), (1, "own"), (0, "all")):
            activity = occurrences[1].activity_schedule(
                "mail.mail_activity_data_call",
                date_deadline=fields.Date.today() + timedelta(days=days),
                user_id=self.users[user].id,
            )
        activity.action_done()
        occurrences[0].activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.users["all"].id
        )
        tags = self.env["crm.gestao.occurrence.tag"].create(
            [
                {"name": "Price"},
                {"name": "Delay"},
                {"name": "Elsewhere", "company_id": self.other_company.id},
            ]
        )
        self.env.flush_all()
        relation = occurrences._fields["tag_ids"].relation
        for tag in tags:
            self.env.cr.execute(
                SQL(
                    "INSERT INTO %s VALUES (%s, %s)",
                    SQL.identifier(relation),
                    occurrences[2].id,
                    tag.id,
                )
            )
        names = {"fields": {"display_name": {}}}
        specification = {
            "tag_ids": names,
            "type_id": names,
            "type_icon": {},
            "type_color": {},
            "activity_ids": {},
            "activity_state": {},
            "activity_type_id": names,
            "activity_type_icon": {},
        }
        domain = [("id", "in", occurrences.ids)]
        found = {}
        for role in ("own", "all", "manager", "reader"):
            mine = occurrences.with_user(self.users[role])
            self.env.invalidate_all()
            # as Odoo reads it, one by one: what a form asks for is not split
            of_form = {**specification, "partner_email": {}}
            expected = [occurrence.web_read(of_form)[0] for occurrence in mine]
            for values in expected:
                del values["partner_email"]
            found[role] = [len(values["activity_ids"]) for values in expected]
            with self.subTest(role=role):
                self.env.invalidate_all()
                self.assertEqual(mine.web_read(specification), expected)
                every = mine.with_context(active_test=False).activity_ids
                self.assertEqual(len(every), 4 if role != "reader" else 0)
                self.env.invalidate_all()
                self.assertEqual(
                    mine.web_search_read(domain, specification, order="id"),
                    {"length": 3, "records": expected},
                )
                self.assertEqual(
                    [tag["display_name"] for tag in expected[2]["tag_ids"]],
                    ["Delay", "Price"],
                )
        expected = dict.fromkeys(("own", "all", "manager"), [1, 2, 0])
        self.assertEqual(found, expected | {"reader": [0, 0, 0]})

    def test_closing_date_is_never_after_now(self):
        occurrence = self._create_occurrence(date="2026-03-10 14:50:00", duration=2)
        self.assertEqual(occurrence.date_closed, datetime(2026, 3, 10, 15))

    def test_form_follows_the_type_until_saved(self):
        form = Form(self.env["crm.gestao.occurrence"].with_user(self.users["own"]))
        form.subject = "Broken seal"
        form.partner_id = self.contact
        form.type_id = self.type_visit
        self.assertEqual((form.state, form.duration), ("done", 1))
        form.type_id = self.type_complaint
        self.assertEqual((form.state, form.duration), ("open", 0))
        occurrence = form.save()
        self.assertEqual(occurrence.user_id, self.users["own"])
        with Form(occurrence) as form:
            form.duration = 3
            form.type_id = self.type_visit
        self.assertEqual(
            (occurrence.state, occurrence.duration),
            ("open", 3),
            "a saved occurrence keeps its status and duration when its type changes",
        )

    def test_close_and_reopen(self):
        occurrence = self._create_occurrence(
            type_id=self.type_complaint.id, date="2026-03-08 03:00:00"
        )
        occurrence.action_done()
        self.assertEqual(occurrence.date_closed, datetime(2026, 3, 10, 15))
        # 2 days and 12 hours: a delay by `.seconds` would lose the days
        self.assertEqual(occurrence.days_to_close, 2.5)
        with freeze_time("2026-03-11 15:00:00"):
            occurrence.action_cancel()
            self.assertEqual(
                occurrence.date_closed,
                datetime(2026, 3, 10, 15),
                "from done to cancelled is no second closing",
            )
            occurrence.action_reopen()
            self.assertEqual(occurrence.state, "open")
            self.assertFalse(occurrence.date_closed)
            self.assertFalse(occurrence.days_to_close)
            self.env.flush_all()
            occurrence.action_done()
            self.assertEqual(occurrence.date_closed, datetime(2026, 3, 11, 15))

    def test_help_of_an_empty_screen(self):
        """Who may only read is not told to press New."""
        xmlid = "crm_gestao.occurrence_consult_action"
        actions = self.env["ir.actions.act_window"]
        for role, has_new in (("own", True), ("reader", False)):
            action = actions.with_user(self.users[role])._for_xml_id(xmlid)
            self.assertEqual("F7" in action["help"], has_new, role)
            self.assertIn("o_view_nocontent_smiling_face", action["help"])

    def test_buttons_of_the_dialog(self):
        """Ok, what is made from it in the order of the trade, Cancel."""
        view = self.env.ref("crm_gestao.occurrence_view_form_dialog")
        arch = etree.fromstring(
            self.env["crm.gestao.occurrence"].get_view(view.id)["arch"]
        )
        self.assertEqual(
            [b.get("name") or b.get("special") for b in arch.iterfind("footer/button")],
            [
                "save",
                "action_new_competitor_record",
                "action_new_quotation",
                "action_new_order",
                "action_issue_invoice",
                "cancel",
            ],
        )

    def test_measures(self):
        fields_info = self.env["crm.gestao.occurrence"].fields_get(
            attributes=["type", "aggregator"]
        )
        self.assertEqual(
            {
                name
                for name, info in fields_info.items()
                if info["type"] in ("integer", "float") and info.get("aggregator")
            },
            {"duration", "days_to_close"},
        )

    def test_open_cases_in_averages(self):
        """A case that is open has not been closed within zero days."""
        occurrences = self.env["crm.gestao.occurrence"]
        for days, state in ((2, "done"), (4, "cancel"), (9, "open")):
            occurrence = self._create_occurrence(
                type_id=self.type_complaint.id,
                date=datetime(2026, 3, 10, 15) - timedelta(days=days),
                state="open",
            )
            occurrence.state = state
            occurrences += occurrence
        domain = [("id", "in", occurrences.ids)]
        aggregates = ["days_to_close:avg", "days_to_close:min", "__count"]
        groups = occurrences.formatted_read_group(domain, ["state"], aggregates)
        self.assertEqual(
            {group["state"]: group["days_to_close:avg"] for group in groups},
            {"done": 2, "cancel": 4, "open": False},
        )
        (total,) = occurrences.formatted_read_group(domain, [], aggregates)
        self.assertEqual(
            (total["days_to_close:avg"], total["days_to_close:min"], total["__count"]),
            (3, 2, 3),
        )

    def test_what_has_just_changed_is_asked_for(self):
        """As a server action does; the closing date is saved with the status."""
        occurrence = self._create_occurrence(state="open")
        for state in ("done", "open"):
            occurrence.write({"state": state})
            found = occurrence._read_group(
                [("id", "=", occurrence.id)], ["state"], ["__count"]
            )
            self.assertEqual(found, [(state, 1)])
            self.assertEqual(bool(occurrence.date_closed), state == "done")

    def test_close_many_at_once(self):
        occurrences = self.env["crm.gestao.occurrence"]
        for type_ in (self.type_complaint, self.type_visit):
            occurrences |= self._create_occurrence(type_id=type_.id)
        occurrences.action_done()
        self.assertEqual(occurrences.mapped("state"), ["done", "done"])

    def test_state_is_tracked(self):
        # the base class switches tracking off
        env = self.env(context={})
        occurrence = self._create_occurrence(env, type_id=self.type_complaint.id)
        env.flush_all()
        env.cr.flush()
        occurrence.action_done()
        env.flush_all()
        env.cr.flush()
        tracked = occurrence.message_ids.tracking_value_ids
        self.assertIn("state", tracked.field_id.mapped("name"))

    def test_customer_is_not_written_to(self):
        """Planning a visit makes nobody of the customer's side a follower."""
        occurrence = self._create_occurrence(
            date="2026-03-20 10:00:00",
            participant_ids=[Command.set(self.contact.ids)],
        )
        partners = self.customer | self.contact
        self.assertFalse(occurrence.message_partner_ids & partners)
        self.assertFalse(occurrence.message_ids.notified_partner_ids & partners)

    def test_without_a_date(self):
        """Whatever its type, it is refused as any other value that is missing."""
        for type_ in (self.type_visit, self.type_complaint, self.type_note):
            with (
                self.subTest(type=type_.name),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
            ):
                self._create_occurrence(type_id=type_.id, date=False)
        form = Form(self.env["crm.gestao.occurrence"])
        form.type_id = self.type_note
        form.date = False
        self.assertTrue(form.state)

    def test_portal_user_is_not_responsible(self):
        occurrence = self._create_occurrence()
        with self.assertRaisesRegex(ValidationError, "Choose a colleague"):
            occurrence.user_id = self.users["portal"]

    def test_durations_without_sense(self):
        for duration in (10_000, 1e12, 1e30):
            with self.subTest(duration=duration), self.assertRaises(ValidationError):
                self._create_occurrence(type_id=self.type_note.id, duration=duration)
        self._create_occurrence(type_id=self.type_note.id, duration=24 * 366)

    def test_reference_is_kept(self):
        occurrence = self._create_occurrence(user_id=self.users["own"].id)
        own = occurrence.with_user(self.users["own"])
        own.write({"name": occurrence.name})
        with self.assertRaises(AccessError):
            own.name = "MINE/1"
        for name in (False, ""):
            with self.assertRaises(UserError):
                occurrence.with_user(self.users["manager"]).name = name
        occurrence.with_user(self.users["manager"]).name = "OLD/1"
        self.assertEqual(occurrence.name, "OLD/1")

    def test_not_closed_in_the_future(self):
        occurrence = self._create_occurrence(
            type_id=self.type_complaint.id, date="2026-03-01 10:00:00"
        )
        occurrence.action_done()
        with self.assertRaises(ValidationError):
            occurrence.date_closed = "2030-01-01 10:00:00"
        occurrence.date_closed = "2026-03-02 10:00:00"
        self.assertEqual(occurrence.days_to_close, 1)

    def test_participants_are_contacts_of_the_customer(self):
        @contextmanager
        def refused(name):
            with (
                self.assertRaisesRegex(ValidationError, name),
                self.env.cr.savepoint(),
            ):
                yield

        stranger = self.env["res.partner"].create(
            {"name": "Stranger", "parent_id": self.other_customer.id}
        )
        with refused("Stranger"):
            self._create_occurrence(participant_ids=[Command.set(stranger.ids)])
        occurrence = self._create_occurrence(
            participant_ids=[Command.set(self.contact.ids)]
        )
        with refused("Stranger"):
            occurrence.participant_ids |= stranger
        with refused("Ana Prado"):
            occurrence.partner_id = self.other_customer
        with Form(occurrence) as form:
            form.partner_id = self.other_customer
        self.assertFalse(occurrence.participant_ids)

    def test_participants_who_have_left_the_customer_stay(self):
        occurrence = self._create_occurrence(
            participant_ids=[Command.set(self.contact.ids)]
        )
        self.contact.parent_id = self.other_customer
        occurrence.participant_ids |= self.other_contact
        self.assertEqual(occurrence.participant_ids, self.contact | self.other_contact)

    def test_late(self):
        late = self._create_occurrence(
            type_id=self.type_complaint.id, date="2026-03-10 14:00:00"
        )
        others = self._create_occurrence() | self._create_occurrence(
            date="2026-03-10 16:00:00"
        )
        self.assertTrue(late.is_late)
        self.assertFalse(any(others.mapped("is_late")))
        domain = [("id", "in", (late | others).ids)]
        Occurrence = self.env["crm.gestao.occurrence"]
        self.assertEqual(Occurrence.search([*domain, ("is_late", "=", True)]), late)
        self.assertEqual(Occurrence.search([*domain, ("is_late", "=", False)]), others)
        self.assertEqual(Occurrence.search([*domain, ("is_late", "!=", True)]), others)

    def test_period_is_whole_days_of_the_user(self):
        """22:30 of the 31st in Brasília is the 1st in UTC, and counts as the 31st."""
        user = self.users["own"]
        inside, outside = (
            self._create_occurrence(date=date, user_id=user.id)
            for date in ("2026-02-01 01:30:00", "2026-02-01 03:00:00")
        )
        found = (
            self.env["crm.gestao.occurrence"]
            .with_user(user)
            .with_context(tz=user.tz)
            .search(
                [
                    ("id", "in", (inside | outside).ids),
                    ("date", ">=", "2026-01-31"),
                    ("date", "<=", "2026-01-31"),
                ]
            )
        )
        self.assertEqual(found, inside)

    def test_next_contact(self):
        occurrence = self._create_occurrence().with_user(self.users["manager"])
        action = occurrence.action_schedule_next_contact()
        with Form(
            self.env[action["res_model"]]
            .with_user(self.users["manager"])
            .with_context(**action["context"])
        ) as form:
            form.activity_type_id = self.env.ref("mail.mail_activity_data_call")
            form.summary = "Ask about the seal"
        form.record.action_schedule_activities()
        activity = occurrence.activity_ids
        self.assertEqual(activity.summary, "Ask about the seal")
        self.assertEqual(occurrence.activity_summary, "Ask about the seal")

    def test_copy_many(self):
        occurrences = self._create_occurrence(
            type_id=self.type_complaint.id, duration=2
        ) | self._create_occurrence(subject="Another")
        occurrences[0].action_done()
        copies = occurrences.copy()
        self.assertEqual(
            copies.mapped("subject"), ["A subject (copy)", "Another (copy)"]
        )
        self.assertEqual(copies[0].state, "open")
        self.assertEqual(copies[0].duration, 2)
        self.assertEqual(len(set((occurrences | copies).mapped("name"))), 4)

    def test_copy_of_what_could_not_be_recorded_any_more(self):
        occurrence = self._create_occurrence(
            subject="x" * 500,
            participant_ids=[Command.set((self.contact | self.customer).ids)],
        )
        self.contact.parent_id = self.other_customer
        copy = occurrence.copy()
        self.assertEqual(copy.subject, "x" * 493 + " (copy)")
        self.assertEqual(copy.participant_ids, self.customer)
        with self.assertRaisesRegex(ValidationError, "Ana Prado"):
            occurrence.copy({"participant_ids": [Command.set(self.contact.ids)]})
        tag = self.env["crm.gestao.occurrence.tag"].create({"name": "y" * 100})
        self.assertEqual(tag.copy().name, "y" * 93 + " (copy)")

    @mute_logger("odoo.sql_db")
    def test_negative_duration(self):
        with self.assertRaises(IntegrityError):
            self._create_occurrence(duration=-1)
            self.env.flush_all()

    @mute_logger("odoo.sql_db")
    def test_closing_date_cannot_contradict_the_state(self):
        occurrence = self._create_occurrence(type_id=self.type_complaint.id)
        with self.assertRaises(IntegrityError):
            occurrence.date_closed = NOW
            self.env.flush_all()


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestReference(OccurrenceCommon):
    def _numbers(self, occurrences):
        return [int(name.rpartition("/")[2]) for name in occurrences.mapped("name")]

    def test_what_stands_around_the_numbers_of_many_days(self):
        """It is made once for days that are printed alike."""
        sequences = self.env["ir.sequence"]
        sequence = sequences._get_of_company(self.company)
        days = [date(2031, 12, 20) + timedelta(days=3 * n) for n in range(20)]
        for prefix, amount in (
            ("OC/%(range_year)s/", 2),
            ("OC/%(year)s/", 2),
            ("%(range_y)s-%(month)s/%(y)s-", 3),
            ("%(year)s%(doy)s-", 20),
            ("%(range_year)s/%(day)s-", 20),
            ("%(year)s%(doy)4s-", 20),
        ):
            sequence.prefix = prefix
            sequences._take_references(self.company, days)  # which opens both years
            found = sequences._get_counters(self.company.id, set(days))
            with self.subTest(prefix=prefix):
                self.assertEqual(
                    found,
                    {
                        day: sequences._get_counters(self.company.id, {day})[day]
                        for day in days
                    },
                )
                self.assertEqual(len({frame[1] for frame in found.values()}), amount)

    def test_consecutive_in_one_call(self):
        occurrences = self.env["crm.gestao.occurrence"].create(
            [
                {
                    "subject": f"Visit {index}",
                    "partner_id": self.customer.id,
                    "date": "2026-03-01 12:00:00",
                }
                for index in range(5)
            ]
        )
        first, *rest = self._numbers(occurrences)
        self.assertEqual(rest, [first + 1, first + 2, first + 3, first + 4])

    def test_per_year_of_the_date_in_the_users_time_zone(self):
        env = self.env(context={**self.env.context, "tz": "America/Sao_Paulo"})
        self.assertRegex(
            # 23:00 of New Year's Eve in Brasília
            self._create_occurrence(env, date="2026-01-01 02:00:00").name,
            r"^OC/2025/\d{5}$",
        )
        self.assertRegex(
            self._create_occurrence(env, date="2026-01-01 03:00:00").name,
            r"^OC/2026/\d{5}$",
        )

    def test_a_new_year_starts_at_one(self):
        names = [
            self._create_occurrence(date=f"2031-0{month}-01 12:00:00").name
            for month in (1, 2)
        ]
        self.assertEqual(names, ["OC/2031/00001", "OC/2031/00002"])

    def test_per_company(self):
        first = self._create_occurrence(date="2032-01-05 12:00:00")
        second = self._create_occurrence(
            date="2032-01-05 12:00:00", company_id=self.other_company.id
        )
        self.assertEqual(first.name, second.name)
        self._create_occurrence(
            date="2032-01-05 12:00:00", company_id=self.other_company.id
        )
        first.company_id = self.other_company
        self.assertEqual(first.name, "OC/2032/00003", "it takes the other's next one")

    def test_given_reference_stays(self):
        occurrence = self._create_occurrence(name="GESCOR-77")
        self.assertEqual(occurrence.name, "GESCOR-77")
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._create_occurrence(name="GESCOR-77")
            self.env.flush_all()

    def test_search_finds_what_any_text_field_does(self):
        """Found by its longest number, of what is looked for nothing is left out."""
        names = ["ZQ/2026/00012", "zq/2026/99999", "GESCOR-777", "A1234B-12", "X%123"]
        occurrences = self.env["crm.gestao.occurrence"].union(
            *(self._create_occurrence(name=name, subject=name) for name in names)
        )
        among = Domain("id", "in", occurrences.ids)
        found = set()
        for operator in ("like", "ilike", "not ilike", "=ilike", "in"):
            for text in (
                "ZQ/2026/00012", "zq/2026/", "2026/000", "00012", "26/9", "GES%777",
                "_Q/2026/00012", "a1234b", "1234b-12", "A12\\34B", "X\\%123", "x%12",
                "%", "", "777-777", "ZQ/2026/00012 ", "2026/9999 2026",
            ):  # fmt: skip
                value = [text] if operator == "in" else text
                by_name, by_subject = (
                    occurrences.search(among & Domain(fname, operator, value))
                    for fname in ("name", "subject")
                )
                with self.subTest(operator=operator, text=text):
                    self.assertEqual(by_name, by_subject)
                found.update(by_name._ids)
        self.assertEqual(found, set(occurrences._ids))

    def test_without_gaps_if_configured(self):
        sequence = self._get_other_numbering()
        sequence.implementation = "no_gap"
        sequence.use_date_range = False
        sequence.prefix = "A-"
        names = [
            self._create_occurrence(company_id=self.other_company.id).name
            for _index in range(2)
        ]
        self.assertEqual(names, ["A-00001", "A-00002"])
        self._create_occurrence(company_id=self.other_company.id, name="A-00003")
        following = self._create_occurrence(company_id=self.other_company.id)
        self.assertEqual(following.name, "A-00004", "it goes on after what is given")
        # a number that counting does not get to is a name like any other
        self._create_occurrence(company_id=self.other_company.id, name="A-2147483648")
        following = self._create_occurrence(company_id=self.other_company.id)
        self.assertEqual(following.name, "A-00005")

    def test_given_reference_that_is_not_saved(self):
        """What is refused leaves the numbering where it was, what is saved does not."""
        company = {"company_id": self.other_company.id}
        occurrence = self._create_occurrence(**company)
        for call in (
            lambda name: self._create_occurrence(**company, name=name, duration=-1),
            lambda name: occurrence.write({"name": name, "duration": -1}),
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                call("OC/2026/99999999")
                self.env.flush_all()
        self.assertEqual(self._create_occurrence(**company).name, "OC/2026/00002")
        # whatever a client says that it is about
        env = self.env(context={"crm_gestao_import": 1, "crm_gestao_test_run": 1})
        self._create_occurrence(env, **company, name="OC/2026/00010")
        self.assertEqual(self._create_occurrence(env, **company).name, "OC/2026/00011")

    def test_beside_thousands_that_are_given(self):
        """The next that is left is found at once, and no further away than it is."""
        sequences = self.env["ir.sequence"]
        day, far = date(2026, 3, 1), "OC/2026/99999999"
        first = sequences._take_references(self.other_company, [day])
        self.assertEqual(first, ["OC/2026/00001"])
        given = {*(f"OC/2026/{n:05}" for n in range(2, 3000)), far, "X-1"}
        before = self.cr.sql_log_count
        names = sequences._take_references(self.other_company, [day, day], given)
        self.assertLess(self.cr.sql_log_count - before, 20)
        self.assertEqual(names, ["OC/2026/03000", "OC/2026/03001"])

    def test_numbering_with_and_without_gaps(self):
        """Whoever changes from one to the other goes on where it was."""
        sequence = self._get_other_numbering()
        names = []
        for implementation in ("standard", "no_gap", "standard"):
            sequence.implementation = implementation
            names += [
                self._create_occurrence(company_id=self.other_company.id).name
                for _index in range(2)
            ]
        self.assertEqual(names, [f"OC/2026/0000{number}" for number in range(1, 7)])
        # without parts of a year, and by a name that is given to what is there
        sequence.use_date_range = False
        sequence.implementation = "no_gap"
        occurrence = self._create_occurrence(company_id=self.other_company.id)
        self.assertEqual(occurrence.name, "OC/2026/00007")
        occurrence.name = "OC/2026/00009"
        following = self._create_occurrence(company_id=self.other_company.id)
        self.assertEqual(following.name, "OC/2026/00010")
        sequence.prefix = "B/"
        sequence.prefix = "OC/2026/"
        following = self._create_occurrence(company_id=self.other_company.id)
        self.assertEqual(following.name, "OC/2026/00011")

    def test_archived_numbering(self):
        """It counts no more, also where a client asks for what is archived, too."""
        archived = self._get_other_numbering()
        archived.copy({"prefix": "NEW/"})
        archived.write({"name": " first", "active": False})
        env = self.env(context={"active_test": False})
        for _index in range(2):  # once asked for, and once known
            occurrence = self._create_occurrence(env, company_id=self.other_company.id)
            self.assertIn("NEW/", occurrence.name)

    def test_months_in_references(self):
        """A year that counts through its months goes on after what is given of any."""
        sequence = self._get_other_numbering()
        sequence.prefix = "%%%(range_year)s-%(month)s/"

        def create(day, name=False):
            return self._create_occurrence(
                company_id=self.other_company.id, date=f"{day} 12:00:00", name=name
            ).name

        # before there is a part for the year, and after
        create("2026-03-15", "%2026-03/00040")
        create("2025-03-15", "%2025-03/00090")
        self.assertEqual(create("2026-03-16"), "%2026-03/00041")
        self.assertEqual(create("2025-02-16"), "%2025-02/00091")
        create("2026-04-15", "%2026-04/00050")
        self.assertEqual(create("2026-03-17"), "%2026-03/00051")
        # the first of what nobody has counted yet
        create("2033-03-15", "%2033-03/00001")
        self.assertEqual(create("2033-03-16"), "%2033-03/00002")
        create("2033-03-15", "%2033-03/00003")
        self.assertEqual(create("2033-03-16"), "%2033-03/00004")
        with self.assertRaises(UserError) as caught, self.cr.savepoint():
            sequence.prefix = "100%/"
        self.assertIn(sequence.name, str(caught.exception))
        sequence.prefix = "%(y)s%(month)s"
        create("2026-03-15", "260300060")
        self.assertEqual(create("2026-05-16"), "260500061")
        self.assertEqual(create("2025-05-16"), "250500092")

    def test_parts_of_a_numbering(self):
        """What is given moves the part of its own days, and no other."""
        sequence = self._get_other_numbering()
        sequence.prefix = "%(year)s-%(month)s/"
        sequence.date_range_ids.unlink()
        with self.assertRaises(UserError), self.cr.savepoint():
            sequence.prefix = "100%/"
        with self.assertRaises(UserError), self.cr.savepoint():
            sequence.copy({"prefix": "100%/"})
        self._create_occurrence(
            company_id=self.other_company.id,
            date="2026-03-02 12:00:00",
            name="2026-03/00030",
        )
        sequence.date_range_ids = [Command.clear()] + [
            Command.create({"date_from": first, "date_to": last})
            for first, last in (
                ("2026-03-01", "2026-03-31"),
                ("2026-04-01", "2026-04-30"),
                # a year of its own
                ("2027-07-01", "2028-06-30"),
            )
        ]

        def create(day, name=False):
            return self._create_occurrence(
                company_id=self.other_company.id, date=f"{day} 12:00:00", name=name
            ).name

        # what was there before its part
        self.assertEqual(create("2026-03-14"), "2026-03/00031")
        create("2026-03-15", "2026-03/00040")
        create("2019-03-15", "2019-08/00900")
        self.assertEqual(create("2026-03-16"), "2026-03/00041")
        self.assertEqual(create("2026-04-16"), "2026-04/00001")
        self.assertEqual(create("2027-08-16"), "2027-08/00001")
        create("2028-02-15", "2028-02/00050")
        self.assertEqual(create("2027-08-17"), "2027-08/00051")

    def test_a_counter_that_is_behind(self):
        """What takes an old numbering into use begins after what there is."""
        old = self.env["ir.sequence"].search(
            [
                ("code", "=", "crm.gestao.occurrence"),
                ("company_id", "=", self.company.id),
            ]
        )

        def number():
            return int(self._create_occurrence().name.rpartition("/")[2])

        first = number()
        new = old.copy({"name": "Instead of it"})
        old.active = False
        for implementation in ("standard", "no_gap"):
            (old | new).implementation = implementation
            number()
            last = number()
            new.active = False
            old.active = True
            self.assertGreater(number(), last)
            # typed by somebody in the list of sequences
            last = number()
            day = self._create_occurrence().date.date()
            old._get_date_ranges({day})[day].number_next_actual = first
            self.assertGreater(number(), last)
            new.active = True
            old.active = False

    def test_long_reference(self):
        """What is too long is refused, without looking for long what form it has."""
        self.env["ir.sequence"].search(
            [("code", "=", "crm.gestao.occurrence")]
        ).prefix = "OC%(year)s%(month)s%(day)s"
        own = self.env(user=self.users["own"])
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._create_occurrence(own, name="OC" + "1" * 20_000 + "!")

    def test_choices_of_another_company(self):
        """Whoever shares a type, a tag or a reason keeps what they have chosen."""
        tag = self.env["crm.gestao.occurrence.tag"].create({"name": "Price"})
        self._create_occurrence(type_id=self.type_complaint.id, tag_ids=tag.ids)
        for choice in (self.type_complaint, tag):
            choice.company_id = self.company
            with self.assertRaisesRegex(UserError, "Another company uses"):
                choice.company_id = self.other_company
            choice.company_id = False
            manager = choice.with_user(self.users["manager"])
            with self.assertRaisesRegex(UserError, "not one of yours"):
                manager.copy().company_id = self.other_company

    def test_what_is_used_is_not_deleted(self):
        """It says what to do instead, and whatever is nowhere used may go."""
        tag = self.env["crm.gestao.occurrence.tag"].create({"name": "Price"})
        values = {"type_id": self.type_complaint.id, "tag_ids": tag.ids}
        occurrence = self._create_occurrence(**values)
        competitor = self.env["crm.gestao.competitor"].create({"name": "Alfa"})
        reason = self.env["crm.gestao.competitor.reason"].create({"name": "Price"})
        self.env["crm.gestao.competitor.record"].create(
            {
                "competitor_id": competitor.id,
                "partner_id": self.contact.id,
                "outcome": "lost",
                "reason_id": reason.id,
            }
        )
        person = self.contact.create({"name": "P", "parent_id": self.customer.id})
        occurrence.participant_ids = person | self.contact
        used = (self.type_complaint, competitor, reason, self.customer, self.contact)
        used += (person,)
        for record in used:
            with self.subTest(record._name):
                with self.assertRaisesRegex(UserError, "Archive it instead"):
                    record.with_user(self.users["manager"]).sudo().unlink()
        tag.with_user(self.users["manager"]).unlink()
        self.assertFalse(occurrence.tag_ids)
        values["tag_ids"] = tag.create({"name": "Theirs"}).ids
        theirs = self._create_occurrence(company_id=self.other_company.id, **values)
        with self.assertRaisesRegex(UserError, "Another company uses"):
            theirs.tag_ids.with_user(self.users["manager"]).unlink()
        for record in (self.type_complaint, competitor, reason, self.customer):
            record.copy().unlink()

    def test_numbering_that_changes(self):
        """What numbers are made of is kept in memory: until somebody changes it."""
        sequence = self._get_other_numbering()

        def number(**values):
            return self._create_occurrence(
                company_id=self.other_company.id, **values
            ).name

        self.assertEqual(number(), "OC/2026/00001")
        sequence.write({"prefix": "A/%(year)s/", "padding": 3})
        self.assertEqual(number(), "A/2026/002")
        sequence.date_range_ids.date_to = "2026-03-09"
        # another part of the year goes on after what is there
        self.assertEqual(number(), "A/2026/003")
        sequence.write({"use_date_range": False, "prefix": "B/%(year)s/"})
        self.assertEqual(number(), "B/2026/001")
        sequence.prefix = "%(range_year)s-%(current_month)s/"
        self.assertEqual(number(), "2026-03/002")
        with freeze_time("2026-04-10 15:00:00"):
            # of the moment, whatever the date
            self.assertEqual(number(date=NOW), "2026-04/003")

    def test_year_that_was_not_opened(self):
        """Numbers go on where what opened the year is taken back."""
        values = {"date": "2031-05-05 12:00:00"}
        try:
            with self.env.cr.savepoint():
                for number in (1, 2):
                    name = self._create_occurrence(**values).name
                    self.assertEqual(name, f"OC/2031/0000{number}")
                raise ZeroDivisionError
        except ZeroDivisionError:
            self.env.invalidate_all()
        for number in (1, 2):
            name = self._create_occurrence(**values).name
            self.assertEqual(name, f"OC/2031/0000{number}")

    def test_references_that_are_given(self):
        """An import from a backup takes nobody's next reference."""
        values = {"date": "2032-05-05 12:00:00"}
        first = self._create_occurrence(**values)
        self.assertEqual(first.name, "OC/2032/00001")
        for role in ("own", "all"):
            env = self.env(user=self.users[role])
            with self.assertRaisesRegex(UserError, "OC/2032/00002"):
                self._create_occurrence(env, name="OC/2032/00002")
            with self.assertRaisesRegex(UserError, "OC/2032/00002"):
                self._create_occurrence(env, name="OC/2032/\x00000\x0002 ")
            other = self._create_occurrence(env, name=f"SAC-{role}-00002")
            self.assertEqual(other.name, f"SAC-{role}-00002")
        # what is blank is none
        blank = self._create_occurrence(name="\x00 \t", **values)
        self.assertEqual(blank.name, "OC/2032/00002")
        manager = self.env(user=self.users["manager"])
        given, new = manager["crm.gestao.occurrence"].create(
            [
                {"partner_id": self.customer.id, "subject": "A", **values, **named}
                for named in ({"name": "OC/2032/00003"}, {})
            ]
        )
        self.assertEqual((given.name, new.name), ("OC/2032/00003", "OC/2032/00004"))
        # of a year that nobody has opened yet
        self._create_occurrence(manager, name="OC/2033/00041")
        later = self._create_occurrence(date="2033-05-05 12:00:00")
        self.assertEqual(later.name, "OC/2033/00042")

    def test_messages_and_followers_in_memory(self):
        """What Odoo knows of them is right after recording, and stays right."""
        logged = (
            self.env["crm.gestao.occurrence"]
            .with_user(self.users["own"])
            .with_context(
                mail_create_nolog=False,
                mail_create_nosubscribe=False,
                tracking_disable=False,
            )
        )
        occurrences = logged.create(
            [
                {"subject": subject, "partner_id": self.customer.id}
                for subject in ("One", "Two")
            ]
        )
        colleague = self.users["all"].partner_id
        for occurrence in occurrences:
            self.assertEqual(
                occurrence.message_ids.mapped("body"), ["<p>Occurrence created</p>"]
            )
            self.assertEqual(
                occurrence.message_follower_ids.partner_id,
                self.users["own"].partner_id,
            )
            occurrence.message_subscribe(colleague.ids)
            note = occurrence._message_log(body="A note")
            self.assertIn(note, occurrence.message_ids)
            self.assertIn(colleague, occurrence.message_follower_ids.partner_id)
        self.assertEqual(len(occurrences.message_ids), 4)

    def test_numbering_of_all_companies(self):
        """It counts for who has none of its own, and one that is archived is none."""
        sequences = self.env["ir.sequence"].search(
            [("code", "=", "crm.gestao.occurrence")]
        )
        own = sequences.filtered(lambda s: s.company_id == self.other_company)
        own.copy({"company_id": False, "prefix": "ALL-", "use_date_range": False})
        values = {"company_id": self.other_company.id}
        self.assertNotIn("ALL-", self._create_occurrence(**values).name)
        own.active = False
        self.assertEqual(self._create_occurrence(**values).name, "ALL-00001")

    def test_company_without_numbering(self):
        self.env["ir.sequence"].search(
            [
                ("code", "=", "crm.gestao.occurrence"),
                ("company_id", "=", self.other_company.id),
            ]
        ).unlink()
        with self.assertRaisesRegex(UserError, "Other Company has no numbering"):
            self._create_occurrence(company_id=self.other_company.id)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestMail(NothingSentMixin, MailCommon, OccurrenceCommon):
    """What customers send to an address of the company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "contato@padaria.example"
        cls.model = "crm.gestao.occurrence"
        cls.alias = cls.env["mail.alias"].create(
            {
                "alias_name": "sac",
                "alias_domain_id": cls.mail_alias_domain.id,
                "alias_model_id": cls.env["ir.model"]._get_id(cls.model),
                "alias_contact": "everyone",
            }
        )

    def _receive(self, sender, subject):
        """The occurrences that come of an e-mail."""
        newest = self.env[self.model].search([], order="id desc", limit=1).id
        with self.mock_mail_gateway():
            self.env["mail.thread"].message_process(
                False,
                f"From: {sender}\nTo: {self.alias.display_name}\nSubject: {subject}\n"
                f"Message-Id: <{uuid4()}@example.com>\n\nIt broke.",
            )
        return self.env[self.model].search([("id", ">", newest or 0)])

    def test_from_a_customer(self):
        for sent, subject in (
            ("It broke", "It broke"),
            ("OC/2026/99999999", "OC/2026/99999999"),
            ("x" * 600, "x" * 500),
            ("", "(no subject)"),
            (" \t ", "(no subject)"),
        ):
            with self.subTest(sent=sent):
                occurrence = self._receive("contato@padaria.example", sent)
                self.assertEqual(occurrence.subject, subject)
                self.assertRegex(occurrence.name, r"^OC/2026/0\d{4}$")
                self.assertEqual(occurrence.partner_id, self.customer)
                default = occurrence.type_id._get_default(occurrence.company_id)
                self.assertEqual(occurrence.type_id, default)
                self.assertFalse(occurrence.user_id)
                self.assertEqual(occurrence.state, "open")
                self.assertFalse(occurrence.date_closed or occurrence.duration)
                self.assertIn("It broke.", occurrence.message_ids.mapped("body")[0])
        self.assertEqual(self.alias.alias_status, "valid")

    def test_reference_of_the_year_where_the_company_is(self):
        """Who fetches the mail lives in no time zone."""
        administrator = self.env.ref("base.user_admin")
        for zones in (("America/Sao_Paulo", "UTC"), (False, "America/Sao_Paulo")):
            self.company.partner_id.tz, administrator.tz = zones
            with freeze_time("2027-01-01 00:30:00"):
                occurrence = self._receive("contato@padaria.example", "It broke")
            self.assertIn("/2026/", occurrence.name)

    def test_no_type_is_in_use(self):
        """An e-mail that is not recorded is lost."""
        types = self.env["crm.gestao.occurrence.type"]
        types.search([]).active = False
        occurrence = self._receive("contato@padaria.example", "It broke")
        self.assertTrue(occurrence.type_id)
        self.assertFalse(types._get_default(self.company))

    def test_what_is_done_with_it_is_not_told(self):
        """The sender does not follow it: who is to hear of it is written to."""
        occurrence = self._receive("contato@padaria.example", "It broke")
        self.assertNotIn(self.customer, occurrence.message_partner_ids)
        self.people = self.customer
        occurrence = occurrence.with_user(self.users["all"])
        with self._nothing_sent():
            occurrence.write({"user_id": self.users["own"].id, "priority": "2"})
            occurrence.action_done()
            occurrence.action_reopen()
            occurrence.action_cancel()
            occurrence.message_post(
                body="For the team",
                subtype_xmlid="mail.mt_comment",
                message_type="comment",
            )

    def test_defaults_of_the_address(self):
        self.alias.alias_defaults = {
            "name": "OC/2026/99999999",
            "partner_id": self.other_customer.id,
            "company_id": self.other_company.id,
            "type_id": self.type_complaint.id,
            "user_id": self.users["all"].id,
        }
        self.users["all"].company_ids |= self.other_company
        for sender in ("contato@padaria.example", "nobody@unknown.example"):
            occurrence = self._receive(sender, "It broke")
            self.assertRecordValues(
                occurrence,
                [
                    {
                        "partner_id": self.other_customer.id,
                        "company_id": self.other_company.id,
                        "type_id": self.type_complaint.id,
                        "user_id": self.users["all"].id,
                    }
                ],
            )
            self.assertNotIn("99999999", occurrence.name)

    def test_customer_of_another_company(self):
        self.customer.company_id = self.other_company
        occurrence = self._receive("contato@padaria.example", "It broke")
        self.assertEqual(occurrence.company_id, self.other_company)

    @mute_logger("odoo.addons.crm_gestao.models.crm_gestao_occurrence")
    def test_defaults_that_are_of_no_use(self):
        """The e-mail is recorded all the same: who fetches it deletes it there."""
        gone = self.type_visit.copy()
        abroad = self.env["res.partner"].create(
            {
                "name": "Abroad",
                "email": "abroad@other.example",
                "company_id": self.other_company.id,
            }
        )
        ours = self.type_visit.copy({"company_id": self.company.id})
        defaults = {
            "type": {"type_id": ours.id},
            "company": {"type_id": ours.id, "company_id": self.company.id},
            "responsible": {"user_id": self.users["own"].id},
            "gone": {"type_id": gone.id},
            "field": {"nothing": 1},
            "value": {"priority": "9"},
            "text": {"company_id": "x", "partner_id": True, "type_id": [1]},
        }
        gone_id = gone.id
        gone.unlink()
        for what, values in defaults.items():
            self.alias.alias_defaults = values
            with self.subTest(what):
                occurrence = self._receive("abroad@other.example", "It broke")
                self.assertEqual(occurrence.partner_id, abroad)
                self.assertEqual(occurrence.company_id, self.other_company)
                self.assertEqual(occurrence.state, "open")
                self.assertFalse(occurrence.user_id)
                bodies = "".join(occurrence.message_ids.mapped("body"))
                self.assertIn("It broke.", bodies)
                self.assertIn("could be used", bodies)
                self.assertEqual(self.alias.alias_status, "valid")
        # what fits stays: also the company, of a customer whom all companies share
        self.users["all"].company_ids |= self.other_company
        values = {"company_id": self.other_company.id, "user_id": self.users["all"].id}
        self.alias.alias_defaults = {**values, "type_id": gone_id}
        occurrence = self._receive("contato@padaria.example", "It broke")
        self.assertEqual(occurrence.company_id, self.other_company)
        self.assertEqual(occurrence.user_id, self.users["all"])
        # tags in any form, as literals, that Odoo takes, unless they are to be changed
        tag = self.env["crm.gestao.occurrence.tag"].create({"name": "By mail"})
        for value, tags in (
            (tag.ids, tag),
            ([[4, tag.id]], tag),
            ([[6, 0, tag.ids]], tag),
            (False, tag.browse()),
            ([[1, tag.id, {"name": "Taken"}]], tag.browse()),
            ([[2, tag.id]], tag.browse()),
            ([[]], tag.browse()),
            (7, tag.browse()),
        ):
            self.alias.alias_defaults = {"tag_ids": value}
            with self.subTest(tags=value):
                occurrence = self._receive("contato@padaria.example", "It broke")
                self.assertEqual(occurrence.tag_ids, tags)
        self.assertEqual(tag.name, "By mail")
        # a customer by default who is no more is the sender, if that is one
        self.alias.alias_defaults = {"partner_id": 2**31 - 1}
        occurrence = self._receive("abroad@other.example", "It broke")
        self.assertEqual(occurrence.partner_id, abroad)

    @mute_logger("odoo.addons.mail.models.mail_thread")
    def test_from_a_colleague(self):
        """Who passes a customer's e-mail on is not the customer."""
        self.users["own"].email = "own@company.example"
        self.assertFalse(self._receive("own@company.example", "Fwd: It broke"))
        self.alias.alias_defaults = {"partner_id": self.customer.id}
        occurrence = self._receive("own@company.example", "Fwd: It broke")
        self.assertEqual(occurrence.partner_id, self.customer)

    @mute_logger("odoo.addons.mail.models.mail_thread")
    def test_from_a_robot(self):
        """One sender does not fill the list."""
        limit = "mail.gateway.loop.threshold"
        self.env["ir.config_parameter"].sudo().set_param(limit, 3)
        made = [
            len(self._receive("contato@padaria.example", f"Away {n}")) for n in range(6)
        ]
        self.assertEqual(made, [1, 1, 1, 0, 0, 0])

    @mute_logger("odoo.addons.mail.models.mail_thread")
    def test_from_nobody_known(self):
        """They are told that it was not taken, and the address stays of use."""
        self.assertFalse(self._receive("nobody@unknown.example", "It broke"))
        (mail,) = self._mails
        self.assertEqual(mail["email_to"], ["nobody@unknown.example"])
        self.assertIn("could not be accepted", mail["body"])
        self.assertNotEqual(self.alias.alias_status, "invalid")
        # without an address of its own, whoever fetches the mail has it in the log
        with self.assertRaisesRegex(UserError, "No contact has this e-mail address"):
            self.env[self.model].message_new({"subject": "It broke"})


@tagged("post_install", "-at_install")
class TestDeletion(OccurrenceCommon):
    def setUp(self):
        super().setUp()
        self.occurrence = self._create_occurrence(user_id=self.users["own"].id)

    def _create_order(self):
        return self.env["sale.order"].create(
            {"partner_id": self.customer.id, "occurrence_id": self.occurrence.id}
        )

    def test_own_occurrence(self):
        self.occurrence.with_user(self.users["own"]).unlink()
        self.assertFalse(self.occurrence.exists())

    def test_user_who_is_responsible(self):
        """Without one it would be everybody's, to read and to delete."""
        user = self._new_user("leaving", "crm_gestao.group_user")
        for record in (
            self.occurrence,
            self.env["crm.gestao.competitor.record"].create(
                {
                    "competitor_id": self.env["crm.gestao.competitor"]
                    .create({"name": "Rival"})
                    .id,
                    "partner_id": self.customer.id,
                }
            ),
        ):
            record.user_id = user
            with (
                self.subTest(record._name),
                self.assertRaisesRegex(UserError, "Archive the user"),
                self.cr.savepoint(),
            ):
                user.unlink()
            record.user_id = self.users["own"]
        user.active = False
        user.unlink()

    def test_refused_with_an_order_and_the_way_out(self):
        order = self._create_order()
        with self.assertRaisesRegex(UserError, f"{order.name}.*Cancel or archive it"):
            self.occurrence.unlink()
        self.occurrence.active = False
        self.assertTrue(self.occurrence.exists())

    def test_refused_also_where_the_order_cannot_be_seen(self):
        order = self._create_order()
        with self.assertRaises(UserError) as error:
            self.occurrence.with_user(self.users["own"]).unlink()
        self.assertNotIn(order.name, str(error.exception))
        self.assertIn("quotations, orders or invoices came", str(error.exception))
        self.assertIn("Cancel or archive it", str(error.exception))

    def test_refused_whole(self):
        self._create_order()
        free = self._create_occurrence()
        with self.assertRaises(UserError):
            (free | self.occurrence).unlink()
        self.assertTrue(free.exists())

    def test_order_hands_its_occurrence_on_to_the_invoice(self):
        order = self._create_order()
        self.assertEqual(order._prepare_invoice()["occurrence_id"], self.occurrence.id)
        self.assertFalse(order.copy().occurrence_id)

    def test_counts_of_documents(self):
        self._create_order()
        order = self._create_order()
        order.action_confirm()
        cancelled = self._create_order()
        cancelled._action_cancel()
        self.assertEqual(self.occurrence.quotation_count, 1)
        self.assertEqual(self.occurrence.order_count, 1)
        self.assertEqual(self.occurrence.action_view_orders()["res_id"], order.id)


@tagged("post_install", "-at_install")
class TestConfiguration(OccurrenceCommon):
    def test_type_in_use_cannot_be_deleted(self):
        type_ = self.type_visit.copy()
        self.assertEqual(type_.name, "Visit (copy)")
        self._create_occurrence(type_id=type_.id)
        self.assertEqual(type_.occurrence_count, 1)
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            type_.unlink()

    def test_default_type_is_the_first_of_the_company(self):
        self.env["crm.gestao.occurrence.type"].create(
            {
                "name": "Elsewhere",
                "sequence": -1,
                "company_id": self.other_company.id,
            }
        )
        defaults = self.env["crm.gestao.occurrence"].default_get(["type_id"])
        self.assertEqual(defaults["type_id"], self.type_visit.id)

    def test_new_company_has_its_numbering(self):
        company = self.env["res.company"].create({"name": "Third Company"})
        sequence = self.env["ir.sequence"].search(
            [("code", "=", "crm.gestao.occurrence"), ("company_id", "=", company.id)]
        )
        self.assertEqual(len(sequence), 1)
        self.assertEqual(
            self._create_occurrence(company_id=company.id).name,
            f"OC/{fields.Date.today().year}/00001",
        )

    def test_tag_names_are_unique_per_company(self):
        Tag = self.env["crm.gestao.occurrence.tag"]
        Tag.create({"name": "Price"})
        Tag.create({"name": "Price", "company_id": self.company.id})
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            Tag.create({"name": "Price"})
            self.env.flush_all()

    def test_weeks_filter(self):
        """The search view's filters are valid and mean what they say."""
        arch = self.env["crm.gestao.occurrence"].get_views(
            [(self.env.ref("crm_gestao.occurrence_view_search").id, "search")]
        )["views"]["search"]["arch"]
        today = self._create_occurrence()
        last_month = self._create_occurrence(
            date=fields.Datetime.now() - timedelta(days=40)
        )
        for name in ("today", "this_week", "done", "mine"):
            (node,) = etree.fromstring(arch).xpath(f"//filter[@name='{name}']")
            domain = safe_eval(node.get("domain"), {"uid": self.env.uid})
            found = self.env["crm.gestao.occurrence"].search(
                [("id", "in", (today | last_month).ids), *domain]
            )
            expected = today if name in ("today", "this_week") else today | last_month
            self.assertEqual(found, expected, name)
