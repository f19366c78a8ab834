import base64
import io
import json
import os
import tracemalloc
import zipfile

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import PrivacyCommon


@tagged("post_install", "-at_install")
class TestExport(PrivacyCommon):
    def _export(self, role="manager", partner=None):
        wizard = self._wizard(role, partner, reason="Asked by letter")
        wizard.action_export()
        content = base64.b64decode(wizard.export_file)
        archive = zipfile.ZipFile(io.BytesIO(content))
        return json.loads(archive.read("data.json")), archive

    def test_all_that_is_held(self):
        order = self.env["sale.order"].create({"partner_id": self.contact.id})
        self.manager.group_ids += self.env.ref("sales_team.group_sale_manager")
        data, archive = self._export()
        (person,) = data["persons"]
        self.assertEqual(person["name"], "Ana Prado")
        self.assertEqual(person["phone"], "(11) 98765-4321")
        self.assertEqual(person["parent_id"], ["Padaria Central Ltda"])
        found = {line["id"]: line for line in data["occurrences"]}
        self.assertEqual(set(found), set((self.occurrences | self.company_visit).ids))
        mine = found[self.mine.id]
        self.assertEqual(mine["subject"], "Secret subject")
        self.assertIn("Secret of Ana Prado", mine["description"])
        self.assertEqual(mine["duration"], 2.5)
        self.assertIn(self.message.id, [line["id"] for line in data["messages"]])
        self.assertIn("Secret step", [line["summary"] for line in data["activities"]])
        files = {archive.read(line["path"]) for line in data["files"]}
        photograph = base64.b64decode(self.contact.image_1920)
        self.assertEqual(files, {b"secret content", b"secret file", photograph})
        self.assertEqual(
            [line["id"] for line in data["other"]["sale.order"]], order.ids
        )

    def test_who_sells_and_does_not_invoice(self):
        """Invoices link to payments, which are for others."""
        invoice = self._post_invoice(self.contact)
        self.manager.group_ids += self.env.ref("sales_team.group_sale_manager")
        payments = self.env["account.payment"].with_user(self.manager)
        self.assertFalse(payments.has_access("read"))
        data, _archive = self._export()
        found = [line["id"] for line in data["other"]["account.move"]]
        self.assertEqual(found, invoice.ids)

    def test_what_was_said_to_the_person_and_from_elsewhere(self):
        """On whatever record, and from an address that nobody knew then."""
        record = self._create_occurrence(partner_id=self.other_customer.id)
        said = record.message_post(body="To her", partner_ids=self.contact.ids)
        unknown = record.message_post(
            body="From her", author_id=False, email_from="Ana <Ana@padaria.example>"
        )
        other = record.message_post(
            body="From others", author_id=False, email_from="mariana@padaria.example"
        )
        data, _archive = self._export()
        found = {line["id"] for line in data["messages"]}
        self.assertLessEqual({said.id, unknown.id}, found)
        self.assertNotIn(other.id, found)

    def test_what_was_changed(self):
        """What a contact was called before, which the chatter shows."""
        contact = self.contact.with_context(tracking_disable=False, mail_notrack=False)
        contact.email = "before@padaria.example"
        self.env.cr.flush()
        contact.email = "after@padaria.example"
        self.env.cr.flush()
        data, _archive = self._export()
        changes = [c for line in data["messages"] for c in line["changes"]]
        self.assertIn(
            ("before@padaria.example", "after@padaria.example"),
            [(change["old"], change["new"]) for change in changes],
        )

    def test_a_namesake_is_somebody_else(self):
        namesake = self.env["res.partner"].create({"name": "Ana Prado"})
        self._create_occurrence(partner_id=namesake.id, subject="Of the namesake")
        data, _archive = self._export()
        self.assertEqual(len(data["persons"]), 1)
        self.assertNotIn("Of the namesake", json.dumps(data))

    def test_an_address_that_is_alike_is_somebody_elses(self):
        """An underscore, which is a wildcard in SQL, is one of an address' letters."""
        self.contact.email = "ana_prado@padaria.example"
        mine, other = self.env["mail.blacklist"].create(
            [
                {"email": "ana_prado@padaria.example"},
                {"email": "ana.prado@padaria.example"},
            ]
        )
        self.manager.group_ids += self.env.ref("base.group_system")
        data, _archive = self._export()
        found = [line["id"] for line in data["other"]["mail.blacklist"]]
        self.assertIn(mine.id, found)
        self.assertNotIn(other.id, found)

    def test_an_address_that_others_have_as_well_is_nobodys(self):
        """Such as that of the company, which is still hers where nobody else has it."""
        self.manager.group_ids += self.env.ref("base.group_system")
        addresses = (self.customer.email, "ana@padaria.example")
        self.contact.email = ", ".join(addresses)
        theirs, hers = self.env["mail.blacklist"].create(
            [{"email": email} for email in addresses]
        )
        data, _archive = self._export()
        found = [line["id"] for line in data["other"]["mail.blacklist"]]
        self.assertEqual(found, hers.ids)

    def test_files_are_not_in_memory_together(self):
        size, count = 2**21, 12
        self.env["ir.attachment"].create(
            [
                {
                    "name": f"{index}.bin",
                    "raw": os.urandom(size),
                    "res_model": self.mine._name,
                    "res_id": self.mine.id,
                }
                for index in range(count)
            ]
        )
        wizard = self._wizard()
        occurrences = wizard._get_occurrences()
        self.env.flush_all()
        self.env.invalidate_all()
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        with wizard._make_archive(occurrences) as archive:
            self.assertLess(tracemalloc.get_traced_memory()[1], count // 2 * size)
            self.assertGreater(len(archive.read()), count * size)

    def test_own_addresses_belong_to_the_person(self):
        home = self.env["res.partner"].create(
            {"name": "Home", "type": "delivery", "parent_id": self.contact.id}
        )
        data, _archive = self._export()
        self.assertEqual(
            {person["id"] for person in data["persons"]}, {self.contact.id, home.id}
        )
        # but the people of a company are not part of it
        data, _archive = self._export(partner=self.customer)
        self.assertEqual(
            [person["id"] for person in data["persons"]], self.customer.ids
        )

    def test_own_rights(self):
        """What the user may not read is not in it."""
        order = self.env["sale.order"].create({"partner_id": self.contact.id})
        theirs = self._create_occurrence(
            partner_id=self.contact.id, company_id=self.other_company.id
        )
        data, _archive = self._export()
        self.assertNotIn("sale.order", data["other"])
        self.assertNotIn(order.name, json.dumps(data))
        self.assertNotIn(theirs.id, [line["id"] for line in data["occurrences"]])

    def test_it_is_logged(self):
        wizard = self._wizard(reason="Asked by letter")
        wizard.action_export()
        log = self.env["crm.gestao.privacy.log"].search([], limit=1)
        self.assertEqual(
            (log.act, log.partner_id, log.user_id, log.details, log.occurrence_count),
            ("export", self.contact, self.manager, "Asked by letter", 3),
        )
        self.assertIn("exported", self.contact.message_ids[0].body)
        self.assertEqual(self.contact.message_ids[0].author_id, self.manager.partner_id)

    def test_nobody_else(self):
        for role in ("own", "all", "rep", "biller", "reader", "employee", "portal"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self._wizard(role)
        # not by a dialog that a manager has opened either
        wizard = self._wizard()
        with self.assertRaises(AccessError):
            wizard.with_user(self.users["all"]).action_export()
        other = self.users["colleague"]
        other.group_ids += self.env.ref("crm_gestao.group_manager")
        with mute_logger("odoo.addons.base.models.ir_rule"):
            with self.assertRaises(AccessError):
                wizard.with_user(other).read(["export_file"])

    def test_an_export_goes_with_the_person(self):
        """Also what a colleague has exported: the file's name tells whose it is."""
        colleague = self.users["colleague"]
        colleague.group_ids += self.env.ref("crm_gestao.group_manager")
        exports = [self._wizard(), self._wizard("colleague")]
        for export in exports:
            export.action_export()
            self.assertTrue(export.export_file)
        self.env.flush_all()
        files = self.env["ir.attachment"].sudo()
        domain = [("res_model", "=", "crm.gestao.privacy.wizard")]
        domain += [("res_field", "=", "export_file")]
        before = files.search_count(domain)
        wizard = self._wizard(is_understood=True)
        wizard.action_anonymise()
        self.assertEqual(files.search_count(domain), before - 2)
        self.assertFalse([e.export_name for e in exports if e.export_name])

    def test_query_count_does_not_grow(self):
        def count_queries():
            wizard = self._wizard()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizard.action_export()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count_queries()
        few = count_queries()
        for _index in range(30):
            self._create_occurrence(partner_id=self.contact.id)
        self.assertLessEqual(count_queries(), few + 5)


@tagged("post_install", "-at_install")
class TestDownload(PrivacyCommon, HttpCase):
    def test_download(self):
        wizard = self._wizard()
        action = wizard.action_export()
        self.env.flush_all()
        self.authenticate(self.manager.login, self.manager.login)
        response = self.url_open(action["url"])
        self.assertEqual(response.status_code, 200)
        self.assertIn("Ana_Prado.zip", response.headers["Content-Disposition"])
        archive = zipfile.ZipFile(io.BytesIO(response.content))
        self.assertIn("data.json", archive.namelist())
        # the address is of no use to others
        for role in ("all", "own", "portal"):
            self.authenticate(self.users[role].login, self.users[role].login)
            self.assertEqual(self.url_open(action["url"]).status_code, 404)
