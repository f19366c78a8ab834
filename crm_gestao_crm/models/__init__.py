from . import crm_gestao_competitor_record
from . import crm_gestao_occurrence
from . import crm_lead
