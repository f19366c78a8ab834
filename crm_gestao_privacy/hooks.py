from odoo.addons.crm_gestao.hooks import forget_saved


def uninstall_hook(env):
    """Remove what users have saved by the models and fields that go."""
    forget_saved(env, "crm_gestao_privacy")
