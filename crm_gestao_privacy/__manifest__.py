{
    "name": "CRM Gestão: Privacy",
    "summary": "Export and anonymise what is held on one person, and retention periods",
    "version": "19.0.1.1.0",
    "category": "Sales/CRM",
    "author": "crm_gestao contributors",
    "license": "LGPL-3",
    "depends": ["crm_gestao", "privacy_lookup"],
    "data": [
        "security/crm_gestao_privacy_security.xml",
        "security/ir.model.access.csv",
        "data/ir_cron_data.xml",
        "wizard/crm_gestao_privacy_wizard_views.xml",
        "views/crm_gestao_privacy_log_views.xml",
        "views/crm_gestao_occurrence_type_views.xml",
    ],
    "auto_install": True,
    "uninstall_hook": "uninstall_hook",
}
