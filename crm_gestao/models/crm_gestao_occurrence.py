import logging
import re
from ast import literal_eval
from collections import defaultdict
from contextlib import contextmanager
from datetime import timedelta
from itertools import compress

import psycopg2
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import (
    AccessError,
    ConcurrencyError,
    LockError,
    MissingError,
    UserError,
    ValidationError,
)
from odoo.fields import Command, Domain
from odoo.tools import SQL, groupby, is_html_empty

from odoo.addons.mail.tools.alias_error import AliasError

from ..tools import (
    Datetime,
    Float,
    Html,
    Reference,
    as_reader,
    check_colleagues,
    check_id,
    clean_text,
    get_copy_name,
    get_told_name,
    get_trigram_clause,
    get_unaccent,
    is_told,
    is_within,
)
from .crm_gestao_link_mixin import check_companies
from .crm_gestao_text_mixin import LONGEST_LINE
from .res_partner import PARTNER_NAME

_logger = logging.getLogger(__name__)

CLOSED_STATES = ("done", "cancel")
# the groups that may read orders and invoices: without them a `read` of all fields
# would fail for everybody else
DOCUMENT_READERS = (
    "sales_team.group_sale_salesman,"
    "account.group_account_invoice,account.group_account_readonly"
)
# what a list shows of the activity that is next
NEXT_ACTIVITY = {
    "activity_ids",
    "activity_exception_decoration",
    "activity_exception_icon",
    "activity_state",
    "activity_summary",
    "activity_type_icon",
    "activity_type_id",
}
# which is made of these fields of the activities
NEXT = ("activity_type_id", "summary", "date_deadline", "active", "user_id")
# what most occurrences have nothing of, by the field that says which have
RARE = {"activity_ids": NEXT_ACTIVITY, "tag_ids": {"tag_ids"}}
# what a form tells of its customer
OF_CUSTOMER = {"partner_email", "partner_phone", "partner_warnings"}
# and of the type, by the name of its field
TYPE_LOOK = {"type_color": "color", "type_icon": "icon"}
# what lies beyond these is a slip of the keyboard
LONGEST_DURATION = 24 * 366  # hours


class CompleteValues(dict):
    """What a record is created of, with all defaults in it."""


def _get_part_index(column):
    """An index that finds a part of what is in the column."""
    return lambda registry: get_trigram_clause(registry, get_unaccent(registry)(column))


