from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Keep the roll-up right: the merge moves occurrences by plain SQL."""
        res = super()._update_foreign_keys(src_partners, dst_partner)
        # sudo: who may merge contacts merges their whole history, also what other
        # users or companies recorded
        occurrences = (
            self.env["crm.gestao.occurrence"]
            .sudo()
            .with_context(active_test=False)
            .search([("partner_id", "child_of", dst_partner.ids)])
        )
        self.env.add_to_compute(
            occurrences._fields["commercial_partner_id"], occurrences
        )
        occurrences.flush_recordset(["commercial_partner_id"])
        return res
