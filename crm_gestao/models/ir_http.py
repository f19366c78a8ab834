"""Where Odoo reads from a standby (`db_replica_host`): nobody misses what they saved.

A standby follows the primary by some milliseconds, or minutes. Whoever has written, by
whichever route, carries the number of their transaction in a cookie: until the standby
has it, the primary answers all that they read. Others read from the standby all the
time. Where there is no standby, routes are as Odoo has them.
"""

import psycopg2

from odoo import models
from odoo.exceptions import AccessDenied, UserError
from odoo.http import request
from odoo.tools import SQL, config

COOKIE = "crm_gestao_written"
COOKIE_AGE = 600  # seconds; a standby that lags more than this is a broken one


def is_connection_lost(error):
    """Whether this exception says that the database has gone away."""
    return isinstance(error, psycopg2.InterfaceError) or (
        isinstance(error, psycopg2.OperationalError)
        # with a code, it is the last word of a PostgreSQL that goes down
        and (error.pgcode or "08").startswith(("08", "57P"))
    )


def get_connection_lost_error(env):
    """What to say of it: a UserError, in the language of the environment's user.

    What was under way is undone by PostgreSQL, unless the answer to its very last word
    (COMMIT) was lost.
    """
    return UserError(
        env._(
            "The database was not reachable for a moment. Look whether what you did"
            " last was saved, and do it again if it was not."
        )
    )


def is_replica_current():
    """Whether the standby has what this browser wrote last.

    The cookie stays where it has, until it is too old: an answer that took it away
    would take that of a newer write with it, of which this request knows nothing.
    """
    transaction = request.httprequest.cookies.get(COOKIE, "")
    cr = request.env.cr
    if not cr.readonly or not (transaction.isdecimal() and len(transaction) < 19):
        return True
    try:
        # a snapshot does not do: on a standby it leaves out what is under way
        cr.execute(
            SQL(
                """
                SELECT CASE WHEN %(id)s::text::xid8
                                 >= pg_snapshot_xmax(pg_current_snapshot()) THEN FALSE
                       ELSE coalesce(pg_xact_status(%(id)s::text::xid8), '')
                            <> 'in progress' END
                """,
                id=transaction,
            )
        )
        is_current = cr.fetchone()[0]
        cr.rollback()  # what is read from now on is as of now
    except psycopg2.OperationalError:
        return False  # it has just died
    return is_current


def remember_write():
    """Give the browser the number of the transaction, if this request has one."""
    cr = request.env.cr
    if not config["db_replica_host"] or cr.closed or cr.readonly:
        return
    cr.flush()
    cr.execute(SQL("SELECT pg_current_xact_id_if_assigned()::text"))
    (transaction,) = cr.fetchone()
    if transaction:
        request.future_response.set_cookie(
            COOKIE, transaction, max_age=COOKIE_AGE, httponly=True, samesite="Lax"
        )


def tell_connection_lost():
    """Say in words, too, that the primary has gone away as Odoo connects to it.

    Odoo hands that error to the dispatcher of this request, and to no model any more.
    """
    dispatcher = request.dispatcher
    lost, handle = get_connection_lost_error(request.env), dispatcher.handle_error
    dispatcher.handle_error = lambda error: handle(
        lost if is_connection_lost(error) else error
    )


def read_on_current_replica(readonly):
    """What a route has as `readonly`, and the standby must be current besides.

    :param readonly: what it had, a truth value or a method of its controller
    """

    def is_readonly(controller, rule, args):
        is_read = not callable(readonly) or readonly(controller, rule, args)
        if is_read and is_replica_current():
            return True
        if request.env.cr.readonly:
            tell_connection_lost()
        return False

    return is_readonly


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def _generate_routing_rules(self, modules, converters):
        for url, endpoint in super()._generate_routing_rules(modules, converters):
            readonly = endpoint.routing["readonly"]
            if readonly and config["db_replica_host"]:
                # the dict is shared by all addresses of the route
                endpoint.routing = {
                    **endpoint.routing,
                    "readonly": read_on_current_replica(readonly),
                }
            yield url, endpoint

    @classmethod
    def _authenticate_explicit(cls, auth):
        """Not "Access Denied", as Odoo has it of whatever fails in here."""
        try:
            return super()._authenticate_explicit(auth)
        except AccessDenied as error:
            if is_connection_lost(error.__context__):
                raise get_connection_lost_error(request.env) from error
            raise

    @classmethod
    def _dispatch(cls, endpoint):
        """Where the standby dies under a route, Odoo does it on the primary."""
        try:
            return super()._dispatch(endpoint)
        except psycopg2.Error as error:
            if request.env.cr.readonly and is_connection_lost(error):
                # what Odoo takes for a reason to take the primary
                raise psycopg2.errors.ReadOnlySqlTransaction(
                    "standby is gone"
                ) from error
            raise

    @classmethod
    def _post_dispatch(cls, response):
        remember_write()
        return super()._post_dispatch(response)

    @classmethod
    def _handle_error(cls, exception):
        """Say in words that the database has gone away under a request."""
        if request.env is not None and is_connection_lost(exception):
            exception = get_connection_lost_error(request.env)
        return super()._handle_error(exception)
