import errno
import logging
import re
from contextlib import closing, contextmanager

import psycopg2
from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.modules.db import FunctionStatus
from odoo.sql_db import db_connect
from odoo.tools import SQL, sql

_logger = logging.getLogger(__name__)

# words, and what editors make of them: there is nothing to clean. Text ends where a tag
# begins, so no text is gone through twice.
_CHARACTERS = r"\w.,;:!?()/%$*+=@#'\"\-–—‘’“”…"
WORDS = re.compile(f"[{_CHARACTERS}][{_CHARACTERS} ]*")
_ENTITY = "&(?:amp|nbsp);"
_MORE = f"(?:[{_CHARACTERS} ]|{_ENTITY})*"
_TEXT = f" *(?:[{_CHARACTERS}]|{_ENTITY}){_MORE}"
_TAGS = "|".join(f"<{t}>{_TEXT}</{t}>" for t in ("b", "em", "i", "strong", "u"))
_RUN = f"(?:{_TAGS}|<br>){_MORE}"
# what Odoo marks as a signature: two dashes and a line break
_LINE = f"(?!--(?: |&nbsp;)?<)(?:{_TEXT}|{_RUN})(?:{_RUN})*"
_ITEMS = f"(?:<li>(?:{_LINE}|<p>{_LINE}</p>)</li>)+"
# by which Odoo's editor knows what it wrote
_VERSION = '(?: data-oe-version="[0-9.]+")?'
_BLOCK = "(?:{})".format(
    "|".join(
        f"<{tag}{_VERSION}>{content}</{tag}>"
        for tag, content in (
            ("p", _LINE),
            ("div", _LINE),
            ("ul", _ITEMS),
            ("ol", _ITEMS),
        )  # fmt: skip
    )
)
PARAGRAPHS = re.compile(rf"{_BLOCK}(?:\n?{_BLOCK})*")

# documents whose name is a number
NUMBERED = ("account.move", "account.payment", "crm.gestao.occurrence", "sale.order")

# Control characters, and halves of characters: no screen shows them, PostgreSQL takes
# some of them for an error, and so do spreadsheets, XML and JSON
UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

# a number that few others have: more digits than a year
NUMBERS = re.compile("[0-9]{5,}")


def clean_text(text):
    return UNREADABLE.sub("", text)


def show(value):
    """What somebody has given, as a message tells it, whatever it is."""
    return clean_text(str(value)[:50])


class Html(fields.Html):
    """Odoo's, which does not take apart and clean what is plainly clean.

    Cleaning was more than a quarter of the time of an import. What is typed, imported
    or dictated is most often paragraphs of words.
    """

    def _convert(self, value, record, validate):
        if validate and isinstance(value, str):
            if PARAGRAPHS.fullmatch(value):
                return Markup(value)
            if WORDS.fullmatch(value):
                return Markup(f"<p>{value}</p>")
        return super()._convert(value, record, validate)


class Reference(fields.Char):
    """A text such as "OC/2026/00012", which a trigram index finds by its number.

    The letters and the year are those of most others: PostgreSQL would go through lists
    as long as the table. The number is found first, and then the whole of it.
    """

    def condition_to_sql(self, field_expr, operator, value, model, alias, query):
        whole = super().condition_to_sql(
            field_expr, operator, value, model, alias, query
        )
        if operator not in ("like", "ilike") or not isinstance(value, str):
            return whole
        numbers = NUMBERS.findall(value)
        if not numbers or numbers == [value]:
            return whole
        by_number = super().condition_to_sql(
            field_expr, "ilike", numbers[-1], model, alias, query
        )
        # no index serves what is asked of a truth value
        return SQL("(%s AND (%s) IS TRUE)", by_number, whole)


class Many2oneReference(fields.Many2oneReference):
    """Odoo's, which does nothing where there is nothing in memory to update.

    Odoo goes through the messages and followers of all models that have some, once for
    each record that is linked to: a quarter of the time of recording many.
    """

    def _update_inverses(self, records, value):
        models = {record[self.model_field] for record in records}
        if not any(
            inverse.model_name in models and value in inverse._get_cache(records.env)
            for inverse in records.pool.field_inverses[self]
        ):
            return None
        return super()._update_inverses(records, value)


