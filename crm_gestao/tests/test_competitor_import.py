"""The import templates of competitor records, in both languages."""

from datetime import date

from odoo.tests import tagged
from odoo.tools import file_open

from .test_import import ImportCommon

# the words of the pt_BR template, which i18n/pt_BR.po must use as well
FIELDS_PT = {
    "date": "Data",
    "competitor_id": "Concorrente",
    "partner_id": "Cliente",
    "product_id": "Nosso produto",
    "product_name": "Produto do concorrente",
    "quantity": "Quantidade",
    "their_price": "Preço do concorrente",
    "our_price": "Nosso preço",
    "position": "Posição",
    "outcome": "Resultado",
    "reason_id": "Motivo",
    "payment_terms": "Condição de pagamento",
    "delivery_terms": "Condição de entrega",
    "source": "Fonte",
    "confidence": "Confiança",
    "note": "Observações",
}
REASONS_PT = {
    "competitor_reason_price": "Preço",
    "competitor_reason_quality": "Qualidade",
}
SELECTIONS_PT = {
    ("position", "incumbent"): "Já fornece",
    ("position", "challenger"): "Quer entrar",
    ("outcome", "open"): "Em aberto",
    ("outcome", "won"): "Nós ganhamos",
    ("outcome", "lost"): "Eles ganharam",
    ("source", "customer"): "O cliente disse",
    ("source", "document"): "Documento visto",
    ("source", "market"): "Visto no mercado",
    ("confidence", "1"): "Boato",
    ("confidence", "2"): "Provável",
    ("confidence", "3"): "Certa",
}


class CompetitorImportCommon(ImportCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Record = cls.env["crm.gestao.competitor.record"]
        cls.env["crm.gestao.competitor"].create(
            [
                {"name": name}
                for name in (
                    "Example Competitor",
                    "Another Competitor",
                    "Concorrente Exemplo",
                    "Outro Concorrente",
                )
            ]
        )

    @classmethod
    def _translate(cls):
        model = "crm.gestao.competitor.record"
        for fname, word in FIELDS_PT.items():
            field = cls.env["ir.model.fields"]._get(model, fname)
            cls._translate_value(field, "field_description", word)
        for xmlid, word in REASONS_PT.items():
            cls._translate_value(cls.env.ref(f"crm_gestao.{xmlid}"), "name", word)
        for (fname, value), word in SELECTIONS_PT.items():
            selection = cls.env["ir.model.fields.selection"].search(
                [
                    ("field_id.model", "=", model),
                    ("field_id.name", "=", fname),
                    ("value", "=", value),
                ]
            )
            cls._translate_value(selection, "name", word)
        cls.env.registry.clear_all_caches()

    def _wizard(self, name, content, lang="en_US"):
        wizard = super()._wizard(name, content, lang)
        wizard.res_model = "crm.gestao.competitor.record"
        return wizard


@tagged("post_install", "-at_install")
class TestCompetitorImport(CompetitorImportCommon):
    def _check_template(self, index, lang):
        path = self.Record.with_context(lang=lang).get_import_templates()[index]
        path = path["template"].lstrip("/")
        with file_open(path, "rb") as file:
            wizard = self._wizard(path.rsplit("/")[-1], file.read(), lang)
        columns, result = self._import(wizard)
        self.assertEqual(columns, list(FIELDS_PT))
        self.assertEqual(result["messages"], [])
        records = self.Record.browse(result["ids"])
        one, _two, trading = self.examples[:3] if lang == "en_US" else self.examples[3:]
        self.assertEqual(list(records.partner_id), list(one | self.by_vat | trading))
        self.assertEqual(records.mapped("date")[0], date(2026, 3, 2))
        self.assertEqual(records.mapped("their_price"), [89.9, 150.0, 7.25])
        self.assertEqual(records.mapped("our_price"), [99.5, 145.0, 0.0])
        self.assertEqual(records.mapped("quantity"), [12, 4, 100])
        self.assertEqual(records.mapped("outcome"), ["lost", "won", "open"])
        self.assertEqual(records.mapped("position"), ["incumbent", "challenger", False])
        self.assertEqual(records.mapped("confidence"), ["3", "2", "1"])
        self.assertEqual(records.mapped("source"), ["document", "customer", "market"])
        self.assertEqual(records[0].competitor_id, records[1].competitor_id)
        self.assertEqual(len(records.competitor_id), 2)
        self.assertEqual(
            records[0].reason_id, self.env.ref("crm_gestao.competitor_reason_price")
        )
        self.assertAlmostEqual(records[0].price_gap, 89.9 / 99.5 - 1)

    def test_our_price_left_empty(self):
        """It is the usual one, as if the column were not there."""
        self.env["product.product"].create(
            {"name": "Imported", "default_code": "IMP-7", "list_price": 77}
        )
        content = (
            "Date,Competitor,Customer,Our Product,Their Price,Our Price\n"
            f"2026-03-02,Example Competitor,{self.customer.ref},IMP-7,70,\n"
        )
        _columns, result = self._import(self._wizard("prices.csv", content.encode()))
        self.assertEqual(result["messages"], [])
        self.assertEqual(self.Record.browse(result["ids"]).our_price, 77)

    def test_english_xlsx(self):
        self._check_template(0, "en_US")

    def test_english_csv(self):
        self._check_template(1, "en_US")

    def test_portuguese_xlsx(self):
        self._check_template(0, "pt_BR")

    def test_portuguese_csv(self):
        self._check_template(1, "pt_BR")
