"""One index by responsible and date instead of one by responsible alone.

That of open receivables was never used: PostgreSQL takes Odoo's own.
"""

from odoo import SUPERUSER_ID, api

from odoo.addons.crm_gestao.tools import build_index


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    build_index(
        env["crm.gestao.occurrence"], "crm_gestao_occurrence__user_id_index", ""
    )
    build_index(
        env["account.move.line"], "account_move_line_crm_gestao_receivable_idx", ""
    )
