from . import crm_gestao_invoice_issue
