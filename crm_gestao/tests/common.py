from odoo import Command, fields
from odoo.tests import new_test_user

from odoo.addons.base.tests.common import BaseCommon


class OccurrenceCommon(BaseCommon):
    """One user per role, two companies, one customer with contacts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.other_company = cls.env["res.company"].create({"name": "Other Company"})
        cls.users = {
            role: new_test_user(
                cls.env,
                login=f"gestao_{role}",
                groups=groups,
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
                tz="America/Sao_Paulo",
            )
            for role, groups in {
                "own": "crm_gestao.group_user",
                "colleague": "crm_gestao.group_user",
                "all": "crm_gestao.group_user_all",
                "manager": "crm_gestao.group_manager",
                "biller": "account.group_account_invoice",
                "reader": "account.group_account_readonly",
                "employee": "base.group_user",
                "rep": "crm_gestao.group_user,sales_team.group_sale_salesman",
            }.items()
        }
        cls.users["portal"] = new_test_user(
            cls.env, login="gestao_portal", groups="base.group_portal"
        )
        cls.users["public"] = cls.env.ref("base.public_user")

        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Padaria Central Ltda",
                "is_company": True,
                "ref": "PC-001",
                "vat": "11.222.333/0001-81",
                "phone": "+55 (11) 3322-4455",
                "email": "contato@padaria.example",
            }
        )
        cls.contact, cls.other_contact = cls.env["res.partner"].create(
            [
                {
                    "name": "Ana Prado",
                    "parent_id": cls.customer.id,
                    "phone": "(11) 98765-4321",
                },
                {"name": "Bruno Sales", "parent_id": cls.customer.id},
            ]
        )
        cls.other_customer = cls.env["res.partner"].create(
            {"name": "Mercado Norte Ltda", "is_company": True, "ref": "MN-001"}
        )
        cls.type_visit = cls.env.ref("crm_gestao.type_visit")
        cls.type_complaint = cls.env.ref("crm_gestao.type_complaint")
        cls.type_note = cls.env.ref("crm_gestao.type_note")

    @classmethod
    def _new_user(cls, name, groups, companies=None):
        companies = companies or cls.company
        return new_test_user(
            cls.env,
            login=f"gestao_{name}",
            groups=groups,
            company_id=companies[0].id,
            company_ids=[Command.set(companies.ids)],
        )

    @classmethod
    def _get_other_numbering(cls):
        """The numbering of the other company, where nothing is recorded yet."""
        return cls.env["ir.sequence"].search(
            [
                ("code", "=", "crm.gestao.occurrence"),
                ("company_id", "=", cls.other_company.id),
            ]
        )

    @classmethod
    def _create_occurrence(cls, env=None, **values):
        return (env or cls.env)["crm.gestao.occurrence"].create(
            {
                "subject": "A subject",
                "partner_id": cls.customer.id,
                "type_id": cls.type_visit.id,
                "date": fields.Datetime.now(),
                **values,
            }
        )
