from unittest.mock import patch

from odoo.http import _generate_routing_rules
from odoo.tests import TransactionCase, tagged
from odoo.tools import config

# methods of ours that read, but not on a standby
ON_THE_PRIMARY = {
    "res.config.settings.get_values": "Odoo's form of settings alone calls it",
}


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
        """What is named as reading says so, where Odoo does not say it for all."""
        found = set()
        for model_name, model_class in self.registry.items():
            classes = model_class.mro()
            names = {
                name
                for cls in classes
                if cls.__module__.startswith("odoo.addons.crm_gestao")
                for name in vars(cls)
                if name.startswith(("get_", "action_view_"))
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
        self.assertEqual(found, set(ON_THE_PRIMARY))
