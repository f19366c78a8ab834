import re
from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, groupby, ormcache

from ..tools import is_within
from .crm_gestao_link_mixin import check_companies

CODE = "crm.gestao.occurrence"
# what a person types as the next number, and what changes as numbers are taken
TYPED = "number_next_actual"
COUNTED = {"number_next", TYPED}
# what a reference is made of, and the name that an error tells
PRINTED = ("name", "prefix", "suffix", "padding")
# characters of a reference
LONGEST = 100
DIGITS = re.compile("[0-9]{1,8}")
# what a prefix or suffix tells of a day
TOKEN = re.compile(r"%\((\w+)\)s")
# after a change of these there may be references of the new form already
COUNTED_ANEW = {
    "active",
    "code",
    "company_id",
    "implementation",
    "prefix",
    "suffix",
    "use_date_range",
}


# Numbers of occurrences: many by one statement, and what gives them in memory. (Odoo
# would keep a docstring in the database, also when we are uninstalled.)
class IrSequence(models.Model):
    _inherit = "ir.sequence"

    @api.model_create_multi
    def create(self, vals_list):
        sequences = super().create(vals_list)
        sequences._forget_counters()
        sequences._go_on_after_all_given()
        return sequences

    def write(self, vals):
        if not vals.keys() - COUNTED:
            res = super().write(vals)
            if TYPED in vals:
                self._go_on_after_all_given()
            return res
        self._forget_counters()
        res = super().write(vals)
        self._forget_counters()
        if vals.keys() & COUNTED_ANEW:
            self._go_on_after_all_given()
        return res

    def _go_on_after_all_given(self):
        for sequence in self.filtered(lambda sequence: sequence.code == CODE):
            sequence._get_form()  # which refuses a prefix that is none
            for date_range in sequence._get_all_date_ranges():
                sequence._go_on_after_given(date_range)

    def unlink(self):
        self._forget_counters()
        return super().unlink()

    def _forget_counters(self):
        # sudo: whoever changes one may not read those of other companies
        if CODE in self.sudo().mapped("code"):
            self.env.registry.clear_cache()

    @api.model
    def _take_references(self, company, days, given=()):
        """Take one new reference of an occurrence per day from the company's numbering.

        All are taken by one statement, however many and of however many years they are.

        :param company: a `res.company`
        :param list days: dates, of which each wants a reference
        :param given: references that are saved with these, and are theirs
        :return: list of strings, in the order of `days`
        :raise UserError: when the company has no numbering
        """
        if is_within(self.env, "crm_gestao_test_run"):
            # a number is not given back, and nothing of this is going to be saved
            self._get_numbering(company.id)
            return [f"… {uuid4()}" for _day in days]
        references = self._take_next(company, days)
        while again := [i for i, name in enumerate(references) if name in given]:
            self._pass_by_near(company, given)
            following = self._take_next(company, [days[i] for i in again])
            for index, name in zip(again, following, strict=True):
                references[index] = name
        return references

    @api.model
    def _pass_by_near(self, company, given):
        """Go on after those given that counting may get to before they are saved.

        One that is further away may be a slip of the keyboard, and is passed by when
        it is saved: a counter does not go back.
        """
        sequence = self._get_of_company(company)
        for date_range in sequence._get_all_date_ranges():
            counter, form = date_range or sequence, sequence._get_form(date_range)
            counter.invalidate_recordset([TYPED])
            reach = counter[TYPED] + len(given)
            matches = (form.fullmatch(name) for name in given if len(name) <= LONGEST)
            near = [match[0] for match in matches if match and int(match[1]) < reach]
            sequence._pass_by(date_range, near)

    @api.model
    def _take_next(self, company, days):
        counters = self._get_counters(company.id, set(days))
        if counters:
            numbers = self._next_numbers([counters[day][0] for day in days])
            if None not in numbers:
                return [
                    self._format_reference(number, *counters[day][1:])
                    for day, number in zip(days, numbers, strict=True)
                ]
            # somebody is about to open the year, or has taken that back
            self.env.registry.clear_cache()
        sequence = self._get_of_company(company)
        date_ranges = sequence._get_date_ranges(set(days), create=True)
        references = {}
        for date_range, group in groupby(
            enumerate(days), lambda item: date_ranges[item[1]]
        ):
            numbers = sequence._next_of_date_range(date_range, len(group))
            if None in numbers:
                raise UserError(
                    self.env._(
                        "The numbering of occurrences has just been changed. Save"
                        " again."
                    )
                )
            frames = {
                day: sequence._get_frame(day, date_range.date_from)
                for day in {day for _index, day in group}
            }
            for (index, day), number in zip(group, numbers, strict=True):
                references[index] = self._format_reference(number, *frames[day])
        return [references[index] for index in range(len(days))]

    @api.model
    def _get_counters(self, company_id, days):
        """What gives and frames the references of each day, as far as it is known.

        :param days: a set of dates
        :return: dict by day of the name of PostgreSQL's sequence, what stands before
            and behind the number, and its digits; None where one of them has none, or
            where they are not always the same
        """
        numbering = self._get_numbering(company_id)
        if not numbering:
            return None
        counters, frames = {}, {}
        printed = self._count_printed(numbering)
        for day in days:
            part = next(
                (part for part in numbering["parts"] if part[0] <= day <= part[1]), None
            )
            if not part:
                return None  # which is to be opened
            date_from, _date_to, counter = part
            if len(days) == 1:
                frame = self._get_frame_of(company_id, day, date_from)
            else:
                # not kept, for an import may be of thousands of days
                key = date_from, *day.timetuple()[:printed]
                if key not in frames:
                    frames[key] = self._make_frame(numbering, day, date_from)
                frame = frames[key]
            counters[day] = counter, *frame
        return counters

    @api.model
    def _count_printed(self, numbering):
        """How much of a day the references of a numbering tell.

        :return: 0 for nothing, 1 for the year, 2 for the month, 3 for anything else
        """
        text = f"{numbering['prefix']}{numbering['suffix']}"
        if "%" in TOKEN.sub("", text).replace("%%", ""):
            return 3  # a format of another form
        tokens = TOKEN.findall(text)
        # of the part, which is known
        tokens = {token for token in tokens if not token.startswith("range_")}
        known = [set(), {"y", "year"}, {"month", "y", "year"}]
        return next((i for i, names in enumerate(known) if tokens <= names), 3)

    @api.model
    @ormcache("company_id")
    def _get_numbering(self, company_id):
        """How a company counts, if that does not depend on who asks and when.

        :return: dict of the fields `PRINTED`, and of `parts`: the first day, the last
            day and the counter of each that is open; None where it does depend
        :raise UserError: when the company has no numbering
        """
        company = self.env["res.company"].browse(company_id)
        sequence = self._get_of_company(company)
        frame = f"{sequence.prefix}{sequence.suffix}"
        if (
            sequence.implementation != "standard"
            # of the moment, and of the user's time zone
            or "current_" in frame
            or ("range_" in frame and not sequence.use_date_range)
        ):
            return None
        return {
            **{name: sequence[name] for name in PRINTED},
            "parts": [
                (
                    date_range.date_from or fields.Date.to_date("0001-01-01"),
                    date_range.date_to or fields.Date.to_date("9999-12-31"),
                    sequence._get_counter_name(date_range),
                )
                for date_range in sequence._get_all_date_ranges()
            ],
        }

    @api.model
    @ormcache("company_id", "day")
    def _get_frame_of(self, company_id, day, date_from):
        return self._make_frame(self._get_numbering(company_id), day, date_from)

    @api.model
    def _make_frame(self, numbering, day, date_from):
        # sudo: as for the sequence that it stands for
        probe = self.sudo().new({name: numbering[name] for name in PRINTED})
        return probe._get_frame(day, date_from)

    @api.model
    def _get_of_company(self, company):
        # sudo: users take numbers, only administrators configure them; the context is a
        # client's, and what is found stays in memory for all
        sequences = self.sudo().with_context(active_test=True)
        sequence = sequences.search(
            [("code", "=", CODE), ("company_id", "in", (company.id, False))],
            order="company_id, name, id",
            limit=1,
        )
        if not sequence:
            raise UserError(
                self.env._(
                    "Company %(company)s has no numbering of occurrences. Ask an"
                    " administrator to create a sequence with the code %(code)s.",
                    company=company.display_name,
                    code=CODE,
                )
            )
        return sequence

    def _get_date_ranges(self, days, create=False):
        """The part of this sequence that counts on each day.

        :param bool create: whether there is one from now on where there was none
        :return: dict of `ir.sequence.date_range` by day, empty ones where the sequence
            does not count per period
        """
        known = self.env["ir.sequence.date_range"]
        if not self.use_date_range:
            return dict.fromkeys(days, known)
        known = known.search(
            [
                ("sequence_id", "=", self.id),
                ("date_from", "<=", max(days)),
                ("date_to", ">=", min(days)),
            ],
            order="id",
        )
        date_ranges = {}
        for day in sorted(days):
            date_range = known.filtered(lambda r, d=day: r.date_from <= d <= r.date_to)
            if create and not date_range:
                # Two users may open a year at the same moment. Writing on the sequence
                # makes the second fail on serialization, which Odoo repeats and then
                # finds the range.
                self.env.cr.execute(
                    SQL("UPDATE ir_sequence SET code = code WHERE id = %s", self.id)
                )
                date_range = self._create_date_range_seq(day)
                known |= date_range
            date_ranges[day] = date_range[:1]
        return date_ranges

    def _get_all_date_ranges(self):
        """Each part that counts by itself: an empty one where there are no parts."""
        date_ranges = self.date_range_ids
        return date_ranges if self.use_date_range else [date_ranges.browse()]

    def _go_on_after_given(self, date_range):
        """Begin after what there is of a year already, as an import has brought it."""
        company = SQL("AND company_id = %s", self.company_id.id)
        rows = self.env.execute_query(
            SQL(
                "SELECT name FROM crm_gestao_occurrence WHERE name ~ %s %s",
                f"^{self._get_form(date_range).pattern}$",
                company if self.company_id else SQL(),
            )
        )
        self._pass_by(date_range, [name for (name,) in rows])

    def _pass_by(self, date_range, names):
        """Have the counter go on after the numbers of these references.

        :param names: strings, also of another form
        """
        form = self._get_form(date_range)
        numbers = [match[1] for match in map(form.fullmatch, names) if match]
        # what is longer is no number that counting gets to
        numbers = [int(n) for n in numbers if DIGITS.fullmatch(n)]
        if numbers and self.implementation == "no_gap":
            counter = date_range or self
            following = max(numbers) + self.number_increment
            counter.number_next = max(counter.number_next, following)
        elif numbers:
            counter = self._get_counter_name(date_range)
            self.env.cr.execute(
                SQL(
                    "SELECT setval(%s, %s) FROM %s WHERE last_value <= %s",
                    counter,
                    max(numbers),
                    SQL.identifier(counter),
                    max(numbers),
                )
            )

    @api.model
    def _check_given(self, company, names):
        """Refuse references to be given, as an import from a backup does.

        :param company: a `res.company`
        :param list names: strings
        :raise AccessError: where the company is not the user's
        :raise UserError: where others than managers would use up what others get next
        """
        check_companies(self.env, company.ids)
        form = self._get_of_company(company)._get_form()
        # what is too long is refused, and might take the pattern very long
        own = [n for n in map(str, names) if len(n) <= LONGEST and form.fullmatch(n)]
        if own and not (
            self.env.su or self.env.user.has_group("crm_gestao.group_manager")
        ):
            raise UserError(
                self.env._(
                    "%s is of the form of the references that are given by themselves."
                    " Leave the reference out, or ask an administrator of CRM Gestão to"
                    " import these.",
                    own[0],
                )
            )

    @api.model
    def _go_on_after(self, company, names):
        """Have a company's numbering go on after references that were given.

        That is not taken back: it comes after all that may be refused.
        """
        sequence = self._get_of_company(company)
        for date_range in sequence._get_all_date_ranges():
            sequence._pass_by(date_range, names)

    def _get_form(self, date_range=None):
        """What references of this numbering look like, with their number as a group.

        :param date_range: only of the days of this part of it
        :return: a pattern that Python and PostgreSQL read alike
        :raise UserError: where the prefix or the suffix is none
        """
        date_range = date_range or self.env["ir.sequence.date_range"]
        day = date_range.date_from or fields.Date.today()
        self._get_frame(day, date_range.date_from)

        def get_pattern(text):
            parts = TOKEN.split(text or "")
            for index, part in enumerate(parts):
                if index % 2 == 0:
                    parts[index] = re.escape(part.replace("%%", "%"))
                    continue
                probe = self.new({"prefix": f"%({part})s"})
                shown = probe._get_frame(day, date_range.date_from)[0]
                known = date_range and date_range._get_shown(part, shown)
                # or all that have as many digits
                parts[index] = known or f"[0-9]{{{len(shown)}}}"
            return "".join(parts)

        before, behind = map(get_pattern, (self.prefix, self.suffix))
        return re.compile(f"{before}([0-9]+){behind}")

    def _get_counter_name(self, date_range):
        """As Odoo names what counts."""
        name = f"ir_sequence_{self.id:03d}"
        return f"{name}_{date_range.id:03d}" if date_range else name

    def _get_frame(self, day, date_from):
        """What stands before and behind the numbers of a day, and their digits.

        :param date_from: the first day of the part that counts, False where none does
        """
        frame = self.with_context(ir_sequence_date_range=date_from)
        return *frame._get_prefix_suffix(date=day), self.padding

    def _next_of_date_range(self, date_range, count):
        if self.implementation == "standard":
            return self._next_numbers([self._get_counter_name(date_range)] * count)
        counter = date_range or self
        numbers = []
        for _index in range(count):
            numbers.append(counter.number_next)
            counter.number_next += self.number_increment
        return numbers

    @api.model
    def _next_numbers(self, counters):
        """Take the next number of each of these, None where there is no such counter.

        :param list counters: names of PostgreSQL's sequences, one for each number
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT nextval(to_regclass(counter)) FROM unnest(%s) counter", counters
            )
        )
        return [number for (number,) in rows]

    @api.model
    def _format_reference(self, number, prefix, suffix, padding):
        return f"{prefix}{str(number).zfill(padding)}{suffix}"


class IrSequenceDateRange(models.Model):
    _inherit = "ir.sequence.date_range"

    def _get_shown(self, part, first):
        """A pattern of what a part of a prefix shows on these days, if they are few.

        :param str part: such as `month`
        :param str first: what it shows on the first day
        """
        begin, end = self.date_from, self.date_to
        years = range(begin.year, end.year + 1)
        shown = []
        if part.startswith("range_"):
            shown = [first]
        elif part == "year":
            shown = [str(year) for year in years]
        elif part == "y":
            shown = [f"{year % 100:02}" for year in years]
        elif part == "month" and len(years) == 1:
            shown = [f"{month:02}" for month in range(begin.month, end.month + 1)]
        return shown and f"(?:{'|'.join(shown)})"

    @api.model_create_multi
    def create(self, vals_list):
        date_ranges = super().create(vals_list)
        date_ranges.sequence_id._forget_counters()
        date_ranges._go_on_after_given()
        return date_ranges

    def write(self, vals):
        if not vals.keys() - COUNTED:
            res = super().write(vals)
            if TYPED in vals:
                self._go_on_after_given()
            return res
        self.sequence_id._forget_counters()
        res = super().write(vals)
        self.sequence_id._forget_counters()
        self._go_on_after_given()
        return res

    def _go_on_after_given(self):
        for date_range in self:
            if date_range.sequence_id.code == CODE:
                date_range.sequence_id._go_on_after_given(date_range)

    def unlink(self):
        self.sequence_id._forget_counters()
        return super().unlink()
