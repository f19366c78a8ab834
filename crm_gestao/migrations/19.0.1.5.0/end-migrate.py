"""Activities tell who is to do them the number of what they may not read."""

from odoo import SUPERUSER_ID, api
from odoo.tools import split_every

from odoo.addons.crm_gestao.tools import as_reader, get_told_name, is_guarded


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    for model in filter(lambda model: is_guarded(env, model), env):
        found = env["mail.activity"].search(
            [("res_model", "=", model), ("res_id", "!=", 0), ("user_id", "!=", False)]
        )
        for ids in split_every(1000, found.ids):
            hide_names(found.browse(ids), env[model])
            env.flush_all()
            env.invalidate_all()


def hide_names(activities, documents):
    for user, theirs in activities.grouped("user_id").items():
        records = documents.browse(theirs.mapped("res_id")).exists()
        readable = as_reader(records, user.id)._filtered_access("read")
        hidden = records.filtered(lambda r, ids=set(readable.ids): r.id not in ids)
        names = {r.id: get_told_name(r) for r in hidden.with_context(lang=user.lang)}
        for activity in theirs.filtered(lambda a, names=names: a.res_id in names):
            activity.res_name = names[activity.res_id]
