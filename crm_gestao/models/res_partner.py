import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, escape_psql

from ..tools import (
    ConcurrentIndex,
    get_trigram_clause,
    get_unaccent,
    get_used_message,
)
from .crm_gestao_text_mixin import LONGEST_LINE, read_text

READERS = (
    "crm_gestao.group_user,account.group_account_invoice,account.group_account_readonly"
)


# what the name of a contact is made of
PARTNER_NAME = (
    "commercial_company_name",
    "company_name",
    "is_company",
    "name",
    "parent_id",
    "type",
)
# in what is typed: of a tax ID, a phone number or an e-mail address
IDENTIFYING = re.compile(r"[\d@]")
# partners that match, which are few enough to be put in order
FEW = 2000
# what is looked for in tax ids and phone numbers; the indexes are on the same
VAT_SQL = "regexp_replace(upper(%s), '[^0-9A-Z]', '', 'g')"
PHONE_SQL = "regexp_replace(%s, '[^0-9]', '', 'g')"


def _search_index(registry):
    """One trigram index for all that a customer is found by.

    A condition that no index serves would make PostgreSQL read every partner, whatever
    the others are.
    """
    texts = ("complete_name", "email", "ref", "company_registry")
    return get_trigram_clause(
        registry,
        *map(get_unaccent(registry), texts),
        VAT_SQL % "vat",
        PHONE_SQL % "phone",
    )


def _name_index(registry):
    return f"({get_unaccent(registry)('lower(complete_name)')} text_pattern_ops)"


