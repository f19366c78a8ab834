from odoo import api, fields, models
from odoo.exceptions import AccessError, MissingError
from odoo.fields import Command

from odoo.addons.crm_gestao.tools import Datetime

# who writes one of these tells something anew
RETOLD = {"subject", "description", "participant_ids", "state"}


class CrmGestaoOccurrence(models.Model):
    _inherit = "crm.gestao.occurrence"

    anonymised_on = Datetime(readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        """As always, but not with the word that it is anonymous already."""
        defaults = [f.removeprefix("default_") for f in self.env.context]
        self._refuse_claim(set(defaults).union(*vals_list))
        return super().create(vals_list)

    def write(self, vals):
        """What is told after an occurrence was made anonymous is not anonymous.

        What is said, planned or attached after it is not either: see `_tell_anew`.
        """
        self._refuse_claim(vals)
        is_retold = RETOLD & vals.keys() and "anonymised_on" not in vals
        if is_retold and any(self.mapped("anonymised_on")):
            vals = {**vals, "anonymised_on": False}
        return super().write(vals)

    def _refuse_claim(self, fnames):
        """Only who makes an occurrence anonymous, with sudo, says that it is.

        The retention period would never take it otherwise.

        :raise AccessError: where `fnames` have that field
        """
        if "anonymised_on" in fnames and not self.env.su:
            raise AccessError(
                self.env._(
                    "When an occurrence was made anonymous is written by itself. Leave"
                    " it out."
                )
            )

    @api.model
    def _tell_anew(self, ids):
        """Have the retention period take again what tells something anew.

        :param ids: occurrences that have a new message, activity or file
        """
        # sudo: who may say something on it need not be one who may change it
        occurrences = self.sudo().browse(set(ids))
        try:
            retold = occurrences.filtered("anonymised_on")
        except MissingError:
            retold = occurrences.exists().filtered("anonymised_on")
        retold.write({"anonymised_on": False})

    def _anonymise(self, note, keep_participants=False):
        """Erase what these occurrences tell of people: texts, messages and files.

        What is counted stays: type, dates, duration, status, tags, customer. It cannot
        be undone.

        :param str note: why, for the chatter of each
        :param bool keep_participants: where the participants are made anonymous as well
        """
        if not self:
            return
        # sudo: the caller has checked the right to erase; messages and files are of
        # other users too
        occurrences = self.sudo().with_context(
            active_test=False, tracking_disable=True, mail_notrack=True
        )
        occurrences._erase_chatter()
        values = {
            "subject": self.env._("Anonymised"),
            "description": False,
            "anonymised_on": fields.Datetime.now(),
        }
        if not keep_participants:
            values["participant_ids"] = [Command.clear()]
        # before the others, as what is said is told anew
        occurrences._message_log_batch(dict.fromkeys(self.ids, note))
        occurrences.write(values)
