import psycopg2

from odoo import models
from odoo.exceptions import UserError
from odoo.http import request


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


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _handle_error(cls, exception):
        """Say in words that the database has gone away under a request."""
        if request.env is not None and is_connection_lost(exception):
            exception = get_connection_lost_error(request.env)
        return super()._handle_error(exception)
