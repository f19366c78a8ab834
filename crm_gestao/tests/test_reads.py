from unittest.mock import patch

import psycopg2

from odoo.exceptions import AccessDenied
from odoo.http import _generate_routing_rules
from odoo.tests import HttpCase, TransactionCase, tagged
from odoo.tools import config

# what is done on the primary: it writes, or makes the record of a dialog
WRITING = {
    "account.move.line.action_register_customer_payment",
    "crm.gestao.competitor.action_mark_reviewed",
    "crm.gestao.competitor.record.action_confirm_proposed",
    "crm.gestao.competitor.record.action_lost",
    "crm.gestao.competitor.record.action_nobody",
    "crm.gestao.competitor.record.action_reopen",
    "crm.gestao.competitor.record.action_won",
    "crm.gestao.invoice.issue.action_create_draft",
    "crm.gestao.invoice.issue.action_issue",
    "crm.gestao.invoice.issue.action_issue_and_send",
    "crm.gestao.occurrence.action_cancel",
    "crm.gestao.occurrence.action_done",
    "crm.gestao.occurrence.action_issue_invoice",
    "crm.gestao.occurrence.action_new_order",
    "crm.gestao.occurrence.action_reopen",
    "crm.gestao.order.confirm.action_confirm",
    "crm.gestao.order.confirm.action_new_order",
    "crm.gestao.privacy.wizard.action_anonymise",
    "crm.gestao.privacy.wizard.action_export",
    "crm.lead.action_confirm_competitor_outcomes",
    "crm.lead.lost.action_lost_reason_apply",
    "mail.activity.action_create_calendar_event",
    "res.partner.action_privacy",
    "sale.order.action_confirm_competitor_outcomes",
}
# what reads, but not on a standby: Odoo's form of settings alone calls it
ON_THE_PRIMARY = {"res.config.settings.get_values"}


@tagged("post_install", "-at_install")
class TestReads(TransactionCase):
    def _get_routing(self):
        """By the address, and what it is of Odoo's own accord."""
        http = self.env["ir.http"]
        arguments = (sorted(self.registry._init_modules), http._get_converters())
        ours = http._generate_routing_rules(*arguments)
        odoos = _generate_routing_rules(arguments[0], False, arguments[1])
        return [
            {url: endpoint.routing for url, endpoint in rules}
            for rules in (ours, odoos)
        ]

    def test_routes_without_a_standby(self):
        ours, odoos = self._get_routing()
        self.assertEqual(ours, odoos)

    def test_routes_with_a_standby(self):
        """What only reads asks whether the standby is current, all else is as it is."""
        with patch.dict(config._runtime_options, db_replica_host="standby"):
            ours, odoos = self._get_routing()
        self.assertIs(odoos["/mail/data"]["readonly"], True)
        for url, routing in odoos.items():
            readonly = ours[url]["readonly"]
            self.assertEqual({**ours[url], "readonly": routing["readonly"]}, routing)
            if routing["readonly"]:
                self.assertEqual(readonly.__name__, "is_readonly", url)
                self.assertNotEqual(readonly, routing["readonly"], url)
            else:
                self.assertIs(readonly, routing["readonly"], url)

    def test_methods_that_read(self):
        """What does not write says so, where Odoo does not say it for all."""
        found = set()
        for model_name, model_class in self.registry.items():
            classes = model_class.mro()
            names = {
                name
                for cls in classes
                if cls.__module__.startswith("odoo.addons.crm_gestao")
                for name in vars(cls)
                if name.startswith(("get_", "action_"))
            }
            found |= {
                f"{model_name}.{name}"
                for name in names
                # as the route of Odoo finds out
                if not any(
                    getattr(getattr(cls, name, None), "_readonly", False)
                    for cls in classes
                )
            }
        self.assertLessEqual(found, WRITING | ON_THE_PRIMARY)


@tagged("post_install", "-at_install")
class TestConnectionLost(HttpCase):
    def test_it_is_not_told_that_access_is_denied(self):
        """Where the database goes away just as Odoo asks whose session it is.

        tests/test_replica.py kills real ones; this moment is too short to be met there.
        """
        self.authenticate("admin", "admin")
        gone = psycopg2.OperationalError("server closed the connection unexpectedly")
        for error, message in (
            (gone, "The database was not reachable for a moment."),
            (psycopg2.ProgrammingError("something else"), "Access Denied"),
            (AccessDenied(), "Access Denied"),
        ):
            with (
                self.subTest(error),
                patch("odoo.service.security.check_session", side_effect=error),
            ):
                response = self.url_open(
                    "/web/dataset/call_kw/res.users/has_group",
                    json={"params": {
                        "model": "res.users", "method": "has_group",
                        "args": [[], "base.group_user"], "kwargs": {},
                    }},
                )  # fmt: skip
            told = response.json()["error"]["data"]["message"]
            self.assertTrue(told.startswith(message), told)
