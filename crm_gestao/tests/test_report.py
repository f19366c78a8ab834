import io
import json
from datetime import date, datetime, timedelta
from unittest.mock import patch

import lxml.html
from markupsafe import Markup

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileReader
from odoo.tools.safe_eval import safe_eval

from odoo.addons.base.models.ir_actions_report import _wkhtml

from .common import OccurrenceCommon

SHEET = "crm_gestao.report_occurrence"
DIARY = "crm_gestao.report_diary"


class ReportCommon(OccurrenceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners = cls.customer + cls.contact + cls.other_contact + cls.other_customer
        partners.lang = "en_US"
        lang = cls.env["res.lang"]._activate_lang("en_US")
        lang.write({"date_format": "%m/%d/%Y", "time_format": "%H:%M:%S"})
        # in the evening of the 10th in São Paulo
        cls.occurrence = cls._create_occurrence(
            subject="Visit with the catalogue",
            date=datetime(2026, 3, 11, 1, 30),
            duration=1.5,
            user_id=cls.users["own"].id,
            participant_ids=cls.contact.ids,
            description=Markup("<p>They asked for <b>samples</b>.</p>"),
            state="done",
        )
        cls.colleague_occurrence = cls._create_occurrence(
            subject="Secret of the colleague",
            date=datetime(2026, 3, 12, 12, 0),
            partner_id=cls.contact.id,
            type_id=cls.type_complaint.id,
            user_id=cls.users["colleague"].id,
            state="open",
        )
        cls.other_occurrence = cls._create_occurrence(
            subject="Call to the other customer",
            date=datetime(2026, 3, 13, 12, 0),
            partner_id=cls.other_customer.id,
            user_id=cls.users["own"].id,
        )
        cls.occurrences = (
            cls.occurrence + cls.colleague_occurrence + cls.other_occurrence
        )

    def _render(self, report, docids=None, data=None, role=None, **context):
        """The pages of a report, as lists of lxml nodes."""
        env = self.env(
            user=self.users[role] if role else self.env.user,
            context={"tz": "America/Sao_Paulo", "lang": "en_US", **context},
        )
        html = env["ir.actions.report"]._render_qweb_html(report, docids, data=data)[0]
        return self._get_pages(html)

    def _get_pages(self, html):
        return lxml.html.document_fromstring(html.decode()).find_class("article")

    def _get_text(self, node):
        return " ".join(node.text_content().split())

    def _get_named(self, node, name):
        return [self._get_text(n) for n in node.findall(f".//*[@name='{name}']")]

    def _activate_portuguese(self):
        lang = self.env["res.lang"]._activate_lang("pt_BR")
        lang.write({"date_format": "%d/%m/%Y", "time_format": "%H:%M:%S"})
        self.customer.lang = "pt_BR"
        self.contact.lang = "pt_BR"
        self.other_customer.lang = "en_US"
        self.type_visit.update_field_translations(
            "name", {"en_US": "Visit", "pt_BR": "Visita"}
        )
        labels = self.env["ir.model.fields.selection"].search(
            [
                ("field_id.model", "=", "crm.gestao.occurrence"),
                ("field_id.name", "=", "state"),
                ("value", "=", "done"),
            ]
        )
        labels.update_field_translations("name", {"pt_BR": "Concluída"})
        self.env.registry.clear_cache()


@tagged("post_install", "-at_install")
class TestReportOccurrence(ReportCommon):
    def test_sheet_content(self):
        """The sheet tells who, what, when, and what comes next."""
        self.occurrence.activity_schedule(
            "mail.mail_activity_data_call",
            date_deadline=date(2026, 4, 2),
            summary="Ask about the samples",
            user_id=self.users["own"].id,
        )
        self.occurrence.priority = "2"
        (page,) = self._render(SHEET, self.occurrence.ids)
        text = self._get_text(page)
        for expected in (
            "Padaria Central Ltda",
            "11.222.333/0001-81",
            "+55 (11) 3322-4455",
            "contato@padaria.example",
            self.occurrence.name,
            "Visit with the catalogue",
            "03/10/2026 22:30",
            "01:30",
            "Urgent",
            "Ana Prado",
            self.users["own"].name,
            "They asked for samples.",
            "Ask about the samples",
            "04/02/2026",
        ):
            self.assertIn(expected, text)
        self.assertNotIn("No next contact is scheduled", text)

    def test_sheet_of_a_contact(self):
        """A contact without own phone and e-mail shows those of the company."""
        self.contact.write({"phone": False, "email": False})
        (page,) = self._render(SHEET, self.colleague_occurrence.ids)
        text = self._get_text(page)
        self.assertIn("Padaria Central Ltda, Ana Prado", text)
        self.assertIn("11.222.333/0001-81", text)
        self.assertIn("+55 (11) 3322-4455", text)
        self.assertIn("(late)", text)
        self.assertIn("No next contact is scheduled", text)

    def test_sheet_in_the_language_of_the_customer(self):
        self._activate_portuguese()
        portuguese, english = self._render(
            SHEET, (self.occurrence + self.other_occurrence).ids
        )
        text = self._get_text(portuguese)
        for expected in ("Visita", "Concluída", "10/03/2026 22:30"):
            self.assertIn(expected, text)
        self.assertIn("03/13/2026", self._get_text(english))
        self.assertEqual(portuguese.get("data-oe-lang"), "pt_BR")

    def test_sheet_without_language(self):
        """A customer without a language gets the user's."""
        self._activate_portuguese()
        self.customer.lang = False
        (page,) = self._render(SHEET, self.occurrence.ids, lang="pt_BR")
        self.assertIn("10/03/2026 22:30", self._get_text(page))

    def test_sheet_of_another_company(self):
        """The paper is that of the company of the occurrence."""
        self.env.user.company_ids += self.other_company
        occurrence = self._create_occurrence(company_id=self.other_company.id)
        companies = self.company + self.other_company
        pages = self._render(
            SHEET,
            (self.occurrence + occurrence).ids,
            allowed_company_ids=companies.ids,
        )
        for page, company in zip(pages, companies, strict=True):
            self.assertIn(f"o_company_{company.id}_layout", page.classes)

    def test_sheet_read_by_accounting(self):
        """Who only reads occurrences prints them, with the next step."""
        self.occurrence.activity_schedule(
            "mail.mail_activity_data_call",
            summary="Ask about the samples",
            user_id=self.users["own"].id,
        )
        for role in ("biller", "reader"):
            (page,) = self._render(SHEET, self.occurrence.ids, role=role)
            self.assertIn("Ask about the samples", self._get_text(page))

    def test_sheet_rights(self):
        with self.assertRaises(AccessError):
            self._render(SHEET, self.colleague_occurrence.ids, role="own")
        with self.assertRaises(AccessError):
            self._render(SHEET, self.occurrence.ids, role="employee")

    def test_description_is_tamed(self):
        """What was pasted neither runs, nor takes the page apart, nor overflows."""
        self.occurrence.description = (
            "<h1>Minutes</h1><script>alert(1)</script>"
            '<img src="x.png" onerror="alert(2)" width="3000">'
            '<a href="javascript:alert(3)">link</a>'
            '<div class="header">Subject: offer</div>'
            '<p class="article footer bold" style="position: fixed; color: red;'
            ' margin-top: -400px; font-size: 300px">x</p>'
            '<table width="1400" style="width: 1400px"><tr><td>cell</td></tr></table>'
        )
        for report in (SHEET, DIARY):
            env = self.env["ir.actions.report"]
            html = env._render_qweb_html(report, self.occurrence.ids)[0]
            (page,) = self._get_pages(html)
            source = lxml.html.tostring(page, encoding="unicode")
            for forbidden in ("alert(", "<script", "onerror", "javascript:"):
                self.assertNotIn(forbidden, source)
            self.assertIn("Subject: offer", page.text_content())
            self.assertFalse(page.findall(".//h1"))
            (image,) = page.xpath(".//img[@src='x.png']")
            self.assertIn("img-fluid", image.classes)
            (cell,) = page.xpath(".//td[text()='cell']")
            table = cell.xpath("ancestor::table")[0]
            self.assertFalse(table.get("width"))
            self.assertNotIn("1400", table.get("style"))
            (block,) = page.find_class("bold")
            self.assertEqual(block.get("style").rstrip(";"), "color:red")
            document = env._get_report(report)._prepare_html(html)
            self.assertEqual(len(document[0]), 1)

    def test_file_names(self):
        for xmlid, expected in (
            ("action_report_occurrence", self.occurrence.name),
            ("action_report_diary", "Padaria Central Ltda"),
        ):
            report = self.env.ref(f"crm_gestao.{xmlid}")
            self.assertEqual(report.binding_model_id.model, "crm.gestao.occurrence")
            name = safe_eval(report.print_report_name, {"object": self.occurrence})
            self.assertIn(expected, name)


@tagged("post_install", "-at_install")
class TestReportDiary(ReportCommon):
    def _get_data(self, **data):
        return {"domain": [], "partner_id": False, **data}

    def test_diary_of_selected(self):
        """One section per customer, by name, each newest first."""
        other, customer = self._render(DIARY, self.occurrences.ids)
        self.assertIn("Mercado Norte Ltda", self._get_text(other))
        self.assertNotIn("Padaria", self._get_text(other))
        self.assertIn("11.222.333/0001-81", self._get_text(customer))
        entries = self._get_named(customer, "entry")
        self.assertEqual(len(entries), 2)
        self.assertIn("Secret of the colleague", entries[0])
        self.assertIn("Contact: Ana Prado", entries[0])
        self.assertIn("(late)", entries[0])
        for expected in (
            "03/10/2026",
            "22:30",
            "Visit",
            self.occurrence.name,
            "Visit with the catalogue",
            self.users["own"].name,
            "Participants: Ana Prado",
            "Done",
            "They asked for samples.",
        ):
            self.assertIn(expected, entries[1])

    def test_diary_summary(self):
        """The figures are those of what is printed."""
        (page,) = self._render(DIARY, (self.occurrence + self.colleague_occurrence).ids)
        rows = [
            [self._get_text(cell) for cell in row]
            for row in page.find(".//table[@name='summary']").iter("tr")
        ]
        self.assertEqual(
            rows,
            [
                ["Type", "Occurrences", "Still Open", "Past Due", "Duration"],
                [self.type_visit.name, "1", "0", "0", "01:30"],
                [self.type_complaint.name, "1", "1", "1", "00:00"],
                ["Total", "2", "1", "1", "01:30"],
            ],
        )

    def test_diary_next_contact(self):
        for days in (20, 10):
            self.occurrence.activity_schedule(
                "mail.mail_activity_data_call",
                date_deadline=date(2026, 4, 1) + timedelta(days=days),
                summary=f"In {days} days",
                user_id=self.users["colleague"].id,
            )
        (page,) = self._render(DIARY, self.occurrence.ids, role="biller")
        (next_contact,) = self._get_named(page, "next_contact")
        self.assertIn("04/11/2026", next_contact)
        self.assertIn("In 10 days", next_contact)
        self.assertIn(self.users["colleague"].name, next_contact)

    def test_diary_languages(self):
        """Each section is in the language of its customer."""
        self._activate_portuguese()
        english, portuguese = self._render(
            DIARY, (self.occurrence + self.other_occurrence).ids
        )
        self.assertIn("Visita", self._get_text(portuguese))
        self.assertIn("Concluída", self._get_text(portuguese))
        self.assertIn("10/03/2026", self._get_text(portuguese))
        self.assertIn("03/13/2026", self._get_text(english))
        self.assertNotIn("Visita", self._get_text(english))

    def test_diary_companies(self):
        """A customer of two companies has a section on the paper of each."""
        self.env.user.company_ids += self.other_company
        self._create_occurrence(company_id=self.other_company.id)
        companies = self.company + self.other_company
        pages = self._render(
            DIARY,
            data=self._get_data(partner_id=self.customer.id),
            allowed_company_ids=companies.ids,
        )
        layouts = {c for page in pages for c in page.classes if "o_company_" in c}
        self.assertEqual(layouts, {f"o_company_{c.id}_layout" for c in companies})

    def test_diary_of_a_period(self):
        """Whole days in the user's time zone, both ends included."""
        data = self._get_data(
            partner_id=self.customer.id, date_from="2026-03-10", date_to="2026-03-11"
        )
        (page,) = self._render(DIARY, data=data)
        self.assertEqual(
            self._get_named(page, "period"), ["Period 03/10/2026 – 03/11/2026"]
        )
        (entry,) = self._get_named(page, "entry")
        self.assertIn("Visit with the catalogue", entry)
        # one date alone is that day
        data = self._get_data(partner_id=self.customer.id, date_to="2026-03-10")
        (page,) = self._render(DIARY, data=data)
        self.assertEqual(self._get_named(page, "period"), ["Period 03/10/2026"])
        self.assertEqual(len(self._get_named(page, "entry")), 1)

    def test_diary_of_a_contact(self):
        """The diary of a contact has what is theirs, that of the company has all."""
        for partner, count in ((self.contact, 1), (self.customer, 2)):
            (page,) = self._render(DIARY, data=self._get_data(partner_id=partner.id))
            self.assertEqual(len(self._get_named(page, "entry")), count)

    def test_diary_empty(self):
        data = self._get_data(
            partner_id=self.customer.id, date_from="2020-01-01", date_to="2020-01-31"
        )
        (page,) = self._render(DIARY, data=data)
        self.assertEqual(
            self._get_named(page, "empty"), ["Nothing was recorded in this period."]
        )
        self.assertIn("Padaria Central Ltda", self._get_text(page))
        self.assertFalse(page.findall(".//table[@name='summary']"))

    def test_diary_of_a_user(self):
        """Without a customer it names whose occurrences they are."""
        domain = [["user_id", "=", self.users["own"].id]]
        data = self._get_data(domain=domain)
        pages = self._render(DIARY, data=data)
        self.assertEqual(len(pages), 2)
        for page in pages:
            self.assertEqual(
                self._get_text(page.find(".//h2")),
                f"Relationship Diary of {self.users['own'].name}",
            )
        data = self._get_data(date_from="2020-01-01")
        (page,) = self._render(DIARY, data=data, role="own")
        self.assertIn(self.users["own"].name, self._get_text(page))
        self.assertIn("Nothing was recorded", self._get_text(page))

    def test_diary_limit(self):
        partner = self.env["res.partner"].create({"name": "Busy", "lang": "en_US"})
        occurrences = [
            self._create_occurrence(partner_id=partner.id) for _index in range(3)
        ]
        data = self._get_data(partner_id=partner.id)
        ids = [o.id for o in occurrences]
        mixin = type(self.env["crm.gestao.report.mixin"])
        with patch.object(mixin, "_print_limit", 2):
            with self.assertRaisesRegex(UserError, "3 occurrences, and 2 at most"):
                self._render(DIARY, data=data)
            for report in (DIARY, SHEET):
                with self.assertRaisesRegex(UserError, "3 occurrences, and 2 at most"):
                    self._render(report, ids)
        with patch.object(mixin, "_print_limit", 3):
            (page,) = self._render(DIARY, data=data)
        self.assertEqual(len(self._get_named(page, "entry")), 3)

    @mute_logger("odoo.sql_db")
    def test_diary_bad_input(self):
        for data in (
            None,
            {},
            {"domain": None},
            self._get_data(domain="[]"),
            self._get_data(domain=[["nothing", "=", 1]]),
            self._get_data(domain=[["partner_id", "any!", [["id", ">", 0]]]]),
            self._get_data(domain=[["id", "="]]),
            self._get_data(domain=["|"]),
            self._get_data(domain=[["duration", "=", "long"]]),
            self._get_data(domain=[["date", ">", "tomorrowish"]]),
            self._get_data(domain={"a": 1}),
            self._get_data(partner_id="one"),
            self._get_data(partner_id=True),
            self._get_data(partner_id=2**40),
            self._get_data(partner_id=[self.customer.id]),
            self._get_data(date_from="2026-02-30"),
            self._get_data(date_from=["2026-02-03"]),
            self._get_data(date_from="2026-02-03", date_to="2026-02-02"),
            self._get_data(date_to="9999-12-31", date_from="0001-01-01"),
        ):
            with self.subTest(data=data), self.assertRaises(UserError):
                self._render(DIARY, data=data)

    def test_diary_rights(self):
        """Neither a domain nor ids show more than the user's own rights."""
        data = self._get_data(domain=[["id", "in", self.occurrences.ids]])
        for role, count in {"own": 2, "all": 3, "biller": 3}.items():
            pages = self._render(DIARY, data=data, role=role)
            entries = [e for page in pages for e in self._get_named(page, "entry")]
            self.assertEqual(len(entries), count, role)
            self.assertEqual(
                "Secret of the colleague" in "".join(entries), role != "own"
            )
        (page,) = self._render(
            DIARY, data=self._get_data(partner_id=self.customer.id), role="own"
        )
        self.assertIn("Total 1 0 0 01:30", self._get_text(page))
        with self.assertRaises(AccessError):
            self._render(DIARY, self.occurrences.ids, role="own")
        with self.assertRaises(AccessError):
            self._render(DIARY, data=data, role="employee")
        with self.assertRaises(AccessError):
            self._render(DIARY, data=data, role="portal")

    def test_queries_do_not_grow(self):
        """Ten times the occurrences are printed by the same statements."""
        customers = self.env["res.partner"].create(
            [
                {"name": f"Customer {index}", "is_company": True, "city": "Curitiba"}
                for index in range(20)
            ]
        )
        contacts = self.env["res.partner"].create(
            [{"name": "Contact", "parent_id": c.id} for c in customers]
        )
        occurrences = self.env["crm.gestao.occurrence"].create(
            [
                {
                    "subject": f"Subject {index}",
                    "partner_id": contacts[index % 20].id,
                    "participant_ids": contacts[index % 20].ids,
                    "type_id": self.type_visit.id,
                    "user_id": self.users["own" if index % 2 else "rep"].id,
                    "date": datetime(2026, 1, 1) + timedelta(days=index),
                    "description": Markup("<p>Text</p>"),
                }
                for index in range(110)
            ]
        )
        for occurrence in occurrences:
            occurrence.activity_schedule(
                "mail.mail_activity_data_call", user_id=self.users["own"].id
            )

        def count_statements(report, ids):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._render(report, ids, role="all")
            return self.env.cr.sql_log_count - before

        for report in (SHEET, DIARY):
            count_statements(report, occurrences[:1].ids)  # warm up
            few = count_statements(report, occurrences[:10].ids)
            many = count_statements(report, occurrences[10:].ids)
            self.assertLessEqual(many, few + 2, report)


@tagged("post_install", "-at_install")
class TestReportPdf(ReportCommon):
    def _render_pdf(self, report, docids=None, data=None):
        actions = self.env["ir.actions.report"].with_context(
            force_report_rendering=True, tz="America/Sao_Paulo"
        )
        if actions.get_wkhtmltopdf_state() != "ok":
            self.skipTest("wkhtmltopdf is not installed")
        # no server in this test: the style sheets are missing
        with mute_logger("odoo.addons.base.models.ir_actions_report"):
            pdf, kind = actions._render_qweb_pdf(report, docids, data=data)
        self.assertEqual(kind, "pdf")
        return PdfFileReader(io.BytesIO(pdf)).pages

    def test_pdf_of_several(self):
        """Each record is printed once, also where headings would confuse Odoo."""
        self.occurrence.description = Markup("<h1>Minutes</h1>%s<h1>End</h1>") % Markup(
            "".join(f"<p>Line {index}</p>" for index in range(150))
        )
        pages = self._render_pdf(SHEET, self.occurrences.ids)
        self.assertGreater(len(pages), 3)
        if _wkhtml().is_patched_qt:
            text = "".join(page.extract_text() for page in pages)
            for occurrence in self.occurrences:
                self.assertEqual(text.count(occurrence.subject), 1)

    def test_pdf_of_diary(self):
        pages = self._render_pdf(
            DIARY, data={"domain": [], "partner_id": self.customer.id}
        )
        self.assertEqual(len(pages), 1)
        self.assertEqual(len(self._render_pdf(DIARY, self.occurrences.ids)), 2)
        if _wkhtml().is_patched_qt:
            self.assertIn("Visit with the catalogue", pages[0].extract_text())

    def test_pages_that_follow_say_of_whom(self):
        if not _wkhtml().is_patched_qt:
            self.skipTest("needs wkhtmltopdf with a patched Qt")
        self.occurrence.description = Markup("<p>Line</p>") * 150
        sheet = self._render_pdf(SHEET, self.occurrence.ids)
        self.assertIn(self.occurrence.name, sheet[1].extract_text())
        diary = self._render_pdf(DIARY, self.occurrence.ids)
        self.assertIn(self.customer.name, diary[1].extract_text())

    def test_pdf_saved_as_attachment(self):
        """A company may keep the sheets: each goes to its own record."""
        report = self.env.ref("crm_gestao.action_report_occurrence")
        report.attachment = "'%s.pdf' % object.name.replace('/', '-')"
        if not _wkhtml().is_patched_qt:
            self.skipTest("needs wkhtmltopdf with a patched Qt")
        self._render_pdf(SHEET, self.occurrences.ids)
        for occurrence in self.occurrences:
            self.assertTrue(report.retrieve_attachment(occurrence))

    def _prepare(self, report, is_patched):
        path = "odoo.addons.crm_gestao.report.ir_actions_report._wkhtml"
        actions = self.env["ir.actions.report"]
        html = actions._render_qweb_html(report, self.occurrences.ids)[0]
        with patch(path, return_value=_wkhtml()._replace(is_patched_qt=is_patched)):
            return actions._get_report(report)._prepare_html(
                html, report_model="crm.gestao.occurrence"
            )

    def test_unpatched_wkhtmltopdf(self):
        """Where it prints one document only, that has all pages and headers."""
        for report, count in ((SHEET, 3), (DIARY, 2)):
            (body,), ids, _header, _footer, args = self._prepare(report, False)
            self.assertEqual(ids, [None])
            self.assertEqual(body.count("page-break-before: always"), count - 1)
            root = lxml.html.document_fromstring(body)
            self.assertEqual(len(root.findall(".//*[@name='company_address']")), count)
            for occurrence in self.occurrences:
                self.assertIn(occurrence.subject, body)
            self.assertLess(float(args["data-report-margin-top"]), 20)

    def test_very_long_document(self):
        """More pages than wkhtmltopdf can hold go without header and footer."""
        path = "odoo.addons.crm_gestao.report.ir_actions_report.MANY"
        for many, count in ((3, 2), (2, 1)):
            with patch(path, many):
                bodies, _ids, header, footer, _args = self._prepare(DIARY, True)
            self.assertEqual(len(bodies), count)
            self.assertEqual(bool(header and footer), count > 1)

    def test_high_header(self):
        """The margin grows with the header, so that it hides nothing of the text."""
        margins = []
        for details in ("<p>One line</p>", "<p>%s</p>" % "<br>".join("abcdefghij")):
            self.company.company_details = Markup(details)
            bodies, _ids, _header, _footer, args = self._prepare(SHEET, True)
            self.assertEqual(len(bodies), 3)
            self.assertEqual(
                args["data-report-margin-top"], args["data-report-header-spacing"]
            )
            margins.append(float(args["data-report-margin-top"]))
        self.assertGreater(margins[1], margins[0])


@tagged("post_install", "-at_install")
class TestReportHttp(ReportCommon, HttpCase):
    def _get(self, options, context=None, kind="html"):
        return self.url_open(
            f"/report/{kind}/{DIARY}",
            params={
                "options": json.dumps(options),
                "context": json.dumps(context or {}),
            },
        )

    def test_diary_as_the_web_client_asks(self):
        login = self.users["own"].login
        self.authenticate(login, login)
        options = {"domain": [], "partner_id": self.customer.id}
        for kind in ("html", "pdf"):  # in tests both answer with html
            response = self._get(
                options, {"lang": "en_US", "tz": "America/Sao_Paulo"}, kind
            )
            self.assertEqual(response.status_code, 200)
            self.assertIn("22:30", response.text)
            self.assertNotIn("Secret of the colleague", response.text)

    def test_sheet_of_nothing(self):
        login = self.users["own"].login
        self.authenticate(login, login)
        response = self.url_open(f"/report/html/{SHEET}")
        self.assertEqual(response.status_code, 200)

    def test_diary_of_a_foreign_company(self):
        """Naming a company in the context gives no right on it."""
        login = self.users["own"].login
        self.authenticate(login, login)
        with mute_logger("odoo.http"):
            response = self._get(
                {"domain": []}, {"allowed_company_ids": self.other_company.ids}
            )
        self.assertNotEqual(response.status_code, 200)

    def test_download(self):
        login = self.users["own"].login
        self.authenticate(login, login)
        options = json.dumps({"domain": [], "partner_id": self.customer.id})
        url = f"/report/pdf/{DIARY}?options={options}&context=%7B%7D"
        response = self.url_open(
            "/report/download",
            params={"data": json.dumps([url, "qweb-pdf"]), "context": "{}"},
        )
        self.assertEqual(response.status_code, 200)
        self.assertIn(".pdf", response.headers["Content-Disposition"])
        self.assertIn("Visit with the catalogue", response.text)
