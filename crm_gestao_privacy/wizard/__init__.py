from . import crm_gestao_privacy_wizard
from . import privacy_lookup_wizard
