from odoo.tests import tagged

from .common import PrivacyCommon


@tagged("post_install", "-at_install")
class TestLookup(PrivacyCommon):
    def test_participants_are_found_once(self):
        wizard = self.env["privacy.lookup.wizard"].create(
            {"name": self.contact.name, "email": self.contact.email}
        )
        wizard.action_lookup()
        found = wizard.line_ids.filtered(
            lambda line: line.res_model == "crm.gestao.occurrence"
        )
        self.assertEqual(
            sorted(found.mapped("res_id")),
            sorted((self.occurrences | self.company_visit).ids),
        )
        self.assertEqual(
            {line.res_id: line.is_active for line in found}[self.archived.id], False
        )

    def test_every_link_of_ours_is_looked_at(self):
        """A model that gets a link to contacts later is looked at as well."""
        wizard = self.env["privacy.lookup.wizard"].create(
            {"name": self.contact.name, "email": self.contact.email}
        )
        self.env.flush_all()
        query = self.env.cr.mogrify(wizard._get_query()).decode()
        for name, model in self.env.items():
            if (
                not name.startswith("crm.gestao.")
                or model._transient
                or not model._auto
            ):
                continue
            links = [
                field
                for field in model._fields.values()
                if field.store and field.comodel_name == "res.partner"
            ]
            for field in links:
                if field.type == "many2many":
                    self.assertIn(f'"{field.relation}"', query)
                elif field.ondelete != "cascade":
                    self.assertIn(f'"{model._table}"."{field.name}"', query)
