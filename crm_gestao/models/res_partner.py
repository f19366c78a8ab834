import re

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

READERS = (
    "crm_gestao.group_user,"
    "account.group_account_invoice,account.group_account_readonly"
)


def _trigram(expression):
    """The definition of a trigram index, none where PostgreSQL lacks pg_trgm."""
    return lambda registry: (
        f"USING gin (({expression}) gin_trgm_ops)" if registry.has_trigram else ""
    )


class ResPartner(models.Model):
    _inherit = "res.partner"

    occurrence_count = fields.Integer(
        string="Occurrences", compute="_compute_occurrence_count", groups=READERS
    )

    # the same expressions as in _get_identifier_domains
    _crm_gestao_vat_idx = models.Index(
        _trigram("regexp_replace(upper(vat), '[^0-9A-Z]', '', 'g')")
    )
    _crm_gestao_phone_idx = models.Index(
        _trigram("regexp_replace(phone, '[^0-9]', '', 'g')")
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_occurrence_count(self):
        """Count what the user may read: a company's with those of all its contacts."""
        companies = self.filtered(lambda p: p == p.commercial_partner_id)
        counts = {}
        for fname, partners in (
            ("commercial_partner_id", companies),
            ("partner_id", self - companies),
        ):
            if partners.ids:
                counts |= {
                    partner.id: count
                    for partner, count in self.env["crm.gestao.occurrence"]._read_group(
                        [(fname, "in", partners.ids)], [fname], ["__count"]
                    )
                }
        for partner in self:
            partner.occurrence_count = counts.get(partner._origin.id, 0)

    def _compute_application_statistics_hook(self):
        data = super()._compute_application_statistics_hook()
        if self.env["crm.gestao.occurrence"].has_access("read"):
            for partner in self.filtered("occurrence_count"):
                data[partner.id].append(
                    {
                        "iconClass": "fa-comments-o",
                        "value": partner.occurrence_count,
                        "label": self.env._("Occurrences"),
                        "tagClass": "o_tag_color_4",
                    }
                )
        return data

    def action_view_occurrences(self):
        """Open the consult screen with this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_gestao.occurrence_consult_action"
        )
        action["context"] = {"crm_gestao_consult": {"partner_id": self.id}}
        return action

    # ------------------------------------------------------------------
    # Search by tax id and phone number
    # ------------------------------------------------------------------

    @api.model
    def _search_display_name(self, operator, value):
        """With `partner_search_identifiers` in the context, find customers also by
        tax id (CNPJ, CPF) and phone number, however they are punctuated there and
        here. A tax id finds the company, not each of its contacts.
        """
        if not self.env.context.get("partner_search_identifiers") or operator not in (
            "=",
            "in",
            "ilike",
        ):
            return super()._search_display_name(operator, value)
        if operator == "ilike" and not value:
            return Domain.TRUE
        domains = [
            Domain(fname, operator, value)
            for fname in self._rec_names_search
            if fname != "vat"
        ]
        for text in [value] if isinstance(value, str) else value:
            if isinstance(text, str):
                domains += self._get_identifier_domains(text, operator == "ilike")
        return Domain.OR(domains)

    @api.model
    def _get_identifier_domains(self, text, partial):
        """Domains that find `text` as a tax id or a phone number, if it can be one.

        :param str text: as a user types it
        :param bool partial: find also what only begins (tax id) or goes on (phone)
            with `text`
        """

        def vat_sql(pattern):
            return lambda model, alias, query: SQL(
                "(regexp_replace(upper(%s), '[^0-9A-Z]', '', 'g') LIKE %s"
                " AND %s = %s)",
                SQL.identifier(alias, "vat"),
                pattern,
                SQL.identifier(alias, "commercial_partner_id"),
                SQL.identifier(alias, "id"),
            )

        def phone_sql(pattern):
            return lambda model, alias, query: SQL(
                "regexp_replace(%s, '[^0-9]', '', 'g') LIKE %s",
                SQL.identifier(alias, "phone"),
                pattern,
            )

        domains = []
        vat = re.sub(r"[^0-9A-Z]", "", text.upper())
        # a CNPJ has letters since 2026: three digits tell it from a name
        if re.search(r"\d.*\d.*\d", text) and len(vat) <= 20:
            pattern = f"{vat}%" if partial else vat
            domains.append(Domain.custom(to_sql=vat_sql(pattern)))
        # a number is typed with or without the country's code and the leading zero
        digits = re.sub(r"\D", "", text).lstrip("0")
        if partial and len(digits) >= 4 and re.fullmatch(r"[\d\s()+./-]+", text):
            domains.append(Domain.custom(to_sql=phone_sql(f"%{digits}%")))
            if digits.startswith("55") and len(digits) > 11:
                domains.append(Domain.custom(to_sql=phone_sql(f"{digits[2:]}%")))
        return domains
