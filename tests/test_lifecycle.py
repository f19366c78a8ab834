"""Install, upgrade and uninstall in a database that people have worked in."""

import subprocess
from pprint import pformat

from conftest import REPO, trouble
from psycopg2.sql import SQL, Identifier

# the first version that companies may have: what it holds is upgraded ever after
FIRST_VERSION = "5738a534be84613434d62eb6af2a59996ffbaab8"

# the last version whose records of a quotation had no opportunity (19.0.1.1.0)
BEFORE_OPPORTUNITIES = "4eb40ce72acbdeecb44bed17c4f4534891d58574"

# Every place where an addon leaves something, and what names it there. One is not here:
# for a link from a table of another addon Odoo leaves a row in ir_model_constraint, of
# its own addons as well (sale_crm), after any hook of ours has run.
SCHEMA = {
    "tables": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    "columns": "SELECT table_name || '.' || column_name FROM information_schema.columns"
    " WHERE table_schema = 'public'",
    "indexes": "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": "SELECT conrelid::regclass || '.' || conname || ' '"
    " || pg_get_constraintdef(oid) FROM pg_constraint"
    # two fields of Odoo share it: the one set up last says what a deletion does
    " WHERE conname != 'rule_group_rel_group_id_fkey'"
    " AND connamespace = 'public'::regnamespace AND contype != 'n'",
    "sequences": "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'",
    "functions": "SELECT proname FROM pg_proc WHERE pronamespace"
    " = 'public'::regnamespace",
    "triggers": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    "external ids": "SELECT module || '.' || name FROM ir_model_data",
    "attachments": "SELECT res_model || ',' || name FROM ir_attachment"
    " WHERE url IS NULL OR url NOT LIKE '/web/assets/%'",
    "parameters": "SELECT key FROM ir_config_parameter",
    "fields": "SELECT model || '.' || name FROM ir_model_fields",
    "modules": "SELECT name || ' ' || state FROM ir_module_module",
    "messages": "SELECT DISTINCT model FROM mail_message",
    "followers": "SELECT DISTINCT res_model FROM mail_followers",
    "activities": "SELECT DISTINCT res_model FROM mail_activity",
    "defaults": "SELECT id FROM ir_default",
    "properties": "SELECT name FROM ir_exports",
    "users' groups": "SELECT uid || ',' || gid FROM res_groups_users_rel",
    **{
        table: f"SELECT id FROM {table}"
        for table in (
            "ir_model ir_ui_menu ir_actions ir_ui_view ir_rule ir_model_access ir_cron"
            " ir_sequence ir_asset ir_filters ir_act_report_xml"
            " ir_model_relation ir_embedded_actions res_groups res_groups_privilege"
            " ir_module_category mail_activity_type mail_message_subtype mail_template"
            " report_paperformat digest_digest res_partner sale_order account_move"
        ).split()
    },
}


def snapshot(base):
    with base.cursor() as cr:
        found = {}
        for what, query in SCHEMA.items():
            cr.execute(query)
            found[what] = {value for (value,) in cr.fetchall()}
        return found


def difference(before, after):
    return {
        what: {"left": after[what] - before[what], "lost": before[what] - after[what]}
        for what in before
        if before[what] != after[what]
    }


# Odoo writes these on its own account: what is under way between its processes, and
# what it knows of each addon, installed or not (see SCHEMA on ir_model_constraint)
ODOO_WRITES = (
    "bus_bus ir_cron_trigger orm_signaling_registry ir_module_module"
    " ir_model_constraint"
).split()


def content(base):
    """Each row of each table, as its id and a digest of all but its last change."""
    with base.cursor() as cr:
        cr.execute(SCHEMA["tables"])
        found = {}
        for (table,) in cr.fetchall():
            if table not in ODOO_WRITES:
                cr.execute(
                    SQL(
                        "SELECT row ->> 'id',"
                        " md5((row - '{{write_date,write_uid}}'::text[])::text)"
                        " FROM (SELECT to_jsonb({0}) AS row FROM {0}) AS every"
                    ).format(Identifier(table))
                )
                found[table] = set(cr.fetchall())
        return found


