from . import crm_gestao_occurrence
from . import crm_gestao_occurrence_type
from . import crm_gestao_privacy_log
from . import ir_attachment
from . import mail_activity
from . import mail_message
from . import mail_thread
from . import res_partner
