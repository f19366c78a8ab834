{
    "name": "CRM Gestão",
    "summary": "Every contact with a customer as an occurrence: visits, calls, "
    "relationship diary, customer service (SAC) and after-sales",
    "version": "19.0.1.0.1",
    "category": "Sales/CRM",
    "author": "crm_gestao contributors",
    "license": "LGPL-3",
    "depends": ["mail", "contacts", "sale_management", "account"],
    "data": [
        "security/crm_gestao_security.xml",
        "security/ir.model.access.csv",
        "data/crm_gestao_occurrence_type_data.xml",
        "report/crm_gestao_report_views.xml",
        "report/crm_gestao_report_templates.xml",
        "report/crm_gestao_report_statement_templates.xml",
        "views/crm_gestao_occurrence_type_views.xml",
        "views/crm_gestao_occurrence_tag_views.xml",
        "views/crm_gestao_occurrence_views.xml",
        "views/res_partner_views.xml",
        "views/sale_order_views.xml",
        "views/account_move_views.xml",
        "views/account_move_line_views.xml",
        "views/crm_gestao_product_history_views.xml",
        "views/sale_report_views.xml",
        "views/res_config_settings_views.xml",
        "views/crm_gestao_menus.xml",
    ],
    "demo": ["demo/crm_gestao_demo.xml"],
    "assets": {
        "web.assets_backend": [
            "crm_gestao/static/src/**/*",
            ("remove", "crm_gestao/static/src/occurrence_views/lazy/**/*"),
        ],
        "web.assets_backend_lazy": [
            "crm_gestao/static/src/occurrence_views/lazy/**/*",
        ],
        "web.assets_tests": [
            "crm_gestao/static/tests/tours/**/*",
        ],
        "web.assets_unit_tests": [
            "crm_gestao/static/tests/**/*.test.js",
        ],
    },
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
    "application": True,
}
