"""What the web client calls most says in words that the database has gone away."""

import psycopg2

from odoo import http
from odoo.http import request

from odoo.addons.web.controllers.dataset import DataSet
from odoo.addons.web.controllers.report import ReportController

from ..models.ir_http import get_connection_lost_error, is_connection_lost


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


class ReplicaDataSet(DataSet):
    def _is_readonly(self, rule, args):
        begin_anew()
        return self._call_kw_readonly(rule, args)

    @http.route(readonly=_is_readonly)
    def call_kw(self, model, method, args, kwargs, path=None):
        return super().call_kw(model, method, args, kwargs, path=path)

    @http.route(readonly=_is_readonly)
    def call_button(self, model, method, args, kwargs, path=None):
        return super().call_button(model, method, args, kwargs, path=path)


class ReplicaReportController(ReportController):
    def _is_readonly(self, rule, args):
        begin_anew()
        return True

    @http.route(readonly=_is_readonly)
    def report_routes(self, reportname, docids=None, converter=None, **data):
        return super().report_routes(reportname, docids, converter, **data)
