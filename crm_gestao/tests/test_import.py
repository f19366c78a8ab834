from datetime import datetime

from odoo.tests import tagged
from odoo.tools import SQL, file_open

from .common import OccurrenceCommon

# the words of the pt_BR template, which i18n/pt_BR.po must use as well
FIELDS_PT = {
    "date": "Data",
    "type_id": "Tipo",
    "partner_id": "Cliente",
    "participant_ids": "Participantes",
    "subject": "Assunto",
    "description": "Descrição",
    "duration": "Duração",
    "state": "Situação",
    "user_id": "Responsável",
    "tag_ids": "Marcadores",
    "priority": "Prioridade",
}
TYPES_PT = {
    "type_visit": "Visita",
    "type_call": "Ligação",
    "type_email": "E-mail",
    "type_meeting": "Reunião",
    "type_message": "Mensagem (WhatsApp)",
    "type_complaint": "Reclamação (SAC)",
    "type_after_sales": "Pós-venda",
}
SELECTIONS_PT = {
    ("state", "open"): "Aberta",
    ("state", "done"): "Concluída",
    ("state", "cancel"): "Cancelada",
    ("priority", "0"): "Normal",
    ("priority", "1"): "Importante",
    ("priority", "2"): "Urgente",
}


class ImportCommon(OccurrenceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Occurrence = cls.env["crm.gestao.occurrence"]
        for code in ("en_US", "pt_BR"):
            cls.env["res.lang"]._activate_lang(code)
        cls._translate()
        # the customers that the examples in the templates name
        cls.examples = cls.env["res.partner"]
        for trading, first, second in (
            ("Example Trading Ltda.", "Mary Sample", "John Sample"),
            ("Comercial Exemplo Ltda.", "Maria Exemplo", "João Exemplo"),
        ):
            prefix = "EXAMPLE" if first == "Mary Sample" else "EXEMPLO"
            people = [(0, 0, {"name": first}), (0, 0, {"name": second})]
            cls.examples |= cls.env["res.partner"].create(
                [
                    {
                        "name": f"{prefix} One",
                        "is_company": True,
                        "ref": f"{prefix}-01",
                        "child_ids": people,
                    },
                    {
                        "name": f"{prefix} Two",
                        "is_company": True,
                        "ref": f"{prefix}-02",
                        "child_ids": people,
                    },
                    {"name": trading, "is_company": True},
                ]
            )
        cls.by_vat = cls.env["res.partner"].create(
            {
                "name": "By CNPJ",
                "is_company": True,
                "vat": "99.111.222/0001-00",
                "child_ids": [
                    (0, 0, {"name": "John Sample"}),
                    (0, 0, {"name": "João Exemplo"}),
                ],
            }
        )

    @classmethod
    def _translate(cls):
        """Give the words of the pt_BR template to what has no translation at all."""
        for fname, word in FIELDS_PT.items():
            field = cls.env["ir.model.fields"]._get("crm.gestao.occurrence", fname)
            cls._translate_value(field, "field_description", word)
        for xmlid, word in TYPES_PT.items():
            cls._translate_value(cls.env.ref(f"crm_gestao.{xmlid}"), "name", word)
        for (fname, value), word in SELECTIONS_PT.items():
            selection = cls.env["ir.model.fields.selection"].search(
                [
                    ("field_id.model", "=", "crm.gestao.occurrence"),
                    ("field_id.name", "=", fname),
                    ("value", "=", value),
                ]
            )
            cls._translate_value(selection, "name", word)
        cls.env.registry.clear_all_caches()

    @classmethod
    def _translate_value(cls, record, fname, word):
        record.flush_recordset()
        table, column = SQL.identifier(record._table), SQL.identifier(fname)
        cls.env.cr.execute(
            SQL("SELECT %s FROM %s WHERE id = %s", column, table, record.id)
        )
        (values,) = cls.env.cr.fetchone()
        if values.get("pt_BR", values["en_US"]) == values["en_US"]:
            cls.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s || jsonb_build_object('pt_BR', %s::text)"
                    " WHERE id = %s",
                    table,
                    column,
                    column,
                    word,
                    record.id,
                )
            )
            record.invalidate_recordset([fname])

    def _wizard(self, name, content, lang="en_US"):
        user = self.users["all"]
        user.lang = lang
        env = self.env(user=user, context=dict(self.env.context, lang=lang))
        mimetype = {
            "csv": "text/csv",
            "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }[name.rsplit(".")[-1]]
        return env["base_import.import"].create(
            {
                "res_model": "crm.gestao.occurrence",
                "file": content,
                "file_name": name,
                "file_type": mimetype,
            }
        )

    def _import(self, wizard, dryrun=False, columns=()):
        """What the web client does: preview, then import what matched.

        :param columns: names of fields, as the user would choose them
        """
        # a dry run rolls back what it finds unwritten, as no request does
        self.env.flush_all()
        preview = wizard.parse_preview(
            {
                "has_headers": True,
                "quoting": '"',
                "separator": "",
                "encoding": "",
                "date_format": "",
                "datetime_format": "",
                "float_thousand_separator": ",",
                "float_decimal_separator": ".",
            }
        )
        self.assertNotIn("error", preview)
        matches = preview["matches"]
        columns = columns or [
            "/".join(matches[index]) if index in matches else False
            for index in range(len(preview["headers"]))
        ]
        result = wizard.execute_import(
            columns,
            [header.lower() for header in preview["headers"]],
            preview["options"],
            dryrun=dryrun,
        )
        return columns, result

    def _import_rows(self, *rows, lang="en_US", dryrun=False):
        headers = {
            "en_US": "Date,Type,Customer,Participants,Subject,Duration,Status,Priority",
            "pt_BR": "Data,Tipo,Cliente,Participantes,Assunto,Duração,Situação,"
            "Prioridade",
        }[lang]
        content = "\n".join([headers, *rows]).encode()
        return self._import(self._wizard("rows.csv", content, lang), dryrun)[1]


@tagged("post_install", "-at_install")
class TestImportTemplates(ImportCommon):
    def _templates(self, lang):
        return [
            template["template"]
            for template in self.Occurrence.with_context(
                lang=lang
            ).get_import_templates()
        ]

    def _check_template(self, path, lang):
        with file_open(path.lstrip("/"), "rb") as file:
            content = file.read()
        count = self.Occurrence.search_count([])
        wizard = self._wizard(path.rsplit("/")[-1], content, lang)
        columns, result = self._import(wizard, dryrun=True)
        self.assertEqual(columns, list(FIELDS_PT))
        self.assertEqual(result["messages"], [])
        self.assertEqual(self.Occurrence.search_count([]), count)

        columns, result = self._import(wizard)
        self.assertEqual(columns, list(FIELDS_PT))
        self.assertEqual(result["messages"], [])
        self.assertEqual(len(result["ids"]), 7)
        records = self.Occurrence.browse(result["ids"])
        one, two, trading = self.examples[:3] if lang == "en_US" else self.examples[3:]
        self.assertEqual(
            list(records.partner_id), list(one | self.by_vat | trading | two)
        )
        self.assertEqual(
            records.type_id.mapped(lambda t: t.get_external_id()[t.id]),
            [
                f"crm_gestao.type_{name}"
                for name in (
                    "visit call complaint email message after_sales meeting".split()
                )
            ],
        )
        self.assertEqual(
            records.mapped("state"),
            ["done", "done", "open", "done", "done", "open", "done"],
        )
        self.assertEqual(
            records.mapped("priority"), ["0", "0", "2", "0", "0", "1", "0"]
        )
        self.assertEqual(records.mapped("duration"), [1, 0.25, 0, 0, 0, 0, 2])
        # half past nine in São Paulo
        self.assertEqual(records[0].date, datetime(2026, 3, 2, 12, 30))
        self.assertEqual(records[5].date, datetime(2026, 3, 12, 11))
        self.assertEqual(
            records[0].participant_ids.name,
            {"en_US": "Mary Sample", "pt_BR": "Maria Exemplo"}[lang],
        )
        self.assertEqual(records[0].participant_ids.parent_id, one)
        self.assertEqual(records[6].participant_ids, two.child_ids)
        self.assertEqual(records[2].participant_ids.parent_id, self.by_vat)
        self.assertFalse(records.user_id)

    def test_english_xlsx(self):
        self._check_template(self._templates("en_US")[0], "en_US")

    def test_english_csv(self):
        self._check_template(self._templates("en_US")[1], "en_US")

    def test_portuguese_xlsx(self):
        self._check_template(self._templates("pt_BR")[0], "pt_BR")

    def test_portuguese_csv(self):
        self._check_template(self._templates("pt_BR")[1], "pt_BR")

    def test_english_template_for_a_brazilian(self):
        """English headers match in every language."""
        path = self._templates("en_US")[0]
        with file_open(path.lstrip("/"), "rb") as file:
            wizard = self._wizard("t.xlsx", file.read(), "pt_BR")
        columns, _result = self._import(wizard, dryrun=True)
        self.assertEqual(columns, list(FIELDS_PT))

    def test_examples_are_no_junk(self):
        """Where their customers do not exist, nothing of a template goes in."""
        self.examples.ref = False
        count = self.Occurrence.search_count([])
        path = self._templates("en_US")[1]
        with file_open(path.lstrip("/"), "rb") as file:
            _columns, result = self._import(self._wizard("t.csv", file.read()))
        self.assertFalse(result["ids"])
        self.assertEqual(self.Occurrence.search_count([]), count)


@tagged("post_install", "-at_install")
class TestImport(ImportCommon):
    def test_customer_by_any_identifier(self):
        result = self._import_rows(
            "2026-03-02 09:30,Visit,PC-001,,By reference,,,",
            "2026-03-02 09:30,Visit,11.222.333/0001-81,,By CNPJ,,,",
            "2026-03-02 09:30,Visit,11222333000181,,By its digits,,,",
            "2026-03-02 09:30,Visit, Padaria Central Ltda ,,By name,,,",
            "2026-03-02 09:30,Visit,contato@padaria.example,,By e-mail,,,",
        )
        self.assertEqual(result["messages"], [])
        records = self.Occurrence.browse(result["ids"])
        self.assertEqual(records.partner_id, self.customer)
        self.assertEqual(len(records), 5)

    def test_a_part_of_a_name_is_no_customer(self):
        result = self._import_rows(
            "2026-03-02 09:30,Visit,Mercado Nor,,wrong 1,,,",
        )
        self._check_errors(result, ("column Customer", "Mercado Nor"))

    def test_empty_means_as_usual(self):
        result = self._import_rows(
            "2026-03-02 09:30,Visit,PC-001,,A visit,,,",
            "2026-03-02 09:30,Complaint (SAC),PC-001,,A complaint,,,",
        )
        visit, complaint = self.Occurrence.browse(result["ids"])
        self.assertEqual(
            (visit.state, visit.priority, visit.duration), ("done", "0", 1)
        )
        self.assertEqual((complaint.state, complaint.duration), ("open", 0))

    def test_zero_is_not_empty(self):
        result = self._import_rows("2026-03-02 09:30,Visit,PC-001,,A visit,0,,")
        self.assertEqual(self.Occurrence.browse(result["ids"]).duration, 0)

    def test_participants_of_the_customer(self):
        self.env["res.partner"].create(
            {"name": "Ana Prado", "parent_id": self.other_customer.id}
        )
        result = self._import_rows(
            "2026-03-02 09:30,Visit,PC-001,ana prado; Bruno Sales,Two people,,,",
        )
        self.assertEqual(result["messages"], [])
        record = self.Occurrence.browse(result["ids"])
        self.assertEqual(record.participant_ids, self.contact | self.other_contact)

    def _check_errors(self, result, *expected):
        """Each of `expected`: line, column and a part of what is said."""
        self.assertFalse(result["ids"])
        messages = [message["message"] for message in result["messages"]]
        self.assertEqual(len(messages), len(expected), messages)
        for message, parts in zip(messages, expected, strict=True):
            for part in parts:
                self.assertIn(part, message)
        self.assertFalse(self.Occurrence.search([("subject", "=like", "wrong%")]))

    def test_wrong_rows(self):
        """Every wrong row is told with its line and column, and none goes in."""
        for dryrun in (True, False):
            result = self.Occurrence.with_user(self.users["all"]).load(
                ["date", "type_id", "partner_id", "participant_ids", "subject"],
                [
                    ["2026-03-02 09:30:00", "Visit", "PC-001", "", "wrong 1"],
                    ["2026-03-02 09:30:00", "Visit", "Nobody Ltda", "", "wrong 2"],
                    ["2026-03-02 09:30:00", "Séance", "PC-001", "", "wrong 3"],
                    ["tomorrow", "Visit", "PC-001", "", "wrong 4"],
                    ["2026-03-02 09:30:00", "Visit", "PC-001", "Zé", "wrong 5"],
                ],
            )
            self._check_errors(
                result,
                ("Line 2", "Customer", "Nobody Ltda"),
                ("Line 3", "Type", "Séance"),
                ("Line 4", "Date", "tomorrow"),
                ("Line 5", "Participants", "Zé", "Padaria Central Ltda"),
            )
            self.assertEqual(
                [message["field"] for message in result["messages"]],
                ["partner_id", "type_id", "date", "participant_ids"],
                dryrun,
            )

    def test_two_customers_match(self):
        """The import does not choose between customers of the same name."""
        self.other_customer.copy({"name": "Padaria Central Ltda"})
        result = self._import_rows(
            "2026-03-02 09:30,Visit,PC-001,,wrong 1,,,",
            "2026-03-02 09:30,Visit,Padaria Central Ltda,,wrong 2,,,",
        )
        self._check_errors(
            result, ("Line ", "column Customer", "Padaria Central Ltda", "reference")
        )
        self.assertEqual(result["messages"][0]["value"], "Padaria Central Ltda")

    def test_what_is_missing(self):
        result = self.Occurrence.load(
            ["date", "type_id", "partner_id", "subject"],
            [["2026-03-02 09:30:00", "", "PC-001", "wrong 1"]],
        )
        self._check_errors(result, ("Line 1", "column Type", "must be a value"))
        result = self.Occurrence.load(
            ["date", "partner_id", "subject"],
            [
                ["2026-03-02 09:30:00", "PC-001", "wrong 1"],
                ["2026-03-02 09:30:00", "", "wrong 2"],
                ["2026-03-02 09:30:00", "PC-001", ""],
                ["", "PC-001", "wrong 4"],
            ],
        )
        self._check_errors(
            result,
            ("Line 2", "column Customer", "must be a value"),
            ("Line 3", "column Subject", "must be a value"),
            ("Line 4", "column Date", "must be a value"),
        )
        # a required column that is not there at all
        result = self.Occurrence.load(
            ["date", "partner_id"], [["2026-03-02 09:30:00", "PC-001"]]
        )
        self._check_errors(result, ("Line 1", "column Subject", "must be a value"))

    def test_only_a_wrong_row_is_told(self):
        """The error of one row is not also told of the first, which is right."""
        result = self.Occurrence.load(
            ["date", "partner_id", "subject"],
            [
                ["2026-03-02 09:30:00", "PC-001", "wrong 1"],
                ["1026-03-02 09:30:00", "PC-001", "wrong 2"],
                ["1026-03-03 09:30:00", "PC-001", "wrong 3"],
            ],
        )
        self._check_errors(result, ("Line 2", "1026"), ("Line 3", "1026"))

    def test_constraint_names_the_line(self):
        result = self.Occurrence.load(
            ["date", "type_id", "partner_id", "subject", "duration"],
            [
                ["2026-03-02 09:30:00", "Visit", "PC-001", "wrong 1", "1"],
                ["2026-03-02 09:30:00", "Visit", "PC-001", "wrong 2", "-1"],
            ],
        )
        self._check_errors(result, ("Line 2", "negative"))

    def test_portuguese_words(self):
        result = self._import_rows(
            "02/03/2026 09:30,Visita,PC-001,,Em português,,Cancelada,Urgente",
            lang="pt_BR",
        )
        self.assertEqual(result["messages"], [])
        record = self.Occurrence.browse(result["ids"])
        self.assertEqual((record.state, record.priority), ("cancel", "2"))
        self.assertEqual(record.date, datetime(2026, 3, 2, 12, 30))
