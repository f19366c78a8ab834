from odoo import api, fields, models


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.gestao.origin.mixin"]
    # its messages tell the expected revenue
    _crm_gestao_is_guarded = True

    # no check of the company: an opportunity may be of none in particular
    occurrence_id = fields.Many2one(
        "crm.gestao.occurrence",
        index="btree_not_null",
        copy=False,
        groups="crm_gestao.group_user",
        help="The contact with the customer that this came from.",
    )
    competitor_record_ids = fields.One2many(
        "crm.gestao.competitor.record",
        "lead_id",
        string="Competitor Records",
        groups="crm_gestao.group_user",
    )
    competitor_record_count = fields.Integer(
        string="Number of Competitor Records",
        compute="_compute_competitor_records",
        groups="crm_gestao.group_user",
    )
    competitor_proposal_ids = fields.Many2many(
        "crm.gestao.competitor.record",
        string="Proposed Outcomes",
        compute="_compute_competitor_records",
        groups="crm_gestao.group_user",
        help="Open competitor records for which this opportunity decides.",
    )

    @api.depends("competitor_record_ids.proposed_outcome", "won_status")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_competitor_records(self):
        records = self.env["crm.gestao.competitor.record"]
        counts, proposals = records._get_records_of(self, "lead_id")
        for lead in self:
            lead.competitor_record_count = counts.get(lead.id, 0)
            # where a quotation decides otherwise, it is the one to confirm it from
            lead.competitor_proposal_ids = proposals.get(lead.id, records).filtered(
                lambda record, lead=lead: record.proposed_outcome == lead.won_status
            )

    @api.constrains("occurrence_id")
    def _check_customer_of_occurrence(self):
        self.env["crm.gestao.occurrence"]._check_customers(self)

    @api.readonly
    def action_view_competitor_records(self):
        """Open the competitor records of this opportunity, or the dialog of one."""
        self.ensure_one()
        values = self._prepare_competitor_record_values()
        records = self.env["crm.gestao.competitor.record"]
        if not self.competitor_record_count:
            return records._get_new_action(**values)
        return records._get_list_action(
            [("lead_id", "=", self.id)],
            **{f"default_{fname}": value for fname, value in values.items()},
        )

    def action_confirm_competitor_outcomes(self):
        """Give the open competitor records the outcome that this one proposes."""
        self.ensure_one()
        self.check_access("read")
        return self.competitor_proposal_ids._confirm_proposals()

    def _prepare_competitor_record_values(self):
        self.ensure_one()
        company = self.company_id or self.env.company
        # an opportunity may have gone to another company since
        occurrence = self._get_readable_occurrence().filtered(
            lambda occurrence: occurrence.company_id == company
        )
        return {
            "lead_id": self.id,
            "occurrence_id": occurrence.id,
            "partner_id": self.partner_id.id,
            "company_id": company.id,
        }

    def _merge_dependences(self, opportunities):
        res = super()._merge_dependences(opportunities)
        # sudo: what is known of competitors stays with the opportunity, also where who
        # merges may not read it
        lead, opportunities = self.sudo(), opportunities.sudo()
        # what the merged one is going to have: Odoo writes it after this
        company = lead.company_id or opportunities.company_id[:1]

        def may_belong(record):
            """What is of another company cannot come along."""
            return company in (record.company_id, company.browse())

        records = opportunities.competitor_record_ids.filtered(may_belong)
        records.lead_id = self
        customer = (
            lead.partner_id or opportunities.partner_id[:1]
        ).commercial_partner_id
        occurrences = opportunities.occurrence_id.filtered(
            lambda occurrence: (
                may_belong(occurrence)
                and customer in (occurrence.commercial_partner_id, customer.browse())
            )
        )
        if occurrences and not lead.occurrence_id:
            lead.occurrence_id = occurrences[:1]
        return res
