import contextlib
import os
import threading

from odoo import api, models

from ..tools import room_for_files


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model
    def _file_write(self, bin_value, checksum):
        """Write it whole or not at all, and where the disk is full, say so.

        A part would be in the way of the same file for ever, as a collision: of a
        server that was killed, too, or of somebody who saves the same file meanwhile.
        """
        name = f"{checksum[:2]}/{checksum}"
        path = self._full_path(name)
        if self._storage() == "file" and not os.path.exists(path):
            with room_for_files(self.env):
                self._write_whole(name, path, bin_value)
        return super()._file_write(bin_value, checksum)

    @api.model
    def _write_whole(self, name, path, bin_value):
        part = f"{name}-{os.getpid()}-{threading.get_ident()}"
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            # Odoo collects what nothing leads to
            self._mark_for_gc(part)
            with open(self._full_path(part), "wb") as file:
                file.write(bin_value)
            self._mark_for_gc(name)
            os.replace(self._full_path(part), path)
            # who collects may have been there meanwhile
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(self._full_path("checklist"), part))
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(self._full_path(part))
            raise
