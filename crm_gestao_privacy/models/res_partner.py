import html
import re
from collections import defaultdict
from itertools import chain

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools.mail import (
    email_normalize,
    email_normalize_all,
    email_split_and_format,
)
from odoo.tools.sql import escape_psql

# what is no text about the person
NEUTRAL_FIELDS = {"lang", "tz", "parent_path", "invoice_edi_format_store"}
CLEARED_TYPES = ("char", "text", "html", "date", "binary", "image", "properties")
# and what else tells of them: a picture, where they are, and their page on the website
TELLING_FIELDS = {
    "city_id",
    "image_1920",
    "is_published",
    "partner_latitude",
    "partner_longitude",
}
REDACTED = "***"
# of a phone number that is a person's: fewer are of an extension
FEWEST_DIGITS = 7
NAME = re.compile(r"[^\W\d_]+")
TAG = re.compile(r"(<[^<>]*>)")
# what a name of one word is followed by where somebody else is meant: "Maria da Silva"
SURNAME = re.compile(
    r"[^\S\n]+(?:(?:d[aeo]s?|del?)[^\S\n]+|d['’])?(?P<first>\w)(?P<second>\w)"
)


def get_whole(text):
    """A pattern of this text where it stands by itself, an address in no longer one."""
    before, after = (r"[\w.+-]", r"\.?[\w-]") if "@" in text else (r"\w", r"\w")
    return rf"(?<!{before}){re.escape(text)}(?!{after})"


