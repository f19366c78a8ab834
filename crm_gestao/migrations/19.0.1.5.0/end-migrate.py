"""Activities tell who is to do them the number of what they may not read."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["mail.activity"]._tell_all_names_anew()