def test_install_upgrade_uninstall(bare, addons):
    names = ",".join(addons)
    # as an administrator's database would be: with records of its own
    bare.run("-i", "calendar")
    bare.shell(
        "partner = env['res.partner'].create({'name': 'Before us', 'is_company': 1})\n"
        "product = env['product.product'].create({'name': 'Thing', 'list_price': 7})\n"
        "order = env['sale.order'].create({'partner_id': partner.id,"
        " 'order_line': [(0, 0, {'product_id': product.id})]})\n"
        "order.action_confirm()\n"
        "order._create_invoices()\n"
        "env['calendar.event'].create({'name': 'Meeting',"
        " 'start': '2026-03-02 10:00:00', 'stop': '2026-03-02 11:00:00'})\n"
        "env.cr.commit()\n"
    )
    before, rows = snapshot(bare), content(bare)

    assert not trouble(bare.run("-i", "crm_gestao"))
    states = "SELECT name, state FROM ir_module_module WHERE name = ANY(%s)"
    installed = dict(bare.rows(states, list(addons)))
    assert installed == dict.fromkeys(addons, "installed"), "a glue addon is missing"

    # what an administrator deletes is not wanted
    choices = "crm_gestao_occurrence_type", "crm_gestao_competitor_reason"
    bare.shell(
        "unwanted = env.ref('crm_gestao.type_visit')\n"
        "kept = unwanted.search([('id', '!=', unwanted.id)], limit=1)\n"
        "env.cr.execute('UPDATE crm_gestao_occurrence SET type_id = %s WHERE type_id"
        " = %s', [kept.id, unwanted.id])\n"
        "unwanted.unlink()\n"
        "unwanted = env.ref('crm_gestao.competitor_reason_price')\n"
        "env.cr.execute('UPDATE crm_gestao_competitor_record SET reason_id = NULL'"
        " ' WHERE reason_id = %s', [unwanted.id])\n"
        "unwanted.unlink()\n"
        "env.cr.commit()\n"
    )
    left = {table: bare.rows(f"SELECT id FROM {table}") for table in choices}
    assert all(left.values())

    first = snapshot(bare)
    assert first["tables"] > before["tables"]
    for _ in range(2):
        assert not trouble(bare.run("-u", names))
        assert not difference(first, snapshot(bare)), "an upgrade changes something"
        assert left == {table: bare.rows(f"SELECT id FROM {table}") for table in left}

    if "crm_gestao_occurrence" in first["tables"]:
        bare.shell(
            "order = env['sale.order'].search([('state', '=', 'sale')], limit=1)\n"
            "occurrence = env['crm.gestao.occurrence'].create({'subject': 'Visit',"
            " 'partner_id': order.partner_id.id,"
            " 'type_id': env['crm.gestao.occurrence.type'].search([], limit=1).id})\n"
            "occurrence.message_post(body='said', attachments=[('a.txt', b'a')])\n"
            "occurrence.activity_schedule('mail.mail_activity_data_todo')\n"
            "order.occurrence_id = occurrence\n"
            # whatever is written to an invoice, Odoo computes it again
            "env.cr.execute('UPDATE account_move SET occurrence_id = %s WHERE id = %s',"
            " [occurrence.id, order.invoice_ids.id])\n"
            "env['crm.gestao.invoice.issue'].create({'occurrence_id': occurrence.id})\n"
            "occurrence.tag_ids = occurrence.tag_ids.create([{'name': 'Tag'}])\n"
            "occurrence.type_id.retention_months = 12\n"
            "env.company.crm_gestao_no_contact_days = 30\n"
            "env['crm.gestao.privacy.log']._log([{'act': 'export',"
            " 'occurrence_count': 1, 'partner_id': occurrence.partner_id.id}])\n"
            "rival = env['crm.gestao.competitor'].create({'name': 'Rival',"
            " 'product_ids': [(0, 0, {'name': 'Seat'})]})\n"
            "record = env['crm.gestao.competitor.record'].create({"
            " 'competitor_id': rival.id, 'partner_id': occurrence.partner_id.id,"
            " 'sale_order_id': order.id, 'occurrence_id': occurrence.id,"
            " 'evidence': 'YQ==', 'evidence_name': 'a.txt'})\n"
            "record.message_post(body='said', attachments=[('b.txt', b'b')])\n"
            "rival.activity_schedule('mail.mail_activity_data_todo')\n"
            # what people keep of it in tables of Odoo
            "model = occurrence._name\n"
            "event = env['calendar.event'].search([('name', '=', 'Meeting')])\n"
            "env.cr.execute('UPDATE calendar_event SET res_model_id = %s,"
            " res_model = %s, res_id = %s WHERE id = %s',"
            " [env['ir.model']._get_id(model), model, occurrence.id, event.id])\n"
            "env['ir.filters'].create({'name': 'Kept', 'model_id': model})\n"
            "env['ir.exports'].create({'name': 'Kept', 'resource': model})\n"
            "env['ir.filters'].create({'name': 'Kept', 'model_id': 'sale.order',"
            " 'context': \"{'group_by': ['occurrence_id']}\", 'is_default': True})\n"
            "env['ir.attachment'].create({'name': 'a', 'res_model': 'mail.activity',"
            " 'res_id': rival.activity_ids.id})\n"
            "env['base_import.mapping'].create({'res_model': model,"
            " 'column_name': 'Kept', 'field_name': 'subject'})\n"
            "env['mail.scheduled.message'].create({'model': model,"
            " 'res_id': occurrence.id, 'author_id': env.user.partner_id.id,"
            " 'body': 'Later', 'scheduled_date': '2199-01-01'})\n"
            "env.cr.commit()\n"
        )
    log = bare.odoo("module", "uninstall", "-c", *addons)
    assert not trouble(log)
    left = difference(before, snapshot(bare))
    assert not left, f"not all is as it was before:\n{pformat(left)}"
    left = difference(rows, content(bare))
    assert not left, f"rows of others are not as they were:\n{pformat(left)}"
    # what remains still works
    assert not trouble(bare.run("-u", "sale_management"))


