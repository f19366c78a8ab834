from . import crm_gestao_report_diary
