"""What is about to be imported into any model of ours is its owner's.

Odoo does not change a record rule by an upgrade.
"""

from odoo import SUPERUSER_ID, api

DOMAIN = (
    '["|", ("res_model", "not =like", "crm.gestao.%"), ("create_uid", "=", user.id)]'
)


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    if rule := env.ref("crm_gestao_base_import.rule_import_own", False):
        rule.write({"domain_force": DOMAIN, "name": "Import into CRM Gestão: own file"})
