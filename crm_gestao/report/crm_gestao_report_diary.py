from datetime import date, datetime, time, timedelta

import psycopg2
import pytz

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import groupby


class ReportDiary(models.AbstractModel):
    _name = "report.crm_gestao.report_diary"
    _description = "Diary of a Customer"
    _inherit = ["crm.gestao.report.mixin"]

    @api.model
    def _get_report_values(self, docids, data=None):
        """Print the given occurrences, else those that `data` asks for.

        `data` comes from the client: it is read with the user's own rights.

        :param list docids: occurrences, from the menu Print
        :param dict data: `domain` (list), `partner_id` (int or False), `date_from`
            and `date_to` (ISO date or False; one alone is that day); with a customer
            or a period only what is of that customer and in that period is printed
        :raise UserError: when `data` cannot be read, or there is too much to print
        """
        occurrences = self.env["crm.gestao.occurrence"]
        partner = self.env["res.partner"]
        date_from = date_to = False
        if docids:
            docids = list(dict.fromkeys(docids))
            self._check_count(len(docids))
            occurrences = occurrences.browse(docids).sorted(
                lambda o: (o.date, o.id), reverse=True
            )
            diary_user = self.env["res.users"]
        else:
            data = data or {}
            partner = self._read_partner(data.get("partner_id"))
            date_from, date_to = self._read_period(data)
            domain = self._read_domain(data.get("domain"))
            if domain is None and not partner and not date_from:
                raise UserError(
                    self.env._("Choose a customer or a period to print the diary of.")
                )
            occurrences = self._search_occurrences(
                Domain.AND(
                    [
                        domain or Domain.TRUE,
                        self._get_partner_domain(partner),
                        self._get_period_domain(date_from, date_to),
                    ]
                )
            )
            diary_user = self._get_diary_user(occurrences, partner)
        return self._get_common_values(occurrences) | {
            "sections": self._get_sections(occurrences, partner),
            "diary_user": diary_user,
            "date_from": date_from,
            "date_to": date_to,
        }

    # ------------------------------------------------------------------
    # What to print
    # ------------------------------------------------------------------

    def _read_partner(self, value):
        partner = self.env["res.partner"]
        if not value:
            return partner
        if isinstance(value, int) and not isinstance(value, bool):
            partner = partner.browse(value).exists()._filtered_access("read")
        if not partner:
            raise UserError(
                self.env._("The customer of the diary does not exist, or is not yours.")
            )
        return partner

    def _read_period(self, data):
        try:
            date_from, date_to = (
                date.fromisoformat(data[name]) if data.get(name) else False
                for name in ("date_from", "date_to")
            )
        except (TypeError, ValueError) as error:
            raise self._make_period_error() from error
        date_from, date_to = date_from or date_to, date_to or date_from
        if date_from and date_from > date_to:
            raise UserError(
                self.env._("The period of the diary ends before it begins.")
            )
        return date_from, date_to

    def _make_period_error(self):
        return UserError(
            self.env._("The period of the diary has a date that cannot be read.")
        )

    def _read_domain(self, value):
        if value is None:
            return None
        try:
            domain = Domain(value)
            domain.validate(self.env["crm.gestao.occurrence"])
        except (TypeError, ValueError) as error:
            raise self._make_domain_error() from error
        return domain

    def _make_domain_error(self):
        return UserError(
            self.env._(
                "The diary cannot be printed with these filters. Remove some of them,"
                " and print again."
            )
        )

    def _get_partner_domain(self, partner):
        """What is of `partner`: a company's with those of all its contacts."""
        if not partner:
            return Domain.TRUE
        if partner == partner.commercial_partner_id:
            return Domain("commercial_partner_id", "=", partner.id)
        return Domain("partner_id", "=", partner.id)

    def _get_period_domain(self, date_from, date_to):
        """Whole days in the user's time zone, both ends included."""
        if not date_from:
            return Domain.TRUE
        try:
            start, end = map(self._get_start, (date_from, date_to + timedelta(days=1)))
        except OverflowError as error:
            raise self._make_period_error() from error
        return Domain("date", ">=", start) & Domain("date", "<", end)

    def _get_start(self, day):
        """The moment in UTC at which `day` begins for the user."""
        midnight = datetime.combine(day, time.min)
        try:
            start = self.env.tz.localize(midnight, is_dst=None)
        except pytz.AmbiguousTimeError:
            # the clocks go back to midnight: the day begins with the first of the two
            start = self.env.tz.localize(midnight, is_dst=True)
        except pytz.NonExistentTimeError:
            # they skip midnight: the day begins when it would have been
            start = self.env.tz.localize(midnight, is_dst=False)
        return start.astimezone(pytz.utc).replace(tzinfo=None)

    def _search_occurrences(self, domain):
        Occurrence = self.env["crm.gestao.occurrence"]
        try:
            with self.env.cr.savepoint(flush=False):
                occurrences = Occurrence.search(domain, limit=self._print_limit + 1)
                if len(occurrences) > self._print_limit:
                    self._check_count(Occurrence.search_count(domain))
        except (TypeError, ValueError, psycopg2.DataError) as error:
            raise self._make_domain_error() from error
        return occurrences

    def _get_diary_user(self, occurrences, partner):
        """Whose diary it is, where it is not the diary of one customer."""
        if partner:
            return self.env["res.users"]
        if not occurrences:
            return self.env.user
        users = occurrences.user_id
        is_shared = len(users) > 1 or any(not o.user_id for o in occurrences)
        return users[:0] if is_shared else users

    # ------------------------------------------------------------------
    # How to print it
    # ------------------------------------------------------------------

    def _get_sections(self, occurrences, partner):
        """One section per customer and company, by name; `partner` always has one.

        :return: list of dict with `partner`, `company`, `occurrences` (in the
            customer's language), `lang`, `summary` (see `_get_summary`)
        """
        groups = {
            (customer, company): occurrences.browse(o.id for o in group).with_prefetch(
                occurrences._prefetch_ids
            )
            for (customer, company), group in groupby(
                occurrences,
                lambda o: (partner or o.commercial_partner_id, o.company_id),
            )
        }
        if not groups:
            groups = {(partner, self.env.company): occurrences}
        sections = []
        for (customer, company), group in groups.items():
            lang = self._get_lang(customer)
            group = group.with_context(lang=lang)
            sections.append(
                {
                    "partner": customer.with_context(lang=lang).with_company(company),
                    # sudo: a company's own header is for all its users
                    "company": company.sudo().with_context(lang=lang),
                    "occurrences": group,
                    "lang": lang,
                    "summary": self._get_summary(group),
                }
            )
        sections.sort(
            key=lambda s: ((s["partner"].name or "").casefold(), s["company"].sequence)
        )
        return sections

    def _get_summary(self, occurrences):
        """Figures per type, and at last (`type` empty) of all.

        :return: list of dict with `type`, `count`, `open`, `late`, `duration`
        """
        types = sorted(
            occurrences.type_id, key=lambda t: (t.sequence, t.name or "", t.id)
        )
        groups = [
            (type_, occurrences.filtered(lambda o, t=type_: o.type_id == t))
            for type_ in types
        ]
        groups.append((occurrences.type_id[:0], occurrences))
        return [
            {
                "type": type_,
                "count": len(group),
                "open": len(group.filtered(lambda o: o.state == "open")),
                "late": len(group.filtered("is_late")),
                "duration": sum(group.mapped("duration")),
            }
            for type_, group in groups
        ]
