{
    "name": "CRM Gestão: Import",
    "summary": "Imports of occurrences that say which line of the file is wrong",
    "version": "19.0.1.2.0",
    "category": "Sales/CRM",
    "author": "crm_gestao contributors",
    "license": "LGPL-3",
    "depends": ["crm_gestao", "base_import"],
    "data": ["security/base_import_security.xml"],
    "auto_install": True,
}
