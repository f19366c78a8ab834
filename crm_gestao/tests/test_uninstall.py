from odoo import Command

from ..hooks import uninstall_hook
from .sales_common import SalesCommon


class TestUninstall(SalesCommon):
    """Without other addons; tests/test_lifecycle.py really uninstalls."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_order()
        cls.invoice = cls.order._create_invoices()
        cls.invoice.action_post()

    def _notes(self, document):
        return document.message_ids.filtered(
            lambda note: 'data-oe-model="crm.gestao.occurrence"' in (note.body or "")
        )

    def test_meetings_stay(self):
        if "calendar.event" not in self.env:
            self.skipTest("the calendar is not installed")
        event = self.env["calendar.event"].create(
            {
                "name": "Meeting",
                "start": "2026-03-02 10:00:00",
                "stop": "2026-03-02 11:00:00",
                "res_model_id": self.env["ir.model"]._get_id(self.occurrence._name),
                "res_id": self.occurrence.id,
            }
        )
        self.env.flush_all()
        uninstall_hook(self.env)
        self.assertFalse(event.res_model or event.res_model_id or event.res_id)

    def test_what_was_saved_by_our_fields_goes(self):
        """A favourite that names them would break the list that it is for."""
        filters = self.env["ir.filters"]
        ours = filters.create(
            [
                {"name": "a", "model_id": model, **values}
                for model, values in (
                    ("sale.order", {"domain": "[('occurrence_id', '!=', False)]"}),
                    ("sale.order", {"context": "{'group_by': ['occurrence_id']}"}),
                    ("account.move.line", {"sort": '["days_overdue desc"]'}),
                    ("sale.report", {"domain": "[('order_reference.occurrence_id.name'"
                     ", '=', 'x')]", "active": False}),
                )
            ]
        )  # fmt: skip
        others = filters.create(
            [
                {"name": "b", "model_id": model, "domain": domain}
                for model, domain in (
                    ("sale.order", "[('partner_id.name', '=', 'name')]"),
                    ("res.partner", "[('name', 'ilike', 'competitor')]"),
                    ("sale.order", "[('commercial_partner_id', '!=', False)]"),
                )
            ]
        )
        export = self.env["ir.exports"].create(
            {
                "name": "Orders",
                "resource": "sale.order",
                "export_fields": [
                    Command.create({"name": name})
                    for name in ("name", "occurrence_id/name", "partner_id/vat")
                ],
            }
        )
        activity = self.occurrence.activity_schedule("mail.mail_activity_data_todo")
        file = self.env["ir.attachment"].create(
            {"name": "a", "res_model": activity._name, "res_id": activity.id}
        )
        self.env.flush_all()
        uninstall_hook(self.env)
        self.assertFalse(ours.exists())
        self.assertEqual(others.exists(), others)
        self.assertEqual(
            export.export_fields.mapped("name"), ["name", "partner_id/vat"]
        )
        self.assertFalse(file.exists())

    def test_notes_with_dead_links_go(self):
        documents = (self.order, self.invoice)
        said = [document.message_post(body="Said") for document in documents]
        self.assertTrue(all(self._notes(document) for document in documents))
        uninstall_hook(self.env)
        self.assertFalse(any(self._notes(document) for document in documents))
        self.assertTrue(all(message.exists() for message in said))

    def test_the_trail_of_an_invoice_stays_where_the_law_wants_it(self):
        self.company.restrictive_audit_trail = True
        uninstall_hook(self.env)
        self.assertFalse(self._notes(self.order))
        self.assertTrue(self._notes(self.invoice))
