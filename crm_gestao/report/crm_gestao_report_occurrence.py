from odoo import api, models


class ReportOccurrence(models.AbstractModel):
    _name = "report.crm_gestao.report_occurrence"
    _description = "Occurrence Sheet"
    _inherit = ["crm.gestao.report.mixin"]

    @api.model
    def _get_report_values(self, docids, data=None):
        # without any in its address there is no sheet to show
        docids = docids or []
        self._check_count(len(docids))
        occurrences = self.env["crm.gestao.occurrence"].browse(docids)
        return self._get_common_values(occurrences) | {"get_lang": self._get_lang}
