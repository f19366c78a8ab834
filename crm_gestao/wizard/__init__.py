from . import account_move_send_wizard
from . import crm_gestao_order_confirm
from . import crm_gestao_order_confirm_line
from . import crm_gestao_invoice_issue
from . import crm_gestao_invoice_issue_line
from . import mail_compose_message
from . import mail_followers_edit
