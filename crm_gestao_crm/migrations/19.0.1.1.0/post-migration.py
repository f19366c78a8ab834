"""Records of a quotation are of its opportunity, too, since this version."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    records = env["crm.gestao.competitor.record"].search(
        [("lead_id", "=", False), ("sale_order_id.opportunity_id", "!=", False)]
    )
    for name in ("lead_id", "proposed_outcome"):
        env.add_to_compute(records._fields[name], records)
    env.flush_all()
