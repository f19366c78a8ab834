from odoo import api, fields, models

from ..tools import Float, Integer


class CrmGestaoOccurrenceType(models.Model):
    """What kind of contact an occurrence is, and how one of that kind is born."""

    _name = "crm.gestao.occurrence.type"
    _description = "Occurrence Type"
    _inherit = ["crm.gestao.choice.mixin", "crm.gestao.known.mixin"]
    _order = "sequence, name, id"
    _chosen_by = ("crm.gestao.occurrence", "type_id")
    _check_company_auto = True
    # what lists of occurrences, and new ones, ask of their types
    _known = (
        "color",
        "company_id",
        "default_duration",
        "default_state",
        "icon",
        "name",
    )

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
