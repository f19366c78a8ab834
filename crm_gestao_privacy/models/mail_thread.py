from odoo import models
from odoo.fields import Domain


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _erase_chatter(self):
        """Empty what was said, attached and planned on these records.

        That it was, and when, stays. Call it with sudo, after the check of the right.
        """
        of_these = Domain("res_id", "in", self.ids)
        on_these = Domain("res_model", "=", self._name) & of_these
        messages = self.env["mail.message"]
        said_on_these = Domain("model", "=", self._name) & of_these
        messages.search(said_on_these)._erase_content()
        self.env["mail.scheduled.message"].search(said_on_these)._erase()
        activities = self.env["mail.activity"].with_context(active_test=False)
        activities = activities.search(on_these)
        on_activities = Domain("res_model", "=", activities._name)
        on_activities &= Domain("res_id", "in", activities.ids)
        # with a condition on the id, Odoo's search finds the files of fields as well
        self.env["ir.attachment"].search(
            (on_these | on_activities) & Domain("id", "!=", False)
        ).unlink()
        if "calendar.event" in self.env:
            # before the activities, which are told of what changes
            events = self.env["calendar.event"].with_context(active_test=False)
            # Of meetings on no document those that were made for the activity: to any
            # other one, somebody may have linked it
            planned = events.union(
                *(
                    activity.calendar_event_id
                    for activity in activities.filtered("calendar_event_id")
                    if not activity.calendar_event_id.res_id
                    and activity.calendar_event_id.create_uid
                    <= activity.create_uid | activity.user_id
                    and activity.calendar_event_id.create_date >= activity.create_date
                )
            )
            events = events.search(on_these) | planned
            events.videocall_channel_id.filtered(
                lambda channel: channel.channel_type == "group"
            ).write({"name": self.env._("Anonymised")})
            events.with_context(no_mail_to_attendees=True, dont_notify=True).write(
                {
                    "name": self.env._("Anonymised"),
                    "description": False,
                    "location": False,
                    "notes": False,
                }
            )
            of_events = Domain("res_id", "in", events.ids)
            invitations = Domain("model", "=", events._name) & of_events
            messages.search(invitations)._erase_content()
            files = Domain("res_model", "=", events._name) & of_events
            self.env["ir.attachment"].search(files).unlink()
        activities.write(
            {"res_name": False, "summary": False, "note": False, "feedback": False}
        )

    def _erase_texts(self):
        """Empty the free texts of these records."""
        self.write(dict.fromkeys(self._get_text_fields(), False))

    def _get_text_fields(self):
        """The names of the fields of this model that anybody may write words into."""
        return [
            fname
            for fname, field in self._fields.items()
            if field.store
            and field.type in ("char", "text", "html")
            and not field.required
            and not (field.compute and field.readonly)
        ]
