from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import ValidationError


# An e-mail has the reports of its template as files, made with all rights of whatever
# has the id of its document: any employee may write a template. (Odoo would keep a
# docstring in the database, also when we are uninstalled.)
class MailTemplate(models.Model):
    _inherit = "mail.template"

    def write(self, vals):
        if "model_id" in vals and "report_template_ids" not in vals:
            changing = self.filtered(lambda t: t.model_id.id != vals["model_id"])
            # Odoo hides them where the other model has none to choose from
            changing.report_template_ids = False
        return super().write(vals)

    @api.constrains("model", "model_id", "report_template_ids")
    def _check_reports(self):
        if self.env.uid == SUPERUSER_ID:
            return  # what an addon installs
        for template in self:
            # sudo: what a report is about is no secret
            for report in template.sudo().report_template_ids:
                if report.model != template.model:
                    raise ValidationError(
                        self.env._(
                            "“%(report)s” is not a report for the documents that"
                            " “%(template)s” is for. Choose another report.",
                            report=report.name,
                            template=template.name,
                        )
                    )
