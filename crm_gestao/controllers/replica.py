"""Where Odoo reads from a standby (`db_replica_host`): nobody misses what they saved.

A standby follows the primary by some milliseconds, or minutes. Whoever has written
carries the number of their transaction in a cookie: until the standby has it, the
primary answers them. Others read from the standby all the time.
"""

import psycopg2

from odoo import http
from odoo.http import request
from odoo.tools import SQL, config

from odoo.addons.web.controllers.dataset import DataSet
from odoo.addons.web.controllers.report import ReportController

from ..models.ir_http import get_connection_lost_error, is_connection_lost

COOKIE = "crm_gestao_written"
COOKIE_AGE = 600  # seconds; a standby that lags more than this is a broken one


def begin_anew():
    """End the transaction in which Odoo found out who asks for what.

    Odoo does so itself before it calls a route on the primary, but at a moment when it
    tells nobody in words that the database has gone away. After this there is no
    connection left to fail then.

    :raise UserError: where the database has gone away
    """
    cr = request.env.cr
    if cr.readonly:
        return
    try:
        cr.rollback()
    except psycopg2.Error as error:
        if is_connection_lost(error):
            raise get_connection_lost_error(request.env) from error
        raise


def is_replica_current():
    """Whether the standby has what this browser wrote last."""
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
    if is_current:
        request.future_response.set_cookie(COOKIE, max_age=0)
    return is_current


def remember_write():
    """Give the browser the number of the transaction, if this request has one."""
    cr = request.env.cr
    if not config["db_replica_host"] or cr.readonly:
        return
    cr.flush()
    cr.execute(SQL("SELECT pg_current_xact_id_if_assigned()::text"))
    (transaction,) = cr.fetchone()
    if transaction:
        request.future_response.set_cookie(
            COOKIE, transaction, max_age=COOKIE_AGE, httponly=True, samesite="Lax"
        )


def call(method, *args, **kwargs):
    """Call a route; where the standby dies under it, Odoo does it on the primary."""
    cr = request.env.cr
    try:
        result = method(*args, **kwargs)
    except psycopg2.Error as error:
        if cr.readonly and is_connection_lost(error):
            # what Odoo takes for a reason to take the primary
            raise psycopg2.errors.ReadOnlySqlTransaction("standby is gone") from error
        raise
    remember_write()
    return result


class ReplicaDataSet(DataSet):
    def _is_read_on_replica(self, rule, args):
        begin_anew()
        return self._call_kw_readonly(rule, args) and is_replica_current()

    @http.route(readonly=_is_read_on_replica)
    def call_kw(self, model, method, args, kwargs, path=None):
        return call(super().call_kw, model, method, args, kwargs, path=path)

    @http.route(readonly=_is_read_on_replica)
    def call_button(self, model, method, args, kwargs, path=None):
        return call(super().call_button, model, method, args, kwargs, path=path)


class ReplicaReportController(ReportController):
    def _is_read_on_replica(self, rule, args):
        begin_anew()
        return is_replica_current()

    @http.route(readonly=_is_read_on_replica)
    def report_routes(self, reportname, docids=None, converter=None, **data):
        return call(super().report_routes, reportname, docids, converter, **data)
