"""The index of fiscal series has a name of ours, and is built beside others' work."""


def migrate(cr, version):
    cr.execute("DROP INDEX IF EXISTS account_move_occurrence_series_idx")
