from odoo import models

from ..tools import NUMBERED, as_reader, get_told_name, is_guarded, is_ours


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _compute_res_name(self):
        """Tell the name of what is guarded only to who may read it.

        Odoo computes it with all rights, also of an activity that a client only says
        it is about to plan; and tells it to whoever is to do it.
        """
        res = super()._compute_res_name()
        for activity in self.filtered("res_id"):
            model, user = activity.res_model, activity.user_id
            is_new = not activity.id  # nor is 0 one that is there
            if model not in self.env or not (is_new or is_guarded(self.env, model)):
                continue
            record = self.env[model].sudo(False).browse(activity.res_id)
            # of whatever model: a file or a line may tell of what is guarded
            if is_new and not record.has_access("read"):
                activity.res_name = False
            elif not is_guarded(self.env, model):
                continue
            elif user and not as_reader(record, user.id).has_access("read"):
                activity.res_name = get_told_name(record)
        return res

    def write(self, vals):
        """Nobody moves one to what is guarded and they may not read.

        Odoo asks for the right to the record that it was on, and then tells the name of
        the other.
        """
        if vals.get("user_id"):
            self._tell_names_anew()
        if self.env.su or not vals.keys() & {"res_id", "res_model", "res_model_id"}:
            return super().write(vals)
        before = {activity: (activity.res_model, activity.res_id) for activity in self}
        res = super().write(vals)
        moved = self.filtered(lambda a: before[a] != (a.res_model, a.res_id))
        for model, activities in moved.grouped("res_model").items():
            if is_guarded(self.env, model):
                records = self.env[model].browse(activities.mapped("res_id"))
                records.check_access("read")
        return res

    def _tell_names_anew(self):
        """Have the names of guarded documents computed again, see `_compute_res_name`.

        Where one is gone, its activity keeps the name.
        """
        for model, activities in self.filtered("res_id").grouped("res_model").items():
            if is_guarded(self.env, model):
                there = self.env[model].browse(activities.mapped("res_id")).exists()
                ids = set(there.ids)
                self.env.add_to_compute(
                    self._fields["res_name"],
                    activities.filtered(lambda a, ids=ids: a.res_id in ids),
                )

    def action_create_calendar_event(self):
        """Propose no name that those may not read who see the calendar: all employees.

        It is the calendar's, where that is installed.
        """
        action = super().action_create_calendar_event()
        # what has no number is an opportunity, whose meetings Odoo calls by its name
        if is_ours(self.res_model) or self.res_model in NUMBERED:
            document = self.env[self.res_model].browse(self.res_id)
            action["context"]["default_name"] = get_told_name(document)
        return action

    def _action_done(self, feedback=False, attachment_ids=None):
        """Who has done the review of a competitor's card has reviewed it."""
        reviews = self.filtered(
            lambda activity: (
                activity.automated and activity.res_model == "crm.gestao.competitor"
            )
        )
        cards = self.env["crm.gestao.competitor"].browse(reviews.mapped("res_id"))
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        cards.exists()._filtered_access("write")._set_reviewed()
        return result
