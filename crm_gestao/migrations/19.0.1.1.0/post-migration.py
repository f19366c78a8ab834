"""The reasons why competitors win, which came with this version.

Odoo creates them at an installation only, for an upgrade would bring back what an
administrator has deleted.
"""

from odoo import SUPERUSER_ID, api
from odoo.tools import convert_file


def migrate(cr, version):
    convert_file(
        api.Environment(cr, SUPERUSER_ID, {}),
        "crm_gestao",
        "data/crm_gestao_competitor_data.xml",
        {},
        mode="init",
        noupdate=True,
    )
