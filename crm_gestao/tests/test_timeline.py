"""The timeline: what is in it for whom, in which order, and page by page."""

from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .common import OccurrenceCommon
from .test_performance import PerformanceCase

ALL_KINDS = [
    "occurrence",
    "quotation",
    "order",
    "invoice",
    "credit_note",
    "payment",
    "message",
    "activity",
]
NOON = datetime(2026, 3, 10, 15, 0)  # in São Paulo


class TimelineCase(OccurrenceCommon):
    """One customer with an entry of each kind, and rights to see some of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", cls.company.id)]
        ):
            cls.env["account.chart.template"].try_loading(
                "generic_coa", company=cls.company, install_demo=False
            )
        cls.rep = cls.users["rep"]
        cls.clerk = cls.users["all"]
        cls.clerk.group_ids += cls.env.ref("sales_team.group_sale_salesman_all_leads")
        cls.accountant = cls.users["biller"]
        cls.occurrence = cls._create_occurrence(
            subject="A visit", user_id=cls.rep.id, date=NOON
        )
        cls.quotation = cls._create_order(NOON - timedelta(days=1))
        cls.order = cls._create_order(NOON - timedelta(days=2), state="sale")
        cls.invoice = cls._create_move("out_invoice", "2026-03-07")
        cls.credit_note = cls._create_move("out_refund", "2026-03-06")
        (cls.invoice | cls.credit_note).action_post()
        cls.payment = cls._create_payment("2026-03-05")
        cls.payment.action_post()
        cls.message = cls._post(cls.occurrence, "It went well", NOON)
        cls.activity = cls.occurrence.activity_schedule(
            "mail.mail_activity_data_call",
            date_deadline=date(2026, 3, 12),
            summary="Call again",
            note="<p>about the <b>oven</b></p>",
            user_id=cls.rep.id,
        )

    @classmethod
    def _create_order(cls, moment, **values):
        state = values.pop("state", "draft")
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "user_id": cls.rep.id,
                "date_order": moment,
                **values,
            }
        )
        # as it stands once it is confirmed, without what else that does
        order.write({"state": state, "date_order": moment})
        return order

    @classmethod
    def _create_move(cls, move_type, day, **values):
        return cls.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": cls.customer.id,
                "invoice_user_id": cls.rep.id,
                "invoice_date": day,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Bread",
                            "price_unit": 100,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
                **values,
            }
        )

    @classmethod
    def _create_payment(cls, day, **values):
        return cls.env["account.payment"].create(
            {
                "partner_id": cls.customer.id,
                "amount": 100,
                "date": day,
                **values,
            }
        )

    @classmethod
    def _post(cls, record, body, moment, **values):
        message = record.message_post(body=body, message_type="comment", **values)
        message.date = moment
        return message

    def _get_page(self, user=None, partner=None, **options):
        timeline = self.env["crm.gestao.timeline"]
        if user:
            timeline = timeline.with_user(user)
        return timeline.get_page((partner or self.customer).id, **options)

    def _get_ids(self, *args, **options):
        return [entry["id"] for entry in self._get_page(*args, **options)["entries"]]

    def _id(self, record):
        return f"{record._name},{record.id}"


@tagged("post_install", "-at_install")
class TestTimeline(TimelineCase):
    def test_entries_of_every_kind(self):
        page = self._get_page(self.accountant)
        self.assertEqual(
            [(entry["kind"], entry["title"]) for entry in page["entries"]],
            [
                ("activity", "Call again"),
                ("message", self.occurrence.name),
                ("occurrence", "A visit"),
                ("quotation", self.quotation.name),
                ("order", self.order.name),
                ("invoice", self.invoice.name),
                ("credit_note", self.credit_note.name),
                ("payment", self.payment.name),
            ],
        )
        self.assertIsNone(page["next"])
        self.assertEqual([kind["name"] for kind in page["kinds"]], ALL_KINDS)
        activity, message, occurrence, quotation, order, invoice, credit, payment = (
            page["entries"]
        )
        self.assertEqual(activity["date"], "2026-03-12")
        self.assertTrue(activity["is_day"])
        self.assertEqual(activity["text"], "about the oven")
        self.assertEqual(activity["who"], self.rep.name)
        self.assertEqual(activity["reference"], self.occurrence.name)
        self.assertEqual(activity["state"], "Overdue")
        for entry in (activity, message, occurrence):
            self.assertEqual(entry["res_model"], "crm.gestao.occurrence")
            self.assertEqual(entry["res_id"], self.occurrence.id)
        self.assertEqual(message["text"], "It went well")
        self.assertEqual(message["who"], self.env.user.name)
        self.assertEqual(occurrence["date"], "2026-03-10 15:00:00")
        self.assertFalse(occurrence["is_day"])
        self.assertEqual(occurrence["reference"], self.occurrence.name)
        self.assertEqual(occurrence["icon"], self.type_visit.icon)
        self.assertEqual(occurrence["state"], "Done")
        self.assertEqual(quotation["state"], "Quotation")
        self.assertEqual(order["res_model"], "sale.order")
        self.assertEqual(order["who"], self.rep.name)
        self.assertEqual(invoice["amount"], 100)
        self.assertEqual(invoice["currency_id"], self.invoice.currency_id.id)
        self.assertEqual(invoice["state"], "Not Paid")
        self.assertEqual(credit["amount"], -100)
        self.assertEqual(payment["amount"], 100)
        # the timeline is about this customer
        self.assertFalse([e for e in page["entries"] if e.get("partner")])

    def test_what_is_not_in_it(self):
        before = self._get_ids()
        self._create_occurrence(partner_id=self.other_customer.id)
        self._create_occurrence(active=False)
        self._create_move("in_invoice", "2026-03-10")
        self._create_payment(
            "2026-03-10", partner_type="supplier", payment_type="outbound"
        )
        self.occurrence.message_post(body="By the system")  # a notification
        deleted = self._post(self.occurrence, "A slip", NOON)
        self.occurrence._message_update_content(deleted, body="")
        done = self.occurrence.activity_schedule(
            "mail.mail_activity_data_call", date_deadline=date(2026, 3, 12)
        )
        done.action_done()
        self.env["res.partner"].create({"name": "X"}).message_post(
            body="Elsewhere", message_type="comment"
        )
        self.assertEqual(self._get_ids(), before)

    def test_on_the_customer_itself(self):
        note = self._post(self.contact, "Prefers the morning", NOON)
        call = self.customer.activity_schedule(
            "mail.mail_activity_data_call", date_deadline=date(2026, 4, 1)
        )
        ids = self._get_ids(self.rep)
        self.assertIn(self._id(note), ids)
        self.assertEqual(ids[0], self._id(call))

    def test_draft_invoice(self):
        draft = self._create_move("out_invoice", False, date="2026-03-20")
        (entry,) = self._get_page(kinds=["invoice"], limit=1)["entries"]
        self.assertEqual(entry["id"], self._id(draft))
        self.assertEqual(entry["date"], "2026-03-20")
        self.assertFalse(entry["title"])
        self.assertEqual(entry["state"], "Draft")

    def test_message_as_plain_text(self):
        self._post(
            self.order,
            "<p>First<br>second &lt;b&gt;</p><img src='x' onerror='alert(1)'>"
            f"<p><a href='https://example.com'>{'long ' * 100}</a></p>",
            NOON,
            body_is_html=True,
        )
        (entry,) = self._get_page(kinds=["message"], limit=1)["entries"]
        self.assertTrue(entry["text"].startswith("First second <b> long long"))
        self.assertTrue(entry["text"].endswith("…"))
        self.assertLessEqual(len(entry["text"]), 200)
        self.assertEqual(type(entry["text"]), str)
        self.assertEqual(entry["title"], self.order.name)

    def test_message_of_an_attachment_alone(self):
        message = self._post(
            self.order, "", NOON, attachments=[("offer.txt", b"An offer")]
        )
        (entry,) = self._get_page(kinds=["message"], limit=1)["entries"]
        self.assertEqual(entry["id"], self._id(message))
        self.assertFalse(entry["text"])

    def test_translated(self):
        self.env["res.lang"]._activate_lang("pt_BR")
        self.env["ir.module.module"]._load_module_terms(["sale"], ["pt_BR"])
        page = (
            self.env["crm.gestao.timeline"]
            .with_context(lang="pt_BR")
            .get_page(self.customer.id, kinds=["quotation"])
        )
        self.assertEqual(page["entries"][0]["state"], "Cotação")

    # ------------------------------------------------------------------
    # Contacts and companies
    # ------------------------------------------------------------------

    def test_contact_and_company(self):
        of_contact = {
            self._create_occurrence(partner_id=self.contact.id, date=NOON),
            self._create_order(NOON, partner_id=self.contact.id),
            self._create_move("out_invoice", "2026-03-10", partner_id=self.contact.id),
            self._create_payment("2026-03-10", partner_id=self.contact.id),
        }
        expected = {self._id(record) for record in of_contact}
        page = self._get_page(partner=self.contact)
        self.assertEqual({entry["id"] for entry in page["entries"]}, expected)
        self.assertFalse([e for e in page["entries"] if e.get("partner")])
        self.assertFalse(self._get_ids(partner=self.other_contact))
        page = self._get_page()
        named = {e["id"] for e in page["entries"] if e.get("partner") == "Ana Prado"}
        self.assertEqual(named, expected)
        self.assertEqual(len(page["entries"]), len(ALL_KINDS) + len(expected))

    def test_archived_contact(self):
        occurrence = self._create_occurrence(partner_id=self.contact.id, date=NOON)
        order = self._create_order(NOON, partner_id=self.contact.id)
        self.contact.active = False
        self.assertGreaterEqual(
            set(self._get_ids()), {self._id(occurrence), self._id(order)}
        )

    def test_unknown_customer(self):
        partner = self.env["res.partner"].create({"name": "Gone"})
        partner.unlink()
        with self.assertRaisesRegex(AccessError, "can no longer be read"):
            self.env["crm.gestao.timeline"].get_page(partner.id)

    # ------------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------------

    def test_a_rep_sees_what_is_own(self):
        mine = set(self._get_ids(self.rep))
        self.assertEqual(
            mine,
            {
                self._id(record)
                for record in (
                    self.activity, self.message, self.occurrence, self.quotation,
                    self.order, self.invoice, self.credit_note,
                )
            },
        )  # fmt: skip
        page = self._get_page(self.rep)
        self.assertNotIn("payment", [kind["name"] for kind in page["kinds"]])
        colleague = self.users["colleague"]
        others = [
            self._create_occurrence(user_id=colleague.id),
            self._create_order(NOON, user_id=colleague.id),
            self._create_move(
                "out_invoice", "2026-03-10", invoice_user_id=colleague.id
            ),
        ]
        for record in list(others):
            others.append(self._post(record, "A secret of 9,999.00", NOON))
            # Odoo shows one's own activities wherever they are: not here
            others.append(
                record.activity_schedule(
                    "mail.mail_activity_data_call",
                    date_deadline=date(2026, 3, 11),
                    user_id=self.clerk.id,
                )
            )
        # what a rep wrote there, or was told of, does not open it either
        others[0].message_subscribe(self.rep.partner_id.ids)
        others.append(
            self._post(others[1], "For you", NOON, partner_ids=self.rep.partner_id.ids)
        )
        others.append(
            self._post(others[1], "By me", NOON, author_id=self.rep.partner_id.id)
        )
        others[-3].write({"user_id": self.rep.id})
        self.assertEqual(set(self._get_ids(self.rep)), mine)
        clerk = set(self._get_ids(self.clerk))
        self.assertEqual(clerk, mine | {self._id(record) for record in others})
        self.assertNotIn("9,999.00", str(self._get_page(self.rep)))

    def test_without_sales_rights_no_money(self):
        page = self._get_page(self.users["colleague"])
        self.assertFalse(page["entries"])
        self.assertEqual(
            [kind["name"] for kind in page["kinds"]],
            ["occurrence", "message", "activity"],
        )
        self._post(self.order, "For 9,999.00", NOON)
        self.occurrence.user_id = False
        page = self._get_page(self.users["colleague"])
        self.assertEqual(
            {entry["kind"] for entry in page["entries"]},
            {"occurrence", "message", "activity"},
        )
        self.assertFalse([e for e in page["entries"] if "amount" in e])
        self.assertNotIn("9,999.00", str(page))

    def test_accounting_sees_all_of_it(self):
        for role in ("biller", "reader"):
            with self.subTest(role=role):
                self.assertEqual(len(self._get_ids(self.users[role])), len(ALL_KINDS))

    def test_others_see_nothing(self):
        for role in ("employee", "portal", "public"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self._get_page(self.users[role])

    def test_rules_of_messages_and_activities_hold(self):
        """A rule that somebody adds to what hangs on records is kept as well."""
        for model, record in (
            ("mail.message", self.message),
            ("mail.activity", self.activity),
        ):
            self.assertIn(self._id(record), self._get_ids(self.rep))
            self.env["ir.rule"].create(
                {
                    "name": "Not this one",
                    "model_id": self.env["ir.model"]._get_id(model),
                    "domain_force": [("id", "!=", record.id)],
                }
            )
            self.assertNotIn(self._id(record), self._get_ids(self.rep))

    def test_companies(self):
        self.other_company.currency_id = self.env.ref("base.EUR")
        other_type = self.type_visit
        occurrence = self._create_occurrence(
            self.env(context={"allowed_company_ids": self.other_company.ids}),
            company_id=self.other_company.id,
            type_id=other_type.id,
            user_id=False,
            date=NOON,
        )
        order = self._create_order(
            NOON, company_id=self.other_company.id, user_id=False
        )
        message = self._post(order, "Over there", NOON)
        ids = {self._id(record) for record in (occurrence, order, message)}
        self.assertFalse(ids & set(self._get_ids(self.clerk)))
        self.clerk.company_ids += self.other_company
        timeline = self.env["crm.gestao.timeline"].with_user(self.clerk)
        for companies in (self.company, self.other_company):
            page = timeline.with_context(allowed_company_ids=companies.ids).get_page(
                self.customer.id
            )
            found = {entry["id"] for entry in page["entries"]}
            self.assertEqual(
                ids & found, ids if companies == self.other_company else set()
            )
        both = self.company | self.other_company
        page = timeline.with_context(allowed_company_ids=both.ids).get_page(
            self.customer.id
        )
        self.assertGreaterEqual({entry["id"] for entry in page["entries"]}, ids)

    # ------------------------------------------------------------------
    # Order, pages and filter
    # ------------------------------------------------------------------

    def _read_all(self, size, **options):
        """The ids of all pages, one page at a time."""
        ids, before = [], None
        while True:
            page = self._get_page(limit=size, before=before, **options)
            self.assertLessEqual(len(page["entries"]), size)
            ids += [entry["id"] for entry in page["entries"]]
            before = page["next"]
            if not before:
                return ids
            self.assertEqual(len(page["entries"]), size)
            self.assertEqual(len(ids), len(set(ids)), "it goes round in circles")

    def test_filter_by_kind(self):
        for kind in ALL_KINDS:
            with self.subTest(kind=kind):
                entries = self._get_page(kinds=[kind])["entries"]
                self.assertEqual([entry["kind"] for entry in entries], [kind])
        entries = self._get_page(kinds=["quotation", "payment"])["entries"]
        self.assertEqual([entry["kind"] for entry in entries], ["quotation", "payment"])
        self.assertEqual(self._get_page(kinds=[])["entries"], [])
        page = self._get_page(kinds=["no_such_kind"])
        self.assertEqual(page["entries"], [])
        self.assertEqual([kind["name"] for kind in page["kinds"]], ALL_KINDS)

    def test_bad_input(self):
        for before in (
            "x",
            ["2026-03-10T15:00:00", "crm.gestao.occurrence"],
            ["yesterday", "crm.gestao.occurrence", 1],
            ["2026-03-10T15:00:00", "res.users", 1],
            ["2026-03-10T15:00:00", "sale.order", "x"],
            ["2026-03-10T15:00:00", "sale.order", float("inf")],
            ["2026-03-10T15:00:00", {}, 1],
            [5, "sale.order", 1],
            5,
        ):
            with (
                self.subTest(before=before),
                self.assertRaisesRegex(UserError, "cannot go on from there"),
            ):
                self._get_page(before=before)
        for options in (
            *({"limit": limit} for limit in ("30", 1.5, None, True, [30])),
            *({"kinds": kinds} for kinds in (5, True, "order", {"order": 1})),
        ):
            with (
                self.subTest(options),
                self.assertRaisesRegex(UserError, "takes a list of kinds"),
            ):
                self._get_page(**options)
        self.assertEqual(len(self._get_page(limit=0)["entries"]), 1)
        self.assertEqual(len(self._get_page(limit=-5)["entries"]), 1)

    def test_longest_page(self):
        self._create_occurrences([NOON] * 101)
        page = self._get_page(limit=100_000)
        self.assertEqual(len(page["entries"]), 100)
        self.assertTrue(page["next"])

    def test_the_end_of_days_to_come(self):
        self.activity.date_deadline = date.max
        for tz in ("America/Sao_Paulo", "Pacific/Auckland", "UTC"):
            self.env.user.tz = tz
            with self.subTest(tz=tz):
                ids = self._read_all(1)
                self.assertEqual(ids[0], self._id(self.activity))
                self.assertEqual(len(ids), len(ALL_KINDS))

    def test_the_beginning_of_days(self):
        """Pages end also where a time zone has no room for what comes before."""
        first = self.activity.copy({"date_deadline": date.min})
        others = self.activity.browse().union(
            *(first.copy({"date_deadline": date.min}) for _index in range(4))
        )
        second = first.copy({"date_deadline": date(1, 1, 2)})
        self.message.date = datetime(1, 1, 1, 1)
        for tz in ("America/Sao_Paulo", "Pacific/Auckland", "UTC"):
            self.env.user.tz = tz
            for size in (1, 2, 5):
                with self.subTest(tz=tz, size=size):
                    ids = self._read_all(size)
                    last = map(self._id, (first | others).sorted("id", reverse=True))
                    self.assertEqual(
                        ids[-7:],
                        [self._id(second), *last, self._id(self.message)],
                    )
                    self.assertEqual(len(ids), len(ALL_KINDS) + 6)

    def test_days_of_the_time_zone(self):
        """What has a day only stands above what happened on that day, where I live."""
        late = self._create_occurrence(date=datetime(2026, 3, 8, 2, 30))
        early = self._create_occurrence(date=datetime(2026, 3, 8, 3, 30))
        for tz, expected in (
            ("America/Sao_Paulo", [early, self.invoice, late]),  # 00:30, 23:30
            ("Asia/Tokyo", [early, late, self.invoice]),  # both on the 8th
            ("America/Los_Angeles", [self.invoice, early, late]),  # both on the 7th
        ):
            with self.subTest(tz=tz):
                timeline = self.env["crm.gestao.timeline"].with_context(tz=tz)
                entries = timeline.get_page(
                    self.customer.id, kinds=["invoice", "occurrence"]
                )["entries"][1:]
                self.assertEqual(
                    [entry["id"] for entry in entries], list(map(self._id, expected))
                )

    def _create_occurrences(self, moments):
        return self.env["crm.gestao.occurrence"].create(
            [
                {
                    "subject": "A visit",
                    "partner_id": self.customer.id,
                    "type_id": self.type_visit.id,
                    "date": moment,
                }
                for moment in moments
            ]
        )

    def test_a_new_entry_does_not_shift_the_next_page(self):
        first = self._get_page(limit=3)
        self._create_occurrence(date=datetime(2026, 4, 1))
        second = self._get_page(limit=3, before=first["next"])
        self.assertEqual(
            [entry["kind"] for entry in second["entries"]],
            ["quotation", "order", "invoice"],
        )

    def test_pages_are_the_whole_list_whatever_their_size(self):
        """Moments and days are few, so that many entries share one."""
        seconds = [
            datetime(2026, 3, 7, 2, 59, 59),  # the end of the 6th in São Paulo
            datetime(2026, 3, 7, 3, 0),
            datetime(2026, 3, 7, 23, 59, 59),
            datetime(2026, 3, 8, 2, 59, 59, 999999),
            datetime(2026, 3, 8, 3, 0),
        ]
        days = [date(2026, 3, 6), date(2026, 3, 7), date(2026, 3, 8)]
        moments = st.lists(st.sampled_from(seconds), max_size=3)
        dates = st.lists(st.sampled_from(days), max_size=3)

        @settings(max_examples=25, deadline=None, database=None)
        @given(
            occurrences=moments,
            orders=moments,
            messages=moments,
            invoices=dates,
            payments=dates,
            activities=dates,
            tz=st.sampled_from(
                ["America/Sao_Paulo", "UTC", "Asia/Tokyo", "America/Havana"]
            ),
            kinds=st.none() | st.lists(st.sampled_from(ALL_KINDS), unique=True),
        )
        def check(
            occurrences, orders, messages, invoices, payments, activities, tz, kinds
        ):
            # rolled back after each example
            with self.env.cr.savepoint() as savepoint:
                self.env.user.tz = tz
                self._create_occurrences(occurrences)
                for number, moment in enumerate(orders):
                    self._create_order(moment, state=["draft", "sale"][number % 2])
                for moment in messages:
                    self._post(self.occurrence, "Hello", moment)
                for number, day in enumerate(invoices):
                    self._create_move(["out_invoice", "out_refund"][number % 2], day)
                for day in payments:
                    self._create_payment(day)
                for day in activities:
                    self.occurrence.activity_schedule(
                        "mail.mail_activity_data_call", date_deadline=day
                    )
                everything = self._read_all(100, kinds=kinds)
                self.assertEqual(len(everything), len(set(everything)))
                if kinds is None:
                    self.assertEqual(
                        len(everything),
                        len(ALL_KINDS)
                        + sum(
                            map(
                                len,
                                (
                                    occurrences, orders, messages, invoices, payments,
                                    activities,
                                ),
                            )
                        ),
                    )  # fmt: skip
                for size in (1, 2, 3, 5):
                    self.assertEqual(self._read_all(size, kinds=kinds), everything)
                savepoint.rollback()
                self.env.invalidate_all()

        check()

    # ------------------------------------------------------------------
    # What is remembered
    # ------------------------------------------------------------------

    def test_remembered_per_user(self):
        settings_of = self.env["res.users.settings"]._find_or_create_for_user
        mine = settings_of(self.rep).with_user(self.rep)
        formatted = mine._res_users_settings_format()
        self.assertTrue(formatted["crm_gestao_timeline_open"])
        self.assertFalse(formatted["crm_gestao_timeline_kinds"])
        mine.set_res_users_settings({"crm_gestao_timeline_open": False})
        mine.set_res_users_settings({"crm_gestao_timeline_kinds": ["order"]})
        formatted = mine._res_users_settings_format()
        self.assertFalse(formatted["crm_gestao_timeline_open"])
        self.assertEqual(formatted["crm_gestao_timeline_kinds"], ["order"])
        theirs = settings_of(self.clerk).with_user(self.clerk)
        self.assertTrue(theirs.crm_gestao_timeline_open)
        with self.assertRaises(AccessError):
            theirs.with_user(self.rep).set_res_users_settings(
                {"crm_gestao_timeline_open": False}
            )


@tagged("post_install", "-at_install")
class TestTimelineStatements(TimelineCase, PerformanceCase):
    def _fill(self, count):
        for number in range(count):
            partner = self.env["res.partner"].create(
                {"name": f"Contact {number}", "parent_id": self.customer.id}
            )
            moment = NOON - timedelta(hours=number)
            occurrence = self._create_occurrence(partner_id=partner.id, date=moment)
            order = self._create_order(moment, partner_id=partner.id)
            move = self._create_move("out_invoice", moment.date())
            payment = self._create_payment(moment.date())
            for record in (partner, occurrence, order, move, payment):
                self._post(record, "Hello", moment, author_id=partner.id)
                record.activity_schedule(
                    "mail.mail_activity_data_call", date_deadline=moment.date()
                )

    def test_statements(self):
        counts = {}
        for round_ in ("few", "many"):
            for role in ("rep", "all", "biller"):
                for size in (1, 10, 100):
                    for partner in (self.customer, self.contact):
                        first = self._get_page(self.users[role], partner, limit=size)
                        for before in filter(None, (None, first["next"])) or [None]:
                            counts[role, size, partner, round_, bool(before)] = (
                                self._count(
                                    lambda role=role,
                                    size=size,
                                    partner=partner,
                                    before=before: self._get_page(
                                        self.users[role],
                                        partner,
                                        limit=size,
                                        before=before,
                                    )
                                )
                            )
            if round_ == "few":
                self._fill(12)
        self.assertLessEqual(max(counts.values()), 12, counts)

    def test_plans(self):
        """Of one customer among many, nothing is read from end to end."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            INSERT INTO crm_gestao_occurrence (
                name, subject, company_id, type_id, partner_id, commercial_partner_id,
                state, date, priority, duration, active
            )
            SELECT 'PLAN/' || n, 'A visit', %(company)s, %(type)s, %(other)s, %(other)s,
                'open', now() - n * interval '1 hour', '0', 1, true
            FROM generate_series(1, 30000) n;
            INSERT INTO mail_message (model, res_id, message_type, body, date)
            SELECT 'crm.gestao.occurrence', id, type, '<p>Hello</p>', date
            FROM crm_gestao_occurrence, unnest(ARRAY['comment', 'notification']) type;
            INSERT INTO account_payment (
                date, partner_id, partner_type, payment_type, amount, company_id,
                journal_id, currency_id, state
            )
            SELECT date, partner_id, 'customer', 'inbound', 1, company_id, %(journal)s,
                %(currency)s, 'paid'
            FROM crm_gestao_occurrence;
            ANALYZE crm_gestao_occurrence, mail_message, account_payment
            """,
            {
                "company": self.company.id,
                "type": self.type_visit.id,
                "other": self.other_customer.id,
                "journal": self.payment.journal_id.id,
                "currency": self.payment.currency_id.id,
            },
        )
        first = self._get_page(self.accountant, limit=2)
        for before in (None, first["next"]):
            plans = {
                table: self._plans(
                    lambda before=before: self._get_page(
                        self.accountant, limit=2, before=before
                    ),
                    table,
                )
                for table in (
                    "crm_gestao_occurrence",
                    "mail_message",
                    "account_payment",
                )
            }
            self._assert_indexed(
                plans["crm_gestao_occurrence"],
                "crm_gestao_occurrence",
                "crm_gestao_occurrence_commercial_partner_date_idx",
                "crm_gestao_occurrence_pkey",
            )
            self._assert_indexed(
                plans["mail_message"],
                "mail_message",
                "mail_message_crm_gestao_human_idx",
            )
            self._assert_indexed(
                plans["account_payment"],
                "account_payment",
                "account_payment_crm_gestao_partner_idx",
                "account_payment_pkey",
            )


@tagged("post_install", "-at_install")
class TestTimelineTour(TimelineCase, HttpCase):
    def test_open_an_entry_and_come_back(self):
        self.order.name = "SO-TIMELINE"
        url = f"/odoo/contacts/{self.customer.id}"
        self.start_tour(url, "crm_gestao_timeline_tour", login=self.rep.login)
        remembered = self.rep.res_users_settings_id
        self.assertFalse(remembered.crm_gestao_timeline_open)
        self.assertEqual(
            remembered.crm_gestao_timeline_kinds,
            ["occurrence", "quotation", "order", "invoice", "credit_note", "activity"],
        )
        self.start_tour(
            url, "crm_gestao_timeline_remembered_tour", login=self.rep.login
        )
        self.assertTrue(remembered.crm_gestao_timeline_open)
        # nobody else's
        self.assertFalse(
            self.clerk.res_users_settings_id.filtered("crm_gestao_timeline_kinds")
        )
