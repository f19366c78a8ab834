from . import crm_gestao_report_mixin
from . import crm_gestao_report_diary
from . import crm_gestao_report_occurrence
from . import ir_actions_report
from . import crm_gestao_report_statement
