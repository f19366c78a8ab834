import re

from odoo.fields import Domain
from odoo.tools import SQL


def post_init_hook(env):
    """Give every company that exists at install its numbering."""
    companies = env["res.company"].with_context(active_test=False)
    companies.search([])._create_occurrence_sequence()


def forget_fields(env, module):
    """Remove what users have saved by fields that go with `module`.

    A filter that names a field which is no more breaks the list that it is for.
    """
    data = env["ir.model.data"].search([("model", "=", "ir.model.fields")])
    # what depends on the module goes as well; what others have, too, stays
    goes = data.filtered(lambda record: record.module.startswith(module))
    stays = set((data - goes).mapped("res_id"))
    given = env["ir.model.fields"].browse(set(goes.mapped("res_id")) - stays)
    outside = given.filtered(lambda field: not field.model.startswith("crm.gestao."))
    # by which a path of another model may lead, unless others have such fields as well
    shared = env["ir.model.fields"].search(
        [("name", "in", outside.mapped("name")), ("id", "not in", outside.ids)]
    )
    paths = set(outside.mapped("name")) - set(
        shared.filtered(lambda field: not field.model.startswith("crm.gestao.")).mapped(
            "name"
        )
    )
    names = {
        model: paths.union(fields.mapped("name"))
        for model, fields in given.grouped("model").items()
    }

    def is_broken(model, *texts):
        words = set(re.findall(r"\w+", " ".join(filter(None, texts))))
        return not words.isdisjoint(names.get(model, paths))

    filters = env["ir.filters"].with_context(active_test=False).search(Domain.TRUE)
    filters.filtered(
        lambda saved: is_broken(saved.model_id, saved.domain, saved.context, saved.sort)
    ).unlink()
    lines = env["ir.exports.line"].search(Domain.TRUE)
    lines.filtered(lambda line: is_broken(line.export_id.resource, line.name)).unlink()


def uninstall_hook(env):
    """Remove what Odoo's own uninstall stumbles over or leaves behind.

    Odoo deletes the records with an XML id first, and types are in use by occurrences.
    Those go by SQL: what hangs on them (messages, activities, attachments) goes with
    the model.
    """
    forget_fields(env, "crm_gestao")
    # attachments of activities, which Odoo deletes by SQL
    activities = env["mail.activity"].with_context(active_test=False)
    activities = activities.search([("res_model", "=like", "crm.gestao.%")])
    env["ir.attachment"].search(
        [("res_model", "=", activities._name), ("res_id", "in", activities.ids)]
    ).unlink()
    env.cr.execute(
        SQL(
            "UPDATE sale_order SET occurrence_id = NULL WHERE occurrence_id IS NOT NULL"
        )
    )
    env.cr.execute(
        SQL(
            "UPDATE account_move SET occurrence_id = NULL"
            " WHERE occurrence_id IS NOT NULL"
        )
    )
    env.cr.execute(SQL("DELETE FROM crm_gestao_competitor_record"))
    env.cr.execute(SQL("DELETE FROM crm_gestao_occurrence"))
    # meetings would go with what they were planned for
    if "calendar.event" in env:
        env.cr.execute(
            SQL(
                "UPDATE calendar_event"
                " SET res_model_id = NULL, res_model = NULL, res_id = 0"
                " WHERE res_model LIKE 'crm.gestao.%%'"
            )
        )
    env.invalidate_all()
    # their counters in PostgreSQL go only when they are deleted one by one
    sequences = env["ir.sequence"].with_context(active_test=False)
    sequences = sequences.search([("code", "=", "crm.gestao.occurrence")])
    sequences.date_range_ids.unlink()
    sequences.unlink()
    # what is kept of our models, by their names, in tables of Odoo
    for model, fname in (
        ("ir.filters", "model_id"),
        ("ir.exports", "resource"),
        ("base_import.mapping", "res_model"),
        ("mail.scheduled.message", "model"),
    ):
        if model in env:
            domain = [(fname, "=like", "crm.gestao.%")]
            env[model].with_context(active_test=False).search(domain).unlink()
    # XML ids that other modules were given for what they added to our models
    env["ir.model.data"].search(
        [
            ("module", "not =like", r"crm\_gestao%"),
            ("name", "=like", r"%\_\_crm\_gestao\_%"),
        ]
    ).unlink()
    # what was noted on documents links to a model that is no more; where the law wants
    # an unchanged trail of an invoice, Odoo forbids removing it
    env["mail.message"].search(
        [
            ("message_type", "=", "notification"),
            ("model", "not =like", "crm.gestao.%"),
            ("body", "like", 'data-oe-model="crm.gestao.'),
        ]
    ).filtered(lambda note: not note.account_audit_log_restricted).unlink()
