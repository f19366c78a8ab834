import lxml.html

from odoo import models

from odoo.addons.base.models.ir_actions_report import _wkhtml

OWN_REPORTS = (
    "crm_gestao.report_occurrence",
    "crm_gestao.report_diary",
    "crm_gestao.report_statement",
)
# in mm, where no header and footer are printed into them
PLAIN_MARGINS = {"data-report-margin-top": "10", "data-report-margin-bottom": "12"}
# more records than this are printed without them: wkhtmltopdf holds the header and the
# footer of every page in memory (5 MB each page), and crashes after some 600 pages
MANY = 500


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _prepare_html(self, html, report_model=False):
        """Make our reports, which go over several pages, right on each of them.

        The wkhtmltopdf that Debian builds has an unpatched Qt: it prints neither
        header nor footer, and fails on more than one document. So it is given a
        single one, with the headers in the text; and so is the patched one where the
        document is very long.
        """
        if self.report_name not in OWN_REPORTS:
            return super()._prepare_html(html, report_model=report_model)
        parser = lxml.html.HTMLParser(encoding="utf-8")
        root = lxml.html.document_fromstring(html, parser=parser)
        articles = root.find_class("article")
        count = max(len(articles), len(root.findall(".//div[@name='entry']")))
        is_plain = count > MANY or not _wkhtml().is_patched_qt
        if is_plain:
            self._merge_articles(root)
            html = lxml.html.tostring(root)
            margins = PLAIN_MARGINS
        else:
            height = max(map(self._get_header_height, articles), default=0)
            margin = str(max(height, self.get_paperformat().margin_top))
            margins = {
                "data-report-margin-top": margin,
                "data-report-header-spacing": margin,
            }
        bodies, res_ids, header, footer, paperformat_args = super()._prepare_html(
            html, report_model=report_model
        )
        if is_plain:
            header = footer = ""
        return bodies, res_ids, header, footer, margins | paperformat_args

    def _get_header_height(self, article):
        """Estimate the height of the header of `article` in mm, rather too high.

        A header that is higher than the margin hides the first lines of the second
        page and of those that follow.
        """
        header = article.getprevious()
        if header is None:
            return 0
        texts = header.xpath(".//*[@name='company_address']//text()")
        address = sum(6 for text in texts if text.strip())
        if "o_report_layout_standard" in article.classes:  # the address below the logo
            height = 19 + address
        elif "o_report_layout_bubble" in article.classes:  # the same, and lower
            height = 38 + address
        elif "o_report_layout_folder" in article.classes:  # the title below both
            height = max(35, address) + 12
        else:
            height = max(35, address)
        return 16 + height

    def _merge_articles(self, root):
        """Make the articles of a report, each with its header, one article."""
        merged = lxml.html.Element("div")
        articles = root.find_class("article")
        for index, article in enumerate(articles):
            header = article.getprevious()
            page = lxml.html.Element("div")
            if index:
                page.set("style", "page-break-before: always")
            if header is not None and "header" in header.classes:
                header.classes.discard("header")
                # drawn on the paper's edge, which the text does not reach
                for shape in header.findall(".//svg"):
                    shape.drop_tree()
                for node in header.find_class("position-absolute"):
                    node.classes.discard("position-absolute")
                page.append(header)
            merged.append(page)
            if not index:
                article.addprevious(merged)
            page.append(article)
            article.classes.discard("article")
        merged.set("class", "article")
