import re

from odoo.tools import SQL


def post_init_hook(env):
    """Give every company that exists at install its numbering."""
    companies = env["res.company"].with_context(active_test=False)
    companies.search([])._create_occurrence_sequence()


def forget_saved(env, module):
    """Remove what users have saved by the models and fields that go with `module`.

    A filter that names a field which is no more breaks the list that it is for.

    :param str module: the addon; those whose names begin with it depend on it
    """

    def get_going(model):
        data = env["ir.model.data"].search([("model", "=", model)])
        # what depends on the module goes as well; what others have, too, stays
        goes = data.filtered(lambda record: record.module.startswith(module))
        return env[model].browse(
            set(goes.mapped("res_id")) - set((data - goes).mapped("res_id"))
        )

    models = set(get_going("ir.model").mapped("model"))
    fields = get_going("ir.model.fields")
    # by which a path of another model may lead, unless that of a field which stays
    paths = set(fields.filtered(lambda f: f.model not in models).mapped("name"))
    paths -= set(
        env["ir.model.fields"]
        .search([("name", "in", list(paths)), ("id", "not in", fields.ids)])
        .mapped("name")
    )
    names = {
        model: paths.union(found.mapped("name"))
        for model, found in fields.grouped("model").items()
    }

    def is_broken(model, *texts):
        words = set(re.findall(r"\w+", " ".join(filter(None, texts))))
        return model in models or not words.isdisjoint(names.get(model, paths))

    for kept, model, *texts in (
        ("ir.filters", "model_id", "domain", "context", "sort"),
        ("ir.exports.line", "export_id.resource", "name"),
        ("ir.exports", "resource"),
        ("base_import.mapping", "res_model", "field_name"),
        ("mail.scheduled.message", "model"),
    ):
        if kept in env:
            env[kept].with_context(active_test=False).search([]).filtered(
                lambda record, model=model, texts=texts: is_broken(
                    *(record.mapped(model) or [False]),
                    *(record[text] for text in texts),
                )
            ).unlink()


def uninstall_hook(env):
    """Remove what Odoo's own uninstall stumbles over or leaves behind.

    Odoo deletes the records with an XML id first, and types are in use by occurrences.
    Those go by SQL: what hangs on them (messages, activities, attachments) goes with
    the model.
    """
    forget_saved(env, "crm_gestao")
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
