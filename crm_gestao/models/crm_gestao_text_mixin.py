from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..tools import clean_text, show

# what lies beyond these is a slip of the keyboard
LONGEST_LINE = 500
YEARS = range(1900, 2200)


def clean_value(value):
    """What is looked for without what nobody can read, also in lists and domains."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, Domain):
        return value.map_conditions(clean_condition)
    if isinstance(value, list | tuple | set) and not isinstance(
        next(iter(value), 0),
        int,  # ids, of which there may be many
    ):
        return type(value)(map(clean_value, value))
    return value


def clean_condition(condition):
    value = clean_value(condition.value)
    if value == condition.value:
        return condition
    return Domain(condition.field_expr, condition.operator, value)


def read_text(env, value):
    """The text that a client looks for, or gives as a name, without what none can read.

    :raise UserError: where it is no text
    """
    if not isinstance(value or "", str):
        raise UserError(env._("“%s” is no text. Type a name instead.", show(value)))
    return clean_text(value or "")


class CrmGestaoTextMixin(models.AbstractModel):
    """Keep out of what is typed, pasted or imported what nobody can have meant.

    Texts lose what nobody can read; what is computed is not taken; lines are of a
    length that fits a list, and not blank where there must be one; dates are of years
    in which somebody does business. (That numbers and dates are such is looked after by
    their fields: see `Finite` and `Dated`.)
    """

    _name = "crm.gestao.text.mixin"
    _description = "Plausible Values"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._clean_texts(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._clean_texts(vals))

    @api.model
    def _search(self, domain, *args, **kwargs):
        # what is looked for was saved without what nobody can read, either
        domain = Domain(domain)
        if any(clean_condition(c) is not c for c in domain.iter_conditions()):
            domain = domain.map_conditions(clean_condition)
        return super()._search(domain, *args, **kwargs)

    @api.model
    def _clean_texts(self, vals):
        if not self.env.su:
            # what Odoo would take although it is computed, and not to be typed
            computed = {
                fname
                for fname in vals.keys() & self._fields.keys()
                if self._fields[fname].compute
                and self._fields[fname].readonly
                and not self._fields[fname].inverse
            }
            vals = {f: value for f, value in vals.items() if f not in computed}
        return {
            fname: self._clean_value(self._fields[fname], value)
            if fname in self._fields
            else value
            for fname, value in vals.items()
        }

    @api.model
    def _clean_value(self, field, value):
        if isinstance(value, str) and field.type in ("char", "text", "html"):
            return clean_text(value)
        return value

    @api.model
    def _get_typed_fields(self, *types):
        """The names of those that users fill in themselves."""
        return [
            fname
            for fname, field in self._fields.items()
            if field.type in types and field.store and not field.readonly
        ]

    @api.constrains(lambda self: self._get_typed_fields("char"))
    def _check_lines(self):
        for fname in self._get_typed_fields("char"):
            field = self._fields[fname]
            for record in self:
                line = record[fname] or ""
                if len(line) > LONGEST_LINE:
                    message = self.env._(
                        "%(field)s is too long. Type up to %(longest)s characters.",
                        field=field._description_string(self.env),
                        longest=LONGEST_LINE,
                    )
                elif field.required and not line.strip():
                    message = self.env._(
                        "%s is blank. Type something there.",
                        field._description_string(self.env),
                    )
                else:
                    continue
                raise ValidationError(message)

    @api.constrains(lambda self: self._get_typed_fields("date", "datetime"))
    def _check_years(self):
        for fname in self._get_typed_fields("date", "datetime"):
            for record in self:
                self._check_year(record[fname])

    @api.model
    def _check_year(self, date):
        if date and date.year not in YEARS:
            raise ValidationError(
                self.env._(
                    "The year %(year)s is not plausible. Correct the date.",
                    year=date.year,
                )
            )
