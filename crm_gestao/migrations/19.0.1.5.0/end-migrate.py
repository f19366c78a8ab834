"""Activities tell who is to do them the number of what they may not read."""

from odoo import SUPERUSER_ID, api

from odoo.addons.crm_gestao.tools import is_guarded


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    guarded = [model for model in env if is_guarded(env, model)]
    domain = [("res_model", "in", guarded), ("user_id", "!=", False)]
    env["mail.activity"].search(domain)._tell_names_anew()
    env.flush_all()
