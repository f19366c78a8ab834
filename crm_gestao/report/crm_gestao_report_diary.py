from odoo import models


class ReportDiary(models.AbstractModel):
    _name = "report.crm_gestao.report_diary"
    _description = "Diary of a Customer"
