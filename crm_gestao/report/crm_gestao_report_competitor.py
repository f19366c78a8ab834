import math

from odoo import api, models
from odoo.tools import formatLang, html2plaintext

# The card is meant for one page. How much fits there depends on the font, in px: as
# many lines as LINES / size, with as many characters in a column as CHARACTERS / size.
SIZES = (14, 13, 12, 11, 10, 9, 8, 7)
SMALLEST = 6
LINES = 490
CHARACTERS = 560
HEADER = 8  # lines of the name and the figures
# the two columns of texts, and what goes across both
COLUMNS = (
    ("advantages", "questions", "pricing_notes"),
    ("strengths", "weaknesses", "opportunities", "threats"),
)
TABLES = {"objection_ids": ("name", "answer"), "product_ids": ("name", "note")}


class ReportCompetitor(models.AbstractModel):
    _name = "report.crm_gestao.report_competitor"
    _description = "Battle Card"
    _inherit = ["crm.gestao.report.mixin"]

    @api.model
    def _get_report_values(self, docids, data=None):
        competitors = self.env["crm.gestao.competitor"].browse(docids)
        self._check_documents(competitors)
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
        return next(
            (
                size
                for size in SIZES
                if self._count_lines(competitor, CHARACTERS / size) <= LINES / size
            ),
            SMALLEST,
        )

    def _count_lines(self, competitor, width):
        def lines(text):
            return sum(
                math.ceil(len(line) / width)
                for line in (text or "").splitlines()
                if line.strip()
            )

        columns = [
            # each with a heading and some room
            sum(
                2 + lines(html2plaintext(competitor[f]))
                for f in column
                if competitor[f]
            )
            for column in COLUMNS
        ]
        rows = 0
        for fname, cells in TABLES.items():
            for row in competitor[fname]:
                rows += 0.7 + max(1, *(lines(row[cell]) for cell in cells))
            rows += 2 if competitor[fname] else 0
        return HEADER + max(columns) + rows