class Finite:
    """Of fields: a number to count with, in what PostgreSQL and Odoo's rounding take.

    It is checked wherever a value comes in, before anything is computed from it.
    """

    _largest = 10**12

    def convert_to_cache(self, value, record, validate=True):
        self._check_finite(value, record)
        return super().convert_to_cache(value, record, validate)

    def convert_to_column_insert(self, value, record, values=None, validate=True):
        self._check_finite(value, record)
        return super().convert_to_column_insert(value, record, values, validate)

    def _check_finite(self, value, record):
        try:
            number = float(value or 0)
        except (OverflowError, TypeError, ValueError):
            number = float("nan")
        # what is no number (NaN) is not below it either
        if not abs(number) <= self._largest:
            raise ValidationError(
                record.env._(
                    "%(field)s: “%(value)s” is not a number, or too large. Type a"
                    " number up to %(largest)s.",
                    field=self._description_string(record.env),
                    value=show(value),
                    largest=self._largest,
                )
            )


class Float(Finite, fields.Float):
    pass


class Integer(Finite, fields.Integer):
    _largest = 2**31 - 1


class Monetary(Finite, fields.Monetary):
    pass


class Dated:
    """Of fields: who gives what is no date is told so, wherever it comes in."""

    def convert_to_cache(self, value, record, validate=True):
        try:
            return super().convert_to_cache(value, record, validate)
        # KeyError: Python 3.12 looks a slice up in a dict
        except (KeyError, TypeError, ValueError) as error:
            raise UserError(
                record.env._(
                    "%(field)s: “%(value)s” is no date. Type one such as 2026-12-31, or"
                    " 2026-12-31 18:30:00.",
                    field=self._description_string(record.env),
                    value=show(value),
                )
            ) from error


class Date(Dated, fields.Date):
    pass


class Datetime(Dated, fields.Datetime):
    pass


def is_ours(model):
    """Whether it is the name of a model of ours."""
    return (model or "").startswith("crm.gestao.")


def check_id(env, value):
    """Give back the id of a record, for which other addons may give the record.

    :raise UserError: where it is in no form of one, such as 7.0, or none that there is
    """
    if isinstance(value, models.BaseModel):
        value = value.id
    if type(value) is not int or not 0 < value < 2**31:
        raise UserError(
            env._("“%s” is no record. Choose one from the list.", show(value))
        )
    return value


def is_guarded(env, model):
    """Whether what Odoo's messages tell of its records is for who may read them.

    Those of ours, and the documents that tell amounts, which say so by an attribute.
    """
    return model in env and (
        is_ours(model) or getattr(env[model], "_crm_gestao_is_guarded", False)
    )


def get_told_name(record):
    """What a document is called to who is told of it and may not read it.

    :return: its number where it has one, else what kind of document it is
    """
    # sudo: a number tells neither the subject nor the amount, nor the customer's own
    # reference as the name of an invoice does
    told = plainly(record.sudo())
    if told._name == "account.move":
        return told._get_move_display_name()
    number = told._name in NUMBERED and told.name
    return number or told.env["ir.model"]._get(told._name).name


def as_reader(records, user_id):
    """These records with a user's own rights, in whichever of their companies."""
    records = records.with_user(user_id)
    companies = records.env.user._get_company_ids()
    return records.with_context(allowed_company_ids=companies)


def is_within(env, key):
    """Whether our own code has put `key` into the context.

    It puts a record there, which no client can send.
    """
    return isinstance(env.context.get(key), models.BaseModel)


def is_told(env):
    """Whether it is Odoo that tells of a document, whoever has made it do so."""
    return is_within(env, "crm_gestao_told")


@contextmanager
def room_for_files(env):
    """Tell who writes a file that the disk is full.

    :raise UserError: instead of the error of the system
    """
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        raise UserError(
            env._(
                "There is no room for files on the server, and nothing was saved."
                " Tell an administrator."
            )
        ) from error


def get_unaccent(registry):
    """What `ilike` does to a column, if an index can be made of it."""
    is_indexable = registry.has_unaccent == FunctionStatus.INDEXABLE
    return registry.unaccent if is_indexable else str


def get_trigram_clause(registry, *columns):
    """What follows the table's name in an index that finds a part of these columns.

    What is written goes into the index at once (`fastupdate`): else it waits in a list
    of up to 4 MB, which each search reads from end to end.

    :return: nothing where PostgreSQL lacks pg_trgm
    """
    if not registry.has_trigram:
        return ""
    operands = ", ".join(f"({column}) gin_trgm_ops" for column in columns)
    return f"USING gin ({operands}) WITH (fastupdate = off)"


