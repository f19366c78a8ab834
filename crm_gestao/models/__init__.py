from . import crm_gestao_occurrence_type
from . import crm_gestao_occurrence_tag
from . import crm_gestao_occurrence
from . import account_move
from . import base_partner_merge
from . import res_company
from . import res_partner
from . import sale_order