def make_redaction(texts):
    """Make a function that takes texts that tell of people out of another text.

    A name of one word, such as Maria, may also be somebody else's, or a word: it is
    taken as names are written, where no surname follows, and neither out of addresses
    nor out of tags. In capitals one cannot tell, and it is taken.

    :param set texts: names, e-mail addresses and numbers
    :return: function of a text, and of whether it is HTML, that gives the text without
        them
    """
    longest_first = sorted(texts, key=len, reverse=True)
    names, whole = (
        [text for text in longest_first if bool(NAME.fullmatch(text)) is is_name]
        for is_name in (True, False)
    )
    names = {form for n in names for form in (n, n.upper(), n.capitalize())}
    # "@Maria" is how Odoo writes who is mentioned
    names = re.compile(
        rf"(?<![\w.])(?<!\w@)(?:{'|'.join(sorted(names)) or '(?!)'})"
        r"(?![\w@]|[.+-][\w.+-]*@)"
    )
    whole = re.compile("|".join(map(get_whole, whole)) or "(?!)", re.IGNORECASE)

    def redact_name(match):
        follows = SURNAME.match(match.string, match.end())
        is_others = (
            follows and follows["first"].isupper() and follows["second"].islower()
        )
        return match[0] if is_others and not match[0].isupper() else REDACTED

    def redact(text, is_html):
        text = whole.sub(REDACTED, str(text))
        if not is_html:
            return names.sub(redact_name, text)
        parts = TAG.split(text)
        parts[::2] = [names.sub(redact_name, part) for part in parts[::2]]
        return "".join(parts)

    return redact


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _get_privacy_persons(self):
        """This person with the addresses that are nobody else's."""
        children = self.with_context(active_test=False).child_ids
        return self | children.filtered(lambda child: child.type != "contact")

    def _get_privacy_occurrences(self):
        """What was recorded with this person as the customer, archived ones too."""
        return (
            self.env["crm.gestao.occurrence"]
            .with_context(active_test=False)
            .search([("partner_id", "in", self._get_privacy_persons().ids)])
        )

    def _has_posted_entries(self):
        """Tell whether the law makes the fiscal data of this person stay.

        Also of what was posted, and is a draft again or cancelled.
        """
        # sudo: the law holds also where the user may not see the books
        persons = self._get_privacy_persons().sudo()
        theirs = Domain("partner_id", "in", persons.ids)
        # not every addon that posts says that it was
        posted = Domain("state", "=", "posted") | Domain("posted_before", "=", True)
        lines, moves = (
            self.env[model].sudo() for model in ("account.move.line", "account.move")
        )
        return bool(
            lines.search_count(theirs & Domain("move_id", "any", posted), limit=1)
            or moves.search_count(
                (theirs | Domain("partner_shipping_id", "in", persons.ids)) & posted,
                limit=1,
            )
        )

    def action_privacy(self):
        """Open the dialog that exports or anonymises, which begins to exist here.

        It tells apart what was done before, and what is done while it is open.
        """
        self.ensure_one()
        wizard = self.env["crm.gestao.privacy.wizard"].create({"partner_id": self.id})
        return wizard._get_records_action(
            name=self.env._("Export or Anonymise"), target="new", context={}
        )

    def _check_can_anonymise(self):
        """Refuse people who are not only customers.

        :raise UserError: with the way out
        """
        self.ensure_one()
        self.check_access("write")
        # sudo: also the addresses, users and companies that the user may not read
        persons = self.sudo()._get_privacy_persons().with_context(active_test=False)
        # archived as well, and in use: for visitors, and for new users of the portal
        template = self.env.ref("base.template_portal_user_id", False)
        users = persons.user_ids.filtered(
            lambda user: user.active
            or not user.share
            or user._is_public()
            or user == template
        )
        # employees are an app of their own, in which not all have a login
        there = persons.with_context(active_test=True)
        is_employee = "employee_ids" in there._fields and there.employee_ids
        if is_employee or users:
            raise UserError(
                self.env._(
                    "%s is an employee, or has a login. Archive a user of the portal"
                    " first; employees are not made anonymous here.",
                    self.display_name,
                )
            )
        companies = persons.env["res.company"]
        if companies.search_count([("partner_id", "in", persons.ids)], limit=1):
            raise UserError(self.env._("%s is a company of yours.", self.display_name))

    def _check_changed_records(self, changed):
        """Refuse to change what is not the user's to change.

        :param changed: list of records that making this person anonymous changes
        :raise UserError: with the way out
        """
        if self.env.user.has_group("base.group_system"):
            return
        companies = self.env.user.company_ids
        refused = [
            records._name
            for records in changed
            if records.sudo(False)
            .with_context(allowed_company_ids=companies.ids)
            ._filtered_access("write")
            != records
        ]
        if refused:
            models = self.env["ir.model"]
            raise UserError(
                self.env._(
                    "%(person)s has records that you may not change, such as those of"
                    " another company: %(models)s. Ask somebody whose role in the"
                    " settings is Administrator to do this.",
                    person=self.display_name,
                    models=", ".join(
                        sorted({models._get(name).name or name for name in refused})
                    ),
                )
            )

    def _get_changed_records(self, occurrences, mentions):
        """What making these people anonymous changes, or says something else on.

        :param occurrences: theirs, which are emptied
        :param mentions: what `_find_mentions` finds
        :return: list of records, of one model each
        """
        ids = defaultdict(set)
        for record in chain(
            self,
            self.bank_ids,
            occurrences,
            *self._get_other_records(),
            self._get_said(),
            self._get_waiting_mails(),
            self._get_scheduled_messages(),
            self._get_ratings(),
            (record for record, _values in mentions),
        ):
            if record._name == "ir.attachment":
                record = self.env[record.res_model].browse(record.res_id)
            elif record._name == "discuss.channel":
                record = record.calendar_event_ids[:1]
            model, res_id = record._name, record.id
            if model == "mail.activity":
                model, res_id = record.res_model, record.res_id
            elif model.startswith("mail."):
                says = model in ("mail.message", "mail.scheduled.message")
                message = record if says else record.mail_message_id
                model, res_id = message.model, message.res_id
            # some messages are on nothing, or on what an app left behind
            if res_id and model in self.env and not self.env[model]._abstract:
                ids[model].add(res_id)
        return [self.env[model].browse(ids[model]).exists() for model in ids]

    def _anonymise(self):
        """Make this person unrecognisable, for good. Figures stay what they were.

        Name, tax ID and address stay where the law wants the invoices kept.

        :return: the occurrences that were emptied
        :raise UserError: where that cannot be done
        """
        self._check_can_anonymise()
        is_kept = self._has_posted_entries()
        note = self.env._("Made anonymous at the person's request.")
        # sudo: checked above and below; what hangs on the person is of many users, and
        # of apps that the user may not open
        persons = (
            self.sudo()
            ._get_privacy_persons()
            .with_context(active_test=False, tracking_disable=True, mail_notrack=True)
        )
        occurrences = persons._get_privacy_occurrences()
        mentions = list(persons._find_mentions(occurrences))
        self._check_changed_records(persons._get_changed_records(occurrences, mentions))
        # found by the address that is taken out
        said = persons._get_said()
        # first, as some of it is emptied or deleted below
        for record, values in mentions:
            record.write(values)
        occurrences._anonymise(note, keep_participants=True)
        persons._erase_bank_accounts(is_kept)
        for records in persons._get_other_records():
            records._erase_chatter()
            records._erase_texts()
        persons._erase_chatter()
        said._erase_content()
        for rating in persons._get_ratings():
            rating.feedback = False
        persons._withdraw_mails()
        persons.env["mail.followers"].search(
            [("partner_id", "in", persons.ids)]
        ).unlink()
        persons._clear_personal_fields(is_kept)
        for user in persons.user_ids.with_context(crm_gestao_anonymised=persons):
            # as Odoo does with portal users who close their account; the signature is
            # the name, until it is written
            user.write(
                {
                    "login": f"__deleted_user_{user.id}",
                    "password": "",
                    "signature": False,
                }
            )
        persons._message_log_batch(dict.fromkeys(persons.ids, note))
        return occurrences

    def _erase_bank_accounts(self, is_kept):
        """Empty and archive their bank accounts; none can be deleted.

        Those that journal entries or payments name stay where the books are kept.
        """
        accounts = self.bank_ids
        accounts._erase_chatter()
        if is_kept:
            for model in ("account.move", "account.payment"):
                named = [("partner_bank_id", "in", accounts.ids)]
                accounts -= self.env[model].search(named).partner_bank_id
        for account in accounts:
            account.write(
                {
                    "acc_number": str(account.id),
                    "acc_holder_name": False,
                    "clearing_number": False,
                    "note": False,
                }
            )
            account.unlink()

    def _get_ratings(self):
        """What these people said where they were asked how content they are."""
        # ratings are an app of their own
        if "rating.rating" not in self.env:
            return []
        return self.env["rating.rating"].search([("partner_id", "in", self.ids)])

    def _get_other_records(self):
        """What else of ours is recorded on these customers, model by model."""
        return [
            model.search([("partner_id", "in", self.ids)])
            for name, model in self.env.items()
            if name.startswith("crm.gestao.")
            and name != "crm.gestao.occurrence"
            and not model._abstract
            # our own records of a customer, which roll up to the company
            and {"message_ids", "commercial_partner_id"} <= set(model._fields)
        ]

    def _get_said(self):
        """All messages that these people wrote, from whichever address of theirs."""
        messages = self.env["mail.message"]
        unknown = self._search_messages_from(Domain("author_id", "=", False))
        return messages.search([("author_id", "in", self.ids)]) | unknown

    def _search_messages_from(self, domain):
        """Messages within `domain` that came from an e-mail address of these people."""
        emails = self._get_emails()
        if not emails:
            return self.env["mail.message"]
        mentions = Domain.OR(
            Domain("email_from", "ilike", escape_psql(email)) for email in emails
        )
        return (
            self.env["mail.message"]
            .search(domain & mentions)
            .filtered(lambda message: email_normalize(message.email_from) in emails)
        )

    def _get_emails(self):
        """The addresses of these people that no other contact has.

        An address that is shared, such as that of their company, tells of nobody.
        """
        emails = {e for person in self for e in email_normalize_all(person.email)}
        if not emails:
            return emails
        # sudo: whose it is beside them is not told
        others = (
            self.sudo()
            .with_context(active_test=False)
            .search(
                Domain("id", "not in", self.ids)
                & Domain.OR(
                    Domain("email", "ilike", escape_psql(email)) for email in emails
                )
            )
        )
        return emails.difference(
            *(email_normalize_all(other.email) for other in others)
        )

    def _get_waiting_mails(self):
        """E-mails to these people that were not sent, or in which they are named so."""
        emails, fnames = self._get_emails(), ("email_to", "email_cc", "headers")
        found = self.env["mail.mail"].search(
            Domain("state", "in", ("outgoing", "exception", "cancel"))
            & Domain.OR(
                [
                    Domain("recipient_ids", "in", self.ids),
                    *(
                        Domain(fname, "ilike", escape_psql(email))
                        for fname in fnames
                        for email in emails
                    ),
                ]
            )
        )
        # not those of whose address is longer
        whole = [re.compile(get_whole(email), re.IGNORECASE) for email in emails]
        return found.filtered(
            lambda mail: mail.recipient_ids & self
            or any(p.search(mail[fname] or "") for p in whole for fname in fnames)
        )

    def _get_scheduled_messages(self):
        """What somebody wrote to these people that is to be said later."""
        return self.env["mail.scheduled.message"].search(
            [("partner_ids", "in", self.ids)]
        )

    def _withdraw_mails(self):
        """Send these people nothing more, and empty what was to nobody else."""
        emails = self._get_emails()
        erased = mails = self._get_waiting_mails()
        for mail in mails:
            others = mail.recipient_ids - self
            values = {"headers": False, "recipient_ids": [Command.set(others.ids)]}
            for fname in ("email_to", "email_cc"):
                addresses = email_split_and_format(mail[fname] or "")
                left = [a for a in addresses if email_normalize(a) not in emails]
                if left != addresses:
                    values[fname] = ", ".join(left)
            mail.write(values)
            if others or mail.email_to:
                erased -= mail
        erased._erase()
        # that of the others is what somebody wrote in the chatter
        own = erased.filtered(lambda mail: not mail.is_notification).mail_message_id
        own._erase_content()
        for message in self._get_scheduled_messages():
            if others := message.partner_ids - self:
                message.partner_ids = others
            else:
                message._erase()
        if "sms.sms" in self.env:
            self.env["sms.sms"].search([("partner_id", "in", self.ids)]).unlink()
        by_address = Domain.OR(
            Domain("mail_email_address", "ilike", escape_psql(email))
            for email in emails
        )
        notifications = (
            self.env["mail.notification"]
            .search(Domain("res_partner_id", "in", self.ids) | by_address)
            .filtered(
                lambda n: n.res_partner_id in self
                or email_normalize(n.mail_email_address) in emails
            )
        )
        notifications.filtered(
            lambda n: n.notification_status in ("ready", "exception", "bounce")
        ).write({"notification_status": "canceled", "failure_reason": False})
        # Odoo wants some address where it knows no contact
        notifications.filtered("mail_email_address").write(
            {"mail_email_address": REDACTED}
        )

    def _clear_personal_fields(self, is_kept):
        fnames = TELLING_FIELDS & set(self._fields) | {
            fname
            for fname, field in self._fields.items()
            if field.store
            and field.type in CLEARED_TYPES
            and not field.required
            and not (field.compute and field.readonly)
            # parts of another field, such as the number of the street: they
            # follow it, and would change it where it is not to be changed
            and not field.inverse
            and not fname.startswith("image_")
            and fname not in NEUTRAL_FIELDS
        }
        address, fiscal = set(self._address_fields()), set(self._commercial_fields())
        for person in self:
            kept = set()
            if is_kept:
                # what countries want besides is named after them
                kept = {f for f in fnames if f.startswith("l10n_")}
                kept |= {"name"} | address | fiscal
            elif person.commercial_partner_id != person:
                # the tax ID of its company, and the address where it has no other
                kept = fiscal | address if person.type == "contact" else fiscal
            values = dict.fromkeys(fnames - kept, False)
            if not is_kept:
                values["name"] = self.env._("Anonymised %s", person.id)
                values["active"] = False
            # active_test: Odoo archives nobody who has a user, as it sees users
            person.with_context(active_test=True).write(values)
            dependent = [f for f in values if self._fields[f].company_dependent]
            if dependent:
                for company in self.env["res.company"].search([("id", "!=", False)]):
                    person.with_company(company).write(dict.fromkeys(dependent, False))

    def _get_telling_texts(self):
        """Names, e-mail addresses and numbers by which a text tells of these people."""
        texts = self._get_emails()
        for fname in ("name", "phone", "vat"):
            texts.update(text.strip() for text in self.mapped(fname) if text)
        return {
            text
            for text in texts
            if len(text) > 2
            # without a letter, it is a number
            and (
                re.search(r"[^\W\d]", text)
                or len(re.findall(r"\d", text)) >= FEWEST_DIGITS
            )
        }

    def _find_mentions(self, erased):
        """Look for these people in what was recorded on others of the same company.

        :param erased: occurrences that are emptied anyhow
        :return: iterator of pairs: a record, and its texts without these people
        """
        commercial = self.commercial_partner_id
        # the tax ID of a contact is that of its company, which keeps its own
        needles = self._get_telling_texts() - (commercial - self)._get_telling_texts()
        if not needles:
            return
        needles = needles | {html.escape(needle) for needle in needles}
        redact = make_redaction(needles)
        ours, record_model = "crm.gestao.occurrence", "crm.gestao.competitor.record"
        of_company = Domain("commercial_partner_id", "in", commercial.ids)
        on_others = {
            ours: Domain("id", "not in", erased.ids)
            & (of_company | Domain("participant_ids", "in", self.ids)),
            record_model: of_company,
            "res.partner": of_company & Domain("id", "not in", self.ids),
        }

        def find_hanging(model_field):
            """What hangs on those others by a field with the name of their model."""
            return Domain.OR(
                Domain(model_field, "=", thread)
                & Domain("res_id", "in", self.env[thread]._search(domain))
                for thread, domain in on_others.items()
            )

        planned = find_hanging("res_model")
        texts = [
            (ours, on_others[ours], ("subject", "description")),
            (
                record_model,
                on_others[record_model],
                self.env[record_model]._get_text_fields(),
            ),
            ("res.partner", on_others["res.partner"], ("comment",)),
            ("mail.activity", planned, ("res_name", "summary", "note", "feedback")),
        ]
        if "calendar.event" in self.env:
            meetings = planned | Domain("activity_ids", "any", planned)
            on_others["calendar.event"] = meetings
            calls = Domain("channel_type", "=", "group")
            calls &= Domain("calendar_event_ids", "any", meetings)
            texts += [
                (
                    "calendar.event",
                    meetings,
                    ("name", "description", "location", "notes"),
                ),
                ("discuss.channel", calls, ("name",)),
            ]
        said = find_hanging("model")
        on_others["mail.activity"] = planned
        texts += [
            (
                "mail.message",
                said,
                (
                    "subject",
                    "body",
                    "email_from",
                    "reply_to",
                    "incoming_email_to",
                    "incoming_email_cc",
                    "outgoing_email_to",
                ),
            ),
            ("mail.scheduled.message", said, ("subject", "body")),
            (
                "mail.tracking.value",
                Domain("mail_message_id", "any", said),
                (
                    "old_value_char",
                    "new_value_char",
                    "old_value_text",
                    "new_value_text",
                ),
            ),
            # what stands in a file is found by its index, and stays in the file; the id
            # brings those of fields, which Odoo leaves out
            (
                "ir.attachment",
                find_hanging("res_model") & Domain("id", "!=", False),
                ("name", "description", "index_content"),
            ),
        ]
        for name, domain, fnames in texts:
            mentions = Domain.OR(
                Domain(fname, "ilike", escape_psql(needle))
                for fname in fnames
                for needle in needles
            )
            # nobody is told of a meeting by what is taken out of it
            found = (
                self.env[name]
                .with_context(no_mail_to_attendees=True, dont_notify=True)
                .search(domain & mentions)
            )
            html_fields = {f for f in fnames if found._fields[f].type == "html"}
            if name == "mail.message":
                found = found._filter_erasable()
            elif name == "mail.tracking.value":
                erasable = found.mail_message_id._filter_erasable()
                found = found.filtered(lambda v, e=erasable: v.mail_message_id in e)
            for record in found:
                values = {
                    fname: redacted
                    for fname in fnames
                    if record[fname]
                    and (redacted := redact(record[fname], fname in html_fields))
                    != str(record[fname])
                }
                if values:
                    yield record, values