def get_used_message(record):
    """Why a record is not deleted, and what to do instead."""
    return record.env._(
        "“%s” cannot be deleted, for there are records of it. Archive it instead: it"
        " stays on them, and is not offered any more.",
        record.display_name,
    )


def get_copy_name(env, name, longest):
    """What a copy of `name` is called, within `longest` characters."""
    copy = env._("%s (copy)", name)
    if (excess := len(copy) - longest) > 0:
        copy = env._("%s (copy)", name[:-excess])
    return copy


def find_or_create(model, domain, values):
    """Take the record that is there, or else create it, even if others ask at once.

    :param model: an empty recordset, with the rights of who asks
    :param domain: what finds the record
    :param dict values: of a new one
    :return: the record
    """
    record = model.search(domain, limit=1)
    if not record:
        # Two may ask at the same moment, and neither sees what the other has not saved
        # yet. Writing on a row that they share makes the second fail on serialization,
        # which Odoo repeats, and then it finds the record of the first.
        model.env.cr.execute(
            SQL("UPDATE ir_model SET state = state WHERE model = %s", model._name)
        )
        record = model.create(values)
    return record


def filter_readable(records):
    """Those that the user may read: of what a form has not saved yet, by its origin.

    To records in memory no rule applies, whatever they are made of.
    """
    origins = records._origin.sudo(False)
    readable = origins._filtered_access("read") if origins else origins
    return records.filtered(lambda record: record._origin <= readable)


def plainly(records):
    """These records, without what a client's context may add to their names.

    An invoice may be called by its amount, a customer by their e-mail.
    """
    context = {
        key: value
        for key, value in records.env.context.items()
        if key in ("allowed_company_ids", "lang", "tz")
    }
    return records.with_env(records.env(context=context))


def check_colleagues(users):
    """Refuse users of the portal: they would be told of what is not for them.

    :raise ValidationError: with who it is
    """
    for user in users:
        # sudo: whether somebody is of the company is no secret
        if not user.sudo()._is_internal():
            raise ValidationError(
                users.env._(
                    "%s is a user of the portal and cannot be responsible. Choose a"
                    " colleague.",
                    user.display_name,
                )
            )


class ConcurrentIndex(models.Index):
    """An index on a table of Odoo, which others write while it is built.

    As any `Index` it goes when we are uninstalled.
    """

    def apply_to_database(self, model):
        name, definition = self.full_name(model), self.get_definition(model.pool)
        # the comment is written last: an index without it is half built
        found, comment = sql.index_definition(model.env.cr, name)
        is_whole = comment == definition and is_index_valid(model.env.cr, name)
        if (found or definition) and not is_whole:
            clause = self._index_definition
            if callable(clause):
                clause = clause(model.pool)
            build_index(model, name, clause, definition)


def is_index_valid(cr, name):
    """Whether there is such an index, and PostgreSQL has built it to the end."""
    cr.execute(
        SQL(
            "SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(%s) AND indisvalid",
            name,
        )
    )
    return bool(cr.rowcount)


def build_index(model, name, clause, comment="INDEX"):
    """Build an index beside the work of others, once this transaction is over.

    PostgreSQL wants that outside of any transaction, so it has a connection of its own.
    What was broken off is built anew by the next upgrade, for it has no comment.

    :param model: the model whose table it is on
    :param str name: of the index, which is built anew where there is one
    :param str clause: what follows the table's name, empty to remove the index
    """

    def build():
        try:
            build_now()
        except psycopg2.Error as error:
            if registry.ready:
                raise
            # while addons are loaded, an error would keep the others from being so
            _logger.warning("Index %s was not built: %s", name, error)
        else:
            _logger.info("Index %s is %s", name, "built" if clause else "removed")

    def build_now():
        with closing(db_connect(cr.dbname).cursor()) as own:
            own.connection.autocommit = True
            try:
                own.execute(SQL("DROP INDEX CONCURRENTLY IF EXISTS %s", index))
                if clause:
                    own.execute(
                        SQL(
                            "CREATE INDEX CONCURRENTLY %s ON %s %s",
                            index,
                            SQL.identifier(model._table),
                            SQL(clause),  # pylint: disable=sql-injection
                        )
                    )
                    own.execute(SQL("COMMENT ON INDEX %s IS %s", index, comment))
            finally:
                own.connection.autocommit = False

    registry = model.env.registry
    cr, index = model.env.cr, SQL.identifier(name)
    cr.postcommit.add(build)
