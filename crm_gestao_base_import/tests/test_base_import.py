import io
from datetime import date, datetime, time, timedelta
from itertools import chain
from unittest.mock import patch

import openpyxl
import xlwt
from openpyxl.chart import BarChart

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.crm_gestao.tests.test_import import ImportCommon

# as spreadsheets write them, and as people choose them
FORMATS = {
    datetime: "hh:mm",
    date: "DD/MM/YYYY",
    time: "h:mm",
    timedelta: "[h]:mm",
}


@tagged("post_install", "-at_install")
class TestBaseImport(ImportCommon):
    """The wizard names lines as the spreadsheet does: the header is line 1."""

    def _messages(self, *rows, lang="en_US"):
        found = []
        for dryrun in (True, False):
            count = self.Occurrence.search_count([])
            result = self._import_rows(*rows, lang=lang, dryrun=dryrun)
            self.assertFalse(result.get("ids"))
            self.assertEqual(self.Occurrence.search_count([]), count)
            found.append(result["messages"])
        self.assertEqual(
            [message["message"] for message in found[0]],
            [message["message"] for message in found[1]],
        )
        return found[0]

    def test_a_file_that_cannot_be_read(self):
        wizard = self._wizard("cut.xlsx", b"PK\3\4 and nothing more")
        wizard = wizard.with_context(lang="pt_BR")
        told = wizard.parse_preview({"has_headers": True})["error"]
        self.assertIn("Não foi possível ler este arquivo.", told)
        # of other models Odoo tells what it tells
        wizard.res_model = "res.partner"
        told = wizard.parse_preview({"has_headers": True})["error"]
        self.assertNotIn("arquivo.", told)

    def test_unknown_customer_and_type(self):
        messages = self._messages(
            "2026-03-02 09:30,Visit,PC-001,,Right,,,",
            "2026-03-02 09:30,Visit,Nobody Ltda,,Wrong,,,",
            "2026-03-02 09:30,Seance,PC-001,,Wrong,,,",
        )
        self.assertEqual(len(messages), 2)
        customer, type_ = messages
        self.assertIn("Line 3, column Customer: ", customer["message"])
        self.assertIn("Nobody Ltda", customer["message"])
        self.assertIn("Line 4, column Type: ", type_["message"])
        self.assertIn("Seance", type_["message"])
        # the screen counts from `rows`, in its own lists
        self.assertEqual(customer["rows"], {"from": 2, "to": 2})

    def test_two_customers_match(self):
        self.other_customer.copy({"name": "Padaria Central Ltda"})
        (message,) = self._messages(
            "2026-03-02 09:30,Visit,PC-001,,Right,,,",
            "2026-03-02 09:30,Visit,Padaria Central Ltda,,Wrong,,,",
        )
        self.assertIn("Line 3, column Customer: ", message["message"])

    def test_bad_date(self):
        for value in ("31/02/2026 10:00", "amanhã", "2026-13-01"):
            (message,) = self._messages(
                "02/03/2026 09:30,Visita,PC-001,,Certo,,,",
                f"{value},Visita,PC-001,,Errado,,,",
                lang="pt_BR",
            )
            self.assertIn("3", message["message"])
            self.assertIn("Data", message["message"])
            self.assertIn(value, message["message"])

    def test_all_that_is_wrong_at_once(self):
        messages = self._messages(
            "31/02/2026 10:00,Visita,PC-001,,Um,,,",
            "02/03/2026 09:30,Visita,Ninguém Ltda,,Dois,,,",
            "amanhã,Visita,PC-001,,Três,muito,,",
            "02/03/2026 09:30,Visita,PC-001,,,,,",
            lang="pt_BR",
        )
        self.assertEqual(
            [message["message"].partition(":")[0] for message in messages],
            [
                "Linha 2, coluna Data",
                "Linha 3, coluna Cliente",
                "Linha 4, coluna Data",
                "Linha 4, coluna Duração",
                "Linha 5, coluna Assunto",
            ],
        )
        self.assertIn("“31/02/2026 10:00”", messages[0]["message"])
        self.assertIn("1:30", messages[3]["message"])

    def test_rows_without_customer_skipped(self):
        """Who chose to skip rows of unknown customers is not told what they lack."""
        header = "Date,Type,Customer,Subject"
        rows = ["2026-03-02,Visit,PC-001,In", "2026-03-02,Visit,Nobody Ltda,Out"]
        wizard = self._wizard("rows.csv", "\n".join([header, *rows]).encode())
        result = wizard.execute_import(
            ["date", "type_id", "partner_id", "subject"],
            header.lower().split(","),
            {
                "has_headers": True,
                "quoting": '"',
                "separator": ",",
                "encoding": "utf-8",
                "date_format": "%Y-%m-%d",
                "datetime_format": "",
                "import_skip_records": ["partner_id"],
            },
        )
        self.assertEqual(result["messages"], [])
        self.assertEqual(self.Occurrence.browse(result["ids"]).subject, "In")

    def test_one_odd_date_spoils_no_other(self):
        """Odoo guesses no format when one of the first values has another."""
        result = self._import_rows(
            "02/03/2026 09:30,Visita,PC-001,,Um,,,",
            "2026-03-04 10:00,Visita,PC-001,,Outro,,,",
            "05/03/2026,Visita,PC-001,,Sem hora,,,",
            lang="pt_BR",
        )
        self.assertEqual(result["messages"], [])
        self.assertEqual(
            self.Occurrence.browse(result["ids"]).mapped("date"),
            [
                datetime(2026, 3, 2, 12, 30),
                datetime(2026, 3, 4, 13),
                datetime(2026, 3, 5, 3),
            ],
        )

    def test_durations(self):
        result = self._import_rows(
            '2026-03-02 09:30,Visit,PC-001,,Comma,"1,5",,',
            "2026-03-02 09:30,Visit,PC-001,,Point,1.5,,",
            "2026-03-02 09:30,Visit,PC-001,,Clock,1:30,,",
            "2026-03-02 09:30,Visit,PC-001,,Words,1h30,,",
            "2026-03-02 09:30,Visit,PC-001,,Hours,2h,,",
        )
        self.assertEqual(result["messages"], [])
        self.assertEqual(
            self.Occurrence.browse(result["ids"]).mapped("duration"),
            [1.5, 1.5, 1.5, 1.5, 2],
        )

    def _xlsx(self, *rows):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        for cell in chain(*book.active.rows):
            cell.number_format = FORMATS.get(type(cell.value), "General")
        book.save(stream := io.BytesIO())
        return self._wizard("typed.xlsx", stream.getvalue())

    def _xls(self, *rows):
        book = xlwt.Workbook()
        sheet = book.add_sheet("Sheet")
        for line, row in enumerate(rows):
            for column, value in enumerate(row):
                number_format = FORMATS.get(type(value), "General")
                if isinstance(value, timedelta):
                    value = value / timedelta(days=1)
                style = xlwt.easyxf(num_format_str=number_format)
                sheet.write(line, column, value, style)
        book.save(stream := io.BytesIO())
        wizard = self._wizard("typed.xlsx", stream.getvalue())
        wizard.file_name, wizard.file_type = "typed.xls", "application/vnd.ms-excel"
        return wizard

    def _each_way_to_read(self):
        """Each kind of a file, and a server on which no xlrd reads XLSX."""
        yield "xls", self._xls
        yield "xlsx", self._xlsx
        with patch.dict("sys.modules", {"xlrd": None}):
            yield "xlsx by openpyxl", self._xlsx

    def test_what_a_spreadsheet_makes_of_it(self):
        """Times, and dates made of texts, are what a person typed."""
        header = ["Date", "Type", "Customer", "Subject", "Duration", "Tags"]
        rows = [
            (datetime(2026, 3, 2, 9, 30), "26 boxes", time(1, 30), ""),
            (date(2026, 3, 3), date(2026, 3, 26), timedelta(hours=25, minutes=30), ""),
            ("2026-03-04 10:00", 12, 0.5, ""),
            ("2026-03-04 10:00", 1.5, "1:30:00", ""),
        ]
        wrong = (date(2026, 3, 4), "Wrong", date(2026, 5, 1), date(2026, 3, 1))
        for how, make in self._each_way_to_read():
            with self.subTest(how):
                lines = [[row[0], "Visit", "PC-001", *row[1:]] for row in rows]
                _columns, result = self._import(make(header, *lines))
                self.assertEqual(result["messages"], [])
                records = self.Occurrence.browse(result["ids"])
                self.assertEqual(records.mapped("duration"), [1.5, 25.5, 0.5, 1.5])
                self.assertEqual(
                    records.mapped("subject"), ["26 boxes", "03/26/2026", "12", "1.5"]
                )
                self.assertEqual(
                    records.mapped("date"),
                    [
                        datetime(2026, 3, 2, 12, 30),
                        datetime(2026, 3, 3, 3),
                        datetime(2026, 3, 4, 13),
                        datetime(2026, 3, 4, 13),
                    ],
                )
                lines[1] = [wrong[0], "Visit", "PC-001", *wrong[1:]]
                _columns, result = self._import(make(header, *lines))
                self.assertFalse(result["ids"])
                told = [message["message"] for message in result["messages"]]
                self.assertEqual(len(told), 2, told)
                for text, (column, value) in zip(
                    sorted(told),
                    (("Duration", "05/01/2026"), ("Tags", "03/01/2026")),
                    strict=True,
                ):
                    self.assertIn(f"Line 3, column {column}: ", text)
                    self.assertIn(value, text)

    def test_price_that_became_a_date(self):
        wizard = self._xlsx(
            ["Date", "Competitor", "Customer", "Their Price"],
            [date(2026, 3, 2), "Rival Ltda", "PC-001", date(2026, 5, 1)],
        )
        wizard.res_model = "crm.gestao.competitor.record"
        _columns, result = self._import(wizard)
        told = [message["message"] for message in result["messages"]]
        self.assertIn("Line 2, column Their Price: “05/01/2026”", " ".join(told))

    def test_cell_of_an_error(self):
        book = openpyxl.Workbook()
        book.active.append(["Subject"])
        book.active.append(["#REF!"])
        book.active["A2"].data_type = "e"
        book.save(stream := io.BytesIO())
        for missing in ({}, {"xlrd": None}):
            wizard = self._wizard("error.xlsx", stream.getvalue())
            with patch.dict("sys.modules", missing):
                told = wizard.parse_preview({"has_headers": True})["error"]
            self.assertIn("#REF!", told)

    def test_workbook_without_xlrd(self):
        """Sheets of charts are not offered, nor is an empty one an error."""
        book = openpyxl.Workbook()
        book.active.append(["Subject", "Date", "Done"])
        # a moment that no number of days is exactly, and a line break of Windows
        book.active.append(["One_x000D_\nTwo", 46083.39583, True])
        book.active.append(["Code_x1234_", timedelta(hours=1500), 1.5])
        book.active["B2"].number_format = "DD/MM/YYYY HH:MM"
        book.create_chartsheet(index=0).add_chart(BarChart())
        book.create_sheet("Empty")
        book.save(stream := io.BytesIO())
        wizard = self._wizard("book.xlsx", stream.getvalue())
        options = {}
        self.assertEqual(
            wizard._read_workbook(options)[1],
            [
                ["Subject", "Date", "Done"],
                ["One\r\nTwo", datetime(2026, 3, 2, 9, 30), "True"],
                ["Code_x1234_", "1500:00", "1.5"],
            ],
        )
        self.assertEqual(options["sheets"], ["Sheet", "Empty"])
        self.assertEqual(wizard._read_workbook({"sheet": "Empty"}), (0, []))

    def test_bad_duration(self):
        for wrong in ("long", "9" * 400 + ":00", "9" * 5000):
            (message,) = self._messages(
                "2026-03-02 09:30,Visit,PC-001,,Right,1,,",
                f"2026-03-02 09:30,Visit,PC-001,,Wrong,{wrong},,",
            )
            self.assertIn("Line 3", message["message"])
            self.assertIn("uration", message["message"])

    def test_lines_of_a_later_batch(self):
        rows = [f"2026-03-02 09:30,Visit,PC-001,,Row {n},,," for n in range(4)]
        rows.append("2026-03-02 09:30,Visit,Nobody Ltda,,Wrong,,,")
        header = "Date,Type,Customer,Participants,Subject,Duration,Status,Priority"
        wizard = self._wizard("rows.csv", "\n".join([header, *rows]).encode())
        result = wizard.execute_import(
            ["date", "type_id", "partner_id", False, "subject", False, False, False],
            header.lower().split(","),
            {
                "has_headers": True,
                "quoting": '"',
                "separator": ",",
                "skip": 2,
                "limit": 2000,
            },
        )
        (message,) = result["messages"]
        self.assertIn("Line 6, column Customer: ", message["message"])

    def test_file_of_another(self):
        """Nobody reads or changes what somebody else is about to import."""
        values = {"file": b"subject\nA\n", "file_type": "text/csv"}
        imports = self.env["base_import.import"].with_user(self.users["all"])
        for model, is_hidden in (
            ("crm.gestao.occurrence", True),
            ("crm.gestao.competitor.record", True),
            ("crm.gestao.competitor", True),
            ("res.partner", False),
        ):
            wizard = imports.create({**values, "res_model": model})
            for role in ("own", "employee", "manager"):
                others = wizard.with_user(self.users[role])
                with self.subTest(model=model, role=role):
                    found = others.search([("id", "=", wizard.id)])
                    self.assertEqual(not found, is_hidden)
                    self.assertEqual(not others.has_access("write"), is_hidden)
            self.assertTrue(wizard.has_access("write"))

    def _import_given(self, *rows, dryrun=False):
        """Subject, customer and reference of each, of one day."""
        group = self.env.ref("crm_gestao.group_manager")
        self.users["all"].group_ids |= group
        lines = [f"2026-03-02 09:30,Visit,{row}" for row in rows]
        header = "Date,Type,Subject,Customer,Reference"
        wizard = self._wizard("rows.csv", "\n".join([header, *lines]).encode())
        columns = ["date", "type_id", "subject", "partner_id", "name"]
        return self._import(wizard, dryrun, columns)[1]

    def _next_number(self):
        name = self._create_occurrence(date="2026-03-02 12:00:00").name
        return int(name.rpartition("/")[2])

    def test_what_is_not_imported_takes_no_numbers(self):
        """Neither a test run nor an import that fails moves what others get next."""
        number = self._next_number()
        far = "OC/2026/99999999"
        for rows, dryrun, errors in (
            (["A,PC-001,", "B,PC-001,", "C,PC-001,"], True, 0),
            ([f"A,PC-001,{far}", "B,PC-001,"], True, 0),
            # what is wrong as it is read, and as it is saved
            ([f"A,PC-001,{far}", "B,Nobody Ltda,X-1"], False, 1),
            ([f"A,PC-001,{far}", f"B,PC-001,{far}"], False, 1),
        ):
            with mute_logger("odoo.sql_db"):
                result = self._import_given(*rows, dryrun=dryrun)
            self.assertEqual(len(result["messages"]), errors, result["messages"])
            with self.subTest(rows=rows):
                number += 1
                self.assertEqual(self._next_number(), number)

    def test_given_references_beside_others(self):
        """Who gives the next ones leaves the others those that follow."""
        number = self._next_number()
        result = self._import_given(
            "A,PC-001,",
            f"B,PC-001,OC/2026/{number + 1:05}",
            "C,PC-001,",
            f"D,PC-001,OC/2026/{number + 41:05}",
        )
        self.assertEqual(result["messages"], [])
        names = self.Occurrence.browse(result["ids"]).mapped("name")
        self.assertEqual(
            [int(name.rpartition("/")[2]) - number for name in names],
            [3, 1, 2, 41] if names[0] > names[2] else [2, 1, 3, 41],
        )
        self.assertEqual(self._next_number(), number + 42)

    def test_other_models_are_left_alone(self):
        wizard = self.env["base_import.import"].create(
            {
                "res_model": "res.partner",
                "file": b"name,parent_id\nA,Nobody Ltda\n",
                "file_name": "p.csv",
                "file_type": "text/csv",
            }
        )
        result = wizard.execute_import(
            ["name", "parent_id"],
            ["name", "parent_id"],
            {"has_headers": True, "quoting": '"', "separator": ","},
        )
        (message,) = result["messages"]
        self.assertEqual(message["rows"], {"from": 0, "to": 0})
        self.assertNotIn("Line", message["message"])
