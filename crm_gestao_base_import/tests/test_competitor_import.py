from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.crm_gestao.tests.test_competitor_import import (
    CompetitorImportCommon,
)


@tagged("post_install", "-at_install")
class TestCompetitorImport(TransactionCase):
    """A price is read as it was written, whatever Odoo takes the comma for."""

    def test_decimals(self):
        self.env["res.lang"]._activate_lang("pt_BR")
        self.env["crm.gestao.competitor"].create({"name": "Decimal"})
        self.env["res.partner"].create({"name": "Decimal customer", "ref": "DEC-1"})
        texts = ("89,90", "1.234,56", "1,234.56", "0,5", "1.234.567", "12", "1.234")
        expected = {
            "pt_BR": [89.9, 1234.56, 1234.56, 0.5, 1234567, 12, 1234],
            "en_US": [89.9, 1234.56, 1234.56, 0.5, 1234567, 12, 1.23],
        }
        for lang, prices in expected.items():
            self.env.user.lang = lang
            rows = [f"Decimal;DEC-1;{text}" for text in texts]
            wizard = self.env["base_import.import"].create(
                {
                    "res_model": "crm.gestao.competitor.record",
                    "file": "\n".join(rows).encode(),
                    "file_name": "prices.csv",
                    "file_type": "text/csv",
                }
            )
            result = wizard.execute_import(
                ["competitor_id", "partner_id", "their_price"],
                [],
                {
                    "has_headers": False,
                    "separator": ";",
                    "quoting": '"',
                    "encoding": "utf-8",
                    "date_format": "",
                    "datetime_format": "",
                    "float_thousand_separator": ",",
                    "float_decimal_separator": ".",
                },
            )
            self.assertEqual(result["messages"], [])
            records = self.env["crm.gestao.competitor.record"].browse(result["ids"])
            self.assertEqual(records.mapped("their_price"), prices, lang)


@tagged("post_install", "-at_install")
class TestCompetitorMessages(CompetitorImportCommon):
    """What is wrong is told by line and column, as of occurrences."""

    COLUMNS = (
        "date", "competitor_id", "partner_id", "product_name", "quantity",
        "their_price",
    )  # fmt: skip
    HEADERS = {
        "en_US": "Date,Competitor,Customer,Their Product,Quantity,Their Price",
        "pt_BR": "Data,Concorrente,Cliente,Produto do concorrente,Quantidade,"
        "Preço do concorrente",
    }
    GOOD = "2026-03-02,Example Competitor,PC-001,Right,1,10"
    # what is wrong, the column, and the words about it
    WRONG = (
        ("2026-02-30,Example Competitor,PC-001,,1,10", "date", "“2026-02-30”"),
        ("soon,Example Competitor,PC-001,,1,10", "date", "“soon”"),
        (",Example Competitor,PC-001,,1,10", "date", None),
        ("2026-03-02,,PC-001,,1,10", "competitor_id", None),
        ("2026-03-02,Nobody,PC-001,,1,10", "competitor_id", "Nobody"),
        ("2026-03-02,Example Competitor,,,1,10", "partner_id", None),
        ("2026-03-02,Example Competitor,Nobody Ltda,,1,10", "partner_id", "Nobody"),
        ("2026-03-02,Example Competitor,PC-001,,1,cheap", "their_price", "“cheap”"),
        ("2026-03-02,Example Competitor,PC-001,,many,1", "quantity", "“many”"),
        ("0001-01-01,Example Competitor,PC-001,,1,10", False, "1"),
        ("9999-12-31,Example Competitor,PC-001,,1,10", False, "9999"),
        ("2026-03-02,Example Competitor,PC-001,,1,nan", False, "“nan”"),
        ("2026-03-02,Example Competitor,PC-001,,1" + "0" * 20 + ",1", False, "e+20"),
        ("2026-03-02,Example Competitor,PC-001,,-1,10", "quantity", ""),
        (f"2026-03-02,Example Competitor,PC-001,{'x' * 999},1,10", False, "500"),
    )

    def _import_rows(self, *rows, lang="en_US", dryrun=False):
        content = "\n".join([self.HEADERS[lang], *rows]).encode()
        wizard = self._wizard("rows.csv", content, lang)
        return self._import(wizard, dryrun, self.COLUMNS)[1]

    @mute_logger("odoo.sql_db", "odoo.models")
    def test_messages(self):
        labels = {
            lang: self.env["ir.model.fields"]
            .with_context(lang=lang)
            .get_field_string(self.Record._name)
            for lang in self.HEADERS
        }
        for lang, words in (
            ("en_US", ("Line 3, column %s: ", "Line 3: ", "There must be a value")),
            ("pt_BR", ("Linha 3, coluna %s: ", "Linha 3: ", "valor aqui")),
        ):
            for row, fname, text in self.WRONG:
                with self.subTest(row[:80], lang=lang):
                    count = self.Record.search_count([])
                    result = self._import_rows(self.GOOD, row, lang=lang)
                    (message,) = result["messages"]
                    begin = words[0] % labels[lang][fname] if fname else words[1]
                    self.assertTrue(message["message"].startswith(begin), message)
                    self.assertIn(
                        words[2] if text is None else text, message["message"]
                    )
                    self.assertLess(len(message["message"]), 300)
                    self.assertNotIn("day is out of range", message["message"])
                    self.assertEqual(self.Record.search_count([]), count)

    def test_all_that_is_wrong_at_once(self):
        messages = self._import_rows(
            "30/02/2026,Nobody,,,many,cheap",
            lang="pt_BR",
        )["messages"]
        self.assertEqual(len(messages), 5, messages)

    def test_usual_values(self):
        """Empty is as without the column."""
        result = self._import_rows("2026-03-02,Example Competitor,PC-001,,,")
        self.assertEqual(result["messages"], [])
        record = self.Record.browse(result["ids"])
        self.assertEqual(record.quantity, 1)
        self.assertEqual(record.outcome, "open")
