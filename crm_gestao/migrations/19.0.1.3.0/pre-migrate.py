"""Indexes of references and subjects that take what is written at once."""


def migrate(cr, version):
    cr.execute(
        "DROP INDEX IF EXISTS crm_gestao_occurrence__name_index,"
        " crm_gestao_occurrence__subject_index"
    )
