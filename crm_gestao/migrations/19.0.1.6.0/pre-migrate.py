"""One index by contact and date instead of one by contact alone."""


def migrate(cr, version):
    cr.execute("DROP INDEX IF EXISTS crm_gestao_occurrence__partner_id_index")
