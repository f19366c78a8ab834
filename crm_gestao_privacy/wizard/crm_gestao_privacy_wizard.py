import io
import json
import re
import tempfile
import zipfile

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import json_default
from odoo.tools.sql import escape_psql

from odoo.addons.crm_gestao.tools import room_for_files

# as in Odoo's privacy look-up
EMAIL_FIELDS = ("email_normalized", "email", "email_from", "company_email")
# told in their own parts of the export
OWN_PARTS = {
    "crm.gestao.occurrence",
    "ir.attachment",
    "mail.activity",
    "mail.message",
    "res.partner",
}
# the same picture, smaller
RESIZED = re.compile(r"^(image|avatar)_(128|256|512|1024)$")
# links that tell nothing but that there is a link
MERE_LINKS = {"mail.followers", "mail.notification", "discuss.channel.member"}


class CrmGestaoPrivacyWizard(models.TransientModel):
    """What a person may ask for: all that is held on them, or to be forgotten."""

    _name = "crm.gestao.privacy.wizard"
    _inherit = ["crm.gestao.text.mixin", "crm.gestao.link.mixin"]
    _description = "Privacy of a Person"
    _transient_max_hours = 1

    partner_id = fields.Many2one(
        "res.partner", string="Person", required=True, readonly=True, ondelete="cascade"
    )
    occurrence_count = fields.Integer(
        string="Occurrences", compute="_compute_occurrence_count"
    )
    is_kept = fields.Boolean(compute="_compute_is_kept")
    reason = fields.Char(help="Who asked, when and how. It is written in the log.")
    is_understood = fields.Boolean(string="I understand that this cannot be undone")
    export_file = fields.Binary(readonly=True)
    export_name = fields.Char(readonly=True)
    # what there was when the dialog was opened
    opened_for = fields.Integer(compute="_compute_opened", store=True)
    last_log_id = fields.Integer(compute="_compute_opened", store=True)

    @api.model
    def _get_private_links(self):
        return [*super()._get_private_links(), "partner_id"]

    @api.depends("partner_id")
    def _compute_opened(self):
        """Who the person is, and what was done to them before."""
        for wizard in self:
            wizard.opened_for = wizard.partner_id.id
            wizard.last_log_id = wizard._get_last_log().id

    def _compute_occurrence_count(self):
        for wizard in self:
            wizard.occurrence_count = len(wizard._get_occurrences())

    def _compute_is_kept(self):
        for wizard in self:
            # of nobody else, though the client may name anybody
            person = wizard.partner_id._filtered_access("read")
            wizard.is_kept = person._has_posted_entries()

    def _get_occurrences(self):
        """Those with the person as customer or participant that the user may read."""
        Occurrence = self.env["crm.gestao.occurrence"].with_context(active_test=False)
        if not Occurrence.has_access("read"):
            return Occurrence
        ids = self.partner_id._get_privacy_persons().ids
        return Occurrence.search(
            Domain("partner_id", "in", ids) | Domain("participant_ids", "in", ids)
        )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_export(self):
        """Download one archive with all on the person that the user may read."""
        self._check_group()
        self._check_person()
        self.partner_id.check_access("read")
        occurrences = self._get_occurrences()
        self.write(
            {
                "export_file": False,
                "export_name": f"{self._get_file_name(self.partner_id.name)}.zip",
            }
        )
        with room_for_files(self.env), self._make_archive(occurrences) as archive:
            # as the field makes it, without a longer copy of it in between
            # sudo: only Odoo makes the file of a field
            self.env["ir.attachment"].sudo().create(
                {
                    "name": "export_file",
                    "res_model": self._name,
                    "res_field": "export_file",
                    "res_id": self.id,
                    "raw": archive.read(),
                }
            )
        self.invalidate_recordset(["export_file"])
        self._log("export", occurrences)
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/export_file"
            f"/{self.export_name}?download=true",
            "target": "download",
        }

    def action_anonymise(self):
        """Make the person unrecognisable, which needs the confirmation.

        Of two clicks, or two dialogs on one person, the second only says so.
        """
        self._check_group()
        self._check_person()
        if not self.is_understood:
            raise UserError(
                self.env._("Confirm that you understand that this cannot be undone.")
            )
        reload = {"type": "ir.actions.client", "tag": "soft_reload"}
        # who comes second waits here, fails on what the first has changed, and is tried
        # again by Odoo
        self.env.cr.execute(
            "SELECT FROM res_partner WHERE id = %s FOR NO KEY UPDATE",
            [self.partner_id.id],
        )
        done = self._get_last_log()
        if done.id > self.last_log_id:
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "type": "warning",
                    "message": self.env._(
                        "%s made this person anonymous while this dialog was open."
                        " Nothing more was done.",
                        done.user_id.name,
                    ),
                    "next": reload,
                },
            }
        self._log("anonymise", self.partner_id._anonymise())
        # sudo: nor does what a colleague has exported of the person stay
        exports = self.sudo().search([("partner_id", "=", self.partner_id.id)])
        exports.write({"export_file": False, "export_name": False})
        return reload

    def _get_last_log(self):
        """The log's last entry of making this person anonymous, if there is one."""
        # sudo: entries of other companies too
        return (
            self.env["crm.gestao.privacy.log"]
            .sudo()
            .search(
                [("act", "=", "anonymise"), ("partner_id", "=", self.partner_id.id)],
                order="id desc",
                limit=1,
            )
        )

    def _check_group(self):
        self.ensure_one()
        if not (
            self.env.user.has_group("crm_gestao.group_manager")
            or self.env.user.has_group("base.group_system")
        ):
            raise AccessError(
                self.env._(
                    "Only administrators of CRM Gestão may export or anonymise people."
                )
            )

    def _check_person(self):
        """Refuse to act on whom the person was merged with.

        :raise UserError:
        """
        if self.partner_id.id != self.opened_for:
            raise UserError(
                self.env._(
                    "This contact was merged with %s while this dialog was open. Close"
                    " it, and open it again from the right contact.",
                    self.partner_id.display_name,
                )
            )

    def _log(self, act, occurrences):
        """Write what was done in the log of each company whose occurrences these are.

        That of the company in which the user works tells it in any case.
        """
        details = [self.reason] if self.reason else []
        if act == "anonymise" and self.is_kept:
            details.append(self.env._("Name, tax ID and address stay on the invoices."))
        groups = occurrences.grouped("company_id")
        self.env["crm.gestao.privacy.log"]._log(
            [
                {
                    "act": act,
                    "company_id": company.id,
                    "partner_id": self.partner_id.id,
                    "occurrence_count": len(groups.get(company, ())),
                    "details": "\n".join(details),
                }
                for company in self.env.company.union(*groups)
            ]
        )
        if act == "export":
            # sudo: who may read the person may export, and the chatter says so
            self.partner_id.sudo()._message_log(
                body=self.env._("The data held on this person were exported."),
                author_id=self.env.user.partner_id.id,
            )

    # ------------------------------------------------------------------
    # Export
    # ------------------------------------------------------------------

    def _make_archive(self, occurrences):
        """A ZIP with `data.json` and all files, read with the user's rights.

        :return: an open file, in which each is written as it is read
        """
        persons = self.partner_id._get_privacy_persons()
        others = self._search_elsewhere(persons)
        owners = persons, occurrences, *others.values()
        messages = self._search_hanging("mail.message", "model", "res_id", *owners)
        if self.env["mail.message"].has_access("read"):
            messages |= self.env["mail.message"].search(
                Domain("author_id", "in", persons.ids)
                | Domain("partner_ids", "in", persons.ids)
            )
            messages |= persons._search_messages_from(Domain.TRUE)
        planned = self._search_hanging(
            "mail.scheduled.message", "model", "res_id", *owners
        )
        activities = self._search_hanging(
            "mail.activity", "res_model", "res_id", *owners
        )
        # with a condition on the id, Odoo finds the files of fields as well
        files = self._search_hanging(
            "ir.attachment",
            "res_model",
            "res_id",
            *owners,
            also=Domain("id", "!=", False),
        ).filtered(lambda file: not RESIZED.search(file.res_field or ""))
        said = messages.attachment_ids | planned.attachment_ids
        files |= said._filtered_access("read")
        files = files.filtered("file_size")
        paths = {
            file.id: f"files/{file.id}_{self._get_file_name(file.name)}"
            for file in files
        }
        data = {
            "exported_on": fields.Datetime.now(),
            "exported_by": self.env.user.name,
            "persons": self._read_all(persons),
            "occurrences": self._read_all(occurrences),
            "messages": [
                {**values, "changes": self._read_changes(message)}
                for message, values in zip(
                    messages, self._read_all(messages), strict=True
                )
            ],
            "scheduled_messages": self._read_all(planned),
            "activities": self._read_all(activities),
            "files": [
                {"path": paths[file.id], "name": file.name, "added": file.create_date}
                for file in files
            ],
            "other": {
                model: self._read_all(records) for model, records in others.items()
            },
        }
        result = tempfile.TemporaryFile()  # noqa: SIM115, the caller closes it
        with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as archive:
            with archive.open("data.json", "w", force_zip64=True) as entry:
                with io.TextIOWrapper(entry, "utf-8") as text:
                    json.dump(
                        data, text, default=json_default, ensure_ascii=False, indent=1
                    )
            # one by one, and none stays in memory
            for file in files:
                archive.writestr(paths[file.id], file.with_prefetch().raw or b"")
                file.invalidate_recordset(["raw", "db_datas"])
        result.seek(0)
        return result

    def _search_hanging(self, model, model_field, id_field, *owners, also=Domain.TRUE):
        """Records of `model` that hang on `owners` and that the user may read."""
        Model = self.env[model].with_context(active_test=False)
        if not Model.has_access("read"):
            return Model
        return Model.search(
            also
            & Domain.OR(
                Domain(model_field, "=", records._name)
                & Domain(id_field, "in", records.ids)
                for records in owners
            )
        )

    def _search_elsewhere(self, persons):
        """What else is linked to `persons` or has their e-mail, in any app.

        As Odoo's privacy look-up does, but exactly: a namesake is somebody else, and
        an address that others have as well may be theirs.

        :return: dict of records by the name of their model
        """
        emails = persons._get_emails()
        found = {}
        for name in sorted(self.env):
            model = self.env[name].with_context(active_test=False)
            if (
                name in OWN_PARTS | MERE_LINKS
                or model._transient
                or model._abstract
                or not model._auto
                or not model.has_access("read")
            ):
                continue
            domains = [
                Domain(fname, "in", persons.ids)
                for fname, field in model._fields.items()
                if field.store
                and field.comodel_name == "res.partner"
                and field.type in ("many2one", "many2many")
                and model._has_field_access(field, "read")
            ]
            domains += [
                # an underscore in it stands for itself, not for any letter
                Domain(fname, "=ilike", escape_psql(email))
                for fname in EMAIL_FIELDS
                if fname in model._fields and model._fields[fname].store
                for email in emails
            ]
            if domains and (records := model.search(Domain.OR(domains))):
                found[name] = records
        return found

    def _read_all(self, records):
        """The values of all stored fields that the user may read, for JSON."""
        # sudo: as Odoo reads the names of what is linked to
        return [
            {
                fname: field.convert_to_export(record[fname], record)
                if not field.relational
                else record[fname].sudo().mapped("display_name")
                for fname, field in record._fields.items()
                if field.store
                and field.type not in ("binary", "image", "one2many", "reference")
                and record._has_field_access(field, "read")
                and (
                    field.type != "many2many"
                    # what it links to may be of an app that the user may not open
                    or self.env[field.comodel_name].has_access("read")
                )
                and record[fname]
            }
            | {"id": record.id}
            for record in records
        ]

    def _read_changes(self, message):
        """What a message has logged of each change, as the chatter shows it."""
        # sudo: Odoo has no right for it; who may see it is asked of field and document
        changes = message.sudo().tracking_value_ids
        changes = changes._filter_has_field_access(self.env)
        document = self.env.get(message.model)
        if changes and hasattr(document, "_track_filter_for_display"):
            document = document.browse(message.res_id)
            changes = document._track_filter_for_display(changes)
        return [
            {
                "field": change["fieldInfo"]["changedField"],
                "old": change["oldValue"],
                "new": change["newValue"],
            }
            for change in changes._tracking_value_format()
        ]

    def _get_file_name(self, name):
        return re.sub(r"[^\w.-]+", "_", name or "").strip("._") or "person"
