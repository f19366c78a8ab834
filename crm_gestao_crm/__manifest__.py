{
    "name": "CRM Gestão: Opportunities",
    "summary": "Opportunities from occurrences, and competitors of opportunities",
    "version": "19.0.1.2.0",
    "category": "Sales/CRM",
    "author": "crm_gestao contributors",
    "license": "LGPL-3",
    "depends": ["crm_gestao", "sale_crm"],
    "data": [
        "security/crm_lead_lost_security.xml",
        "views/crm_gestao_competitor_record_views.xml",
        "views/crm_gestao_occurrence_views.xml",
        "views/crm_lead_views.xml",
        "wizard/crm_lead_lost_views.xml",
    ],
    "auto_install": True,
    "uninstall_hook": "uninstall_hook",
}
