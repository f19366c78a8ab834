import re

import lxml.html
from markupsafe import Markup

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_duration, is_html_empty

# a longer text may break over pages, a shorter one stays together
SHORT_TEXT = 1200
# the title of a page is a heading of level 2 or 3, depending on the layout
HEADINGS = {"h1": "h4", "h2": "h5", "h3": "h5", "h4": "h6", "h5": "h6"}
# by these classes Odoo takes a page apart
LAYOUT_CLASSES = {"article", "header", "footer"}
# what makes pasted content run out of the page, or over other content
OVERFLOWING_STYLES = re.compile(
    r"(?:^|(?<=;))\s*(?:position|float|(?:min-|max-)?width|white-space|"
    r"(?:margin|padding)(?:-\w+)?|(?:min-|max-)?height|line-height|"
    r"font(?:-size)?)\s*:[^;]*;?",
    re.IGNORECASE,
)


class CrmGestaoReportMixin(models.AbstractModel):
    """What the sheet of an occurrence and the diary have in common."""

    _name = "crm.gestao.report.mixin"
    _description = "Printing of Occurrences"
    _print_limit = 2000  # occurrences at once
    _document_limit = 1000  # statements or cards

    def _get_lang(self, partner):
        """The language to write to `partner` in: theirs, else the user's."""
        return partner.lang or partner.commercial_partner_id.lang or self.env.lang

    def _check_count(self, count):
        if count > self._print_limit:
            raise UserError(
                self.env._(
                    "These are %(count)s occurrences, and %(limit)s at most are printed"
                    " at once. Choose fewer, by a customer or a shorter period.",
                    count=count,
                    limit=self._print_limit,
                )
            )

    def _check_documents(self, documents):
        """Refuse more than a worker may take the time for."""
        if len(documents) > self._document_limit:
            raise UserError(
                self.env._(
                    "These are %(count)s documents, and %(limit)s at most are printed"
                    " at once. Choose fewer.",
                    count=len(documents),
                    limit=self._document_limit,
                )
            )

    def _get_common_values(self, occurrences):
        """What both templates need."""
        next_steps = self._get_next_steps(occurrences)
        no_steps = self.env["mail.activity"]
        return {
            "doc_ids": occurrences.ids,
            "doc_model": occurrences._name,
            "docs": occurrences,
            "get_next_steps": lambda occurrence: next_steps.get(
                occurrence.id, no_steps
            ).with_context(lang=occurrence.env.lang),
            "get_activity_name": self._get_activity_name,
            "get_printable_html": self._get_printable_html,
            "is_short": self._is_short,
            "format_duration": lambda hours: hours and format_duration(hours),
            "join": self._join,
        }

    def _get_next_steps(self, occurrences):
        """The planned activities that the user may read, soonest first.

        :return: dict of `mail.activity` by the id of the occurrence
        """
        occurrences.check_access("read")
        # sudo: a search leaves out what is planned on records that the user may read
        # but not write; what the user may read is told apart right after it
        activities = self.env["mail.activity"].sudo()
        activities = activities.search(
            [("res_model", "=", occurrences._name), ("res_id", "in", occurrences.ids)],
            order="date_deadline, id",
        )
        activities = activities.sudo(False)._filtered_access("read")
        return activities.grouped("res_id")

    def _get_activity_name(self, activity):
        """Its type and its summary, which is the type's name where none was given."""
        names = dict.fromkeys((activity.activity_type_id.name, activity.summary))
        return self._join(names)

    def _join(self, texts):
        return " · ".join(filter(None, texts))

    def _get_printable_html(self, value):
        """Make the content of an html field fit for a page, whatever was pasted there.

        It stays within the margins, its headings are below the title (the outline of
        the document tells where each record begins), and nothing in it is taken for
        a part of the page.

        :return: Markup, empty where there is nothing to read
        """
        if is_html_empty(value):
            return Markup()
        root = lxml.html.fragment_fromstring(str(value), create_parent="div")
        for node in root.iter(lxml.html.etree.Element):
            node.tag = HEADINGS.get(node.tag, node.tag)
            classes = [c for c in node.classes if c not in LAYOUT_CLASSES]
            style = OVERFLOWING_STYLES.sub("", node.get("style", "")).strip()
            if node.tag == "img":
                classes.append("img-fluid")
            else:
                for name in ("width", "height", "nowrap"):
                    node.attrib.pop(name, None)
            if node.tag == "table":
                classes += ["table", "table-sm", "o_ignore_layout_styling"]
                style = f"table-layout: fixed; {style}"
            node.attrib.pop("id", None)
            for name, text in (("class", " ".join(classes)), ("style", style)):
                if text:
                    node.set(name, text)
                else:
                    node.attrib.pop(name, None)
        for last in root[-1:]:
            last.classes.add("mb-0")  # no gap below
        # safe: the field was sanitised when written, and nothing was added to it
        return Markup(lxml.html.tostring(root, encoding="unicode"))

    def _is_short(self, html):
        """Tell whether `html` is kept together on one page."""
        return len(html.striptags()) <= SHORT_TEXT and "<img" not in html
