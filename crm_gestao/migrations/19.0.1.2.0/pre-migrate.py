"""One index by responsible and date instead of one by responsible alone.

That of open receivables was never used: PostgreSQL takes Odoo's own.
"""


def migrate(cr, version):
    cr.execute(
        "DROP INDEX IF EXISTS crm_gestao_occurrence__user_id_index,"
        " account_move_line_crm_gestao_receivable_idx"
    )
