from odoo import api, fields, models
from odoo.exceptions import UserError

# the final consumer of an NFC-e may stay unnamed
WITHOUT_CNPJ = "65"


class CrmGestaoInvoiceIssue(models.TransientModel):
    _inherit = "crm.gestao.invoice.issue"

    l10n_latam_use_documents = fields.Boolean(
        related="journal_id.l10n_latam_use_documents"
    )
    l10n_latam_available_document_type_ids = fields.Many2many(
        "l10n_latam.document.type", compute="_compute_l10n_latam_available_types"
    )
    l10n_latam_document_type_id = fields.Many2one(
        "l10n_latam.document.type",
        string="Document Type",
        domain="[('id', 'in', l10n_latam_available_document_type_ids)]",
        compute="_compute_l10n_latam_document_type_id",
        store=True,
        readonly=False,
    )

    @api.depends("company_id", "journal_id")
    def _compute_l10n_latam_available_types(self):
        for issue in self:
            issue.l10n_latam_available_document_type_ids = (
                issue._get_l10n_latam_document_types()
            )

    @api.depends("company_id", "journal_id")
    def _compute_l10n_latam_document_type_id(self):
        for issue in self:
            types = issue._get_l10n_latam_document_types()
            if issue.l10n_latam_document_type_id not in types:
                issue.l10n_latam_document_type_id = types[:1]

    def _get_l10n_latam_document_types(self):
        """The document types of an invoice in this series, by Odoo's own choice."""
        self.ensure_one()
        types = self.env["l10n_latam.document.type"]
        if not self.journal_id.l10n_latam_use_documents:
            return types
        move = self.env["account.move"].new(
            {"move_type": "out_invoice", "company_id": self.company_id.id}
        )
        return types.search(move._get_l10n_latam_documents_domain())

    def _prepare_invoice_values(self):
        values = super()._prepare_invoice_values()
        if self.journal_id.l10n_latam_use_documents:
            values["l10n_latam_document_type_id"] = self.l10n_latam_document_type_id.id
        return values

    def _check_issue(self):
        super()._check_issue()
        if self.company_id.account_fiscal_country_id.code != "BR":
            return
        if self.journal_id.l10n_latam_use_documents:
            self._check_l10n_br_document_type()
            self._check_l10n_br_partner(self.company_id.partner_id)
        for partner in self._get_invoiced_partners():
            self._check_l10n_br_partner(partner)

    def _check_l10n_br_document_type(self):
        document_type = self.l10n_latam_document_type_id
        if not document_type:
            raise UserError(
                self.env._(
                    "The series %s is of fiscal documents. Choose the document type.",
                    self.journal_id.display_name,
                )
            )
        if document_type not in self._get_l10n_latam_document_types():
            raise UserError(
                self.env._(
                    "%(type)s is not in use for invoices of %(company)s. Choose another"
                    " document type.",
                    type=document_type.display_name,
                    company=self.company_id.display_name,
                )
            )

    def _get_invoiced_partners(self):
        """Whom the invoice goes to, and where the goods go to."""
        if self.source == "lines":
            addresses = self.partner_id.address_get(["invoice", "delivery"])
            return self.env["res.partner"].browse(set(addresses.values()))
        return self.order_ids.partner_invoice_id | self.order_ids.partner_shipping_id

    def _check_l10n_br_partner(self, partner):
        """Refuse who lacks what the taxes and the document depend on.

        Odoo would take the wrong fiscal position, silently.

        :raise UserError: naming the partner, and what is missing
        """
        if not partner.country_id:
            raise UserError(
                self.env._(
                    "%s has no country, on which the taxes depend. Fill it in first.",
                    partner.display_name,
                )
            )
        if partner.country_id.code != "BR":
            return
        if not partner.state_id:
            raise UserError(
                self.env._(
                    "%s has no state, on which the taxes depend. Fill it in first.",
                    partner.display_name,
                )
            )
        if not self.journal_id.l10n_latam_use_documents:
            return
        vat = partner.commercial_partner_id.vat
        if not vat and self.l10n_latam_document_type_id.code == WITHOUT_CNPJ:
            return
        if vat and vat != "/":
            # it may be older than Odoo's own check, which empties a wrong one
            vat, _code = partner._run_vat_checks(
                partner.country_id, vat, validation="setnull"
            )
        if not vat or vat == "/":
            raise UserError(
                self.env._(
                    "%s has no valid CNPJ or CPF. Fill it in first.",
                    partner.commercial_partner_id.display_name,
                )
            )
