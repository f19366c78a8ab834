{
    "name": "CRM Gestão: Brazil",
    "summary": "Invoices from an occurrence as NF-e, NFC-e or NFS-e, with the checks of"
    " CNPJ, state and country",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "crm_gestao contributors",
    "license": "LGPL-3",
    "depends": ["crm_gestao", "l10n_br"],
    "data": ["wizard/crm_gestao_invoice_issue_views.xml"],
    "auto_install": True,
}
