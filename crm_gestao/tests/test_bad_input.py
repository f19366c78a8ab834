import io
import zipfile
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from types import SimpleNamespace

import openpyxl
import psycopg2
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from odoo import Command, fields
from odoo.exceptions import MissingError, UserError, ValidationError
from odoo.http import _request_stack
from odoo.sql_db import db_connect
from odoo.tests import Form, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.crm_gestao.controllers.replica import begin_anew
from odoo.addons.crm_gestao.tools import PARAGRAPHS, WORDS

from .common import OccurrenceCommon
from .test_import import ImportCommon
from .test_report import DIARY, SHEET

# what the server puts into words of its own (odoo.service.model.retrying)
TOLD = (UserError, psycopg2.IntegrityError)
ODD_TEXTS = {
    "control characters": "a\x00b\x01c\x1bd\x7fe",
    "half a character": "a\ud83db",
    "right to left": "\u202eevil\u202c שלום مرحبا",
    "emoji": "👩‍👩‍👧‍👦 🇧🇷 e\u0301" * 5,
    "html": "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "sql": "'; DROP TABLE crm_gestao_occurrence; -- %s %(x)s \\",
    "format": "{0} {x.__class__} %d ${y} <t t-out='user'/>",
    "lines": "one\r\ntwo\tthree\u2028four",
    "wide space": "\u3000\u00a0visit\u200b",
}
MEGABYTE = "Texto longo " * 90_000
# what is no date, no id and no text, or of another form
WRONG_TYPES = (5, 1.5, True, [1], {"a": 1})
# examples of one test share a transaction, which is what costs
fast = settings(
    max_examples=25,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


class BadInputCommon(OccurrenceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(user=cls.users["manager"])
        cls.Occurrence = cls.env["crm.gestao.occurrence"]

    @classmethod
    def _create_everything(cls):
        """One record of each model of ours in which something is typed."""
        competitor = cls.env["crm.gestao.competitor"].create(
            {
                "name": "Alfa",
                "objection_ids": [Command.create({"name": "Why?"})],
                "product_ids": [Command.create({"name": "Chair"})],
            }
        )
        return [
            cls._create_occurrence(cls.env),
            cls.env["crm.gestao.occurrence.tag"].create({"name": "Tag"}),
            cls.env["crm.gestao.occurrence.type"].create({"name": "Type"}),
            cls.env["crm.gestao.competitor.reason"].create({"name": "Reason"}),
            cls.env["crm.gestao.competitor.record"].create(
                {"competitor_id": competitor.id, "partner_id": cls.customer.id}
            ),
            competitor,
            competitor.objection_ids,
            competitor.product_ids,
        ]

    def _get_typed(self, *types):
        """What is ours and is typed: record and name of the field."""
        return [
            (record, fname)
            for record in self._create_everything()
            for fname, field in record._fields.items()
            if field.store
            and field.type in types
            and not (field.readonly or field.related)
            and any(name.startswith("crm_gestao") for name in field._modules)
        ]

    def _get_label(self, record, fname):
        return record._fields[fname]._description_string(self.env)

    def _create_another(self, record, fname, value):
        (vals,) = record.copy_data()
        return record.create({**vals, fname: value})

    def _speak_portuguese(self):
        self.env["res.lang"].sudo()._activate_lang("pt_BR")
        self.env["ir.module.module"].sudo()._load_module_terms(
            ["crm_gestao"], ["pt_BR"]
        )
        self.env = self.env(context={"lang": "pt_BR"})

    def _snapshot(self):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT count(*), md5(string_agg(o::text, '' ORDER BY id))"
            " FROM crm_gestao_occurrence o"
        )
        return self.env.cr.fetchone()

    @contextmanager
    def _refused(self, text="", error=TOLD):
        """What is done in the block is refused with `text`, and changes nothing."""
        before = self._snapshot()
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                yield
                self.env.flush_all()
        except error as caught:
            message = str(caught)
            if isinstance(caught, psycopg2.IntegrityError):
                (model,) = (
                    model
                    for model in self.env.values()
                    if model._table == caught.diag.table_name
                )
                message = model._sql_error_to_message(caught)
        else:
            self.fail("it is not refused")
        self.env.invalidate_all()
        self.assertIn(text, message)
        self.assertLess(len(message), 500)
        self.assertEqual(self._snapshot(), before)


@tagged("post_install", "-at_install")
class TestTexts(BadInputCommon):
    def _save_all(self, text):
        """Save `text` wherever a user may type; returns what is then there."""
        occurrence = self._create_occurrence(
            self.env, subject=text, description=text, name=text[:60] or False
        )
        tag = self.env["crm.gestao.occurrence.tag"].create({"name": text})
        type_ = self.env["crm.gestao.occurrence.type"].create({"name": text})
        occurrence.write({"subject": text, "tag_ids": tag.ids, "type_id": type_.id})
        activity = occurrence.activity_schedule(
            "mail.mail_activity_data_todo", note=occurrence.description
        )
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertTrue(activity.exists())
        return occurrence

    def test_odd_texts(self):
        for what, text in ODD_TEXTS.items():
            with self.subTest(what):
                readable = text.replace("\ud83d", "").translate(
                    dict.fromkeys([0, 1, 0x1B, 0x7F])
                )
                occurrence = self._save_all(text)
                self.assertEqual(occurrence.subject, readable)
                self.assertEqual(occurrence.tag_ids.name, readable)
                self.assertEqual(occurrence.type_id.name, readable)
                self.assertNotIn("<script", occurrence.description)
                self.assertNotIn("onerror", occurrence.description)
                # found again, shown and printed
                self.assertIn(
                    occurrence,
                    self.Occurrence.search([("subject", "=", readable)]),
                )
                occurrence.web_read({"display_name": {}, "description": {}})
                for report in (SHEET, DIARY):
                    html, _type = self.env["ir.actions.report"]._render_qweb_html(
                        report, occurrence.ids
                    )
                    self.assertNotIn(b"<script>alert", html)
                    self.assertNotIn(b"<img src=x", html)

    def test_choices_that_are_gone(self):
        """What was deleted while the form was open, in words."""
        occurrence = self._create_occurrence(self.env)
        for fname in ("type_id", "user_id", "tag_ids"):
            field = self.Occurrence._fields[fname]
            table = SQL.identifier(self.env[field.comodel_name]._table)
            rows = self.env.execute_query(SQL("SELECT max(id) FROM %s", table))
            gone = (rows[0][0] or 0) + 1000
            value = [Command.link(gone)] if fname == "tag_ids" else gone
            for do in (
                partial(self._create_occurrence, self.env, **{fname: value}),
                partial(occurrence.write, {fname: value}),
            ):
                with (
                    self.subTest(fname, do=do.func.__name__),
                    mute_logger("odoo.sql_db"),
                    self.assertRaisesRegex(UserError, "does not exist any more"),
                    self.env.cr.savepoint(),
                ):
                    do()
                self.env.invalidate_all()

    def test_odd_texts_in_every_field(self):
        """Of whatever is ours and is typed."""
        typed = self._get_typed("char", "text", "html")
        self.assertGreater(len(typed), 20)
        for what, text in ODD_TEXTS.items():
            for record, fname in typed:
                kind = record._fields[fname].type
                with self.subTest(what, model=record._name, field=fname):
                    record[fname] = text
                    record.flush_recordset()
                    record.invalidate_recordset()
                    value = record[fname]
                    self.assertTrue(value)
                    if kind == "html":
                        self.assertNotIn("<script", value)
                        self.assertNotIn("onerror", value)
                    else:
                        self.assertTrue(set(value) <= set(text), value)
                        self.assertNotIn("\x00", value)

    def test_refusals_are_in_the_users_language(self):
        self._speak_portuguese()
        for text, values in (
            ("Digite um assunto", {"subject": " "}),
            ("500 caracteres", {"subject": MEGABYTE}),
            ("negativa", {"duration": -1}),
            ("O ano 1 não é plausível", {"date": "0001-01-01 00:00:00"}),
        ):
            with self.subTest(text), self._refused(text):
                self._create_occurrence(self.env, **values)
        for text, values in (
            ("“2026-02-30” não é uma data", {"date": "2026-02-30"}),
            ("“yesterday” não é uma data", {"date": "yesterday"}),
            ("“5” não é uma data", {"date": 5}),
            ("“[1]” não é um registro", {"company_id": [1]}),
            ("não é uma data", {"date": ["2026-01-01"]}),
        ):
            with self.subTest(text), self._refused(text, UserError):
                self._create_occurrence(self.env, **values)
        for name in ("crm.gestao.occurrence.tag", "crm.gestao.competitor"):
            with self.subTest(name), self._refused("“5” não é um texto", UserError):
                self.env[name].name_create(5)
        record, card = self._create_everything()[4:6]
        for text, where, fname, value in (
            ("Digite até 500 caracteres", card, "name", MEGABYTE),
            ("está em branco", card, "name", " "),
            ("Digite até 120", card, "review_months", 200_000),
            ("O ano 9999 não é plausível", card, "review_date", "9999-12-31"),
            ("não é um número", record, "their_price", float("nan")),
            ("não é um número", record, "quantity", 1e300),
        ):
            with self.subTest(text, field=fname), self._refused(text):
                where.with_env(self.env)[fname] = value
        with self._refused("10000 ocorrências", UserError):
            self.env["ir.actions.report"]._render_qweb_html(
                DIARY, list(range(1, 10_001))
            )

    def test_a_megabyte(self):
        with self._refused("500 characters"):
            self._create_occurrence(self.env, subject=MEGABYTE)
        with self._refused("100 characters"):
            self._create_occurrence(self.env, name=MEGABYTE)
        for model in ("tag", "type"):
            with self._refused("100 characters"):
                self.env[f"crm.gestao.occurrence.{model}"].create({"name": MEGABYTE})
        for record, fname in self._get_typed("char", "html", "text"):
            with self.subTest(record._name, field=fname):
                if record._fields[fname].type == "char":
                    with self._refused("characters"):
                        record[fname] = MEGABYTE
                else:
                    record[fname] = MEGABYTE
                    self.env.flush_all()
                    self.assertIn(MEGABYTE.strip(), record[fname])
        # the description is the place for it
        occurrence = self._create_occurrence(self.env, description=MEGABYTE)
        self.assertEqual(len(occurrence.description), len(f"<p>{MEGABYTE}</p>"))
        self.assertEqual(
            self.env["res.partner"]
            .with_context(partner_search_identifiers=True)
            .name_search(MEGABYTE),
            [],
        )

    def test_everything_is_tried(self):
        typed = {
            name
            for name, model in self.env.items()
            if model._original_module == "crm_gestao"
            and name.startswith("crm.gestao.")
            and model._auto
            and not (model._abstract or model._transient)
        }
        self.assertEqual({r._name for r in self._create_everything()}, typed)

    def test_nothing_but_spaces(self):
        for text in ("", "   "):
            with self._refused("Type a subject"):
                self._create_occurrence(self.env, subject=text)
            with self._refused("Type a name"):
                self.env["crm.gestao.occurrence.tag"].create({"name": text})
        lines = [
            (record, fname)
            for record, fname in self._get_typed("char")
            if record._fields[fname].required
        ]
        self.assertGreater(len(lines), 6)
        for record, fname in lines:
            told = f"{self._get_label(record, fname)} is blank"
            # PostgreSQL, which knows no other space, is asked first where it creates
            told_new = {
                "crm.gestao.occurrence": "Type a subject",
                "crm.gestao.occurrence.tag": "Type a name",
            }.get(record._name, told)
            for text in ("", "   ", "\n\u3000"):
                with self.subTest(record._name, field=fname, text=text):
                    with self._refused(told):
                        record[fname] = text
                    with self._refused(told if text.strip(" ") else told_new):
                        self._create_another(record, fname, text)

    def test_the_customer_is_looked_for_with_anything(self):
        Partner = self.env["res.partner"].with_context(partner_search_identifiers=True)
        for text in (
            *ODD_TEXTS.values(),
            "%",
            "_",
            "\\",
            "'",
            "()",
            "++--//",
            "0" * 99,
        ):
            for operator in ("ilike", "="):
                with self.subTest(text=text, operator=operator):
                    Partner.name_search(text, operator=operator)

    def test_what_is_not_cleaned_is_clean(self):
        """Of any words and paragraphs Odoo's own field would have kept the same."""
        field = self.Occurrence._fields["description"]

        @settings(fast, max_examples=400)
        @given(
            st.one_of(
                st.from_regex(PARAGRAPHS, fullmatch=True),
                st.from_regex(WORDS, fullmatch=True),
                st.from_regex(r"<p>.{,9}</p>.{,9}", fullmatch=True),
            )
        )
        def check(text):
            kept = fields.Html._convert(field, text, self.Occurrence, True)
            self.assertEqual(field._convert(text, self.Occurrence, True), kept)

        # a signature, which Odoo marks
        for dashes in ("--", "-- ", "--&nbsp;", " --", "a--", "-- a"):
            check = example(f"<p>{dashes}<br>Name</p>")(check)
            check = example(f"<ul><li>{dashes}<b>a</b><br></li></ul>")(check)
        check()

    def test_any_text_at_all(self):
        @fast
        @given(st.text(st.characters(), max_size=80))
        def check(text):
            with self.env.cr.savepoint(flush=False) as savepoint:
                try:
                    occurrence = self._save_all(text)
                except TOLD:
                    self.assertFalse(text.strip(), "refused, and readable")
                else:
                    self.assertTrue(set(occurrence.subject) <= set(text))
                savepoint.rollback()
            self.env.invalidate_all()

        with mute_logger("odoo.sql_db"):
            check()


@tagged("post_install", "-at_install")
class TestNumbers(BadInputCommon):
    def test_duration(self):
        for hours, text in (
            (-0.5, "negative"),
            (24 * 367, "too long"),
            (float("-inf"), "not a number"),
            (float("inf"), "not a number"),
            (float("nan"), "not a number"),
            (1e300, "too large"),
            ("abc", "not a number"),
        ):
            for state in ("open", "done"):
                with self.subTest(hours=hours, state=state), self._refused(text):
                    self._create_occurrence(self.env, duration=hours, state=state)
        occurrence = self._create_occurrence(
            self.env, duration=168, state="done", date=datetime(2026, 3, 2, 12)
        )
        self.assertEqual(occurrence.duration, 168)
        self.assertEqual(occurrence.date_closed, datetime(2026, 3, 9, 12))
        with self._refused("negative"):
            occurrence.duration = -1

    def test_default_duration(self):
        for hours, text in (
            (-1, "default duration"),
            (9000, "default duration"),
            (float("nan"), "Default Duration: “nan” is not a number"),
            (float("inf"), "Default Duration: “inf” is not a number"),
            ("abc", "Default Duration: “abc” is not a number"),
        ):
            with self.subTest(hours=hours), self._refused(text):
                self.type_visit.with_env(self.env).default_duration = hours

    def test_every_number(self):
        """Of whatever is ours and is typed, also while it is typed."""
        typed = self._get_typed("float", "monetary", "integer")
        self.assertGreater(len(typed), 10)
        for record, fname in typed:
            for number in (
                *map(float, ("nan", "inf", "-inf")),
                1e300,
                "NaN",
                2**63,
                10**400,
            ):
                label = self._get_label(record, fname)
                told = f"{label}: “{str(number)[:50]}” is not a number"
                with self.subTest(record._name, field=fname, number=number):
                    with self._refused(told):
                        record[fname] = number
                    with self._refused(told):
                        self._create_another(record, fname, number)
        for fname in ("quantity", "their_price", "our_price"):
            for number in (float("nan"), float("inf"), 1e300):
                with self.subTest(field=fname, number=number):
                    records = self.env["crm.gestao.competitor.record"]
                    spec = {"quantity": {}, "their_price": {}, "amount": {}}
                    with self._refused("is not a number"):
                        records.onchange({fname: number}, [fname], spec)

    def test_review_months(self):
        with Form(self.env["crm.gestao.competitor"]) as form:
            form.name = "Alfa"
            for months in (200_000, 2**31 - 1):
                form.review_months = months
            with self._refused("Type up to 120"):
                form.save()
            form.review_months = 12
        form.record.review_date = "2026-03-02"
        self.assertEqual(str(form.record.next_review_date), "2027-03-02")

    def test_in_the_form(self):
        """A form answers to what is typed, and refuses it when it is saved."""
        form = Form(self.Occurrence)
        form.subject = "Typed in haste"
        form.partner_id = self.customer
        form.date = datetime(9999, 12, 31, 23, 59)
        form.duration = 1e11
        form.state = "done"
        with self._refused("year 9999 "):
            form.save()
        form.date = datetime(1, 1, 1)
        form.duration = 1
        with self._refused("year 1 "):
            form.save()
        form.date = datetime(2026, 3, 2, 12)
        self.assertEqual(form.save().state, "done")


@tagged("post_install", "-at_install")
class TestDates(BadInputCommon):
    def test_years(self):
        occurrence = self._create_occurrence(self.env)
        for zone in ("America/Sao_Paulo", "Asia/Tokyo", "UTC"):
            env = self.env(context={"tz": zone})
            for text in ("0001-01-01 00:00:00", "0001-06-01 00:00:00",
                         "1899-12-31 23:59:59", "2200-01-01 00:00:00",
                         "9999-12-31 23:59:59"):  # fmt: skip
                year = f"year {int(text[:4])} "
                with self.subTest(zone=zone, date=text):
                    for state in ("open", "done"):
                        with self._refused(year):
                            self._create_occurrence(env, date=text, state=state)
                    with self._refused(year):
                        occurrence.date = text
                    if text < "2026":
                        with self._refused(year):
                            self._create_occurrence(env, state="done", date_closed=text)

    def test_years_everywhere(self):
        """Of whatever is ours and is typed."""
        typed = self._get_typed("date", "datetime")
        self.assertGreater(len(typed), 3)
        for record, fname in typed:
            for day in ("0001-01-01", "1800-01-01", "2200-01-01", "9999-12-31"):
                year = f"year {int(day[:4])} "
                if fname == "date_closed" and day > "2026":
                    year = "in the future"
                with (
                    self.subTest(record._name, field=fname, day=day),
                    self._refused(year),
                ):
                    record[fname] = day

    def test_no_date(self):
        """Of whatever is ours and is typed, also while it is typed."""
        typed = self._get_typed("date", "datetime")
        self.assertGreater(len(typed), 3)
        for record, fname in typed:
            label = self._get_label(record, fname)
            for value in ("abc", "2026-02-30", *WRONG_TYPES):
                told = f"{label}: “{value}” is no date"
                default = {f"default_{fname}": value}
                for do in (
                    partial(record.write, {fname: value}),
                    partial(self._create_another, record, fname, value),
                    partial(record.onchange, {fname: value}, [fname], {fname: {}}),
                    partial(record.with_context(**default).default_get, [fname]),
                ):
                    with (
                        self.subTest(record._name, field=fname, value=value, do=do),
                        self._refused(told),
                    ):
                        do()
        for model, fname in (
            ("crm.gestao.invoice.issue", "invoice_date"),
            ("crm.gestao.order.confirm.line", "date_order"),
            ("crm.gestao.order.confirm.line", "validity_date"),
        ):
            # sudo: the manager has no rights of sales
            records = self.env[model].sudo()
            for value in ("abc", *WRONG_TYPES):
                with self.subTest(model, value=value), self._refused("is no date"):
                    records.onchange({fname: value}, [fname], {fname: {}})

    def test_default_date(self):
        """What a context says goes into the reference before it is saved."""
        values = {
            "subject": "S",
            "partner_id": self.customer.id,
            "type_id": self.type_visit.id,
        }
        for value, told in (
            *((v, f"Date: “{v}” is no date") for v in ("abc", *WRONG_TYPES)),
            *((v, "Missing required value for the field 'Date'") for v in (False, "")),
        ):
            records = self.Occurrence.with_context(default_date=value)
            for many in (1, 2):
                with self.subTest(value=value, many=many), self._refused(told):
                    records.create([values] * many)

    def test_periods(self):
        for period in (
            {"date_from": "0001-01-01", "date_to": "9999-12-31"},
            {"date_from": "9999-12-31", "date_to": "9999-12-31"},
            {"date_from": "2026-02-30"},
            {"date_from": "x" * 1000},
            {"date_from": "2026-03-02", "date_to": "2026-03-01"},
        ):
            with self.subTest(period), self._refused("period of the diary"):
                self._diary("America/Sao_Paulo", **period)

    def _diary(self, zone, **period):
        report = self.env["report.crm_gestao.report_diary"].with_context(tz=zone)
        domain = [("partner_id", "=", self.customer.id)]
        values = report._get_report_values([], {"domain": domain, **period})
        return values["docs"]

    def test_a_day_that_begins_at_one(self):
        """Clocks skip midnight: in São Paulo, 4 November 2018 began at 01:00."""
        before, after = (
            self._create_occurrence(self.env, date=moment)
            for moment in (datetime(2018, 11, 4, 2, 59), datetime(2018, 11, 4, 3))
        )
        day = {"date_from": "2018-11-04", "date_to": "2018-11-04"}
        self.assertEqual(self._diary("America/Sao_Paulo", **day), after)
        day = {"date_from": "2018-11-03", "date_to": "2018-11-03"}
        self.assertEqual(self._diary("America/Sao_Paulo", **day), before)

    def test_a_day_with_two_midnights(self):
        """Clocks go back to midnight: in Havana, 1 November 2026 has it twice."""
        before, first, second = (
            self._create_occurrence(self.env, date=moment)
            for moment in (
                datetime(2026, 11, 1, 3, 59),
                datetime(2026, 11, 1, 4, 30),
                datetime(2026, 11, 1, 5, 30),
            )
        )
        day = {"date_from": "2026-11-01", "date_to": "2026-11-01"}
        self.assertEqual(self._diary("America/Havana", **day), first | second)
        day = {"date_from": "2026-10-31", "date_to": "2026-10-31"}
        self.assertEqual(self._diary("America/Havana", **day), before)

    def test_a_reference_is_of_the_users_year(self):
        for zone, year in (
            ("America/Sao_Paulo", 2025),
            ("UTC", 2026),
            ("Pacific/Kiritimati", 2026),
        ):
            occurrence = self._create_occurrence(
                self.env(context={"tz": zone}), date=datetime(2026, 1, 1, 2, 59)
            )
            self.assertIn(f"/{year}/", occurrence.name)

    def test_any_moment(self):
        @fast
        @given(st.datetimes(), st.sampled_from(["America/Sao_Paulo", "Asia/Tokyo"]))
        def check(moment, zone):
            env = self.env(context={"tz": zone})
            moment = moment.replace(microsecond=0)
            with self.env.cr.savepoint(flush=False) as savepoint:
                try:
                    made = self._create_occurrence(env, date=moment, state="done")
                except ValidationError:
                    self.assertFalse(1900 <= moment.year < 2200)
                else:
                    self.assertEqual(made.date, moment)
                savepoint.rollback()
            self.env.invalidate_all()

        check()


@tagged("post_install", "-at_install")
class TestWrongTypes(BadInputCommon):
    """What a program sends, and no form."""

    def test_a_record_for_its_id(self):
        """Which no client sends, but other addons do, of ours and of Odoo's."""
        partner, user = self.customer, self.users["all"]
        occurrence = self._create_occurrence(self.env, partner_id=partner)
        self.assertEqual(occurrence.partner_id, partner)
        # sudo: as most of these addons do
        order = self.env["sale.order"].sudo().create({"partner_id": partner})
        for record in (occurrence, order):
            record.write({"user_id": user})
            self.assertEqual(record.user_id, user)
            record.write({"user_id": user.browse()})
            self.assertFalse(record.user_id)
            record.write({"company_id": self.company})
            self.assertEqual(record.company_id, self.company)
            # of another model, or more than one
            for wrong in (user, partner | self.company.partner_id):
                with self.assertRaises(ValueError):
                    record.write({"partner_id": wrong})
            self.assertEqual(record.partner_id, partner)

    def test_company(self):
        occurrence = self._create_occurrence(self.env)
        for value in ("x", str(self.company.id), *WRONG_TYPES[1:]):
            told = f"“{value}” is no record"
            for do in (
                partial(self._create_occurrence, self.env, company_id=value),
                partial(self._create_occurrence, self.env, company_id=value, name="X"),
                partial(occurrence.write, {"company_id": value}),
            ):
                with self.subTest(value=value, do=do), self._refused(told):
                    do()

    def test_a_reference_that_is_no_text(self):
        occurrence = self._create_occurrence(self.env)
        occurrence.write({"name": 5})
        self.assertEqual(occurrence.name, "5")

    def test_the_customer_of_a_statement(self):
        for value in ("abc", 7.5, {1: 2}, [1, 2]):
            lines = self.env["account.move.line"].with_context(
                crm_gestao_statement_partner_id=value
            )
            with self.subTest(value=value), self._refused("is no record"):
                lines.action_print_statement()

    def test_names(self):
        for name in ("crm.gestao.occurrence.tag", "crm.gestao.competitor"):
            records = self.env[name]
            count = records.search_count([])
            for value in WRONG_TYPES:
                with self.subTest(name, value=value), self._refused("is no text"):
                    records.name_create(value)
                records.name_search(value)
            self.assertEqual(records.search_count([]), count)
        for value in WRONG_TYPES:
            for identifiers in (False, True):
                partners = self.env["res.partner"].with_context(
                    partner_search_identifiers=identifiers
                )
                with self.subTest(value=value), self._refused("is no text"):
                    partners.name_search(value)

    def test_half_a_character(self):
        """What cannot be sent back is not in the message, which else never arrives."""
        occurrence = self._create_occurrence(self.env)
        consult = self.env["crm.gestao.consult"]
        for do in (
            partial(occurrence.write, {"date": "\ud800"}),
            partial(occurrence.write, {"company_id": "\ud800"}),
            partial(occurrence.write, {"duration": "\ud800"}),
            partial(consult.get_consult_figures, self.customer.id, "\ud800", False),
            partial(consult.get_query_action, "\ud800", self.customer.id),
        ):
            with self.subTest(do), self._refused("“”", UserError):
                do()

    def test_contexts(self):
        """A client may put anything there."""
        tags = self.env["crm.gestao.occurrence.tag"]
        for value in (2**70, -5):
            with self.subTest(value=value), self._refused("is no record", UserError):
                tags.with_context(default_company_id=value).name_create("Price")
        row = [["subject", "partner_id", "type_id"], [["A visit", "Nobody", "Visit"]]]
        for value in (None, True, 5, "x", [], [["x"]], [[1]]):
            occurrences = self.env["crm.gestao.occurrence"].with_context(
                import_first_line=value, import_skip_records=value
            )
            with self.subTest(value=value):
                (message, *_others) = occurrences.load(*row)["messages"]
                self.assertIn("Line ", message["message"])
        lines = self.env["account.move.line"].sudo()
        with self._refused("is not a number of days", UserError):
            lines.search([("days_overdue", ">", 10**400)])

    def test_a_megabyte_finds_nobody(self):
        partners = self.env["res.partner"].with_context(partner_search_identifiers=True)
        with self.assertQueryCount(0):
            self.assertFalse(partners.name_search("%_" * 500_000))
        found = partners.search([("display_name", "ilike", MEGABYTE)])
        self.assertFalse(found)

    def test_products_that_are_not_there(self):
        """They are asked for by one statement, not one by one."""
        history = self.env["crm.gestao.product.history"].sudo()
        many = history.browse(range(10**8, 10**8 + 500))
        many.read(["last_price"])
        with self.assertQueryCount(5):
            self.assertFalse(many.read(["last_price"]))

    def test_names_lose_what_nobody_can_read(self):
        for name in ("crm.gestao.occurrence.tag", "crm.gestao.competitor"):
            record_id, text = self.env[name].name_create("a\x00b")
            self.assertEqual(text, "ab")
            self.assertEqual(self.env[name].name_create("a\ud83db")[0], record_id)

    def test_search(self):
        """What nobody can read is not looked for, as it was not saved."""
        occurrence, tag, *others = self._create_everything()
        tag.name = occurrence.subject = occurrence.description = "unheard-of"
        occurrence.write({"name": "X/unheard", "tag_ids": tag.ids})
        self.customer.name = "Unheard-of"
        for odd in ("unh\x00eard", "unh\ud83deard"):
            for domain in (
                *([(fname, "ilike", odd)] for fname in (
                    "name", "subject", "description", "display_name", "tag_ids",
                    "tag_ids.name", "partner_id", "partner_id.name",
                )),
                [("subject", "=", f"{odd}-of")],
                [("subject", "in", [f"{odd}-of"])],
                [("tag_ids", "any", [("name", "ilike", odd)])],
                [("partner_id", "any", [("name", "ilike", odd)])],
                ["!", "|", ("subject", "not ilike", odd), ("name", "=", False)],
            ):  # fmt: skip
                with self.subTest(domain=domain):
                    self.assertEqual(self.Occurrence.search(domain), occurrence)
                    self.assertEqual(self.Occurrence.search_count(domain), 1)
            self.assertEqual(
                [found for found, _name in self.Occurrence.name_search(odd)],
                occurrence.ids,
            )
            for record in others:
                record.name_search(odd)

    def test_documents_of_several_customers(self):
        # sudo: the manager has no rights of sales
        occurrences = self._create_occurrence(self.env).sudo()
        occurrences |= self._create_occurrence(
            self.env, partner_id=self.other_customer.id
        )
        orders = self.env["sale.order"].sudo()
        for occurrence in occurrences:
            orders |= orders.create(
                {
                    "partner_id": occurrence.partner_id.id,
                    "occurrence_id": occurrence.id,
                }
            )
        quotations = occurrences.action_view_quotations()
        self.assertEqual(orders.search(quotations["domain"]), orders.sorted())
        for action in (
            quotations,
            occurrences.action_view_orders(),
            occurrences.action_view_invoices(),
        ):
            self.assertNotIn("default_partner_id", action["context"])
        context = occurrences[0].action_view_quotations()["context"]
        self.assertEqual(context["default_partner_id"], self.customer.id)


@tagged("post_install", "-at_install")
class TestCustomerGoes(BadInputCommon):
    """What happens to the customer while the form is open."""

    def setUp(self):
        super().setUp()
        self.partner = self.env["res.partner"].sudo().create({"name": "Passing Ltda"})
        self.form = Form(self.Occurrence)
        self.form.subject = "Open in a tab"
        self.form.partner_id = self.partner.with_env(self.env)

    def test_deleted(self):
        self.partner.unlink()
        with self._refused("choose them again", UserError):
            self.form.save()

    def test_deleted_participant(self):
        person = self.partner.create({"name": "P", "parent_id": self.partner.id})
        self.form.participant_ids.add(person.with_env(self.env))
        person.unlink()
        with self._refused("choose them again", UserError):
            self.form.save()

    def test_merged(self):
        self.env["base.partner.merge.automatic.wizard"].sudo()._merge(
            (self.partner | self.other_customer).ids, self.other_customer
        )
        with self._refused("choose them again", UserError):
            self.form.save()
        self.form.partner_id = self.other_customer.with_env(self.env)
        self.assertEqual(self.form.save().partner_id, self.other_customer)

    def test_archived(self):
        self.partner.active = False
        self.assertEqual(self.form.save().partner_id, self.partner)

    def test_chosen_and_deleted_on_one_that_exists(self):
        occurrence = self._create_occurrence(self.env)
        with Form(occurrence) as form:
            form.subject = "Changed"
            form.partner_id = self.partner.with_env(self.env)
            self.partner.unlink()
            with self._refused("choose them again", UserError):
                form.save()
            form.partner_id = self.customer.with_env(self.env)
        self.assertEqual(occurrence.partner_id, self.customer)

    def test_the_occurrence_itself_is_deleted(self):
        occurrence = self._create_occurrence(self.env)
        form = Form(occurrence)
        form.subject = "Changed"
        occurrence.unlink()
        with self._refused(error=MissingError):
            form.save()


@tagged("post_install", "-at_install")
class TestPrintTooMuch(BadInputCommon):
    def test_ten_thousand_lines(self):
        """It is refused before anything is read."""
        ids = list(range(1, 10_001))
        for report in (SHEET, DIARY):
            with self._refused("10000 occurrences", UserError):
                self.env["ir.actions.report"]._render_qweb_html(report, ids)
        with self._refused("10000 documents", UserError):
            self.env["ir.actions.report"]._render_qweb_html(
                "crm_gestao.report_competitor", ids
            )


@tagged("post_install", "-at_install")
class TestBrokenFiles(ImportCommon):
    """A file that cannot be imported is told why, and nothing of it goes in."""

    MODEL = "crm.gestao.occurrence"
    HEADER = "Date,Type,Customer,Participants,Subject,Duration,Status,Priority"
    GOOD = "2026-03-02 09:30,Visit,PC-001,,Good,1,,"

    def _csv(self, *rows):
        return "\n".join([self.HEADER, self.GOOD, *rows]).encode()

    def _bad_rows(self):
        """What is wrong in one row, by a word for it."""
        return {
            "no date": "someday,Visit,PC-001,,Wrong,1,,",
            "30 february": "2026-02-30 10:00,Visit,PC-001,,Wrong,1,,",
            "year 1": "0001-01-01 10:00,Visit,PC-001,,Wrong,1,,",
            "year 9999": "9999-12-31 23:00,Visit,PC-001,,Wrong,1,,",
            "no type": "2026-03-02 09:30,Séance,PC-001,,Wrong,1,,",
            "no customer": "2026-03-02 09:30,Visit,,,Wrong,1,,",
            "stranger": "2026-03-02 09:30,Visit,PC-001,Zé,Wrong,1,,",
            "no subject": "2026-03-02 09:30,Visit,PC-001,,,1,,",
            "words for hours": "2026-03-02 09:30,Visit,PC-001,,W,long,,",
            "negative": "2026-03-02 09:30,Visit,PC-001,,Wrong,-1,,",
            "a year and more": "2026-03-02,Visit,PC-001,,Wrong,99999,,",
            "status": "2026-03-02 09:30,Visit,PC-001,,Wrong,1,Maybe,",
            "megabyte": f"2026-03-02,Visit,PC-001,,{MEGABYTE},1,,",
            "columns short": "2026-03-02 09:30",
            "open quote": '2026-03-02,Visit,PC-001,,"never closed,1,,',
        }

    def _xlsx(self, fill):
        book = openpyxl.Workbook()
        fill(book)
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    def _files(self):
        good = self._xlsx(
            lambda book: [
                book.active.append(line.split(",")) for line in (self.HEADER, self.GOOD)
            ]
        )
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("a.txt", "no workbook")
        return {
            "empty.csv": b"",
            "spaces.csv": b" \n \n",
            "header alone.csv": self.HEADER.encode(),
            "picture.csv": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
            "zeros.csv": b"\0" * 5000,
            "utf16 cut.csv": self._csv().decode().encode("utf-16")[:-1],
            **{f"{n}.csv": self._csv(row) for n, row in self._bad_rows().items()},
            "cut.xlsx": good[: len(good) // 2],
            "text.xlsx": self._csv(),
            "zip.xlsx": stream.getvalue(),
            "empty.xlsx": self._xlsx(lambda book: None),
            "formula.xlsx": self._xlsx(
                lambda book: [
                    book.active.append(line)
                    for line in (
                        self.HEADER.split(","),
                        ["=1/0", *["=A1"] * (self.HEADER.count(","))],
                    )
                ]
            ),
        }

    def test_broken_files(self):
        files = self._files()
        self.assertGreaterEqual(len(files), 20)
        options = {
            "has_headers": True, "quoting": '"', "separator": "", "encoding": "",
            "date_format": "", "datetime_format": "", "float_thousand_separator": ",",
            "float_decimal_separator": ".",
        }  # fmt: skip
        records = self.env[self.MODEL]
        for name, content in {"good.csv": self._csv(), **files}.items():
            with self.subTest(name):
                self.env.flush_all()
                count = records.search_count([])
                wizard = self._wizard(name, content)
                wizard.res_model = self.MODEL
                told = self._try_import(wizard, options)
                self.env.invalidate_all()
                if name == "good.csv":  # of which the others have one row more
                    self.assertEqual((told, records.search_count([])), ([], count + 1))
                    continue
                self.assertTrue(told, "nobody says what is wrong")
                self.assertLess(max(map(len, told)), 500)
                self.assertEqual(records.search_count([]), count)

    @mute_logger(
        "odoo.addons.base_import.models.base_import", "odoo.sql_db", "odoo.models"
    )
    def _try_import(self, wizard, options):
        """Return what the screen says."""
        preview = wizard.parse_preview(options)
        if "error" in preview:
            return [preview["error"]]
        matches = preview["matches"] or {}
        columns = [
            "/".join(matches[index]) if index in matches else False
            for index in range(len(preview["headers"]))
        ]
        if not any(columns):
            # the screen lets nobody import what matches nothing
            return ["no column is known"]
        with self.env.cr.savepoint():
            result = wizard.execute_import(
                columns,
                [header.lower() for header in preview["headers"]],
                preview["options"],
            )
        if not result["messages"] and not result["ids"]:
            return ["no line is in the file"]
        return [message["message"] for message in result["messages"]]


@tagged("post_install", "-at_install")
class TestBrokenFilesOfCompetitors(TestBrokenFiles):
    MODEL = "crm.gestao.competitor.record"
    HEADER = "Date,Competitor,Customer,Their Product,Quantity,Their Price,Outcome"
    GOOD = "2026-03-02,Alfa,PC-001,Good,1,10,"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.gestao.competitor"].create({"name": "Alfa"})

    def _bad_rows(self):
        return {
            "no date": "someday,Alfa,PC-001,Wrong,1,10,",
            "30 february": "2026-02-30,Alfa,PC-001,Wrong,1,10,",
            "year 0": "0000-01-01,Alfa,PC-001,Wrong,1,10,",
            "no competitor": "2026-03-02,,PC-001,Wrong,1,10,",
            "unknown competitor": "2026-03-02,Omega,PC-001,Wrong,1,10,",
            "no customer": "2026-03-02,Alfa,,Wrong,1,10,",
            "unknown customer": "2026-03-02,Alfa,Nobody Ltda,Wrong,1,10,",
            "words for a price": "2026-03-02,Alfa,PC-001,Wrong,1,cheap,",
            "words for a quantity": "2026-03-02,Alfa,PC-001,Wrong,many,10,",
            "negative quantity": "2026-03-02,Alfa,PC-001,Wrong,-1,10,",
            "negative price": "2026-03-02,Alfa,PC-001,Wrong,1,-10,",
            "too large": f"2026-03-02,Alfa,PC-001,Wrong,1,{10**15},",
            "outcome": "2026-03-02,Alfa,PC-001,Wrong,1,10,Maybe",
            "megabyte": f"2026-03-02,Alfa,PC-001,{MEGABYTE},1,10,",
            "columns short": "2026-03-02",
            "open quote": '2026-03-02,Alfa,PC-001,"never closed,1,10,',
        }


@tagged("post_install", "-at_install")
class TestMomentsOfFiles(ImportCommon):
    def test_moments_of_the_file_are_the_users(self):
        """The last and the first minute of a year, in the importer's time zone."""
        result = self._import_rows(
            "2026-12-31 23:59,Visit,PC-001,,Last,,,",
            "2027-01-01 00:00,Visit,PC-001,,First,,,",
        )
        last, first = self.Occurrence.browse(result["ids"])
        self.assertEqual(last.date, datetime(2027, 1, 1, 2, 59))
        self.assertEqual(first.date, datetime(2027, 1, 1, 3))
        self.assertIn("/2026/", last.name)
        self.assertIn("/2027/", first.name)


@tagged("post_install", "-at_install")
class TestDatabaseGoes(OccurrenceCommon):
    def test_before_a_route_is_called(self):
        """The moment at which Odoo itself would let the driver's words through."""
        cr = db_connect(self.env.cr.dbname).cursor()
        self.addCleanup(cr.close)
        cr.execute("SELECT pg_backend_pid()")
        (pid,) = cr.fetchone()
        self.env.cr.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        env = self.env(user=self.users["own"], context={"lang": "en_US"})
        _request_stack.push(SimpleNamespace(env=SimpleNamespace(cr=cr, _=env._)))
        self.addCleanup(_request_stack.pop)
        with self.assertRaisesRegex(UserError, "not reachable for a moment"):
            begin_anew()
