from odoo import api, models
from odoo.tools import SQL


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Keep the roll-up right: the merge moves our records by plain SQL."""
        res = super()._update_foreign_keys(src_partners, dst_partner)
        occurrences = self.env["crm.gestao.occurrence"]
        participants = occurrences._fields["participant_ids"]
        # where both took part Odoo leaves it to the deletion, which we refuse
        self.env.cr.execute(
            SQL(
                "DELETE FROM %s WHERE %s IN %s",
                SQL.identifier(participants.relation),
                SQL.identifier(participants.column2),
                src_partners._ids,
            )
        )
        occurrences.invalidate_model(["participant_ids"])
        for model, fnames in (
            ("crm.gestao.occurrence", ["commercial_partner_id"]),
            ("crm.gestao.competitor.record", ["commercial_partner_id", "region_id"]),
        ):
            # sudo: who may merge contacts merges their whole history, also what other
            # users or companies recorded
            records = (
                self.env[model]
                .sudo()
                .with_context(active_test=False)
                .search([("partner_id", "child_of", dst_partner.ids)])
            )
            for fname in fnames:
                self.env.add_to_compute(records._fields[fname], records)
            records.flush_recordset(fnames)
        return res
