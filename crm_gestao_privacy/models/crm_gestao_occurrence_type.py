from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from odoo.addons.crm_gestao.tools import Integer

BATCH = 200
LONGEST = 1200  # months


class CrmGestaoOccurrenceType(models.Model):
    _inherit = "crm.gestao.occurrence.type"

    retention_months = Integer(
        string="Keep for",
        copy=False,
        help="Months after closing. Zero keeps occurrences for ever.",
    )
    retention_action = fields.Selection(
        [("archive", "Archive"), ("anonymise", "Anonymise")],
        string="Afterwards",
        required=True,
        default="archive",
        help="Archived occurrences can be brought back: one that is to stay is"
        " unarchived and reopened. Those made anonymous lose their texts, messages,"
        " files and participants for good.",
    )
    retention_due_count = fields.Integer(
        string="Past the retention period",
        compute="_compute_retention_due_count",
        groups="crm_gestao.group_manager",
    )

    _retention_months_range = models.Constraint(
        "CHECK (retention_months BETWEEN 0 AND 1200)",
        "Type how many months to keep occurrences: 1 to 1200, or zero for ever.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        types = super().create(vals_list)
        types.filtered("retention_months")._check_retention_right()
        return types

    def write(self, vals):
        res = super().write(vals)
        if vals.keys() & {"retention_months", "retention_action"}:
            self._check_retention_right()
        elif "company_id" in vals:
            self.filtered("retention_months")._check_retention_right()
        return res

    def _check_retention_right(self):
        """Refuse to decide how long companies keep theirs that are not the user's.

        :raise AccessError: naming the type, with the way out
        """
        shared = self.filtered(lambda type_: not type_.company_id)
        is_administrator = self.env.su or self.env.user.has_group("base.group_system")
        if not shared or is_administrator:
            return
        # sudo: that there are other companies is what it is about
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        theirs = self.env.user.with_context(active_test=False).company_ids
        if companies.search_count([("id", "not in", theirs.ids)], limit=1):
            raise AccessError(
                self.env._(
                    "“%s” is shared with companies that are not yours. Ask somebody"
                    " whose role in the settings is Administrator to change how long"
                    " occurrences are kept, or make a type for your company.",
                    shared[0].display_name,
                )
            )

    @api.depends("retention_months", "retention_action")
    def _compute_retention_due_count(self):
        """How many the scheduled action would take now, so that nobody is surprised."""
        # sudo: it takes those of all companies that share the type
        Occurrence = self.env["crm.gestao.occurrence"].sudo()
        Occurrence = Occurrence.with_context(active_test=False)
        for type_ in self:  # each has its own period: one query for each
            domain = type_._get_retention_domain()
            type_.retention_due_count = domain and Occurrence.search_count(domain)

    def _get_retention_domain(self):
        """What the period of this type is over for, or False if it has none."""
        # what is out of range is refused when it is saved
        if not 0 < self.retention_months <= LONGEST or not self.ids:
            return False
        limit = fields.Datetime.now() - relativedelta(months=self.retention_months)
        domain = Domain("type_id", "in", self.ids) & Domain("date_closed", "<", limit)
        if self.retention_action == "archive":
            return domain & Domain("active", "=", True)
        return domain & Domain("anonymised_on", "=", False)

    @api.model
    def _cron_apply_retention(self):
        """Archive or anonymise the closed occurrences whose period is over.

        It works in batches, each committed and logged by itself.
        """
        self = self.with_context(active_test=False)
        Occurrence = self.env["crm.gestao.occurrence"]
        cron = self.env["ir.cron"]
        types = self.search([("retention_months", ">", 0)])
        domains = [type_._get_retention_domain() for type_ in types]
        remaining = Occurrence.search_count(Domain.OR(domains))
        time_left = cron._commit_progress(remaining=remaining)
        for type_ in types:
            # asked anew each time: somebody may correct or delete it meanwhile
            while (
                time_left
                and type_.exists()
                and (domain := type_._get_retention_domain())
                and (batch := Occurrence.search(domain, limit=BATCH, order="id"))
            ):
                type_._apply_retention(batch)
                remaining = max(remaining - len(batch), 0)
                time_left = cron._commit_progress(len(batch), remaining=remaining)

    def _apply_retention(self, occurrences):
        """Do to `occurrences`, which are of this type, as the type says, and log it.

        Each company reads of it in its own language, whoever runs the scheduled action.
        """
        vals_list = []
        for company, group in occurrences.grouped("company_id").items():
            type_ = self.with_context(lang=company.partner_id.lang)
            note = type_.env._(
                "The retention period for “%(type)s” is over (in months: %(months)s).",
                months=type_.retention_months,
                type=type_.name,
            )
            theirs = group.with_env(type_.env)
            if self.retention_action == "archive":
                archived = theirs.with_context(tracking_disable=True)
                archived.action_archive()
                archived._message_log_batch(dict.fromkeys(group.ids, note))
            else:
                theirs._anonymise(note)
            vals_list.append(
                {
                    "act": f"retention_{self.retention_action}",
                    "company_id": company.id,
                    "type_id": self.id,
                    "occurrence_count": len(group),
                    "details": f"{note}\n{', '.join(group.mapped('name'))}",
                }
            )
        self.env["crm.gestao.privacy.log"]._log(vals_list)