OLD_DATA = """
contact = env['res.partner'].search([('parent_id', '!=', False)], limit=1)
types = env['crm.gestao.occurrence.type'].search([])
tags = env['crm.gestao.occurrence.tag'].create([{'name': name} for name in 'ab'])
occurrences = env['crm.gestao.occurrence'].create([
    {'subject': f'Visit {number}', 'partner_id': contact.id,
     'type_id': types[number % len(types)].id,
     'participant_ids': [(6, 0, contact.ids)],
     'tag_ids': [(6, 0, tags[number % 3:].ids)],
     'description': '<p>What was said</p>', 'date': f'2026-0{1 + number % 9}-01'}
    for number in range(40)])
occurrences[::3].action_done()
occurrences[0].message_post(body='said', attachments=[('a.txt', b'a')])
occurrences[1].activity_schedule('mail.mail_activity_data_todo')
stranger = env['res.users'].create({
    'name': 'Stranger', 'login': 'stranger',
    'group_ids': [(6, 0, env.ref('base.group_user').ids)]})
occurrences[2].activity_schedule('mail.mail_activity_data_call', user_id=stranger.id)
product = env['product.product'].create({'name': 'Thing', 'list_price': 7})
order = env['sale.order'].create({
    'partner_id': contact.id, 'occurrence_id': occurrences[0].id,
    'order_line': [(0, 0, {'product_id': product.id})]})
order.action_confirm()
order._create_invoices()
env.cr.commit()
"""

KEPT = """
    SELECT o.id, o.name, o.subject, o.description, o.partner_id, o.type_id, o.state,
           o.commercial_partner_id, o.date, o.date_closed, o.duration, o.user_id,
           (SELECT count(*) FROM sale_order WHERE occurrence_id = o.id),
           (SELECT count(*) FROM account_move WHERE occurrence_id = o.id),
           (SELECT count(*) FROM mail_message
             WHERE model = 'crm.gestao.occurrence' AND res_id = o.id),
           (SELECT string_agg(body, '|' ORDER BY id) FROM mail_message
             WHERE model = 'crm.gestao.occurrence' AND res_id = o.id),
           (SELECT array_agg(res_partner_id ORDER BY res_partner_id)
              FROM crm_gestao_occurrence_res_partner_rel
             WHERE crm_gestao_occurrence_id = o.id),
           (SELECT array_agg(t.name ORDER BY t.id)
              FROM crm_gestao_occurrence_crm_gestao_occurrence_tag_rel r
              JOIN crm_gestao_occurrence_tag t ON t.id = crm_gestao_occurrence_tag_id
             WHERE crm_gestao_occurrence_id = o.id),
           (SELECT count(*) FROM mail_activity
             WHERE res_model = 'crm.gestao.occurrence' AND res_id = o.id),
           (SELECT count(*) FROM ir_attachment
             WHERE res_model = 'crm.gestao.occurrence' AND res_id = o.id)
      FROM crm_gestao_occurrence o
     ORDER BY o.id
"""


