from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import clean_context, escape_psql

from ..tools import Date, Integer, check_colleagues, check_id, find_or_create
from .crm_gestao_text_mixin import read_text

MANAGER = "crm_gestao.group_manager"
# what somebody who is no manager may give to a card that they create on the fly
BARE_CARD = {"name", "company_id"}
LONGEST_REVIEW = 120  # months


class CrmGestaoCompetitor(models.Model):
    """A competitor: what is known of it, and how to win against it."""

    _name = "crm.gestao.competitor"
    _description = "Competitor"
    _inherit = [
        "crm.gestao.choice.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "image.mixin",
    ]
    _order = "name, id"
    _check_company_auto = True
    _chosen_by = ("crm.gestao.competitor.record", "competitor_id")

    name = fields.Char(
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index="trigram",
        tracking=True,
    )
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        default=lambda self: self.env.company,
        help="Leave empty to share the card with all companies.",
    )
    group_ids = fields.Many2many(
        "res.groups",
        string="Visible to",
        help="Only users of these groups, and managers, see the card and the records"
        " about it. Leave empty to show it to everybody.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        index="btree_not_null",
        check_company=True,
        help="The competitor in the address book, if it is there.",
    )
    website = fields.Char(
        compute="_compute_website", store=True, readonly=False, precompute=True
    )
    state_ids = fields.Many2many("res.country.state", string="Regions")
    industry_ids = fields.Many2many("res.partner.industry", string="Segments")
    threat_level = fields.Selection(
        [("1", "Low"), ("2", "Medium"), ("3", "High")], index=True, tracking=True
    )
    product_ids = fields.One2many(
        "crm.gestao.competitor.product", "competitor_id", string="What They Sell"
    )
    # sanitize_style: what is pasted lies within the page, not over it
    strengths = fields.Html(sanitize_style=True)
    weaknesses = fields.Html(sanitize_style=True)
    opportunities = fields.Html(sanitize_style=True)
    threats = fields.Html(sanitize_style=True)
    advantages = fields.Html(string="Our Advantages", sanitize_style=True)
    objection_ids = fields.One2many(
        "crm.gestao.competitor.objection",
        "competitor_id",
        string="Objections and Answers",
    )
    questions = fields.Html(string="Questions to Ask", sanitize_style=True)
    pricing_notes = fields.Html(sanitize_style=True)
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        check_company=True,
        tracking=True,
        domain="[('share', '=', False)]",
        help="Who keeps the card, and is reminded when it grows old.",
    )
    review_date = Date(string="Reviewed on", copy=False, tracking=True)
    reviewer_id = fields.Many2one("res.users", string="Reviewed by", copy=False)
    review_months = Integer(
        string="Review Every",
        default=6,
        help="Months. After them an activity reminds of the review; 0 is never.",
    )
    next_review_date = Date(
        string="Next Review", compute="_compute_next_review_date", store=True
    )

    record_ids = fields.One2many(
        "crm.gestao.competitor.record", "competitor_id", string="Records"
    )
    record_count = fields.Integer(string="Encounters", compute="_compute_figures")
    won_count = fields.Integer(string="Won", compute="_compute_figures")
    lost_count = fields.Integer(string="Lost", compute="_compute_figures")
    win_rate = fields.Float(
        compute="_compute_figures", help="Of what was decided: won / (won + lost)."
    )
    gap_count = fields.Integer(string="Prices Compared", compute="_compute_figures")
    price_gap = fields.Float(
        string="Average Price Gap",
        compute="_compute_figures",
        help="How far their price is from ours. Below zero they are cheaper.",
    )
    last_seen = Date(compute="_compute_figures")

    _review_months_positive = models.Constraint(
        "CHECK (review_months >= 0)",
        "The months between reviews cannot be negative. Type zero or more.",
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("partner_id")
    def _compute_name(self):
        for competitor in self:
            competitor.name = competitor.name or competitor.partner_id.name

    @api.depends("partner_id")
    def _compute_website(self):
        for competitor in self:
            competitor.website = competitor.website or competitor.partner_id.website

    @api.depends("review_date", "review_months")
    def _compute_next_review_date(self):
        for competitor in self:
            since = competitor.review_date or fields.Date.to_date(
                competitor.create_date or fields.Datetime.now()
            )
            # what is too long is refused when it is saved
            months = min(competitor.review_months, LONGEST_REVIEW)
            try:
                next_date = months and since + relativedelta(months=months)
            except (OverflowError, ValueError):
                next_date = False
            competitor.next_review_date = next_date

    @api.depends("record_ids.outcome", "record_ids.price_gap", "record_ids.date")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_figures(self):
        """Count the records that the user may read, by one statement for the page."""
        data = self.env["crm.gestao.competitor.record"]._read_group(
            [("competitor_id", "in", self.ids)],
            ["competitor_id", "outcome"],
            ["__count", "price_gap:count", "price_gap:sum", "date:max"],
        )
        figures = {}
        for competitor, outcome, count, gaps, gap, last in data:
            known = figures.setdefault(
                competitor.id, {"count": 0, "gaps": 0, "gap": 0.0, "last": last}
            )
            known[outcome] = count
            known["count"] += count
            known["gaps"] += gaps
            known["gap"] += gap or 0.0
            known["last"] = max(known["last"], last)
        for competitor in self:
            known = figures.get(competitor._origin.id, {})
            won, lost = known.get("won", 0), known.get("lost", 0)
            gaps = known.get("gaps", 0)
            competitor.record_count = known.get("count", 0)
            competitor.won_count = won
            competitor.lost_count = lost
            competitor.win_rate = won / (won + lost) if won + lost else 0.0
            competitor.gap_count = gaps
            competitor.price_gap = known["gap"] / gaps if gaps else 0.0
            competitor.last_seen = known.get("last", False)

    @api.constrains("review_months")
    def _check_review_months(self):
        for competitor in self:
            if competitor.review_months > LONGEST_REVIEW:
                raise ValidationError(
                    self.env._(
                        "The months between reviews are too many. Type up to %s.",
                        LONGEST_REVIEW,
                    )
                )

    @api.constrains("company_id")
    def _check_company_of_products(self):
        """Who shares a card shares what it compares."""
        self.product_ids._check_company()

    @api.constrains("user_id", "group_ids")
    def _check_user(self):
        check_colleagues(self.user_id)
        for competitor in self:
            competitor._check_visible_to(competitor.user_id)

    def _is_visible_to(self, user):
        """Whether `user` may see this card: the record rules in words."""
        # sudo: in which groups a colleague is decides what they are told of
        user = user.sudo()
        return (
            not self.group_ids
            or bool(self.group_ids & user.all_group_ids)
            or user.has_group(MANAGER)
        )

    def _check_visible_to(self, user):
        """Refuse to make somebody responsible for what they may not see.

        Odoo would tell them of it by e-mail.

        :raise ValidationError: with who it is
        """
        # themselves are refused by the rules
        if user and user != self.env.user and not self._is_visible_to(user):
            raise ValidationError(
                self.env._(
                    "%(user)s may not see the card of %(competitor)s. Choose a"
                    " colleague who is in one of its groups.",
                    user=user.name,
                    competitor=self.name,
                )
            )

    # ------------------------------------------------------------------
    # Create, write
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Users create a bare card on the fly, by its name; managers write cards."""
        if not (self.env.su or self.env.user.has_group(MANAGER)):
            given = {fname for vals in vals_list for fname, v in vals.items() if v}
            if given - BARE_CARD:
                raise AccessError(
                    self.env._(
                        "Create the competitor by its name alone. Ask an administrator"
                        " of CRM Gestão to write the card."
                    )
                )
            # nor do defaults of whatever it is created from write the card
            self = self._without_defaults()
        return super().create(vals_list)

    def write(self, vals):
        res = super().write(vals)
        if "group_ids" in vals:
            self._unsubscribe_strangers()
        return res

    def _unsubscribe_strangers(self):
        """Tell those no more of a card and its records who may not see it any more."""
        # sudo: also of what the manager does not see, records of other companies
        for card in self.sudo().with_context(active_test=False).filtered("group_ids"):
            for documents in (card, card.record_ids):
                users = documents.message_follower_ids.partner_id.user_ids
                strangers = users.filtered(
                    lambda user, c=card: not c._is_visible_to(user)
                )
                documents.message_unsubscribe(strangers.partner_id.ids)

    @api.model
    def name_create(self, name):
        """Take the card that is there under this name, however it is capitalised.

        The company is that of what the card is created from.
        """
        name = read_text(self.env, name).strip()
        if not name:
            raise UserError(self.env._("Type the name of the competitor."))
        company_id = self.env.context.get("default_company_id") or self.env.company.id
        check_id(self.env, company_id)
        card = find_or_create(
            self._without_defaults(),
            Domain("name", "=ilike", escape_psql(name))
            & Domain("company_id", "in", [False, company_id]),
            {"name": name, "company_id": company_id},
        )
        return card.id, card.display_name

    def _without_defaults(self):
        return self.with_env(self.env(context=clean_context(self.env.context)))

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        return [
            dict(vals, name=self.env._("%s (copy)", competitor.name))
            for competitor, vals in zip(self, vals_list, strict=True)
        ]

    # ------------------------------------------------------------------
    # Views
    # ------------------------------------------------------------------

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, self.env.user.has_group(MANAGER))

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Offer New to managers: others create cards on the fly only."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if not self.env.user.has_group(MANAGER):
            arch.set("create", "false")
        return arch, view

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    @api.readonly
    def action_view_records(self):
        """Open the records that a figure of the card counts.

        `competitor_records` in the context says which: `won`, `lost`, `decided`, `gap`;
        without it they are all.
        """
        self.ensure_one()
        self.check_access("read")
        domain = Domain("competitor_id", "=", self.id)
        domain &= {
            "won": Domain("outcome", "=", "won"),
            "lost": Domain("outcome", "=", "lost"),
            "decided": Domain("outcome", "in", ("won", "lost")),
            "gap": Domain("has_gap", "=", True),
        }.get(str(self.env.context.get("competitor_records")), Domain.TRUE)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_gestao.competitor_record_action"
        )
        action["domain"] = list(domain)
        action["context"] = {"default_competitor_id": self.id}
        return action

    def action_mark_reviewed(self):
        """Say that the cards are right as they are today."""
        self._set_reviewed()
        self.activity_feedback(["mail.mail_activity_data_todo"])

    def _set_reviewed(self):
        today = fields.Date.context_today(self)
        self.filtered(
            lambda card: card.review_date != today or card.reviewer_id != self.env.user
        ).write({"review_date": today, "reviewer_id": self.env.uid})

    # ------------------------------------------------------------------
    # Reviews
    # ------------------------------------------------------------------

    @api.model
    def _schedule_reviews(self):
        """Remind of the cards that have grown old, once each."""
        old = self.search(
            Domain("next_review_date", "<=", fields.Date.context_today(self))
            & Domain("activity_ids", "not any", [("automated", "=", True)])
        )
        managers = self.env.ref(MANAGER).all_user_ids.filtered("active")
        for competitor in old:
            company = competitor.company_id
            keeper = competitor.user_id or competitor.reviewer_id
            if keeper not in managers:
                keeper = managers.filtered(
                    lambda user, company=company: (
                        not company or company in user.company_ids
                    )
                )[:1]
            if keeper:
                texts = self.with_context(lang=keeper.lang)
                competitor.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=texts.env._("Review the card of the competitor"),
                    user_id=keeper.id,
                )
