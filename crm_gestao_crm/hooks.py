from odoo.addons.crm_gestao.hooks import forget_fields


def uninstall_hook(env):
    """Remove what users have saved by the fields that go."""
    forget_fields(env, "crm_gestao_crm")
