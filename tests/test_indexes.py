"""The indexes that are built beside the work of others, in a real database."""

INDEXES = """
    SELECT c.relname, i.indisvalid
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     WHERE c.relname ~ 'crm_gestao_(search|name|customer_date|receivable|human|partner)'
        OR c.relname = 'crm_gestao_occurrence_description_idx'
"""
SETTINGS = """
settings = env['res.config.settings'].create({})
print('before:', settings.crm_gestao_description_index)
settings.crm_gestao_description_index = %s
settings.execute()
env.cr.commit()
"""


def test_indexes_on_the_tables_of_odoo(installed):
    found = dict(installed.rows(INDEXES))
    assert set(found) == {
        "res_partner_crm_gestao_search_idx",
        "res_partner_crm_gestao_name_idx",
        "account_move_crm_gestao_customer_date_idx",
        "account_move_line_crm_gestao_receivable_idx",
        "account_payment_crm_gestao_partner_idx",
        "mail_message_crm_gestao_human_idx",
    }
    assert all(found.values()), "one is half built"


def test_index_of_descriptions(installed):
    """Off unless it is asked for, on and off as the settings say."""
    name = "crm_gestao_occurrence_description_idx"
    for wanted in (True, False):
        assert f"before: {not wanted}" in installed.shell(SETTINGS % wanted)
        assert dict(installed.rows(INDEXES)).get(name, False) == wanted
    assert "before: False" in installed.shell(SETTINGS % False)
