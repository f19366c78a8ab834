import base64

from markupsafe import Markup

from odoo import Command
from odoo.tools import file_open

from odoo.addons.crm_gestao.tests.common import OccurrenceCommon

IMAGE = "crm_gestao_privacy/static/description/icon.png"
SECRETS = ("Ana Prado", "ana@padaria.example", "98765-4321", "secret", "Secret")


class PrivacyCommon(OccurrenceCommon):
    """Ana, a contact of the bakery: her own occurrences, and one of her company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.users["manager"]
        cls.manager.group_ids = [
            Command.link(cls.env.ref("base.group_partner_manager").id)
        ]
        cls.contact.write(
            {
                "email": "ana@padaria.example",
                "function": "Secret job",
                "comment": Markup("<p>Secret note</p>"),
                "image_1920": base64.b64encode(file_open(IMAGE, "rb").read()),
            }
        )
        cls.mine = cls._create_occurrence(
            subject="Secret subject",
            partner_id=cls.contact.id,
            description=Markup("<p>Secret of Ana Prado</p>"),
            duration=2.5,
            state="done",
            user_id=cls.users["own"].id,
            tag_ids=[Command.create({"name": "Some tag"})],
        )
        cls.archived = cls._create_occurrence(
            subject="Secret and old", partner_id=cls.contact.id, active=False
        )
        cls.company_visit = cls._create_occurrence(
            subject="Visit, ANA PRADO was there",
            description=Markup("<p>Ana Prado (ana@padaria.example), Mariana Prado</p>"),
            participant_ids=(cls.contact | cls.other_contact).ids,
        )
        cls.message = cls.mine.message_post(
            body="Secret message",
            author_id=cls.contact.id,
            email_from="ana@padaria.example",
            attachments=[("secret.txt", b"secret content")],
        )
        cls.company_message = cls.company_visit.message_post(body="Ana Prado said so")
        cls.file = cls.env["ir.attachment"].create(
            {
                "name": "Secret file.txt",
                "raw": b"secret file",
                "res_model": cls.mine._name,
                "res_id": cls.mine.id,
            }
        )
        cls.activity = cls.mine.activity_schedule(
            "mail.mail_activity_data_todo", summary="Secret step", note="Secret note"
        )
        cls.occurrences = cls.mine | cls.archived
        cls.env.flush_all()

    def _wizard(self, role="manager", partner=None, **values):
        wizard = self.env["crm.gestao.privacy.wizard"].with_user(self.users[role])
        return wizard.create({"partner_id": (partner or self.contact).id, **values})

    def _post_invoice(self, partner, company=None):
        company = company or self.company
        journal = self.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", company.id)], limit=1
        ) or self.env["account.journal"].create(
            {
                "name": "Sales",
                "code": "SAL",
                "type": "sale",
                "company_id": company.id,
            }
        )
        Account = self.env["account.account"]
        accounts = {
            kind: Account.search([("code", "=", f"9{kind[:5]}")], limit=1)
            or Account.create(
                {"name": kind, "code": f"9{kind[:5]}", "account_type": kind}
            )
            for kind in ("asset_receivable", "income")
        }
        partner.property_account_receivable_id = accounts["asset_receivable"]
        partner.commercial_partner_id.property_account_receivable_id = accounts[
            "asset_receivable"
        ]
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "journal_id": journal.id,
                "invoice_date": "2026-03-02",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Bread",
                            "price_unit": 10,
                            "account_id": accounts["income"].id,
                            "tax_ids": False,
                        }
                    )
                ],
            }
        )
        invoice.action_post()
        return invoice
