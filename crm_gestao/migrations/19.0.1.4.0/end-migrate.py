"""The index of fiscal series has a name of ours, and is built beside others' work."""

from odoo import SUPERUSER_ID, api

from odoo.addons.crm_gestao.tools import build_index


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    build_index(env["account.move"], "account_move_occurrence_series_idx", "")
