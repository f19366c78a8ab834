from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class ReportStatement(models.AbstractModel):
    _name = "report.crm_gestao.report_statement"
    _description = "Statement of a Customer"
    _inherit = ["crm.gestao.report.mixin"]

    @api.model
    def _get_report_values(self, docids, data=None):
        """What each customer owes, oldest first, a section for each company.

        :param list docids: `res.partner`; a contact stands for its company
        :raise AccessError: for users without rights of accounting
        """
        consult = self.env["crm.gestao.consult"]
        if not consult._is_accounting():
            raise AccessError(
                self.env._("Only users with rights of accounting print statements.")
            )
        partners = self.env["res.partner"].browse(docids).commercial_partner_id
        self._check_documents(partners)
        lines = self.env["account.move.line"].search(
            consult._get_receivable_domain()
            & Domain("partner_id.commercial_partner_id", "in", partners.ids),
            order="date_maturity, date, id",
        )
        by_partner = lines.grouped(lambda line: line.partner_id.commercial_partner_id)
        sections = []
        for partner in partners:
            own = by_partner.get(partner, lines.browse())
            by_company = own.grouped("company_id")
            for company in (lines.company_id & own.company_id) or self.env.company:
                of_company = by_company.get(company, lines.browse())
                sections.append(self._get_section(partner, company, of_company))
        return {
            "doc_ids": partners.ids,
            "doc_model": partners._name,
            "docs": partners,
            "sections": sections,
            "today": fields.Date.context_today(self),
        }

    def _get_section(self, partner, company, lines):
        lang = self._get_lang(partner)
        lines = lines.with_context(lang=lang)
        buckets = lines.grouped("aging_bucket")
        labels = lines._fields["aging_bucket"]._description_selection(lines.env)
        return {
            "partner": partner.with_context(lang=lang),
            "company": company,
            "currency": company.currency_id,
            "lang": lang,
            "lines": lines,
            "is_foreign": bool(lines.currency_id - company.currency_id),
            "buckets": [
                (label, sum(buckets.get(key, lines.browse()).mapped("amount_residual")))
                for key, label in labels
            ],
            "total": sum(lines.mapped("amount_residual")),
        }
