from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.mail import html_to_inner_content

from ..tools import check_id

LONGEST_PAGE = 100
LONGEST_TEXT = 200
CUSTOMER_MOVES = ("out_invoice", "out_receipt", "out_refund")
HUMAN_MESSAGES = ("comment", "email")
TEXT_IN_HTML = r"(^|>)\s*[^<\s]"


class Page(NamedTuple):
    """Where a page of entries begins and how long it is."""

    # moment, position of the source and id of the entry before
    after: tuple | None
    limit: int


class CrmGestaoTimeline(models.AbstractModel):
    """The life of a customer in one column, newest first, read with the user's rights.

    Entries are in the order of moment, source and id: the moment and the id descending,
    the sources as in `_get_sources`. No two have all three in common, so a page goes on
    exactly where the one before has ended. What has a day and no time stands at the end
    of that day in the user's time zone: above all else of the day.
    """

    _name = "crm.gestao.timeline"
    _description = "Timeline of a Customer"

    @api.model
    @api.readonly
    def get_page(self, partner_id, kinds=None, before=None, limit=30):
        """One page of the timeline.

        :param int partner_id: a company, with all its contacts, or a contact alone
        :param list kinds: the kinds to show, None for all
        :param list before: `next` of the page before, None for the first one
        :param int limit: how many entries, 100 at most
        :return: dict with `entries` (see `_prepare_entries`), `next` (None where there
            are no more) and `kinds`: all that the user may choose from, each with
            `name`, `label` and `icon`
        :raise AccessError: where the user may read no occurrences, or not this customer
        :raise UserError: where `before` is none that came from here, or what else is
            asked for of another kind
        """
        self.env["crm.gestao.occurrence"].check_access("read")
        if type(limit) is not int or not isinstance(kinds, list | tuple | None):
            raise UserError(
                self.env._(
                    "The timeline takes a list of kinds and a number of entries, such"
                    " as 30. Correct what asks for it."
                )
            )
        partners = self._get_partners(check_id(self.env, partner_id))
        customer = partners.browse(partner_id)
        sources = self._get_sources()
        page = Page(
            self._parse_cursor(before, sources) if before else None,
            min(max(limit, 1), LONGEST_PAGE) + 1,
        )
        readable = {
            model: source
            for model, source in sources.items()
            if self.env[model].has_access("read")
        }
        documents = {
            model: self._get_customer_domain(model, source, customer, partners)
            for model, source in readable.items()
            if "thread" not in source
        }
        found = []
        for position, (model, source) in enumerate(sources.items()):
            domain = Domain.OR(
                kind["domain"]
                for name, kind in source["kinds"].items()
                if kinds is None or name in kinds
            )
            if model not in readable or domain.is_false():
                continue
            restrict = self._get_restriction(model, source, position, page)
            if model in documents:
                query = self.env[model]._search(domain & documents[model])
                restrict(query)
            else:
                threads = {**documents, "res.partner": Domain("id", "in", partners.ids)}
                query = self._search_on_threads(
                    model, source, domain, threads, restrict
                )
            found += [
                ((self._get_moment(record, source), -position, record.id), record)
                for record in self._fetch(query, model, source)
            ]
        found.sort(key=lambda item: item[0], reverse=True)
        has_more = len(found) >= page.limit
        del found[page.limit - 1 :]
        return {
            "entries": self._prepare_entries(
                [record for _key, record in found], sources, customer
            ),
            "next": self._format_cursor(*found[-1]) if has_more else None,
            "kinds": [
                {"name": name, "label": kind["label"], "icon": kind["icon"]}
                for source in reversed(readable.values())
                for name, kind in source["kinds"].items()
            ],
        }

    # ------------------------------------------------------------------
    # Sources
    # ------------------------------------------------------------------

    @api.model
    def _get_sources(self):
        """What the timeline is made of, by the model that is read.

        :return: dict of dicts:

            - `kinds`: dict by name, each with a `label`, an `icon` and the `domain`
              that tells it from the others of this model
            - `date`: the field that it is sorted by, and another for where it is empty
            - `fields`: what else `prepare` takes from the record, stored fields only
            - `prepare`: a function of the record, returns an entry (`_prepare_entries`)
            - `domain` (optional): which records are the affair of a customer at all
            - `thread`: only for what hangs on the records of other sources, the fields
              that hold their model and id
        """
        return {
            "mail.activity": {
                "kinds": {
                    "activity": {
                        "label": self.env._("Planned Activity"),
                        "icon": "fa-clock-o",
                        "domain": Domain("active", "=", True),
                    }
                },
                "date": ("date_deadline",),
                "fields": (
                    "summary",
                    "note",
                    "activity_type_id",
                    "user_id",
                    "res_model",
                    "res_id",
                ),
                "prepare": self._prepare_activity,
                "thread": ("res_model", "res_id"),
            },
            "mail.message": {
                "kinds": {
                    "message": {
                        "label": self.env._("Message"),
                        "icon": "fa-comment-o",
                        "domain": Domain("message_type", "in", HUMAN_MESSAGES)
                        # Odoo lets it be emptied
                        & Domain("date", "!=", False)
                        & Domain.custom(to_sql=self._is_message_kept),
                    }
                },
                "date": ("date",),
                "fields": (
                    "body",
                    "message_type",
                    "author_id",
                    "email_from",
                    "model",
                    "res_id",
                ),
                "prepare": self._prepare_message,
                "thread": ("model", "res_id"),
            },
            "account.payment": {
                "kinds": {
                    "payment": {
                        "label": self.env._("Payment"),
                        "icon": "fa-money",
                        "domain": Domain.TRUE,
                    }
                },
                "date": ("date",),
                "fields": (
                    "state",
                    "amount",
                    "payment_type",
                    "currency_id",
                    "partner_id",
                    "memo",
                    "create_uid",
                ),
                "prepare": self._prepare_payment,
                "domain": Domain("partner_type", "=", "customer"),
            },
            "account.move": {
                "kinds": {
                    "invoice": {
                        "label": self.env._("Invoice"),
                        "icon": "fa-file-text-o",
                        "domain": Domain("move_type", "!=", "out_refund"),
                    },
                    "credit_note": {
                        "label": self.env._("Credit Note"),
                        "icon": "fa-undo",
                        "domain": Domain("move_type", "=", "out_refund"),
                    },
                },
                # a draft has no invoice date yet
                "date": ("invoice_date", "date"),
                "fields": (
                    "ref",
                    "move_type",
                    "state",
                    "payment_state",
                    "amount_total_in_currency_signed",
                    "currency_id",
                    "partner_id",
                    "invoice_user_id",
                ),
                "prepare": self._prepare_move,
                "domain": Domain("move_type", "in", CUSTOMER_MOVES),
            },
            "sale.order": {
                "kinds": {
                    "quotation": {
                        "label": self.env._("Quotation"),
                        "icon": "fa-pencil-square-o",
                        "domain": Domain("state", "!=", "sale"),
                    },
                    "order": {
                        "label": self.env._("Order"),
                        "icon": "fa-shopping-cart",
                        "domain": Domain("state", "=", "sale"),
                    },
                },
                "date": ("date_order",),
                "fields": (
                    "client_order_ref",
                    "state",
                    "amount_total",
                    "currency_id",
                    "partner_id",
                    "user_id",
                ),
                "prepare": self._prepare_order,
            },
            "crm.gestao.occurrence": {
                "kinds": {
                    "occurrence": {
                        "label": self.env._("Occurrence"),
                        "icon": "fa-comments-o",
                        "domain": Domain.TRUE,
                    }
                },
                "date": ("date",),
                "fields": (
                    "name",
                    "subject",
                    "type_id",
                    "state",
                    "partner_id",
                    "user_id",
                ),
                "prepare": self._prepare_occurrence,
            },
        }

    @staticmethod
    def _is_message_kept(messages, alias, query):
        """SQL: a deleted message stays, with tags, but no text and no attachment."""
        attachments = messages._fields["attachment_ids"]
        return SQL(
            "(%s ~ %s OR EXISTS (SELECT FROM %s WHERE %s = %s))",
            messages._field_to_sql(alias, "body", query),
            TEXT_IN_HTML,
            SQL.identifier(attachments.relation),
            SQL.identifier(attachments.column1),
            SQL.identifier(alias, "id"),
        )

    @api.model
    def _get_partners(self, partner_id):
        """Who counts as this customer: a company with its contacts, or a contact."""
        partners = self.env["res.partner"].with_context(active_test=False)
        partners = partners.search_fetch(
            Domain("id", "=", partner_id)
            | Domain("commercial_partner_id", "=", partner_id),
            ["commercial_partner_id"],
            order="id",
        )
        if partner_id not in partners.ids:
            raise AccessError(
                self.env._("This customer can no longer be read. Choose another one.")
            )
        return partners

    @api.model
    def _get_customer_domain(self, model, source, customer, partners):
        domain = source.get("domain", Domain.TRUE)
        if (
            customer == customer.commercial_partner_id
            and "commercial_partner_id" in self.env[model]._fields
        ):
            return domain & Domain("commercial_partner_id", "=", customer.id)
        return domain & Domain("partner_id", "in", partners.ids)

    @api.model
    def _search_on_threads(self, model, source, domain, threads, restrict):
        """A query of what hangs on records that the user may read.

        :param dict threads: domains of these records by model
        :param restrict: see `_get_restriction`
        """
        records = self.env[model]
        model_fname, id_fname = source["thread"]
        (date_fname,) = source["date"]
        # what bypass_access takes away of the model's own rules
        domain &= self.env["ir.rule"]._compute_domain(model, "read")
        parts = []
        for thread_model, thread_domain in threads.items():
            thread = self.env[thread_model]
            if thread_model == "res.partner":
                thread = thread.with_context(active_test=False)
            # bypass_access: Odoo's own search fetches all that there is, to look for
            # the records one model after the other. Here these come from a search with
            # the user's rights.
            part = records._search(
                domain
                & Domain(model_fname, "=", thread_model)
                & Domain.custom(
                    to_sql=lambda model, alias, query: SQL(
                        "%s = thread.id", model._field_to_sql(alias, id_fname, query)
                    )
                ),
                bypass_access=True,
            )
            # each record by itself, from its index: what others have is not read
            restrict(part)
            date = records._field_to_sql(part.table, date_fname, part)
            parts.append(
                SQL(
                    "(SELECT part.id FROM (%s) thread (id) CROSS JOIN LATERAL (%s) part"
                    " (id, date) ORDER BY part.date DESC, part.id DESC LIMIT %s)",
                    thread._search(thread_domain).select(),
                    part.select(SQL.identifier(part.table, "id"), date),
                    part.limit,
                )
            )
        query = records._search(
            Domain.custom(
                to_sql=lambda model, alias, query: SQL(
                    "%s = ANY(ARRAY(%s))",
                    SQL.identifier(alias, "id"),
                    SQL(" UNION ALL ").join(parts),
                )
            ),
            bypass_access=True,
        )
        restrict(query)
        return query

    @api.model
    def _fetch(self, query, model, source):
        """Like `search_fetch`, from a query."""
        records = self.env[model]
        return records._fetch_query(
            query,
            records._determine_fields_to_fetch([*source["date"], *source["fields"]]),
        )

    # ------------------------------------------------------------------
    # Order and pages
    # ------------------------------------------------------------------

    @api.model
    def _format_cursor(self, key, record):
        return [key[0].isoformat(), record._name, record.id]

    @api.model
    def _parse_cursor(self, cursor, sources):
        try:
            moment, model, res_id = cursor
            moment = datetime.fromisoformat(moment).replace(tzinfo=None)
            return moment, list(sources).index(model), int(res_id)
        except (OverflowError, TypeError, ValueError) as error:
            raise UserError(
                self.env._("The timeline cannot go on from there. Open it again.")
            ) from error

    @api.model
    def _get_moment(self, record, source):
        value = next(filter(None, map(record.__getitem__, source["date"])))
        if isinstance(value, datetime):
            return value
        return self._get_end_of_day(value)

    @api.model
    def _get_end_of_day(self, day):
        try:
            end = self.env.tz.localize(datetime.combine(day, time.max))
            return end.astimezone(UTC).replace(tzinfo=None)
        except OverflowError:
            return datetime.max if day.year > 1 else datetime.combine(day, time.max)

    @api.model
    def _get_last_day(self, moment):
        """The last day that has ended at this moment, in the user's time zone.

        :return: date, or None on the very first day
        """
        try:
            day = moment.replace(tzinfo=UTC).astimezone(self.env.tz).date()
            if self._get_end_of_day(day) > moment:
                day -= timedelta(days=1)
        except OverflowError:
            return date.max if moment.year > 1 else None
        return day

    @api.model
    def _get_restriction(self, model, source, position, page):
        """A function that puts a query in order and restricts it to the page."""
        model = self.env[model]
        is_day = model._fields[source["date"][0]].type == "date"

        def restrict(query):
            columns = [
                model._field_to_sql(query.table, fname, query)
                for fname in source["date"]
            ]
            column = columns[0]
            if columns[1:]:
                column = SQL("COALESCE(%s)", SQL(", ").join(columns))
            id_column = SQL.identifier(query.table, "id")
            query.order = SQL("%s DESC, %s DESC", column, id_column)
            query.limit = page.limit
            if not page.after:
                return
            moment, after_position, after_id = page.after
            last = self._get_last_day(moment) if is_day else moment
            query.add_where(SQL("%s <= %s", column, last))
            # of those at the very moment, the ones that come later
            if is_day and (not last or self._get_end_of_day(last) != moment):
                return
            if position < after_position:
                query.add_where(SQL("%s < %s", column, last))
            elif position == after_position:
                query.add_where(
                    SQL("(%s < %s OR %s < %s)", column, last, id_column, after_id)
                )

        return restrict

    # ------------------------------------------------------------------
    # Entries
    # ------------------------------------------------------------------

    @api.model
    def _prepare_entries(self, records, sources, customer):
        """What the client shows of these records, in their order.

        The `prepare` of a source returns `kind` and whatever else there is of `title`
        (the record's name unless given), `text`, `reference`, `icon` (instead of the
        kind's), `who`, `partner`, `amount` and `currency_id`, `state` (a label),
        `decoration` (of Bootstrap) and `record`, which is opened, if it is another one.
        What is a record there is a name here: those of all entries are read at once.

        :return: list of dicts, as described, with `id`, `date` (as the server writes
            dates), `is_day` (it has no time), `res_model` and `res_id` besides
        """
        entries = []
        names = defaultdict(set)
        for record in records:
            source = sources[record._name]
            value = next(filter(None, map(record.__getitem__, source["date"])))
            is_day = not isinstance(value, datetime)
            entry = {"record": record, **source["prepare"](record)}
            if entry.get("partner") == customer:
                # it is the one that the timeline is about
                del entry["partner"]
            entry |= {
                "id": f"{record._name},{record.id}",
                "title": entry.get("title") or entry["record"],
                "is_day": is_day,
                "date": (fields.Date if is_day else fields.Datetime).to_string(value),
            }
            entries.append(entry)
            for named in entry.values():
                if isinstance(named, models.BaseModel):
                    names[named._name].update(named.ids)
        names = self._get_names(names)
        for entry in entries:
            record = entry.pop("record")
            entry |= {"res_model": record._name, "res_id": record.id}
            for key, value in entry.items():
                if isinstance(value, models.BaseModel):
                    entry[key] = names.get((value._name, value.id), False)
        return entries

    @api.model
    def _get_names(self, ids_by_model):
        """Names by model and id, in one statement.

        bypass_access: as everywhere in Odoo, who may read a record may read the names
        of what it points to.
        """
        parts = []
        for model, ids in ids_by_model.items():
            records = self.env[model].with_context(active_test=False)
            query = records._search(Domain("id", "in", ids), bypass_access=True)
            if not query.is_empty():
                parts.append(
                    query.select(
                        SQL("%s", model),
                        SQL.identifier(query.table, "id"),
                        records._field_to_sql(query.table, records._rec_name, query),
                    )
                )
        if not parts:
            return {}
        rows = self.env.execute_query(SQL(" UNION ALL ").join(parts))
        return {(model, res_id): name or False for model, res_id, name in rows}

    @api.model
    def _get_state(self, record, fname, value, decorations):
        labels = dict(record._fields[fname]._description_selection(self.env))
        return {
            "state": labels.get(value, False),
            "decoration": decorations.get(value, "secondary"),
        }

    @api.model
    def _get_excerpt(self, html):
        text = html_to_inner_content(html)
        return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"

    @api.model
    def _prepare_occurrence(self, occurrence):
        return {
            "kind": "occurrence",
            "icon": occurrence.type_icon,
            "title": occurrence.subject,
            "reference": occurrence.name,
            "who": occurrence.user_id,
            "partner": occurrence.partner_id,
            **self._get_state(
                occurrence,
                "state",
                occurrence.state,
                {"open": "info", "done": "success"},
            ),
        }

    @api.model
    def _prepare_order(self, order):
        return {
            "kind": "order" if order.state == "sale" else "quotation",
            "reference": order.client_order_ref,
            "who": order.user_id,
            "partner": order.partner_id,
            "amount": order.amount_total,
            "currency_id": order.currency_id.id,
            **self._get_state(
                order,
                "state",
                order.state,
                {"draft": "info", "sent": "primary", "sale": "success"},
            ),
        }

    @api.model
    def _prepare_move(self, move):
        is_posted = move.state == "posted"
        return {
            "kind": "credit_note" if move.move_type == "out_refund" else "invoice",
            "reference": move.ref,
            "who": move.invoice_user_id,
            "partner": move.partner_id,
            "amount": move.amount_total_in_currency_signed,
            "currency_id": move.currency_id.id,
            **self._get_state(
                move,
                "payment_state" if is_posted else "state",
                move.payment_state if is_posted else move.state,
                {
                    "draft": "info",
                    "not_paid": "warning",
                    "partial": "warning",
                    "in_payment": "success",
                    "paid": "success",
                },
            ),
        }

    @api.model
    def _prepare_payment(self, payment):
        sign = 1 if payment.payment_type == "inbound" else -1
        return {
            "kind": "payment",
            "reference": payment.memo,
            "who": payment.create_uid,
            "partner": payment.partner_id,
            "amount": sign * payment.amount,
            "currency_id": payment.currency_id.id,
            **self._get_state(
                payment,
                "state",
                payment.state,
                {
                    "draft": "info",
                    "in_process": "success",
                    "paid": "success",
                    "rejected": "danger",
                },
            ),
        }

    @api.model
    def _prepare_activity(self, activity):
        today = fields.Date.context_today(activity)
        if activity.date_deadline < today:
            state = "overdue"
        else:
            state = "today" if activity.date_deadline == today else "planned"
        record = self.env[activity.res_model].browse(activity.res_id)
        return {
            "kind": "activity",
            "icon": activity.icon,
            "title": activity.summary or activity.activity_type_id,
            "text": self._get_excerpt(activity.note),
            "who": activity.user_id,
            "record": record,
            "reference": record,
            **self._get_state(
                activity,
                "state",
                state,
                {"overdue": "danger", "today": "warning", "planned": "success"},
            ),
        }

    @api.model
    def _prepare_message(self, message):
        record = self.env[message.model].browse(message.res_id)
        return {
            "kind": "message",
            "icon": "fa-envelope-o" if message.message_type == "email" else False,
            "text": self._get_excerpt(message.body),
            "who": message.author_id or message.email_from,
            "record": record,
        }
