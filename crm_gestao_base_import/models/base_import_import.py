import io
import re
from datetime import date, datetime, time, timedelta

import openpyxl
from openpyxl.utils.datetime import to_excel

from odoo import api, fields, models
from odoo.tools import (
    DEFAULT_SERVER_DATE_FORMAT,
    DEFAULT_SERVER_DATETIME_FORMAT,
    format_date,
    format_datetime,
)

from odoo.addons.base_import.models.base_import import ImportValidationError

# those of crm.gestao.import.mixin, whose `load` tells what is wrong in which row
MODELS = ("crm.gestao.occurrence", "crm.gestao.competitor.record")
# days: of a spreadsheet's dates, what is before is a time, and no date that Odoo reads
NO_DAY = 61
ESCAPED = re.compile(r"_x(00[01][0-9A-Fa-f])_")


def write_clock(days):
    """Write a time, which a spreadsheet keeps in days, as people type it."""
    minutes, seconds = divmod(round(abs(days) * 24 * 60 * 60), 60)
    clock = f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
    return f"-{clock}" if days < 0 else clock


class BaseImportImport(models.TransientModel):
    _inherit = "base_import.import"

    def parse_preview(self, options, count=10):
        result = super().parse_preview(options, count=count)
        if self.res_model in MODELS and result.get("error"):
            # most of what Odoo says here is in English only
            result["error"] = self.env._(
                "This file cannot be read. Save it again as XLSX or CSV, then load it"
                " once more. (%s)",
                result["error"],
            )
        return result

    def execute_import(self, fields, columns, options, dryrun=False):
        if self.res_model not in MODELS:
            return super().execute_import(fields, columns, options, dryrun=dryrun)
        # before the first row that `load` gets: the header, and the batches before
        offset = (options.get("skip") or 0) + bool(options.get("has_headers"))
        importer = self.with_context(import_first_line=offset + 1)
        if dryrun:
            # a record, which no client can put into a context
            importer = importer.with_context(crm_gestao_test_run=self)
        result = super(BaseImportImport, importer).execute_import(
            fields, columns, options, dryrun=dryrun
        )
        for message in result["messages"]:
            if "rows" in message:
                rows = message["rows"]
                message["rows"] = {
                    "from": rows["from"] + offset,
                    "to": rows["to"] + offset,
                }
                # the screen shows it as the row of what concerns no single column
                message["record"] = rows["from"] + offset + 1
        return result

    def _read_xls_book(self, book, sheet_name):
        """Read times such as 1:30 as they are typed; Odoo cannot read the file then."""
        if self.res_model in MODELS:
            import xlrd  # noqa: PLC0415  not everywhere, as in Odoo

            sheet = book.sheet_by_name(sheet_name)
            for row in range(sheet.nrows):
                for column, cell in enumerate(sheet.row(row)):
                    if cell.ctype == xlrd.XL_CELL_DATE and cell.value < NO_DAY:
                        clock = write_clock(cell.value)
                        sheet.put_cell(row, column, xlrd.XL_CELL_TEXT, clock, None)
        return super()._read_xls_book(book, sheet_name)

    def _read_xlsx(self, options):
        if self.res_model not in MODELS:
            return super()._read_xlsx(options)
        try:
            from xlrd import xlsx  # noqa: F401, PLC0415  as Odoo chooses
        except ImportError:
            return self._read_workbook(options)
        return super()._read_xlsx(options)

    def _read_workbook(self, options):
        """Read what Odoo refuses where it has no xlrd that reads XLSX.

        :return: as `_read_xlsx` does: how many rows there are, and what is in them
        """
        book = openpyxl.load_workbook(io.BytesIO(self.file or b""), data_only=True)
        sheets = {sheet.title: sheet for sheet in book.worksheets}
        options["sheets"] = list(sheets)
        options["sheet"] = options.get("sheet") or next(iter(sheets))
        rows = [
            [self._read_cell(cell, book.epoch) for cell in row]
            for row in sheets[options["sheet"]].rows
        ]
        rows = [row for row in rows if any(str(value).strip() for value in row)]
        return len(rows), rows

    @api.model
    def _read_cell(self, cell, epoch):
        """A date, with its time if it has one, or the text of anything else."""
        value = cell.value
        if value is None:
            return ""
        if cell.data_type == "e":  # as #REF!
            raise ValueError(f"{cell.coordinate}: {value}")
        if isinstance(value, datetime | time | timedelta):
            days = to_excel(value, epoch)
            if days < NO_DAY or not isinstance(value, datetime):
                return write_clock(days)
            # a number of days is never quite a time
            value = (value + timedelta(seconds=0.5)).replace(microsecond=0)
            return value if value.time() != time() else value.date()
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        # as a line break of Windows, _x000D_
        return ESCAPED.sub(lambda match: chr(int(match[1], 16)), str(value))

    def _parse_import_data(self, data, import_fields, options):
        if self.res_model in MODELS:
            self._write_dates(data, import_fields)
        return super()._parse_import_data(data, import_fields, options)

    def _write_dates(self, data, import_fields):
        """Where no date is asked for, write those that a spreadsheet made of a text.

        As of 1/5, which it takes for the first of May.
        """
        model_fields = self.env[self.res_model]._fields
        for index, fname in enumerate(import_fields):
            field = model_fields.get(fname)
            if field and field.type in ("date", "datetime"):
                continue
            for row in data:
                value = row[index]
                if not isinstance(value, date):  # a datetime is one
                    continue
                if "/" in fname:  # may be asked for as a date after all
                    row[index] = str(value)
                elif isinstance(value, datetime):
                    row[index] = format_datetime(self.env, value, tz="UTC")
                else:
                    row[index] = format_date(self.env, value)

    def _parse_date_from_data(self, data, index, name, field_type, options):
        if self.res_model not in MODELS:
            return super()._parse_date_from_data(data, index, name, field_type, options)
        formats = self._get_date_formats(options)
        for row in data:
            value = row[index]
            if not value or isinstance(value, date):
                continue
            for date_format in formats:
                try:
                    moment = datetime.strptime(value.strip(), date_format)
                except ValueError:
                    continue
                row[index] = (
                    moment.date().isoformat()
                    if field_type == "date"
                    else fields.Datetime.to_string(moment)
                )
                break
            # else `load` tells of it, as of all that is wrong in the other rows
        return None

    def _get_date_formats(self, options):
        """The format that was chosen or guessed, then that of the user's language.

        One odd value among the first rows makes Odoo guess none at all.
        """
        lang = self.env["res.lang"]._get_data(code=self.env.user.lang)
        formats = [options.get("datetime_format"), options.get("date_format")]
        for day in (options.get("date_format"), lang.date_format):
            if day:
                formats += [f"{day} %H:%M:%S", f"{day} %H:%M", day]
        formats += [
            DEFAULT_SERVER_DATETIME_FORMAT,
            f"{DEFAULT_SERVER_DATE_FORMAT} %H:%M",
            DEFAULT_SERVER_DATE_FORMAT,
        ]
        return [date_format for date_format in formats if date_format]

    def _parse_float_from_data(self, data, index, name, options):
        if self.res_model not in MODELS:
            return super()._parse_float_from_data(data, index, name, options)
        if name != "duration":
            return self._parse_decimals(data, index, name, options)
        for row in data:
            value = row[index].strip()
            clock = re.fullmatch(
                r"(\d{1,6})\s*[:hH]\s*([0-5]?\d)?(?::([0-5]\d)|\s*min)?", value
            )
            if clock:
                hours, minutes, seconds = (int(part or 0) for part in clock.groups())
                value = str(hours + minutes / 60 + seconds / 3600)
            # no contact lasts thousands of hours: a comma is a decimal one
            value = value.replace(",", ".")
            if not value or re.fullmatch(r"-?\d*\.?\d+", value):
                row[index] = value
            # else `load` tells of it
        return None

    def _parse_decimals(self, data, index, name, options):
        is_text = self.file_type == "text/csv"
        if is_text:
            options = dict(
                options, float_thousand_separator="", float_decimal_separator="."
            )
        for row in data:
            value = row[index]
            try:
                if is_text:
                    row[index] = self._read_decimal(value)
                super()._parse_float_from_data([row], index, name, options)
            except ImportValidationError:
                row[index] = value  # `load` tells of it
        return None

    @api.model
    def _read_decimal(self, text):
        """Write a number with a point, whichever way it is written.

        Odoo takes the comma of 89,90 for one of thousands. Where it may be either, as
        in 1,234, the user's language decides.
        """
        last = max(text.rfind(","), text.rfind("."))
        if last < 0:
            return text
        separator, digits = text[last], re.sub(r"\D", "", text[last + 1 :])
        lang = self.env["res.lang"]._get_data(code=self.env.user.lang)
        has_both = "," in text and "." in text
        if not has_both and (
            text.count(separator) > 1
            or (len(digits) == 3 and separator != lang.decimal_point)
        ):
            return text.replace(separator, "")
        whole = re.sub(r"[.,]", "", text[:last])
        return f"{whole}.{text[last + 1 :]}"
