from . import models
from . import report


def post_init_hook(env):
    """Give every company that exists at install its numbering."""
    env["res.company"].search([])._create_occurrence_sequence()