class ResPartner(models.Model):
    _inherit = "res.partner"

    occurrence_count = fields.Integer(
        string="Occurrences", compute="_compute_occurrence_count", groups=READERS
    )

    _crm_gestao_search_idx = ConcurrentIndex(_search_index)
    _crm_gestao_name_idx = ConcurrentIndex(_name_index)

    @api.depends("commercial_partner_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_occurrence_count(self):
        counts = self._origin._count_occurrences()
        for partner in self:
            partner.occurrence_count = counts.get(partner._origin.id, 0)

    def _count_occurrences(self):
        """Count what the user may read: a company's with those of all its contacts.

        :return: dict by id, of those who have any
        """
        companies, contacts = [], []
        for partner in self:
            is_contact = partner.commercial_partner_id._ids != partner._ids
            (contacts if is_contact else companies).append(partner.id)
        counts = {}
        for fname, ids in (
            ("commercial_partner_id", companies),
            ("partner_id", contacts),
        ):
            if ids:
                counts |= {
                    partner.id: count
                    for partner, count in self.env["crm.gestao.occurrence"]._read_group(
                        [(fname, "in", ids)], [fname], ["__count"]
                    )
                }
        return counts

    def _compute_application_statistics_hook(self):
        data = super()._compute_application_statistics_hook()
        if self.env["crm.gestao.occurrence"].has_access("read"):
            counts = self._origin._count_occurrences()
            label = self.env._("Occurrences")
            for partner in self:
                if count := counts.get(partner._origin.id):
                    data[partner.id].append(
                        {
                            "iconClass": "fa-comments-o",
                            "value": count,
                            "label": label,
                            "tagClass": "o_tag_color_4",
                        }
                    )
        return data

    @api.ondelete(at_uninstall=False)
    def _unlink_except_recorded(self):
        """Refuse to delete whom something was recorded on, and say what to do."""
        for model, fname in (
            ("crm.gestao.occurrence", "partner_id"),
            ("crm.gestao.occurrence", "participant_ids"),
            ("crm.gestao.competitor.record", "partner_id"),
        ):
            # sudo: what the user does not see stands in the way, too
            recorded = self.env[model].sudo().with_context(active_test=False)
            if found := recorded.search([(fname, "in", self.ids)], limit=1):
                people = found[fname].sudo(False) & self
                raise UserError(get_used_message(people[:1]))

    @api.readonly
    def action_view_occurrences(self):
        """Open the consult screen with this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_gestao.occurrence_consult_action"
        )
        action["context"] = {
            # all that the button has counted
            "crm_gestao_consult": {"partner_id": self.id, "period": "all"},
            # a default favourite is for the menu, not for this customer
            "search_disable_custom_filters": True,
        }
        return action

    @api.readonly
    def action_view_competitor_records(self):
        """Show who else sells to this customer."""
        self.ensure_one()
        company = self.commercial_partner_id
        fname = "commercial_partner_id" if self == company else "partner_id"
        return self.env["crm.gestao.competitor.record"]._get_list_action(
            [(fname, "=", self.id)],
            default_partner_id=self.id,
            search_default_group_by_competitor=True,
        )

    @api.model
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        """Read beside the names what they are made of, and what rules ask for.

        Odoo would read all columns of each partner for it, by one statement more, and
        of the companies of the user: half of the time of a list.
        """
        if field_names and "display_name" in field_names:
            self._fetch_for_rule()
            field_names = [*field_names, *PARTNER_NAME, "company_id", "partner_share"]
        return super().search_fetch(domain, field_names, offset, limit, order)

    @api.model
    def _fetch_for_rule(self, *names):
        """Read what Odoo's rule on partners asks of the companies of the user.

        Odoo would read all of their columns, a third of the time of a search.

        :param names: what else is going to be asked of these companies
        """
        if names or not self.env.su:  # to whom no rule applies
            # sudo: as Odoo does
            self.env.companies.sudo().fetch(["parent_path", *names])

    def _fetch_for_consult(self):
        """Read what the consult bar tells of this customer, and no other column."""
        self._fetch_for_rule(
            "account_use_credit_limit",
            "crm_gestao_no_contact_days",
            "crm_gestao_show_overdue",
            "partner_id",
        )
        # the company's country, which knows what a tax ID is called: sudo as in Odoo
        company = self.env.company.sudo()
        address = company._get_company_address_field_names()
        company.partner_id.fetch([*address, "is_company", "parent_id", "type"])
        company.partner_id.country_id.fetch(["vat_label"])
        names = ("active", "commercial_partner_id", "email", "phone", "user_id", "vat")
        self.fetch([*names, *PARTNER_NAME, "trust"])
        # sudo: as Odoo reads the names of linked records
        salesperson = self.sudo().user_id
        salesperson.fetch(["partner_id"])
        (
            salesperson.partner_id | self.sudo().commercial_partner_id - self.sudo()
        ).fetch(PARTNER_NAME)

    def _get_statement_action(self):
        """Print what these customers owe."""
        return self.env.ref("crm_gestao.action_report_statement").report_action(self)

    # ------------------------------------------------------------------
    # Search by tax id and phone number
    # ------------------------------------------------------------------

    @api.model
    @api.readonly
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """With `partner_search_identifiers` in the context, whose name begins with
        `name` comes first: "com" is rather Comercial Silva than an e-mail at .com.
        With `partner_search_archived`, archived customers come last, and say so.
        """
        name = read_text(self.env, name)
        text = name and name.strip()
        is_partial = operator == "ilike"
        if not (
            is_partial and self._is_search_by_identifiers(operator) and text and limit
        ):
            return super().name_search(name, domain, operator, limit)
        if len(text) > LONGEST_LINE:
            return []  # nobody is called so

        def name_begins(model, alias, query):
            unaccent = model.env.registry.unaccent
            # Many names begin alike, and LIMIT makes PostgreSQL hope for an early hit
            # in the order of names: as an array they are found by their own index
            return SQL(
                "%s = ANY(ARRAY(SELECT id FROM res_partner WHERE %s LIKE %s))",
                SQL.identifier(alias, "id"),
                unaccent(SQL("lower(complete_name)")),
                unaccent(SQL("lower(%s)", f"{escape_psql(text)}%")),
            )

        domain = Domain(domain or Domain.TRUE)
        order = self._order
        partners = self
        with_archived = self.env.context.get("partner_search_archived")
        if with_archived:
            order = f"active DESC, {order}"
            partners = self.with_context(active_test=False)
        fnames = ["active", *PARTNER_NAME]
        fnames += [f for f in ("email", "vat") if self.env.context.get(f"show_{f}")]
        self._fetch_for_rule()
        found = partners.search_fetch(
            Domain.custom(to_sql=name_begins) & domain, fnames, limit=limit, order=order
        )
        if len(found) < limit or not found[-1].active:
            matching = (
                domain
                & Domain("id", "not in", found.ids)
                & Domain("display_name", operator, name)
            )
            if not IDENTIFYING.search(text):
                # Where few match, PostgreSQL may go through all in the order of names,
                # in the hope of an early hit. Where many do, that is right.
                few = partners._search(matching, limit=FEW + 1).get_result_ids()
                if len(few) <= FEW:
                    matching = Domain("id", "in", few)
            found += partners.search_fetch(matching, fnames, limit=limit, order=order)
        found = found.sorted(lambda partner: not partner.active)[:limit]
        if self.env.context.get("crm_gestao_fetch_parents"):
            # sudo: as in Odoo's own name of a contact
            found.sudo().parent_id.fetch(["name"])
        return [
            (
                partner.id,
                self.env._("%s (archived)", partner.display_name)
                if with_archived and not partner.active
                else partner.display_name,
            )
            # sudo: as in Odoo's own, the name of what was found may come from what the
            # user may not read, such as the company of a contact
            for partner in found.sudo()
        ]

    @api.model
    @api.readonly
    def web_name_search(
        self, name, specification, domain=None, operator="ilike", limit=100
    ):
        # Odoo asks what was found one by one for the name of its company
        partners = self.with_context(crm_gestao_fetch_parents=True)
        return super(ResPartner, partners).web_name_search(
            name, specification, domain, operator, limit
        )

    @api.model
    def _search_display_name(self, operator, value):
        """With `partner_search_identifiers` in the context, find customers also by
        tax id (CNPJ, CPF) and phone number, however they are punctuated there and
        here. A tax id finds the company, not each of its contacts. What is typed is
        meant as it stands: `%` and `_` are no wildcards.
        """
        if not self._is_search_by_identifiers(operator):
            return super()._search_display_name(operator, value)
        fnames = [fname for fname in self._rec_names_search if fname != "vat"]
        if operator != "ilike":
            values = [value] if isinstance(value, str) else value
            domains = [Domain(fname, operator, value) for fname in fnames]
            for text in values:
                if isinstance(text, str):
                    domains += self._get_identifier_domains(text, partial=False)
            return Domain.OR(domains)
        text = (value or "").strip()
        if not text:
            return Domain.TRUE
        if len(text) > LONGEST_LINE:
            return Domain.FALSE
        pattern = escape_psql(text)
        if len(text) < 3:
            # too short for a trigram: only where a word begins
            patterns = [f"{pattern}%", f"% {pattern}%"]
            return Domain.OR(
                Domain(fname, "=ilike", pattern)
                for fname in fnames
                for pattern in patterns
            )
        domain = Domain.OR(
            [Domain(fname, "ilike", pattern) for fname in fnames]
            + self._get_identifier_domains(text, partial=True)
        )
        if not IDENTIFYING.search(text):
            return domain
        # An identifier finds few. PostgreSQL may think that it finds many, and then
        # goes through all in the order of names: as an array they are found first.
        # bypass_access: the search that this is part of has its own rules
        found = self._search(domain, active_test=False, bypass_access=True).subselect()
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s = ANY(ARRAY%s)", SQL.identifier(alias, "id"), found
            )
        )

    @api.model
    def _is_search_by_identifiers(self, operator):
        return self.env.context.get("partner_search_identifiers") and operator in (
            "=",
            "in",
            "ilike",
        )

    @api.model
    def _get_identifier_domains(self, text, partial):
        """Domains that find `text` as a tax id or a phone number, if it can be one.

        :param str text: as a user types it
        :param bool partial: find also what only begins with `text` (tax id), or has
            it inside (phone number, and a tax id of which six characters are typed)
        """

        def vat_sql(pattern):
            return lambda model, alias, query: SQL(
                "(%s LIKE %s AND %s = %s)",
                SQL(VAT_SQL, SQL.identifier(alias, "vat")),
                pattern,
                SQL.identifier(alias, "commercial_partner_id"),
                SQL.identifier(alias, "id"),
            )

        def phone_sql(pattern):
            return lambda model, alias, query: SQL(
                "%s LIKE %s", SQL(PHONE_SQL, SQL.identifier(alias, "phone")), pattern
            )

        domains = []
        vat = re.sub(r"[^0-9A-Z]", "", text.upper())
        # a CNPJ has letters since 2026: three digits tell it from a name
        if len(re.findall(r"\d", vat)) >= 3 and len(vat) <= 20:
            pattern = vat
            if partial:
                pattern = f"{vat}%" if len(vat) < 6 else f"%{vat}%"
            domains.append(Domain.custom(to_sql=vat_sql(pattern)))
        # a number is typed with or without the country's code and the leading zero
        digits = re.sub(r"[^0-9]", "", text).lstrip("0")
        if partial and len(digits) >= 4 and re.fullmatch(r"[0-9\s()+./-]+", text):
            domains.append(Domain.custom(to_sql=phone_sql(f"%{digits}%")))
            if digits.startswith("55") and len(digits) > 11:
                domains.append(Domain.custom(to_sql=phone_sql(f"%{digits[2:]}%")))
        return domains
