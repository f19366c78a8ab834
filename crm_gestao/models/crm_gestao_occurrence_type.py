from odoo import api, fields, models
from odoo.tools import ormcache

from ..tools import Float, Integer

# what lists of occurrences, and new ones, ask of their types
KNOWN = ("color", "company_id", "default_duration", "default_state", "icon", "name")


class CrmGestaoOccurrenceType(models.Model):
    """What kind of contact an occurrence is, and how one of that kind is born."""

    _name = "crm.gestao.occurrence.type"
    _description = "Occurrence Type"
    _inherit = ["crm.gestao.choice.mixin"]
    _order = "sequence, name, id"
    _chosen_by = ("crm.gestao.occurrence", "type_id")
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        help="Leave empty to share the type with all companies.",
    )
    color = Integer()
    icon = fields.Selection(
        [
            ("fa-comment-o", "Speech bubble"),
            ("fa-map-marker", "Map pin"),
            ("fa-phone", "Telephone"),
            ("fa-envelope-o", "Envelope"),
            ("fa-users", "People"),
            ("fa-whatsapp", "WhatsApp"),
            ("fa-exclamation-circle", "Exclamation mark"),
            ("fa-wrench", "Wrench"),
            ("fa-sticky-note-o", "Note"),
            ("fa-video-camera", "Camera"),
            ("fa-handshake-o", "Handshake"),
            ("fa-truck", "Truck"),
            ("fa-star-o", "Star"),
            ("fa-question-circle-o", "Question mark"),
        ],
        required=True,
        default="fa-comment-o",
    )
    default_duration = Float(
        help="Hours given to a new occurrence of this type.",
    )
    default_state = fields.Selection(
        [("open", "Open"), ("done", "Done")],
        required=True,
        default="open",
        help="A diary entry is born done, a case is born open. What is planned for "
        "the future is born open whatever its type.",
    )
    is_complaint = fields.Boolean(
        string="Complaint",
        help="Occurrences of this type are complaints (SAC).",
    )
    occurrence_count = fields.Integer(compute="_compute_occurrence_count")

    _name_length = models.Constraint(
        # of all languages together
        "CHECK (length(name::text) <= 1000)",
        "The name is too long. Type up to 100 characters.",
    )
    _default_duration_positive = models.Constraint(
        "CHECK (default_duration BETWEEN 0 AND 8784)",
        "The default duration cannot be negative, nor longer than a year (8784 hours).",
    )

    def _compute_occurrence_count(self):
        data = self.env["crm.gestao.occurrence"]._read_group(
            [("type_id", "in", self.ids)], ["type_id"], ["__count"]
        )
        counts = {type_.id: count for type_, count in data}
        for type_ in self:
            type_.occurrence_count = counts.get(type_.id, 0)

    @api.model_create_multi
    def create(self, vals_list):
        types = super().create(vals_list)
        self.env.registry.clear_cache()
        return types

    def write(self, vals):
        res = super().write(vals)
        if vals.keys() & set(KNOWN):
            self.env.registry.clear_cache()
        return res

    def unlink(self):
        res = super().unlink()
        self.env.registry.clear_cache()
        return res

    def _update_field_translations(self, field_name, *args, **kwargs):
        # which Odoo writes by itself
        res = super()._update_field_translations(field_name, *args, **kwargs)
        if field_name in KNOWN:
            self.env.registry.clear_cache()
        return res

    @api.model
    @ormcache("self.env.lang")
    def _get_known(self):
        """What occurrences ask of each type, as fields keep it: `KNOWN` by id."""
        # sudo: of all types, for all users; nobody is told
        types = self.sudo().with_context(active_test=False).search_fetch([], KNOWN)
        return {
            type_.id: tuple(
                type_._fields[fname].convert_to_cache(type_[fname], type_)
                for fname in KNOWN
            )
            for type_ in types
        }

    def _fetch_known(self):
        """Know what occurrences ask of these types, without a statement.

        The same few types are asked each time that somebody records something, and for
        each list.
        """
        known = {} if self.env.context.get("prefetch_langs") else self._get_known()
        there = self.filtered(lambda type_: type_.id in known)
        for index, fname in enumerate(KNOWN):
            values = [known[type_id][index] for type_id in there._ids]
            self._fields[fname]._insert_cache(there, values)
        (self - there).fetch(KNOWN)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        return [
            dict(vals, name=self.env._("%s (copy)", type_.name))
            for type_, vals in zip(self, vals_list, strict=True)
        ]

    @api.model
    def _get_default(self, company):
        """The type that a new occurrence of `company` starts with: the first one."""
        return self.search([("company_id", "in", [False, company.id])], limit=1)

    @api.readonly
    def action_view_occurrences(self):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_gestao.occurrence_action"
        )
        action["domain"] = [("type_id", "=", self.id)]
        action["context"] = {"default_type_id": self.id}
        return action