class CrmGestaoOccurrence(models.Model):
    """One contact with a customer: a visit, a call, a complaint, a diary entry."""

    _name = "crm.gestao.occurrence"
    _description = "Occurrence"
    _inherit = [
        "crm.gestao.import.mixin",
        "crm.gestao.text.mixin",
        "crm.gestao.link.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date desc, id desc"
    _rec_names_search = ["name", "subject"]
    _check_company_auto = True
    _import_required = ("date", "type_id", "partner_id", "subject")
    _import_usual = ("state", "priority")

    name = Reference(string="Reference", readonly=True, copy=False, tracking=True)
    subject = fields.Char(required=True, tracking=True)
    # sanitize_style: what is pasted lies within the page, not over it
    description = Html(sanitize_style=True)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    type_id = fields.Many2one(
        "crm.gestao.occurrence.type",
        string="Type",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        default=lambda self: self.env["crm.gestao.occurrence.type"]._get_default(
            self.env.company
        ),
    )
    type_icon = fields.Selection(related="type_id.icon", string="Type Icon")
    type_color = fields.Integer(
        related="type_id.color", string="Type Color", aggregator=None
    )
    tag_ids = fields.Many2many(
        "crm.gestao.occurrence.tag", string="Tags", check_company=True
    )
    priority = fields.Selection(
        [("0", "Normal"), ("1", "Important"), ("2", "Urgent")],
        required=True,
        default="0",
        tracking=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        string="Company of the Customer",
        store=True,
        precompute=True,
    )
    partner_phone = fields.Char(related="partner_id.phone", string="Phone")
    partner_email = fields.Char(related="partner_id.email", string="E-mail")
    partner_warnings = fields.Char(
        string="Warnings", compute="_compute_partner_warnings", exportable=False
    )
    participant_ids = fields.Many2many(
        "res.partner",
        string="Participants",
        check_company=True,
        help="Who took part on the customer's side.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        ondelete="restrict",  # see res_users.py
        check_company=True,
        tracking=True,
        domain="[('share', '=', False)]",
        default=lambda self: self.env.user,
    )
    date = Datetime(required=True, default=fields.Datetime.now, tracking=True)
    duration = Float(
        compute="_compute_duration",
        store=True,
        readonly=False,
        precompute=True,
        copy=True,
        aggregator="sum",
        help="In hours.",
    )
    state = fields.Selection(
        [("open", "Open"), ("done", "Done"), ("cancel", "Cancelled")],
        string="Status",
        required=True,
        compute="_compute_state",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    date_closed = Datetime(
        string="Closed on",
        compute="_compute_date_closed",
        store=True,
        # only for an import of old cases, which knows when they were closed
        readonly=False,
        precompute=True,
        copy=False,
        help="When it was done or cancelled. Empty while it is open.",
    )
    days_to_close = fields.Float(
        compute="_compute_days_to_close",
        store=True,
        precompute=True,
        aggregator="avg",
        help="From the date of the occurrence to its closing.",
    )
    is_late = fields.Boolean(
        string="Late",
        compute="_compute_is_late",
        search="_search_is_late",
        help="Still open, and its time has passed.",
    )
    sale_order_ids = fields.One2many(
        "sale.order",
        "occurrence_id",
        string="Quotations and Orders",
        groups=DOCUMENT_READERS,
    )
    invoice_ids = fields.One2many(
        "account.move",
        "occurrence_id",
        string="Invoices",
        groups=DOCUMENT_READERS,
    )
    competitor_record_ids = fields.One2many(
        "crm.gestao.competitor.record",
        "occurrence_id",
        string="Competitor Records",
        groups="crm_gestao.group_user",
    )
    competitor_record_count = fields.Integer(
        compute="_compute_competitor_record_count", groups="crm_gestao.group_user"
    )
    quotation_count = fields.Integer(
        compute="_compute_order_counts", groups=DOCUMENT_READERS
    )
    order_count = fields.Integer(
        compute="_compute_order_counts", groups=DOCUMENT_READERS
    )
    invoice_count = fields.Integer(
        compute="_compute_invoice_count", groups=DOCUMENT_READERS
    )

    _name_company_uniq = models.Constraint(
        "UNIQUE (company_id, name)",
        "An occurrence with this reference exists already in this company. Leave the"
        " reference out, so that a new one is given.",
    )
    _name_length = models.Constraint(
        "CHECK (length(name) <= 100)",
        "The reference is too long. Type up to 100 characters.",
    )
    _subject_length = models.Constraint(
        "CHECK (length(trim(subject)) BETWEEN 1 AND 500)",
        "Type a subject of up to 500 characters. There is room for more in the"
        " description.",
    )
    _duration_positive = models.Constraint(
        "CHECK (duration >= 0)",
        "The duration cannot be negative. Type zero or more hours.",
    )
    _date_closed_matches_state = models.Constraint(
        "CHECK ((state = 'open') = (date_closed IS NULL))",
        "A closed occurrence has a closing date, an open one has none.",
    )
    # one customer's history, newest first, read from the index alone
    _commercial_partner_date_idx = models.Index(
        "(commercial_partner_id, date DESC, id DESC)"
        " INCLUDE (company_id, active, partner_id, user_id)"
    )
    # the same of one contact, where PostgreSQL would go through everybody's by date
    _partner_date_idx = models.Index(
        "(partner_id, date DESC, id DESC) INCLUDE (company_id, active, user_id)"
    )
    # the open complaints of a customer, whatever others have open
    _open_partner_idx = models.Index("(commercial_partner_id) WHERE state = 'open'")
    _date_idx = models.Index("(date DESC, id DESC)")
    # of those who may see but a few, with what nobody is responsible for
    _user_date_idx = models.Index("(user_id, date DESC, id DESC)")
    # filters that few of all may meet
    _priority_idx = models.Index("(date DESC, id DESC) WHERE priority != '0'")
    _archived_idx = models.Index("(date DESC, id DESC) WHERE active IS NOT TRUE")
    _date_closed_idx = models.Index("(date_closed)")
    _name_part_idx = models.Index(_get_part_index("name"))
    _subject_part_idx = models.Index(_get_part_index("subject"))

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("name", "subject", "user_id", "company_id")
    @api.depends_context("uid", "crm_gestao_told")
    def _compute_display_name(self):
        """The reference, and the subject for those who may read it.

        Odoo asks with all rights for the names of what orders and invoices link to.
        """
        hidden = self.browse()
        if self.env.su and not is_told(self.env):
            saved = self.filtered("id")
            hidden = saved - as_reader(saved, self.env.uid)._filtered_access("read")
        for occurrence in self:
            parts = (occurrence.name, occurrence not in hidden and occurrence.subject)
            occurrence.display_name = " · ".join(filter(None, parts))

    @api.depends("type_id")
    def _compute_duration(self):
        """A new occurrence takes its type's duration; a saved one keeps its own."""
        for occurrence in self:
            if occurrence._origin:
                occurrence.duration = occurrence.duration
            else:
                occurrence.duration = occurrence.type_id.default_duration

    @api.depends("type_id", "date")
    def _compute_state(self):
        """A new occurrence is born as its type says; what is planned is open."""
        for occurrence in self:
            if occurrence._origin:
                occurrence.state = occurrence.state
            else:
                occurrence.state = self._get_initial_state(
                    occurrence.type_id.default_state, occurrence.date
                )

    @api.depends("state")
    def _compute_date_closed(self):
        now = fields.Datetime.now()
        for occurrence in self:
            if occurrence.state not in CLOSED_STATES:
                occurrence.date_closed = False
            elif occurrence._origin:
                # done and cancelled are both closed: going from one to the other
                # is a correction, not a second closing
                occurrence.date_closed = occurrence._origin.date_closed or now
            else:
                occurrence.date_closed = self._get_initial_date_closed(
                    occurrence.state, occurrence.date, occurrence.duration
                )

    @api.depends("date", "date_closed")
    def _compute_days_to_close(self):
        for occurrence in self:
            occurrence.days_to_close = self._get_days_to_close(
                occurrence.date, occurrence.date_closed
            )

    @api.model
    def _get_initial_state(self, default_state, date):
        if date and date > fields.Datetime.now():
            return "open"
        return default_state or "open"

    @api.model
    def _get_initial_date_closed(self, state, date, duration):
        """A diary entry written afterwards was over when the contact was."""
        if state not in CLOSED_STATES:
            return False
        now = fields.Datetime.now()
        hours = min(max(0, duration), LONGEST_DURATION)
        return min(min(date or now, now) + timedelta(hours=hours), now)

    @api.model
    def _get_days_to_close(self, date, date_closed):
        if not (date and date_closed):
            return False
        return max((date_closed - date).total_seconds(), 0) / 86400

    def _read_group_select(self, aggregate_spec, query):
        expression = super()._read_group_select(aggregate_spec, query)
        if aggregate_spec.startswith("days_to_close:"):
            # a case that is open has not taken zero days to close
            return SQL(
                "%s FILTER (WHERE %s IS NOT NULL)",
                expression,
                self._field_to_sql(self._table, "date_closed", query),
            )
        return expression

    @api.depends("partner_id")
    @api.depends_context("uid", "company", "allowed_company_ids")
    def _compute_partner_warnings(self):
        """Only for the form, which has one customer."""
        consult = self.env["crm.gestao.consult"]
        for partner, occurrences in self.grouped("partner_id").items():
            customer = partner._origin._filtered_access("read")
            warnings = customer and consult._get_warnings(
                customer, self._get_last_contact(customer)
            )
            occurrences.partner_warnings = " · ".join(warnings or []) or False

    @api.depends("state", "date")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        late = self.filtered(lambda o: o.state == "open" and o.date and o.date < now)
        late.is_late = True
        (self - late).is_late = False

    def _search_is_late(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        late = Domain("state", "=", "open") & Domain("date", "<", fields.Datetime.now())
        return late if (True in value) == (operator == "in") else ~late

    @api.constrains("user_id")
    def _check_user(self):
        check_colleagues(self.user_id)

    @api.constrains("duration")
    def _check_duration(self):
        for occurrence in self:
            # what is no number (NaN) is not below it either
            if not occurrence.duration <= LONGEST_DURATION:
                raise ValidationError(
                    self.env._(
                        "A duration of %(hours)s hours is too long. Type up to"
                        " %(longest)s hours.",
                        hours=f"{occurrence.duration:g}",
                        longest=LONGEST_DURATION,
                    )
                )

    @api.constrains("date_closed")
    def _check_date_closed(self):
        limit = fields.Datetime.now() + timedelta(minutes=5)  # clocks differ
        for occurrence in self:
            if occurrence.date_closed and occurrence.date_closed > limit:
                raise ValidationError(
                    self.env._(
                        "%s cannot have been closed in the future. Correct the closing"
                        " date.",
                        occurrence.display_name,
                    )
                )

    @api.depends("sale_order_ids.state")
    def _compute_order_counts(self):
        data = self.env["sale.order"]._read_group(
            [("occurrence_id", "in", self.ids)],
            ["occurrence_id", "state"],
            ["__count"],
        )
        quotations, orders = {}, {}
        for occurrence, state, count in data:
            if state == "sale":
                orders[occurrence.id] = orders.get(occurrence.id, 0) + count
            elif state != "cancel":
                quotations[occurrence.id] = quotations.get(occurrence.id, 0) + count
        for occurrence in self:
            occurrence.quotation_count = quotations.get(occurrence.id, 0)
            occurrence.order_count = orders.get(occurrence.id, 0)

    @api.depends("invoice_ids")
    def _compute_invoice_count(self):
        data = self.env["account.move"]._read_group(
            [("occurrence_id", "in", self.ids)], ["occurrence_id"], ["__count"]
        )
        counts = {occurrence.id: count for occurrence, count in data}
        for occurrence in self:
            occurrence.invoice_count = counts.get(occurrence.id, 0)

    @api.depends("competitor_record_ids")
    def _compute_competitor_record_count(self):
        data = self.env["crm.gestao.competitor.record"]._read_group(
            [("occurrence_id", "in", self.ids)], ["occurrence_id"], ["__count"]
        )
        counts = {occurrence.id: count for occurrence, count in data}
        for occurrence in self:
            occurrence.competitor_record_count = counts.get(occurrence.id, 0)

    # ------------------------------------------------------------------
    # Create, write, delete
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        is_given = [bool(vals.get("name")) for vals in vals_list]
        try:
            with self._telling_what_is_missing():
                occurrences = super().create(self._add_references(vals_list))
                occurrences._check_participants()
        except psycopg2.errors.UniqueViolation as error:
            if any(is_given) or error.diag.constraint_name != self._get_uniq_name():
                raise
            # an import that gives what was next has just ended: Odoo repeats this
            raise ConcurrencyError(str(error)) from error
        occurrences.browse(compress(occurrences._ids, is_given))._go_on_after_these()
        return occurrences

    @api.model
    def _get_uniq_name(self):
        return self._name_company_uniq.full_name(self)

    def _go_on_after_these(self):
        """Have the numbering go on after these references, which were given.

        An import does so at its end: a row that is wrong takes all of them back.
        """
        if not self or is_within(self.env, "crm_gestao_import"):
            return
        self.flush_recordset()  # what PostgreSQL refuses moves nothing
        for company, occurrences in self.grouped("company_id").items():
            self.env["ir.sequence"]._go_on_after(company, occurrences.mapped("name"))

    @api.model
    def _get_told_links(self):
        # saved is what Odoo's check of companies lets through
        return [*super()._get_told_links(), "partner_id"]

    def _prepare_create_values(self, vals_list):
        """Ask for the defaults once for many.

        Odoo asks for those of each, a fifth of the time of an import. It still does
        where they differ from one time to the next, as a token of another addon does.
        """
        if len(vals_list) > 1:
            defaults, again = (self._add_missing_default_values({}) for _ in range(2))
            if defaults == again:
                vals_list = [CompleteValues({**defaults, **v}) for v in vals_list]
        return super()._prepare_create_values(vals_list)

    @api.model
    def _add_missing_default_values(self, values):
        if isinstance(values, CompleteValues):
            return values
        return super()._add_missing_default_values(values)

    def _validate_fields(self, field_names, excluded_names=()):
        # Odoo asks for each new record, mostly of no field
        if not field_names:
            return None
        return super()._validate_fields(field_names, excluded_names)

    def _add_precomputed_values(self, vals_list):
        """Compute for all at once what the type, the customer and the dates decide.

        Odoo would make a record in memory of each, a third of the time of an import,
        and read all columns of what they link to. It still makes records of those whose
        values are not plain ones.
        """
        # sudo: as Odoo does, for what is computed
        env = self.env(su=True)

        def linked_by(fname):
            ids = {vals.get(fname) for vals in vals_list}
            comodel = env[self._fields[fname].comodel_name]
            return comodel.browse(i for i in ids if isinstance(i, int) and i)

        types = linked_by("type_id")
        types._fetch_known()
        customers = linked_by("partner_id")
        if self.env.context.get("mail_create_nolog"):
            customers.fetch(["commercial_partner_id", "company_id"])
        else:
            # the log asks for the author and the domain of the company, too
            env.user.fetch(["active", "partner_id", "share"])
            (customers | env.user.partner_id).fetch(
                ["commercial_partner_id", "company_id", "email", "name"]
            )
            linked_by("company_id").fetch(["alias_domain_id", "parent_path"])
        companies = {
            customer.id: customer.commercial_partner_id.id for customer in customers
        }
        births = {
            type_.id: (type_.default_duration, type_.default_state) for type_ in types
        }
        for vals in vals_list:
            if vals.get("participant_ids") or not all(
                isinstance(vals.get(fname), int) for fname in ("type_id", "partner_id")
            ):
                continue
            duration, state = births.get(vals["type_id"], (0, False))
            date, date_closed = (
                self._fields[fname].convert_to_cache(vals.get(fname), self)
                for fname in ("date", "date_closed")
            )
            vals["commercial_partner_id"] = companies.get(vals["partner_id"], False)
            vals.setdefault("duration", duration)
            vals.setdefault("state", self._get_initial_state(state, date))
            self._fields["duration"]._check_finite(vals["duration"], self)
            if "date_closed" not in vals:
                date_closed = vals["date_closed"] = self._get_initial_date_closed(
                    vals["state"], date, float(vals["duration"] or 0)
                )
            vals["days_to_close"] = self._get_days_to_close(date, date_closed)
        return super()._add_precomputed_values(vals_list)

    @api.model
    def _create(self, data_list):
        occurrences = super()._create(data_list)
        # Nobody has asked for their messages and followers. While Odoo knows that there
        # are none, it adds each to what it knows, one by one.
        for inverse in (
            *self.pool.field_inverses[self.env["mail.message"]._fields["res_id"]],
            *self.pool.field_inverses[self.env["mail.followers"]._fields["res_id"]],
        ):
            if inverse.model_name == self._name:
                inverse._invalidate_cache(self.env, occurrences._ids)
        return occurrences

    def write(self, vals):
        moved = renamed = self.browse()
        known = {}
        if "participant_ids" in vals and "partner_id" not in vals:
            # who has moved to another company since stays a participant of old
            known = {occurrence: occurrence.participant_ids for occurrence in self}
        if vals.get("company_id"):
            company_id = check_id(self.env, vals["company_id"])
            moved = self.filtered(lambda o: o.company_id.id != company_id)
        changing = self._get_changing_customer(vals.get("partner_id"))
        (moved | changing)._check_nothing_came_of()
        if moved and all(occurrence.name == vals.get("name") for occurrence in self):
            # what is sent as it was is not given
            vals = {fname: value for fname, value in vals.items() if fname != "name"}
        if "name" in vals:
            company = moved.company_id.browse(moved and vals["company_id"])
            renamed = self.filtered(lambda o: o.name != vals["name"])
            self._check_new_reference(vals["name"], company or self.company_id)
        if not moved or "name" in vals:
            with self._telling_what_is_missing():
                res = super().write(vals)
        else:
            # references count per company: one that moves takes the next of the other
            references = self._next_references(
                self.env["res.company"].browse(vals["company_id"]),
                [vals.get("date") or occurrence.date for occurrence in moved],
            )
            for occurrence, reference in zip(moved, references, strict=True):
                with self._telling_what_is_missing():
                    super(CrmGestaoOccurrence, occurrence).write(
                        {**vals, "name": reference}
                    )
            res = super(CrmGestaoOccurrence, self - moved).write(vals)
        if "state" in vals:
            # what is asked for next might save the status without it, which the
            # database refuses
            self._recompute_recordset(["date_closed"])
        # Odoo checks the rules before writing only: nobody moves an occurrence to a
        # company that is not theirs
        moved.check_access("write")
        if "partner_id" in vals or "participant_ids" in vals:
            with self._telling_what_is_missing():
                self._check_participants(known)
        renamed._go_on_after_these()
        return res

    def _get_changing_customer(self, partner_id):
        """Those that would go to a contact of another customer."""
        if not partner_id:
            return self.browse()
        partner = self.env["res.partner"].browse(check_id(self.env, partner_id))
        # sudo: only to compare, whatever is refused later is refused there
        changing = self.sudo().filtered(lambda o: o.partner_id.id != partner.id)
        if changing:
            with self._telling_what_is_missing():
                company = partner.sudo().commercial_partner_id
            changing = changing.filtered(lambda o: o.commercial_partner_id != company)
        return changing.sudo(False)

    @api.model
    def _get_outcome_names(self):
        """The fields that hold what came of an occurrence, and stays where it is."""
        return ["sale_order_ids", "invoice_ids", "competitor_record_ids"]

    def _check_nothing_came_of(self):
        """Refuse to take occurrences away from what came of them.

        :raise UserError: naming one of which there is something, and what to do
        """
        if not self:
            return
        self.check_access("write")
        # sudo: also what the user may not see
        occurrences = self.sudo().with_context(active_test=False)
        try:
            occurrences.lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody else is making something of %s at this moment. Try"
                    " again.",
                    occurrences[:1].display_name,
                )
            ) from error
        with self.env.registry.cursor() as cr:
            # here and there: what was made since this transaction began is there only
            for now in (occurrences, occurrences.with_env(occurrences.env(cr=cr))):
                for fname in self._get_outcome_names():
                    if found := now.filtered(fname)[:1]:
                        found = occurrences.browse(found.id)
                        raise UserError(
                            self.env._(
                                "Quotations, orders, invoices, opportunities or"
                                " competitor records came from %(occurrence)s: it stays"
                                " with %(customer)s in %(company)s. Record a new"
                                " occurrence instead.",
                                occurrence=found.display_name,
                                customer=found.commercial_partner_id.display_name,
                                company=found.company_id.display_name,
                            )
                        )

    @contextmanager
    def _telling_what_is_missing(self):
        """Say what to do where what was chosen went while the form was open."""
        try:
            yield
        except MissingError as error:
            if f"{self._name}(" in str(error):
                raise
            if "res.partner(" in str(error):
                raise UserError(
                    self.env._(
                        "A customer or participant does not exist any more: they were"
                        " deleted, or merged with another. Please choose them again."
                    )
                ) from error
            raise self._get_missing_choice_error() from error
        except psycopg2.errors.ForeignKeyViolation as error:
            raise self._get_missing_choice_error() from error

    def _get_missing_choice_error(self):
        return UserError(
            self.env._(
                "The type, a tag or the responsible does not exist any more. Please"
                " choose again."
            )
        )

    def _check_company(self, fnames=None):
        """Check what a batch links to at once.

        Odoo does it record by record, which is half of the time that a batch takes.
        """
        names = self._fields if fnames is None or "company_id" in fnames else fnames
        fields_to_check = [
            field
            for field in map(self._fields.get, names)
            if field.relational and field.check_company
        ]
        for company, occurrences in self.grouped("company_id").items():
            for field in fields_to_check:
                # sudo: as Odoo does, for it is about what the user may not see, too
                linked = occurrences.sudo()[field.name].with_context(active_test=False)
                if linked == self.env.user and company.id in linked._get_company_ids():
                    continue  # which Odoo knows without a statement
                if linked.company_id <= company:
                    continue  # no need to ask for the company's parents
                domain = linked._check_company_domain(company)
                if domain and linked != linked.filtered_domain(domain):
                    return super()._check_company(fnames)
        return None

    def _check_new_reference(self, name, companies):
        """Refuse to erase references, and to all but managers to change them.

        :param companies: the `res.company` whose numbering it may be of
        """
        if all(occurrence.name == name for occurrence in self):
            return
        if not name:
            raise UserError(
                self.env._(
                    "An occurrence keeps its reference: it cannot be left empty."
                )
            )
        if not (self.env.su or self.env.user.has_group("crm_gestao.group_manager")):
            raise AccessError(
                self.env._(
                    "The reference of an occurrence is given once. Ask an"
                    " administrator of CRM Gestão to change it."
                )
            )
        for company in companies:
            self.env["ir.sequence"]._check_given(company, [name])

    def _check_participants(self, known=()):
        """Refuse participants who are not contacts of the customer.

        :param known: dict of `res.partner` by occurrence, who need no check
        :raise ValidationError: naming who does not belong, and to whom
        """
        if not self.participant_ids:
            return
        for occurrence in self.filtered("participant_ids"):
            strangers = occurrence._get_strangers()
            if occurrence in known:
                strangers -= known[occurrence]
            if strangers:
                raise ValidationError(
                    self.env._(
                        "%(people)s: not a contact of %(customer)s. Choose participants"
                        " among the contacts of the customer.",
                        people=", ".join(strangers.mapped("display_name")),
                        customer=occurrence.commercial_partner_id.display_name,
                    )
                )

    def _get_strangers(self):
        """The participants who are not contacts of the customer."""
        company = self.commercial_partner_id
        return self.participant_ids.filtered(
            lambda person: person.commercial_partner_id != company
        )

    @api.model
    def _check_customers(self, documents):
        """Refuse documents that are linked to an occurrence of another customer.

        It may have been given that one while the form of the document was open.

        :param documents: records with `occurrence_id` and `partner_id`
        :raise AccessError: for an occurrence that the user may not read
        :raise ValidationError:
        """
        # sudo: only to compare
        for document in documents.sudo().filtered("occurrence_id"):
            occurrence = document.occurrence_id
            customer = document.partner_id.commercial_partner_id
            if customer and customer != occurrence.commercial_partner_id:
                # who may not read it is told no more; what checks has all rights
                occurrence.sudo(False).check_access("read")
                raise ValidationError(
                    self.env._(
                        "%(occurrence)s belongs to %(customer)s, but this is for"
                        " %(other)s. Choose %(customer)s, or begin anew from an"
                        " occurrence of %(other)s.",
                        occurrence=occurrence.name,
                        customer=occurrence.commercial_partner_id.display_name,
                        other=customer.display_name,
                    )
                )

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """Participants are of the customer: with another one they go."""
        self.participant_ids -= self._get_strangers()

    @api.model
    @api.private
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        if field_names:
            # what is read of many at once is not read with each, see `web_read`
            names = self._get_shared_names()
            field_names = [fname for fname in field_names if fname not in names]
        if not (field_names and offset and limit):
            return super().search_fetch(domain, field_names, offset, limit, order)
        # in the order of the dates PostgreSQL then reads the rows of the page alone
        order = order or self._order
        page = self._search(domain, offset=offset, limit=limit, order=order)
        # bypass_access: of what was found with the user's rights
        query = self._search(
            Domain("id", "in", page),
            order=order,
            active_test=False,
            bypass_access=True,
        )
        return self._fetch_query(query, self._determine_fields_to_fetch(field_names))

    @api.model
    @api.readonly
    def read_progress_bar(self, domain, group_by, progress_bar):
        """Odoo's, which reads all that the kanban shows, for those with an activity."""
        if progress_bar and progress_bar.get("field") == "activity_state":
            domain = Domain(domain) & Domain("activity_ids", "!=", False)
        return super().read_progress_bar(domain, group_by, progress_bar)

    @api.readonly
    def web_read(self, specification):
        if not specification or not self or not all(self._ids):
            return super().web_read(specification)
        if len(self) == 1 and OF_CUSTOMER & specification.keys():  # as a form does
            return super().web_read(specification)
        names = self._get_shared_names() & specification.keys()
        shared = {fname: specification[fname] for fname in names}
        own = {f: spec for f, spec in specification.items() if f not in names}
        if not own.keys() - {"id"}:
            # Odoo does not ask for a right to the id alone
            self.check_access("read")
        # sudo: as Odoo reads the names of linked records
        occurrences = self.sudo()
        occurrences.type_id._fetch_known()
        partners = occurrences.partner_id
        if "commercial_partner_id" in specification:
            partners |= occurrences.commercial_partner_id
        having = self._know_linked(
            partners, [kind for kind, names in RARE.items() if names & shared.keys()]
        )
        values_list = self._add_shared_values(super().web_read(own), shared, having)
        # those that are done are not among them
        having["activity_ids"].invalidate_recordset(["activity_ids"], flush=False)
        return values_list

    @api.model
    @api.readonly
    def search_panel_select_range(self, field_name, **kwargs):
        return super().search_panel_select_range(field_name, **kwargs)

    @api.model
    @api.readonly
    def search_panel_select_multi_range(self, field_name, **kwargs):
        return super().search_panel_select_multi_range(field_name, **kwargs)

    @api.model
    def _get_shared_names(self):
        """What is not asked of each occurrence, but for all at once.

        Odoo asks each of them, field by field, for the icon and the colour of its type
        and for a next activity: a third of the time of a list. Many have the same type,
        and most have neither an activity planned nor tags.
        """
        names = set(TYPE_LOOK)
        for kind, of_kind in RARE.items():
            if self._has_field_access(self._fields[kind], "read"):
                names |= of_kind
        if not self.browse().has_access("write"):
            # who only reads is shown but their own activities, says Odoo
            names -= NEXT_ACTIVITY
        return names

    def _know_linked(self, partners, kinds):
        """Have in memory what a list tells of whom and what occurrences link to.

        One statement finds who the users are, what the companies are called, and which
        occurrences have activities or tags. One each reads partners and activities.

        :param partners: whose names are wanted, too
        :param list kinds: which fields of `RARE` are wanted
        :return: dict of these occurrences by the fields of `RARE`, for whoever may read
            these
        """
        env, users = self.env, self.sudo().user_id
        for model, fnames in (
            ("res.users", ["partner_id"]),
            ("res.company", ["name"]),
            ("mail.activity", ["res_model", "res_id", *NEXT]),
        ):
            env[model].flush_model(fnames)
        activities = SQL(
            "SELECT id, res_id, user_id, row_number() OVER (ORDER BY %s) AS rank"
            " FROM mail_activity WHERE res_model = %s AND res_id IN %s"
            " AND (active OR NOT %s)",
            SQL(env["mail.activity"]._order),
            self._name,
            self._ids if "activity_ids" in kinds else (None,),
            bool(env.context.get("active_test", True)),
        )
        rows = env.execute_query(
            SQL(
                "WITH activities AS (%(activities)s)"
                " SELECT 'user_id' AS kind, id, partner_id, 0 AS rank, NULL AS name"
                " FROM res_users WHERE id IN %(users)s"
                " OR id IN (SELECT user_id FROM activities)"
                " UNION ALL SELECT 'company_id', id, NULL, 0, name"
                " FROM res_company WHERE id IN %(companies)s"
                " UNION ALL SELECT 'activity_ids', res_id, id, rank, NULL"
                " FROM activities %(tags)s ORDER BY rank",
                users=users._ids or (None,),
                companies=self.sudo().company_id._ids,
                activities=activities,
                tags=self._get_tags_sql() if "tag_ids" in kinds else SQL(),
            )
        )
        partner_ids, linked = [], {fname: defaultdict(list) for fname in RARE}
        for kind, record_id, linked_id, _rank, name in rows:
            if kind == "user_id":
                partner_ids.append(linked_id)
                user = users.browse(record_id)
                user._fields["partner_id"]._insert_cache(user, [linked_id])
            elif kind == "company_id":
                company = env["res.company"].browse(record_id)
                company._fields["name"]._insert_cache(company, [name])
            else:
                linked[kind][record_id].append(linked_id)
        having = {}
        for fname, found in linked.items():
            having[fname] = self.browse(found)
            ids = [tuple(linked_ids) for linked_ids in found.values()]
            self._fields[fname]._insert_cache(having[fname], ids)
        # sudo: as Odoo reads the names of linked records; whoever may write on an
        # occurrence may read its activities
        people = env["res.partner"].sudo().browse(partner_ids)
        # the time zone tells which activities are late
        (partners | people).fetch([*PARTNER_NAME, "tz"])
        activity_ids = [i for ids in linked["activity_ids"].values() for i in ids]
        activities = env["mail.activity"].sudo().browse(activity_ids)
        activities.fetch(NEXT)
        activities.activity_type_id._fetch_known()
        return having

    def _get_tags_sql(self):
        """What `_know_linked` asks of tags, as Odoo reads many2many fields."""
        field = self._fields["tag_ids"]
        tags = self.env[field.comodel_name]
        query = tags._search([], order=tags._order)
        occurrence, tag = (
            SQL.identifier(field.relation, column)
            for column in (field.column1, field.column2)
        )
        is_same = SQL("%s = %s", tag, SQL.identifier(query.table, "id"))
        query.add_join("JOIN", field.relation, None, is_same)
        query.add_where(SQL("%s IN %s", occurrence, self._ids))
        rank = SQL("row_number() OVER (ORDER BY %s)", query.order)
        columns = (SQL("'tag_ids'"), occurrence, tag, rank, SQL("NULL"))
        return SQL("UNION ALL (%s)", query.select(*columns))

    def _add_shared_values(self, values_list, specification, having):
        """Add to what was read of `self` what is asked for all at once, and return it.

        :param dict having: of occurrences, see `_know_linked`
        """
        if not specification:
            return values_list
        look = {fname: TYPE_LOOK[fname] for fname in TYPE_LOOK.keys() & specification}
        looks = {}
        # sudo: as Odoo reads related fields
        for occurrence_type, occurrences in self.sudo().grouped("type_id").items():
            values = {fname: occurrence_type[name] for fname, name in look.items()}
            looks |= dict.fromkeys(occurrences._ids, values)
        nothing = {
            fname: [] if self._fields[fname].type.endswith("many") else False
            for fname in specification.keys() - look.keys()
        }
        found = defaultdict(dict)
        for kind, names in RARE.items():
            asked = {fname: specification[fname] for fname in names & nothing.keys()}
            if asked and having[kind]:
                occurrences = super(CrmGestaoOccurrence, having[kind])
                for values in occurrences.web_read(asked):
                    found[values["id"]] |= values
        for values in values_list:
            values |= nothing | found[values["id"]] | looks[values["id"]]
        return values_list

    def web_save(self, vals, specification, next_id=None):
        """Let also those users hand an occurrence over who may read only their own.

        Odoo reads what it has saved. After the responsible has changed they may not,
        and the error would undo their change. So they read it before. In the same way
        they record for a colleague: it is theirs first. (Outside of the form, `create`
        asks for the right to the record as it will be.)
        """
        user_id = vals.get("user_id")
        if (
            next_id
            or not user_id
            or (self and "company_id" in vals)
            or self.env.user.has_group("crm_gestao.group_user_all")
        ):
            return super().web_save(vals, specification, next_id=next_id)
        vals = dict(vals)
        if self:
            del vals["user_id"]
        else:
            vals["user_id"] = self.env.uid
        before = super().web_save(vals, specification)
        occurrence = self or self.browse(before[0]["id"])
        if all(one.user_id.id == user_id for one in occurrence):
            return before
        occurrence.write({"user_id": user_id})
        if occurrence.has_access("read"):
            return occurrence.with_context(bin_size=True).web_read(specification)
        for values in before:
            if "user_id" in values:
                values["user_id"] = self._get_handed_over_to(
                    user_id, specification["user_id"]
                )
        return before

    @api.model
    def _get_handed_over_to(self, user_id, specification):
        """The new responsible, as `web_read` with `specification` would tell it."""
        if "fields" not in specification:
            return user_id
        return (
            self.env["res.users"].browse(user_id).web_read(specification["fields"])[0]
        )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for occurrence, vals in zip(self, vals_list, strict=True):
            given = default or {}
            if "subject" not in given:
                vals["subject"] = get_copy_name(self.env, occurrence.subject, 500)
            if "date" not in given:
                vals["date"] = fields.Datetime.now()
            if "participant_ids" not in given:
                # who has moved to another company since takes part in no new one
                people = occurrence.participant_ids - occurrence._get_strangers()
                vals["participant_ids"] = [Command.set(people.ids)]
        return vals_list

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_documents(self):
        # sudo: an order or invoice stands in the way also where the user may not see
        # it; only its number is told, and only to who may read it
        blocked = self.sudo().filtered(lambda o: o.sale_order_ids or o.invoice_ids)
        if not blocked:
            return
        visible = []
        for documents in (blocked.sale_order_ids, blocked.invoice_ids):
            documents = documents.sudo(False)
            if documents.has_access("read"):
                visible += documents._filtered_access("read").mapped("display_name")
        raise UserError(
            self.env._(
                "%(occurrences)s cannot be deleted: %(documents)s came from it."
                " Cancel or archive it instead, so that the history stays.",
                occurrences=", ".join(blocked.mapped("display_name")),
                documents=", ".join(visible)
                or self.env._("quotations, orders or invoices"),
            )
        )

    @api.model
    def _add_references(self, vals_list):
        """Return copies of `vals_list` in which each has a reference of its own.

        References are counted per company and year (of the date, in the user's time
        zone). A reference that is given (import from another system) stays.
        """
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            if vals.get("name"):
                vals["name"] = clean_text(str(vals["name"])).strip()
            if isinstance(vals.get("date"), str):
                # once: it is asked for again and again
                vals["date"] = self._fields["date"].convert_to_cache(vals["date"], self)
        missing = [vals for vals in vals_list if not vals.get("name")]
        given = {}
        if len(missing) < len(vals_list):
            given = self._check_given_references(
                [vals for vals in vals_list if vals.get("name")]
            )
        defaults = {}
        if any(not vals.get("company_id") or not vals.get("date") for vals in missing):
            defaults = self.default_get(["company_id", "date"])
        for company_id, group in groupby(
            missing,
            lambda vals: check_id(
                self.env, vals.get("company_id") or defaults["company_id"]
            ),
        ):
            references = self._next_references(
                self.env["res.company"].browse(company_id),
                [vals.get("date") or defaults["date"] for vals in group],
                given.get(company_id, ()),
            )
            for vals, reference in zip(group, references, strict=True):
                vals["name"] = reference
        return vals_list

    @api.model
    def _check_given_references(self, vals_list):
        """Refuse references that the user may not give.

        :return: dict by the id of the company, of what is given there
        """
        given = {}
        default = self.default_get(["company_id"]).get("company_id")
        for company_id, group in groupby(
            vals_list,
            lambda vals: check_id(self.env, vals.get("company_id") or default),
        ):
            names = given[company_id] = dict.fromkeys(vals["name"] for vals in group)
            company = self.env["res.company"].browse(company_id)
            self.env["ir.sequence"]._check_given(company, names)
            if is_within(self.env, "crm_gestao_import") and not is_within(
                self.env, "crm_gestao_test_run"
            ):
                # else who records one meanwhile waits for the import
                self.env["ir.sequence"]._pass_by_near(company, names)
        return given

    @api.model
    def _next_references(self, company, dates, given=()):
        """Take one new reference per date from the numbering of `company`.

        :param company: a `res.company`
        :param list dates: datetimes in UTC, also as strings
        :param given: references that are given to others of this company
        :return: list of strings, in the order of `dates`
        :raise UserError: when the company has no numbering
        """
        check_companies(self.env, company.ids)
        field = self._fields["date"]
        # what has no date is refused when it is saved
        dates = [
            field.convert_to_cache(date, self) or fields.Datetime.now()
            for date in dates
        ]
        for date in dates:
            self._check_year(date)
        days = [fields.Datetime.context_timestamp(self, date).date() for date in dates]
        return self.env["ir.sequence"]._take_references(company, days, given)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_done(self):
        self._set_state("done")

    def action_cancel(self):
        self._set_state("cancel")

    def action_reopen(self):
        self._set_state("open")

    def _set_state(self, state):
        # also for those that have it already: who may not change one is told so
        self.check_access("write")
        self.filtered(lambda o: o.state != state).state = state

    @api.readonly
    def action_schedule_next_contact(self):
        """Open Odoo's own dialog that schedules an activity on this occurrence."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Schedule Next Contact"),
            "res_model": "mail.activity.schedule",
            "views": [[False, "form"]],
            "target": "new",
            "context": {
                "active_model": self._name,
                "active_id": self.id,
                "active_ids": self.ids,
                "default_res_model": self._name,
                "default_res_ids": str(self.ids),
            },
        }

    @api.readonly
    def action_new_competitor_record(self):
        """Open the dialog of a competitor record of this customer."""
        self._check_single()
        # before a visit that is planned, what is known of them is of today
        seen = min(self.date, fields.Datetime.now())
        defaults = {
            "occurrence_id": self.id,
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "date": fields.Date.to_string(
                fields.Datetime.context_timestamp(self, seen)
            ),
        }
        if self.env["sale.order"].has_access("read"):
            pending = self.sale_order_ids.filtered(lambda o: o.state != "cancel")
            if len(pending) == 1:
                defaults["sale_order_id"] = pending.id
        return self.env["crm.gestao.competitor.record"]._get_new_action(**defaults)

    @api.readonly
    def action_view_competitor_records(self):
        self.ensure_one()
        return self.env["crm.gestao.competitor.record"]._get_list_action(
            [("occurrence_id", "=", self.id)],
            default_occurrence_id=self.id,
            default_partner_id=self.partner_id.id,
            default_company_id=self.company_id.id,
        )

    # ------------------------------------------------------------------
    # Sales
    # ------------------------------------------------------------------

    @api.readonly
    def action_new_quotation(self):
        """Open a new quotation for the customer, linked to this occurrence."""
        self._check_single()
        self.env["sale.order"].check_access("create")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Quotation"),
            "res_model": "sale.order",
            "views": [[False, "form"]],
            "target": "current",
            "context": self._get_new_order_context(),
        }

    def action_new_order(self):
        """Confirm open quotations of this occurrence, or make an order.

        :return: the dialog that lists the quotations; without any, the dialog of a new
            order, which is confirmed when it is saved
        """
        self._check_single()
        self.env["sale.order"].check_access("create")
        quotations = self._get_open_quotations()
        if not quotations:
            return self._get_new_order_action()
        confirm = self.env["crm.gestao.order.confirm"].create(
            {"occurrence_id": self.id}
        )
        return confirm._get_records_action(
            name=self.env._("Confirm Quotations"), target="new", context={}
        )

    def action_issue_invoice(self):
        """Open the dialog that issues an invoice in a fiscal series.

        :raise UserError: when the company has no series
        """
        self._check_single()
        issues = self.env["crm.gestao.invoice.issue"]
        issues.check_access("create")
        issues._check_series(self.company_id)
        return issues.create({"occurrence_id": self.id})._get_records_action(
            name=self.env._("Issue Invoice"), target="new", context={}
        )

    def _check_single(self):
        if len(self) != 1:
            raise UserError(
                self.env._(
                    "Tick only one occurrence: a document comes from one of them."
                )
            )
        self.check_access("read")

    def _get_open_quotations(self):
        """The quotations of this occurrence that the user may confirm."""
        return self.env["sale.order"].search(
            [("occurrence_id", "=", self.id), ("state", "in", ("draft", "sent"))]
        )

    def _get_new_order_action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Order"),
            "res_model": "sale.order",
            "views": [[self.env.ref("crm_gestao.sale_order_view_form_new").id, "form"]],
            "target": "new",
            "context": {
                **self._get_new_order_context(),
                "crm_gestao_confirm_order": True,
            },
        }

    def _get_new_order_context(self):
        """Defaults of an order that is made from here; the rest is as Odoo sets it."""
        return {
            "default_occurrence_id": self.id,
            "default_partner_id": self.partner_id.id,
            "default_company_id": self.company_id.id,
            "default_origin": self.name,
            **self.env["sale.order"]._get_salesperson_default(),
        }

    @api.model
    def _log_documents(self, documents):
        """Tell on both sides what was made from what.

        :param documents: orders or invoices with an occurrence, all of one model
        """
        documents._message_log_batch(
            {
                document.id: self.env._(
                    "From the occurrence %s",
                    # its subject is for those who may read it
                    document.occurrence_id._get_html_link(
                        title=document.occurrence_id.name
                    ),
                )
                for document in documents
            }
        )
        self._log_on_occurrences(
            documents, lambda links: self.env._("Made from this occurrence: %s", links)
        )

    @api.model
    def _log_posted(self, invoices):
        self._log_on_occurrences(
            invoices, lambda links: self.env._("Posted: %s", links)
        )

    @api.model
    def _log_on_occurrences(self, documents, get_text):
        bodies = {
            occurrence.id: get_text(
                Markup(", ").join(
                    # the customer's own reference is for those who may read it
                    document._get_html_link(title=get_told_name(document))
                    for document in of_occurrence
                )
            )
            for occurrence, of_occurrence in documents.grouped("occurrence_id").items()
        }
        documents.occurrence_id._message_log_batch(bodies)

    @api.readonly
    def action_view_quotations(self):
        return self._get_documents_action(
            "sale.action_quotations",
            self.env._("Quotations"),
            self.sale_order_ids.filtered(lambda o: o.state in ("draft", "sent")),
        )

    @api.readonly
    def action_view_orders(self):
        return self._get_documents_action(
            "sale.action_orders",
            self.env._("Orders"),
            self.sale_order_ids.filtered(lambda o: o.state == "sale"),
        )

    @api.readonly
    def action_view_invoices(self):
        return self._get_documents_action(
            "account.action_move_out_invoice_type",
            self.env._("Invoices"),
            self.invoice_ids,
        )

    @api.readonly
    def action_view_sales_history(self):
        self.ensure_one()
        return self.env["crm.gestao.consult"].get_query_action(
            "sales_history", self.partner_id.id
        )

    @api.readonly
    def action_view_receivables(self):
        self.ensure_one()
        return self.env["crm.gestao.consult"].get_query_action(
            "receivables", self.partner_id.id
        )

    def _get_documents_action(self, xmlid, name, documents):
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        action.update(
            name=name,
            domain=[("id", "in", documents.ids)],
            context={"create": False},
        )
        if len(self.partner_id) == 1:
            action["context"]["default_partner_id"] = self.partner_id.id
        if len(documents) == 1:
            action.update(
                res_id=documents.id, views=[[False, "form"]], view_mode="form"
            )
        return action

    @api.model
    @api.readonly
    def get_empty_list_help(self, help_message):
        help_message = super().get_empty_list_help(help_message)
        # sudo(False): actions are read with all rights
        if is_html_empty(help_message) or self.sudo(False).has_access("create"):
            return help_message
        # there is no New for those who only read
        return Markup('<p class="o_view_nocontent_smiling_face">%s</p><p>%s</p>') % (
            self.env._("Nothing is recorded here"),
            self.env._("Choose another customer, another period or other filters."),
        )

    # ------------------------------------------------------------------
    # Messages
    # ------------------------------------------------------------------

    def _creation_message(self):
        # "%s created" of Odoo has no gender, and reads the name of the model
        return self.env._("Occurrence created")

    def _alias_get_error(self, message, message_dict, alias):
        """Have who is no customer told by e-mail that it was not taken."""
        error = super()._alias_get_error(message, message_dict, alias)
        defaults = literal_eval(alias.alias_defaults or "{}")
        if (
            error
            or self
            or defaults.get("partner_id")
            or self._get_sender(message_dict)
        ):
            return error
        return AliasError("error_partners_no_partner", self._get_stranger_message())

    @api.model
    def _get_sender(self, msg_dict):
        """The customer who sent an e-mail: a colleague passes on what others say."""
        # sudo: whether somebody is of the company is no secret
        author = self.env["res.partner"].sudo().browse(msg_dict.get("author_id") or ())
        return author.filtered(
            lambda person: all(user.share for user in person.user_ids)
        )

    @api.model
    def _detect_loop_sender_domain(self, email_from_normalized):
        # who has sent too many is told by the messages, for there is no field of it; of
        # the last days only, for which there is an index, unlike of create_date
        parameters = self.env["ir.config_parameter"].sudo()  # as Odoo reads it here
        minutes = int(parameters.get_param("mail.gateway.loop.minutes", 120))
        now = fields.Datetime.now()
        since = now - timedelta(days=1, minutes=minutes)
        # sudo: as Odoo searches by the domain; in two steps, for else PostgreSQL may go
        # through all messages that there are
        recent = self.sudo().search([("date", ">=", since), ("date", "<=", now)])
        messages = recent.env["mail.message"].search(
            [
                ("model", "=", self._name),
                ("res_id", "in", recent.ids),
                ("message_type", "=", "email"),
                ("email_from", "ilike", email_from_normalized),
            ]
        )
        return [("id", "in", messages.mapped("res_id"))]

    @api.model
    def _get_stranger_message(self):
        return self.env._("No contact has this e-mail address. Create the contact.")

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Record what a customer has sent by e-mail; its text is the first message.

        :raise UserError: where the sender is no contact, and there is no customer by
            default
        """
        subject = clean_text(msg_dict.get("subject") or "").strip()[:LONGEST_LINE]
        defaults = dict(custom_values or {})
        # not by super(), either, which takes the subject for the reference
        defaults.pop("name", None)
        customer = self._get_default_record("res.partner", defaults.get("partner_id"))
        customer = customer or self._get_sender(msg_dict)
        if not customer:
            raise UserError(self._get_stranger_message())
        company = self._get_default_record("res.company", defaults.get("company_id"))
        if not customer.filtered_domain(customer._check_company_domain(company)):
            company = company.browse()
        company = company or customer.company_id or self.env.company
        values = {
            "subject": subject or self.env._("(no subject)"),
            "partner_id": customer.id,
            # nobody has seen to it yet, whatever its type is born as
            "state": "open",
            "duration": 0,
        }
        types = self.env["crm.gestao.occurrence.type"]
        if not types._get_default(company):
            # all are archived, and the e-mail has to go somewhere
            archived = types.with_context(active_test=False)
            values["type_id"] = archived._get_default(company).id
        # nobody is responsible yet, least of all who fetches the mail
        occurrences = self.with_company(company).with_context(default_user_id=False)
        # the year of the reference begins where the company is: who fetches is nowhere
        # sudo: whoever brings the e-mail may not read users
        administrator = self.env.ref("base.user_admin", False) or self.env["res.users"]
        if zone := company.partner_id.tz or administrator.sudo().tz:
            occurrences = occurrences.with_context(tz=zone)
        fitting = self._get_fitting_defaults(defaults, company)
        is_told = fitting != defaults
        try:
            with self.env.cr.savepoint():
                occurrence = occurrences.create(
                    {**values, **fitting, "partner_id": customer.id}
                )
        except psycopg2.OperationalError:
            raise
        except Exception:
            # Odoo would take the e-mail for handled, and it would be lost
            _logger.warning("An e-mail is recorded without default values", exc_info=1)
            occurrence = occurrences.create(values)
            is_told = bool(fitting)
        if is_told:
            occurrence._message_log(
                body=self.env._(
                    "Not all default values of the e-mail address could be used: they"
                    " do not fit this customer, or what they name is no more."
                )
            )
        return occurrence

    @api.model
    def _get_default_record(self, model, value):
        """What a default value of an e-mail address names, as far as it is there."""
        # whatever an administrator has typed
        return self.env[model].browse(value if type(value) is int else ()).exists()

    @api.model
    def _get_fitting_defaults(self, defaults, company):
        """The default values of an e-mail address that an occurrence can have."""

        def is_linking(value):
            """Whether this is in a form of Odoo that only links to what there is."""
            return not value or (
                isinstance(value, (list, tuple))
                and all(
                    type(item) is int
                    or (
                        isinstance(item, (list, tuple))
                        and item
                        and item[0] in (Command.LINK, Command.SET)
                    )
                    for item in value
                )
            )

        def fits(name, value):
            field = self._fields.get(name)
            if field and field.type in ("one2many", "many2many"):
                # nothing that changes what there is, for it is done with all rights
                return field.type == "many2many" and is_linking(value)
            if not field or field.type != "many2one" or not value:
                return bool(field)
            if name == "company_id":
                return value == company.id
            record = self._get_default_record(field.comodel_name, value)
            domain = (
                record._check_company_domain(company) if field.check_company else []
            )
            return bool(record.filtered_domain(domain))

        return {name: value for name, value in defaults.items() if fits(name, value)}

    # ------------------------------------------------------------------
    # Consult
    # ------------------------------------------------------------------

    @api.model
    @api.readonly
    def get_consult_summary(self, partner_id):
        """What the consult bar tells of the customer, read with the user's rights.

        :param int partner_id: a `res.partner`
        :return: dict with `id`, `name`, `phone`, `email`, `vat`, `vat_label`,
            `salesperson`, `company` (None, or `id` and `name` of the
            company that a contact belongs to), `last_contact` (ISO date in the user's
            time zone, or False) and `warnings` (list of strings)
        """
        partner = self.env["res.partner"].browse(check_id(self.env, partner_id))
        partner._fetch_for_consult()
        commercial = partner.commercial_partner_id
        is_contact = partner != commercial
        last_contact = self._get_last_contact(partner)
        return {
            "id": partner.id,
            "name": partner.display_name,
            "phone": partner.phone or False,
            "email": partner.email or False,
            "vat": partner.vat or False,
            "vat_label": partner.vat_label,
            "salesperson": partner.user_id.display_name or False,
            "company": {"id": commercial.id, "name": commercial.display_name}
            if is_contact
            else None,
            "last_contact": fields.Date.to_string(last_contact),
            "warnings": self.env["crm.gestao.consult"]._get_warnings(
                partner, last_contact
            ),
        }

    @api.model
    def _get_last_contact(self, partner):
        """The day of the last occurrence of a customer, or False."""
        domain = Domain("date", "<=", fields.Datetime.now())
        domain &= Domain("state", "!=", "cancel")
        if partner != partner.commercial_partner_id:
            domain &= Domain("partner_id", "=", partner.id)
        else:
            domain &= Domain("commercial_partner_id", "=", partner.id)
        last = self.search_fetch(domain, ["date"], limit=1)
        # an empty recordset would reach the client as a text
        return bool(last) and (
            fields.Datetime.context_timestamp(self, last.date).date()
        )

    # ------------------------------------------------------------------
    # Import
    # ------------------------------------------------------------------

    @api.model
    @api.readonly
    def get_import_templates(self):
        # headers, types and statuses are read in the user's language
        suffix = "_pt_BR" if (self.env.lang or "").startswith("pt") else ""
        return [
            {
                "label": self.env._("Import Template for Occurrences (XLSX)"),
                "template": f"/crm_gestao/static/import/occurrences{suffix}.xlsx",
            },
            {
                "label": self.env._("Import Template for Occurrences (CSV)"),
                "template": f"/crm_gestao/static/import/occurrences{suffix}.csv",
            },
        ]

    @api.model
    def load(self, fields, data):
        """Import; the numbering goes on after what is given once all of it is in."""
        # records, which no client can put into a context
        importer = self.with_context(crm_gestao_import=self.browse())
        result = super(CrmGestaoOccurrence, importer).load(fields, data)
        is_test = is_within(self.env, "crm_gestao_test_run")
        if "name" in fields and result["ids"] and not is_test:
            self.browse(result["ids"])._go_on_after_these()
        return result

    @api.model
    def _convert_records(self, records, *, savepoint, **options):
        """Look for participants among the contacts of the row's customer."""
        log = options.get("log", lambda message: None)
        current = {}
        contacts = {}

        def take_participants(records):
            for record, extras in records:
                current["participants"] = self._pop_participants(record)
                yield record, extras

        for dbid, xid, values, info in super()._convert_records(
            take_participants(records), savepoint=savepoint, **options
        ):
            if current["participants"] and values.get("partner_id"):
                values["participant_ids"] = self._match_import_participants(
                    current["participants"], values["partner_id"], contacts, info, log
                )
            yield dbid, xid, values, info

    @api.model
    def _get_import_usual(self, is_new):
        usual = super()._get_import_usual(is_new)
        # an empty duration is that of the type
        return (*usual, "duration") if is_new else usual

    @api.model
    def _get_import_error(self, field, value):
        if field.name == "duration":
            return self.env._(
                "“%s” is not a duration. Write hours, as in 1.5 or 1:30.", value
            )
        return super()._get_import_error(field, value)

    @api.model
    def _clean_import_record(self, record):
        record = super()._clean_import_record(record)
        tags = record.get("tag_ids")
        if tags and None in tags[0]:
            tags[0][None] = ",".join(self._split_import_names(tags[0][None]))
        return record

    @api.model
    def _pop_participants(self, record):
        """Take out and return the names of the participants."""
        people = record.get("participant_ids")
        if not people or None not in people[0]:
            return []
        del record["participant_ids"]
        return self._split_import_names(people[0][None])

    @api.model
    def _split_import_names(self, text):
        return [part.strip() for part in re.split("[,;]", text) if part.strip()]

    @api.model
    def _match_import_participants(self, names, partner_id, contacts, info, log):
        """Find `names`, which are names, e-mails or references, at the customer.

        :param dict contacts: what was read of each company for the rows before
        :return: commands, or None to skip the row as the user chose
        """
        company = self.env["res.partner"].browse(partner_id).commercial_partner_id
        if company not in contacts:
            people = contacts[company] = {}
            for person in self.env["res.partner"].search(
                [("commercial_partner_id", "=", company.id)]
            ):
                for key in {person.name, person.email, person.ref} - {False}:
                    people.setdefault(key.casefold(), person.browse())
                    people[key.casefold()] |= person
        found = self.env["res.partner"]
        for name in names:
            matches = contacts[company].get(name.casefold(), found.browse())
            if len(matches) == 1:
                found |= matches
            elif "participant_ids" in self.env.context.get("import_skip_records", ()):
                return None
            elif matches or "participant_ids" not in self.env.context.get(
                "import_set_empty_fields", ()
            ):
                log(
                    dict(
                        info,
                        type="error",
                        field="participant_ids",
                        value=name[:50],
                        message=self.env._(
                            "%(company)s has several contacts “%(name)s”. Write the"
                            " e-mail instead.",
                            name=name,
                            company=company.display_name,
                        )
                        if matches
                        else self.env._(
                            "%(company)s has no contact “%(name)s”.",
                            name=name,
                            company=company.display_name,
                        ),
                    )
                )
        return [Command.set(found.ids)]

    # ------------------------------------------------------------------
    # Demo data
    # ------------------------------------------------------------------

    @api.model
    def _load_demo(self):
        # imported here, so that only demo data needs it
        from ..demo.generator import load  # noqa: PLC0415

        load(self.env)
