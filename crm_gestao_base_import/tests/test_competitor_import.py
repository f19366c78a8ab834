from odoo.tests import TransactionCase, tagged


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
