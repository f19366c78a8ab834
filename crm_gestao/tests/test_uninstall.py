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
