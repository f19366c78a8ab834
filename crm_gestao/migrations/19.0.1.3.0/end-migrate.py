"""Indexes of references and subjects that take what is written at once."""

from odoo import SUPERUSER_ID, api

from odoo.addons.crm_gestao.tools import build_index


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in (
        "crm_gestao_occurrence__name_index",
        "crm_gestao_occurrence__subject_index",
    ):
        build_index(env["crm.gestao.occurrence"], name, "")
