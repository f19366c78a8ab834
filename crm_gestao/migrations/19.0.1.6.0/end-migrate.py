"""One index by contact and date instead of one by contact alone."""

from odoo import SUPERUSER_ID, api

from odoo.addons.crm_gestao.tools import build_index


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    build_index(
        env["crm.gestao.occurrence"], "crm_gestao_occurrence__partner_id_index", ""
    )
