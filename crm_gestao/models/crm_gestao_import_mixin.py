from odoo import api, models
from odoo.exceptions import UserError


class ImportBatchError(Exception):
    """A row of an import is wrong, and which one is not known yet."""


class CrmGestaoImportMixin(models.AbstractModel):
    """Read a spreadsheet as a person means it, and tell them what is wrong with it."""

    _name = "crm.gestao.import.mixin"
    _description = "Import"

    # there must be a value in each row
    _import_required = ()
    # empty is as without the column: the usual value
    _import_usual = ()

    @api.model
    def load(self, fields, data):
        # an import names customers by reference or CNPJ, however it is punctuated
        result = super(
            CrmGestaoImportMixin, self.with_context(partner_search_identifiers=True)
        ).load(fields, data)
        result["messages"] = self._locate_import_messages(result["messages"])
        return result

    @api.model
    def _load_records(self, data_list, update=False):
        try:
            return super()._load_records(data_list, update)
        except UserError as error:
            if len(data_list) > 1 and "_import_current_module" in self.env.context:
                # `load` would tell it of the first row, whichever is wrong; of any
                # other error it tells when it tries them one by one, which it does now
                raise ImportBatchError from error
            raise

    @api.model
    def _locate_import_messages(self, messages):
        """Begin each message with the line and the column that it is about."""
        labels = self.env["ir.model.fields"].get_field_string(self._name)
        first_line = self.env.context.get("import_first_line")
        if type(first_line) is not int:
            first_line = 1
        located = []
        told = set()
        for message in messages:
            if "rows" in message:
                row, fname = message["rows"]["from"], message.get("field")
                if fname and (row, fname) in told and "value" not in message:
                    # that a value is missing which was told to be wrong
                    continue
                told.add((row, fname))
                parts = {"line": row + first_line, "error": message["message"]}
                if fname in labels:
                    text = self.env._(
                        "Line %(line)s, column %(column)s: %(error)s",
                        column=labels[fname],
                        **parts,
                    )
                else:
                    text = self.env._("Line %(line)s: %(error)s", **parts)
                message = dict(message, message=text)
            located.append(message)
        return located

    @api.model
    def _convert_records(self, records, *, savepoint, **options):
        """Read a row as a person means it.

        - What several records match is an error: the import does not choose one.
        - An empty cell of what has a usual value is that value.
        - What is missing is told in words for the person who has the spreadsheet.
        """
        log = options.get("log", lambda message: None)
        current = {}

        def clean(records):
            for record, extras in records:
                current["record"] = record = self._clean_import_record(record)
                yield record, extras

        def log_strictly(message):
            fname = message.get("field")
            field = self._fields.get(fname)
            if field and field.relational and message["type"] == "warning":
                message["type"] = "error"
                message["value"] = current["record"][fname][0].get(None)
                if fname == "partner_id":
                    hint = self.env._("Write the reference or the CNPJ/CPF instead.")
                    message["message"] = f"{message['message']}. {hint}"
            elif field and message["type"] == "error":
                value = current["record"].get(fname)
                if text := self._get_import_error(field, value):
                    message.update(message=text, value=value)
                    message.pop("moreinfo", None)
            log(message)

        for dbid, xid, values, info in super()._convert_records(
            clean(records), log=log_strictly, savepoint=savepoint
        ):
            is_new = not dbid and not xid
            for fname in self._get_import_usual(is_new):
                if values.get(fname) is False:
                    del values[fname]
            self._log_missing_values(values, is_new, info, log)
            yield dbid, xid, values, info

    @api.model
    def _get_import_usual(self, is_new):
        """The fields of which an empty cell means the usual value."""
        return self._import_usual

    @api.model
    def _get_import_error(self, field, value):
        """What to tell instead of Odoo's words, or None."""
        if field.type == "datetime":
            return self.env._("“%s” is not a date and time that exists.", value)
        if field.type == "date":
            return self.env._("“%s” is not a date that exists.", value)
        if field.type in ("float", "monetary"):
            return self.env._("“%s” is not a number. Write it as in 89.90.", value)
        return None

    @api.model
    def _log_missing_values(self, values, is_new, info, log):
        """Tell which required values of a row are empty, or have no column at all."""
        skipped = self.env.context.get("import_skip_records")
        names = skipped if isinstance(skipped, list | tuple) else ()
        if any(values.get(f) is None for f in names if isinstance(f, str)):
            return  # as the user chose, the row does not go in
        for fname in self._import_required:
            is_asked = fname in values or (is_new and not self._fields[fname].default)
            if is_asked and not values.get(fname):
                log(
                    dict(
                        info,
                        type="error",
                        field=fname,
                        message=self.env._("There must be a value here."),
                    )
                )

    @api.model
    def _clean_import_record(self, record):
        """Strip what names other records; returns the record."""
        for fname, value in record.items():
            if value and fname in self._fields and self._fields[fname].relational:
                for item in value:
                    if isinstance(item.get(None), str):
                        item[None] = item[None].strip()
        return record
