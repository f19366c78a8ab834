from odoo import api, models
from odoo.tools import formatLang, html2plaintext

# how much text fits on one page at each size of the font (in px): characters, where
# each line that is begun counts as many as half of it
FONT_SIZES = {14: 2200, 12: 3400, 10: 5000}
SMALLEST = 8
HALF_A_LINE = 40


class ReportCompetitor(models.AbstractModel):
    _name = "report.crm_gestao.report_competitor"
    _description = "Battle Card"
    _inherit = ["crm.gestao.report.mixin"]

    @api.model
    def _get_report_values(self, docids, data=None):
        competitors = self.env["crm.gestao.competitor"].browse(docids)
        competitors.check_access("read")
        return {
            "doc_ids": competitors.ids,
            "doc_model": competitors._name,
            "docs": competitors,
            "get_font_size": self._get_font_size,
            "get_printable_html": self._get_printable_html,
            "get_percentage": self._get_percentage,
            "join": self._join,
        }

    def _get_percentage(self, value):
        return f"{formatLang(self.env, 100 * value, digits=1)} %"

    def _get_font_size(self, competitor):
        """The largest size at which the whole card should fit on one page."""
        texts = [
            html2plaintext(competitor[fname] or "")
            for fname in (
                *("strengths", "weaknesses", "opportunities", "threats"),
                *("advantages", "questions", "pricing_notes"),
            )
        ]
        for objection in competitor.objection_ids:
            texts += [objection.name, objection.answer or ""]
        for product in competitor.product_ids:
            texts += [product.name, product.note or ""]
        lines = [line for text in texts for line in text.splitlines() if line.strip()]
        length = sum(len(line) + HALF_A_LINE for line in lines)
        return next((s for s, fits in FONT_SIZES.items() if length <= fits), SMALLEST)
