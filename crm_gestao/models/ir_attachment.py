import contextlib
import errno
import os

from odoo import api, models
from odoo.exceptions import UserError

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model
    def _file_write(self, bin_value, checksum):
        """Where the disk is full, say so, and leave no part of the file behind.

        A part would be in the way of the same file for ever, as a collision.
        """
        try:
            return super()._file_write(bin_value, checksum)
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            path = self._full_path(f"{checksum[:2]}/{checksum}")
            with contextlib.suppress(OSError):
                # another transaction may have written it whole meanwhile
                if not self._same_content(bin_value, path):
                    os.unlink(path)
            raise UserError(
                self.env._(
                    "There is no room for files on the server, and nothing was saved."
                    " Tell an administrator."
                )
            ) from error