def unpack(version, addons, folder):
    """Fetch addons as they were from the history; returns the option to run them."""
    archive = subprocess.run(
        ["git", "archive", version, *addons], cwd=REPO, capture_output=True
    )
    assert not archive.returncode, (
        f"old versions are in the history: git fetch --unshallow\n{archive.stderr}"
    )
    subprocess.run(["tar", "x", "-C", folder], input=archive.stdout, check=True)
    return f"--addons-path={folder}"


def test_upgrade_from_the_first_version(bare, installed, addons, tmp_path):
    old = ["crm_gestao", "crm_gestao_base_import"]
    old_code = unpack(FIRST_VERSION, old, tmp_path)
    with bare.cursor() as cr:
        # a database of that time does not know the addons that came after
        younger = [name for name in addons if name not in old]
        cr.execute("DELETE FROM ir_module_module WHERE name = ANY(%s)", [younger])
        cr.execute(
            "DELETE FROM ir_model_data WHERE module = 'base' AND name = ANY(%s)",
            [[f"module_{name}" for name in younger]],
        )
    assert not trouble(bare.run("-i", "crm_gestao", old_code))
    bare.shell(OLD_DATA, old_code)
    before = bare.rows(KEPT)
    assert len(before) >= 40

    assert not trouble(bare.run("-i", ",".join(addons), "-u", ",".join(addons)))
    assert bare.rows(KEPT) == before
    reasons = "SELECT count(*) FROM crm_gestao_competitor_reason"
    assert bare.rows(reasons) == installed.rows(reasons) != [(0,)]
    # since 19.0.1.5.0 it tells the stranger no subject
    told = "SELECT res_name FROM mail_activity a JOIN res_users u ON u.id = a.user_id"
    ((name,),) = bare.rows(f"{told} WHERE u.login = 'stranger'")
    assert name and "Visit" not in name
    assert_like_new(bare, installed)


RULES = """
    SELECT d.module, d.name, regexp_replace(r.domain_force, '\\s', '', 'g')
      FROM ir_rule r JOIN ir_model_data d ON d.model = 'ir.rule' AND d.res_id = r.id
     WHERE d.module LIKE 'crm_gestao%%'
     ORDER BY 1, 2
"""


def assert_like_new(upgraded, installed):
    """An upgraded database has what a new one has, and no more."""
    assert upgraded.rows(RULES) == installed.rows(RULES) != []
    upgraded, new = snapshot(upgraded), snapshot(installed)
    for what in ("tables", "columns", "indexes", "constraints", "fields"):
        assert upgraded[what] == new[what], what


OLD_RECORDS = """
partner = env['res.partner'].create({'name': 'Buyer', 'is_company': True})
lead = env['crm.lead'].create({
    'name': 'Deal', 'type': 'opportunity', 'partner_id': partner.id})
orders = env['sale.order'].create([
    {'partner_id': partner.id, 'opportunity_id': lead_id} for lead_id in (lead.id, 0)])
competitor = env['crm.gestao.competitor'].create({'name': 'Rival'})
env['crm.gestao.competitor.record'].create([
    {'partner_id': partner.id,
     'competitor_id': competitor.id, 'sale_order_id': order.id} for order in orders])
lead.action_set_lost()
env.cr.commit()
"""


def test_upgrade_gives_records_their_opportunity(bare, installed, addons, tmp_path):
    old_code = unpack(BEFORE_OPPORTUNITIES, addons, tmp_path)
    assert not trouble(bare.run("-i", "crm_gestao,sale_crm", old_code))
    bare.shell(OLD_RECORDS, old_code)
    query = (
        "SELECT record.lead_id IS NOT NULL, record.proposed_outcome"
        "  FROM crm_gestao_competitor_record record"
        "  JOIN sale_order ON sale_order.id = record.sale_order_id"
        "  JOIN crm_gestao_competitor competitor ON competitor.id = competitor_id"
        " WHERE competitor.name = 'Rival' ORDER BY sale_order.opportunity_id"
    )
    assert bare.rows(query) == [(False, None), (False, None)]

    assert not trouble(bare.run("-i", ",".join(addons), "-u", ",".join(addons)))
    assert bare.rows(query) == [(True, "lost"), (False, None)]
    assert not trouble(installed.run("-i", "sale_crm"))
    assert_like_new(bare, installed)
