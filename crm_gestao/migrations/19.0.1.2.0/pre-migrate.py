"""One index by responsible and date instead of one by responsible alone."""


def migrate(cr, version):
    cr.execute("DROP INDEX IF EXISTS crm_gestao_occurrence__user_id_index")
