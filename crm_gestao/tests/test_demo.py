from datetime import datetime, timedelta

from stdnum.br import cnpj as stdnum_cnpj
from stdnum.br import cpf as stdnum_cpf

from odoo import fields
from odoo.tests import TransactionCase, tagged

from odoo.addons.crm_gestao.demo import competitors, generator

NOW = datetime(2026, 7, 22, 14, 30)
SMALL = {"customers": 40, "contacts": 60, "occurrences": 200}


@tagged("post_install", "-at_install")
class TestDemoBuild(TransactionCase):
    """The part without a database."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.data = generator.build(now=NOW)

    def test_deterministic(self):
        self.assertEqual(generator.build(now=NOW), self.data)
        self.assertNotEqual(generator.build(seed=1, now=NOW), self.data)

    def test_sizes(self):
        self.assertEqual(len(self.data["customers"]), 300)
        self.assertEqual(len(self.data["contacts"]), 500)
        self.assertEqual(len(self.data["occurrences"]), 2500)
        counts = dict.fromkeys((c["key"] for c in self.data["customers"]), 0)
        for occurrence in self.data["occurrences"]:
            counts[occurrence["customer"]] += 1
        self.assertEqual(max(counts.values()), 300)
        self.assertGreater(list(counts.values()).count(0), 5)
        owners = {contact["customer"] for contact in self.data["contacts"]}
        self.assertGreater(300 - len(owners), 10)

    def test_check_digits(self):
        # the example that the tax authority gives of the CNPJ with letters
        self.assertEqual(generator.cnpj("12ABC34501DE"), "12.ABC.345/01DE-35")
        self.assertEqual(generator.cnpj("112223330001"), "11.222.333/0001-81")
        self.assertEqual(generator.cpf("111444777"), "111.444.777-35")
        lettered = 0
        seen = set()
        for customer in self.data["customers"]:
            vat = customer["vat"]
            seen.add(vat)
            if not customer["is_company"]:
                self.assertTrue(stdnum_cpf.is_valid(vat), vat)
            elif any(char.isalpha() for char in vat):
                lettered += 1
                base = "".join(filter(str.isalnum, vat))[:12]
                self.assertEqual(generator.cnpj(base), vat)
            else:
                self.assertTrue(stdnum_cnpj.is_valid(vat), vat)
        self.assertEqual(len(seen), 300)
        self.assertEqual(lettered, 5)

    def test_nobody_can_be_reached(self):
        for person in self.data["customers"] + self.data["contacts"]:
            self.assertTrue(person["email"].endswith(".example"))
            self.assertRegex(person["phone"], r"^\+55 \d\d (50\d\d|90\d{3})-\d{4}$")

    def test_references_are_unique(self):
        for model in self.data:
            keys = [values["key"] for values in self.data[model]]
            self.assertEqual(len(keys), len(set(keys)), model)
        refs = {customer["ref"] for customer in self.data["customers"]}
        self.assertEqual(len(refs), 300)

    def test_office_hours(self):
        dates = [occurrence["date"] for occurrence in self.data["occurrences"]]
        self.assertEqual(dates, sorted(dates))
        self.assertGreater(dates[0], NOW - timedelta(days=366))
        self.assertLess(dates[-1], NOW + timedelta(days=29))
        for moment in dates:
            self.assertIn(moment.hour, range(8, 18))
            self.assertNotEqual(moment.weekday(), 6)

    def test_states(self):
        late = 0
        for occurrence in self.data["occurrences"]:
            closed = occurrence["closed"]
            if occurrence["date"] > NOW:
                self.assertEqual(occurrence["state"], "open")
            elif occurrence["state"] == "open":
                late += 1
            if closed:
                self.assertNotEqual(occurrence["state"], "open")
                self.assertLess(closed, NOW)
                self.assertGreater(closed, occurrence["date"])
        self.assertIn(late, range(20, 120))

    def test_competitors(self):
        """Each is met, some win more than others, and no future is known."""
        records = self.data["competitor_records"]
        self.assertIn(len(records), range(100, 250))
        for key in competitors.COMPETITORS:
            met = [r for r in records if r["competitor"] == key]
            outcomes = [r["outcome"] for r in met]
            self.assertGreater(outcomes.count("won"), 0, key)
            self.assertGreater(outcomes.count("lost"), 0, key)
        for record in records:
            self.assertLess(record["occurrence"]["date"], NOW)

    def test_texts_are_filled(self):
        for occurrence in self.data["occurrences"]:
            for fname in ("subject", "description"):
                self.assertTrue(occurrence[fname])
                self.assertNotIn("{", occurrence[fname])

    def test_any_day(self):
        """The night of New Year is a day like another."""
        for now in (datetime(2027, 1, 1, 0, 5), datetime(2028, 2, 29, 23, 59)):
            data = generator.build(now=now, **SMALL)
            self.assertEqual(len(data["occurrences"]), 200)


@tagged("post_install", "-at_install")
class TestDemoLoad(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # as in a database without demo data
        cls.env.cr.execute(
            r"DELETE FROM ir_model_data WHERE module = 'crm_gestao'"
            r" AND name LIKE 'demo\_%' AND name NOT LIKE 'demo\_user\_%'"
        )
        cls.env.registry.clear_all_caches()
        for tag in cls.env["crm.gestao.occurrence.tag"].search([]):
            tag.name = f"Tag {tag.id}"
        cls.env.flush_all()
        cls.before = {
            model: cls.env[model].search([])
            for model in (
                "crm.gestao.competitor.record",
                "crm.gestao.occurrence",
                "res.partner",
                "mail.mail",
            )
        }
        statements = cls.env.cr.sql_log_count
        generator.load(cls.env, **SMALL)
        cls.env.flush_all()
        cls.statements = cls.env.cr.sql_log_count - statements

    def _new(self, model):
        return self.env[model].search([]) - self.before[model]

    def test_loaded(self):
        occurrences = self._new("crm.gestao.occurrence")
        self.assertEqual(len(occurrences), 200)
        self.assertEqual(len(self._new("res.partner")), 100)
        self.assertTrue(all(occurrences.get_external_id().values()))
        self.assertGreater(len(occurrences.activity_ids), 3)
        self.assertGreater(len(occurrences.sale_order_ids), 1)
        records = self._new("crm.gestao.competitor.record")
        self.assertTrue(all(records.get_external_id().values()))
        self.assertIn(
            self.env.ref("crm_gestao.demo_competitor_aroeira").threat_level, "3"
        )
        names = occurrences.sorted("date").mapped("name")
        self.assertEqual(names, sorted(names))

    def test_cases_took_their_time(self):
        cases = self._new("crm.gestao.occurrence").filtered(
            lambda o: o.type_id.is_complaint and o.state == "done"
        )
        self.assertTrue(cases)
        self.assertGreater(max(cases.mapped("days_to_close")), 1)
        self.assertLess(max(cases.mapped("days_to_close")), 23)

    def test_nothing_is_late_but_open(self):
        for occurrence in self._new("crm.gestao.occurrence"):
            self.assertEqual(not occurrence.date_closed, occurrence.state == "open")
            if occurrence.date > fields.Datetime.now():
                self.assertEqual(occurrence.state, "open")

    def test_quick_and_silent(self):
        # Partners take some per company with contacts, of which most are of what other
        # modules keep of them; all else is in batches
        self.assertLess(self.statements, 1000)
        self.assertFalse(self._new("mail.mail"))

    def test_only_once(self):
        generator.load(self.env, **SMALL)
        self.assertEqual(len(self._new("crm.gestao.occurrence")), 200)
