"""The operations that are measured, with their goals: ours, the peers', and in SQL.

An operation is what a person does, in the words of the table of goals. `ours` and
`peer` give the call that the web client sends for it, `bare` the statements that fetch
(or write) the same rows by the ideal index.
"""

import ast
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count

from data import BASE, BIG, PHRASE, SMALL, STEADY, WORDS

NUMBERS = count(1)
TODAY = date.today()
YEAR_AGO = TODAY - timedelta(days=365)
PAGE = 80  # rows of a list
CARDS = 40  # of a column of a kanban
# in SQL, of moments in the time zone of data.py, and of days
PERIOD = (
    f"%s BETWEEN '{YEAR_AGO} 03:00:00' AND '{TODAY + timedelta(days=1)} 02:59:59.999'"
)
DAYS = f"%s BETWEEN '{YEAR_AGO}' AND '{TODAY}'"


class IfFull(str):
    """A statement that is run only where the one before has filled a page."""


@dataclass
class Call:
    """One request: a method of a model, or with `path` a page.

    :param found: function of the result that tells how much of what is looked for is
        in it, at least `hits`: an answer that is empty or 0 has found nothing
    """

    model: str = ""
    method: str = ""
    args: list = field(default_factory=list)
    kwargs: dict = field(default_factory=dict)
    path: str = ""
    found: callable = field(default=len, compare=False)
    hits: int = field(default=1, compare=False)


@dataclass
class Product:
    """How one addon names what all of them have."""

    name: str
    model: str
    count: str
    reference: str
    subject: str
    date: str
    domain: callable
    values: dict

    def of(self, customer):
        return self.domain(customer)

    def in_period(self, customer):
        return [
            *self.of(customer),
            [self.date, ">=", str(YEAR_AGO)],
            [self.date, "<", str(TODAY + timedelta(days=1))],
        ]


ONE, TWO, THREE = (" ".join(WORDS * 2)[start : start + 115] for start in (0, 115, 230))
# as the editor writes what is typed, with its mark on the first element, an empty line,
# a soft break, a list; and as it comes from elsewhere
TEXT = (
    f'<div data-oe-version="2.0">{ONE}</div><div><br></div><div>{TWO}<br>{THREE}</div>'
)
TEXTS = [
    TEXT,
    f"<p>{ONE} &amp; {TWO}</p>\n<p>{THREE}&nbsp;</p>",
    f'<p data-oe-version="2.0"><strong>{ONE}</strong></p>'
    f"<ul><li><p>{TWO}</p></li><li>{THREE}</li></ul>",
]
RECEIVABLE = (
    "account_id IN (SELECT id FROM account_account"
    " WHERE account_type = 'asset_receivable')"
)
COMMON = WORDS[0]  # a word that one subject in sixteen has


def records(result):
    """Found: the rows of a list, not what it counts besides."""
    return len(result["records"])


def counted(result):
    """Found: what the groups count."""
    return sum(group["__count"] for group in result)


def told_of_groups(*names):
    """What is compared with bare SQL: these values of each group."""
    return lambda result: [[group[name] for name in names] for group in result]


def child_of(customer):
    return [["partner_id", "child_of", customer]]


OURS = Product(
    "crm_gestao", "crm.gestao.occurrence", "occurrence_count", "name", "subject",
    "date", lambda customer: [["commercial_partner_id", "=", customer]],
    {"subject": "Bench", "type_id": None, "description": TEXT},
)  # fmt: skip
PEERS = [
    Product("helpdesk_mgmt", "helpdesk.ticket", "helpdesk_ticket_count", "number",
            "name", "create_date", child_of, {"name": "Bench", "description": TEXT}),
    Product("crm_phonecall", "crm.phonecall", "phonecall_count", "name", "name",
            "date", child_of, {"name": "Bench", "description": TEXT}),
    Product("crm_claim", "crm.claim", "claim_count", "name", "name",
            "date", child_of, {"name": "Bench", "description": TEXT}),
    Product("crm.lead", "crm.lead", "opportunity_count", "name", "name",
            "create_date", child_of,
            {"name": "Bench", "description": TEXT, "type": "opportunity"}),
]  # fmt: skip
PRODUCTS = [OURS, *PEERS]


class Bench:
    """What an operation needs to know: sizes, users, specifications of views.

    :param bool steady: the big customer is one that has as many at each size
    """

    def __init__(self, size, clients, cr, seed, steady=False):
        self.size, self.clients, self.seed = size, clients, seed
        steady = steady or size < 1_000_000  # 2,000 occurrences instead of 20,000
        self.customers = {
            "big": BASE + (STEADY if steady else BIG), "small": BASE + SMALL,
        }  # fmt: skip
        self.steady = BASE + STEADY
        # a peer may show a third of them
        self.offset = 500 if steady else 6000
        cr.execute("SELECT module, res_id FROM ir_model_data"
                   " WHERE module = 'crm_gestao' AND name = 'type_visit'")  # fmt: skip
        self.type_id = cr.fetchone()[1]
        OURS.values["type_id"] = self.type_id
        cr.execute("SELECT id, name FROM crm_gestao_occurrence WHERE"
                   " partner_id = %s AND user_id = %s ORDER BY id DESC LIMIT 1",
                   [self.customers["big"], seed["users"][0]])  # fmt: skip
        self.document, self.reference = cr.fetchone()
        cr.execute("SELECT name FROM crm_gestao_occurrence WHERE id = %s",
                   [BASE + sought(self)])  # fmt: skip
        (self.sought,) = cr.fetchone()
        # beyond those that are given while it runs, and of the same form
        cr.execute("CREATE SEQUENCE IF NOT EXISTS bench_numbers START 90000000")
        cr.execute("SELECT res_id FROM ir_model_data WHERE module = 'crm_gestao'"
                   " AND name = 'occurrence_view_list_consult'")  # fmt: skip
        (self.consult_view_id,) = cr.fetchone()
        cr.execute(PAGE_OF_PARTNERS)
        self.page = [partner_id for (partner_id,) in cr.fetchall()]
        cr.execute("SELECT login, partner_id FROM res_users")
        self.authors = dict(cr.fetchall())
        cr.execute(
            "SELECT array_agg(res_id ORDER BY name) FROM ir_model_data"
            " WHERE module = 'mail' AND name IN ('mt_comment', 'mt_note')"
        )
        ((self.comment_id, self.note_id),) = cr.fetchone()
        self.specifications, self.queries = {}, {}
        cr.execute(
            "SELECT f.name, array_agg(d.module) FROM ir_model_fields f"
            " JOIN ir_model_data d ON d.model = 'ir.model.fields' AND d.res_id = f.id"
            " WHERE f.model = 'res.partner' GROUP BY 1"
        )
        modules = {name: set(found) for name, found in cr.fetchall()}
        # what the peers show on a customer is neither Odoo's own nor ours
        peers = {"helpdesk_mgmt", "crm_phonecall", "crm_claim", "crm", "calendar"}
        self.foreign = {name for name, found in modules.items() if found & peers}
        self.own = {name for name, found in modules.items() if found == {"crm_gestao"}}

    def specification(self, login, model, kind, view_id=False):
        key = login, model, kind, view_id
        if key not in self.specifications:
            client = self.clients[login]
            self.specifications[key] = client.specification(
                model, kind, self.foreign, view_id
            )
        return self.specifications[key]

    def query(self, login, name, customer):
        """What a button of the consult bar opens, and what it filters by."""
        key = login, name, customer
        if key not in self.queries:
            self.queries[key] = self.clients[login].call(
                "crm.gestao.consult", "get_query_action",
                name, customer, str(YEAR_AGO), str(TODAY),
            )  # fmt: skip
        action = self.queries[key]
        domain = action["domain"] or []
        if isinstance(domain, str):
            domain = ast.literal_eval(domain)
        for facet in action["context"]["crm_gestao_facets"]:
            domain = [*domain, *facet["domain"]]
        return action, domain

    def mine(self, login, alias="o"):
        """The record rules in SQL: of the company, one's own and nobody's."""
        rule = f"{alias}.active AND {alias}.company_id = 1"
        if login != "admin":
            uid = self.clients[login].uid
            rule += f" AND ({alias}.user_id = {uid} OR {alias}.user_id IS NULL)"
        return rule

    def least(self, customer):
        """What is of this customer at least, for whoever sees but a third of it."""
        return 10 if customer == BASE + SMALL else 80

    def list_call(self, product, login, domain, hits, found=records, **options):
        specification = self.specification(login, product.model, "list")
        options = {"limit": PAGE, "count_limit": 10_001, **options}
        kwargs = {"domain": domain, "specification": specification, **options}
        return Call(product.model, "web_search_read", [], kwargs, "", found, hits)

    def consult_call(self, product, login, domain, hits, **options):
        """The list of a customer: ours has a view of its own for it."""
        if product != OURS:
            return self.list_call(product, login, domain, hits, **options)
        specification = self.specification(
            login, product.model, "list", self.consult_view_id
        )
        of_customer = {"context": {"partner_display_name_hide_company": True}}
        return self.list_call(
            product, login, domain, hits,
            specification={
                **specification,
                "partner_id": {**specification["partner_id"], **of_customer},
            },
            context={"crm_gestao_customer": True}, **options,
        )  # fmt: skip

    def list_sql(self, where, login, offset=0, limit=PAGE):
        """The rows of a list with the names that it shows, and their count.

        As Odoo does, what has come in full is not counted.
        """
        rows = f"""
            SELECT o.id, o.name, o.subject, o.date, o.duration, o.state, o.priority,
                   o.type_id, t.name, t.icon, t.color, o.user_id, up.name,
                   o.partner_id, p.complete_name, o.active, o.company_id,
                   (SELECT array_agg(tag.name ORDER BY tag.name)
                      FROM crm_gestao_occurrence_crm_gestao_occurrence_tag_rel r
                      JOIN crm_gestao_occurrence_tag tag
                        ON tag.id = r.crm_gestao_occurrence_tag_id
                     WHERE r.crm_gestao_occurrence_id = o.id),
                   (SELECT array_agg((a.id, a.date_deadline, a.summary,
                                      a.activity_type_id) ORDER BY a.date_deadline)
                      FROM mail_activity a WHERE a.res_id = o.id AND a.active
                       AND a.res_model = 'crm.gestao.occurrence')
              FROM (SELECT o.id FROM crm_gestao_occurrence o
                     WHERE {where} AND {self.mine(login)}
                     ORDER BY o.date DESC, o.id DESC
                     LIMIT {limit} OFFSET {offset}) found
              JOIN crm_gestao_occurrence o USING (id)
              JOIN crm_gestao_occurrence_type t ON t.id = o.type_id
              JOIN res_partner p ON p.id = o.partner_id
              LEFT JOIN res_users u ON u.id = o.user_id
              LEFT JOIN res_partner up ON up.id = u.partner_id
             ORDER BY o.date DESC, o.id DESC"""
        count = f"""
            SELECT count(*) FROM (
                SELECT FROM crm_gestao_occurrence o
                 WHERE {where} AND {self.mine(login)} LIMIT 10001) capped"""
        return [rows, IfFull(count)]


@dataclass
class Operation:
    """One line of the table.

    :param goal: the ratio that it may have at most, None where there is no goal
    :param call: function of bench, product, login and customer that gives a `Call`
    :param bare: function of bench, login and customer that gives SQL statements
    :param baseline: function of bench, login and customer that gives the same `Call`
        without the addon: what that takes over the trivial call is not ours
    :param description_index: whether the setting "Fast Search in Descriptions" is on
    :param grows: why its cost may grow with the total, empty where it must not
    :param is_list: whether the first statement of `bare` finds the rows of `call`
    :param told: function of the answer that gives the rows of numbers which the last
        statement of `bare` gives, too
    :param customers: which customers it is measured for, none where it has none
    """

    name: str
    goal: float | None
    call: callable
    bare: callable
    customers: tuple = ("big", "small")
    products: tuple = tuple(product.name for product in PRODUCTS)
    logins: tuple = ("admin", "rep")
    statements: int | None = None
    grows: str = ""
    description_index: bool = False
    baseline: callable = None
    is_list: bool = False
    told: callable = None


def of(customer):
    return f"o.commercial_partner_id = {customer}"


def count_of(bench, login, customer):
    return (
        "SELECT count(*) FROM crm_gestao_occurrence o"
        f" WHERE {of(customer)} AND {bench.mine(login)}"
    )


def in_period(customer):
    return f"{of(customer)} AND {PERIOD % 'o.date'}"


def partner_count(bench, product, login, customer):
    return Call(
        "res.partner", "web_read", [[customer], {product.count: {}}],
        found=lambda result: result[0][product.count], hits=bench.least(customer),
    )  # fmt: skip


def partner_page(bench, product, login, customer):
    """The list of contacts with the count alone in place of its statistics.

    To these Odoo, the peers and we all add, and they cannot be had of one alone.
    """
    call = page_of_odoo(bench, login, customer)
    specification = {**call.kwargs["specification"], product.count: {}}

    def found(result):
        """How many have something, if the page is full."""
        page = result["records"]
        return sum(partner[product.count] > 0 for partner in page) * (len(page) == PAGE)

    kwargs = {**call.kwargs, "specification": specification}
    # with few occurrences, few customers have some; a peer counts none of contacts
    many = PAGE * 3 // 4 if product == OURS else PAGE // 2
    hits = many if bench.size >= 1_000_000 else 1
    return replace(call, kwargs=kwargs, found=found, hits=hits)


def page_of_odoo(bench, login, customer):
    specification = dict(bench.specification(login, "res.partner", "list"))
    del specification["application_statistics"]
    return Call(
        "res.partner", "web_search_read", [],
        {"domain": [["customer_rank", ">", 0]], "specification": specification,
         "limit": PAGE, "count_limit": 10_001}, found=records, hits=PAGE,
    )  # fmt: skip


def partner_form(bench, product, login, customer):
    specification = bench.specification(login, "res.partner", "form")
    return Call(
        "res.partner", "web_read", [[customer], specification],
        found=lambda result: result[0]["occurrence_count"], hits=bench.least(customer),
    )  # fmt: skip


def form_of_odoo(bench, login, customer):
    """The form without our fields."""
    call = partner_form(bench, None, login, customer)
    ids, specification = call.args
    specification = {
        name: spec for name, spec in specification.items() if name not in bench.own
    }
    return Call(
        call.model, call.method, [ids, specification],
        found=lambda result: result[0]["id"] == customer,
    )  # fmt: skip


PAGE_OF_PARTNERS = f"""
    SELECT p.id FROM res_partner p
     WHERE p.customer_rank > 0 AND p.active AND (p.company_id = 1 OR p.company_id
           IS NULL OR p.partner_share IS NOT TRUE)
     ORDER BY p.complete_name, p.id DESC LIMIT {PAGE}"""


def partner_page_sql(bench, login, customer):
    def count(column):
        return f"""SELECT count(*) FROM crm_gestao_occurrence o
                    WHERE o.{column} = page.id AND {bench.mine(login)}"""

    return [
        # a company's with those of its contacts, a contact's alone
        f"""SELECT id, CASE WHEN id = commercial_partner_id
                THEN ({count("commercial_partner_id")})
                ELSE ({count("partner_id")}) END
             FROM res_partner page WHERE id = ANY(ARRAY{bench.page})""",
    ]


def day_of(number):
    """One of three years, of which an import may bring all at once.

    Of one by one as well: were they all of today, the newest, which the list and the
    kanban show, would soon be what was measured, and have no tags or activities.
    """
    noon = datetime.combine(TODAY, datetime.min.time()) - timedelta(hours=12)
    return noon - timedelta(days=number * 7 % 1096)


def creation(many, log):
    context = {} if log else {
        "tracking_disable": True, "mail_create_nolog": True,
        "mail_create_nosubscribe": True,
    }  # fmt: skip

    def call(bench, product, login, customer):
        start = next(NUMBERS) * many
        values = [
            {**product.values, "partner_id": BASE + 21 + (start + number) % 30_000}
            for number in range(many)
        ]
        for number, vals in enumerate(values):
            if product == OURS:
                vals["date"] = str(day_of(start + number))
            if many > 1:  # as an import brings them
                vals["description"] = TEXTS[number % len(TEXTS)]
        return Call(product.model, "create", [values], {"context": context}, hits=many)

    def bare(bench, login, customer):
        """The rows of the occurrences, and with the log those of Odoo's chatter.

        Each with a number of its own, and with the company of its customer.
        """
        start = next(NUMBERS) * many
        uid = bench.clients[login].uid
        now = datetime.now(UTC).replace(tzinfo=None)
        rows = []
        for number in range(many):
            customer = BASE + 21 + (start + number) % 30_000
            day = day_of(start + number)
            rows.append((
                f"OC/{day.year}/", "Bench", 1, bench.type_id, customer, uid,
                "done", day, day, 0, "0", 1, True, uid, now, uid, now,
                TEXTS[number % len(TEXTS)] if many > 1 else TEXT,
            ))  # fmt: skip
        columns = (
            "subject, company_id, type_id, partner_id, user_id, state, date,"
            " date_closed, days_to_close, priority, duration, active, create_uid,"
            " create_date, write_uid, write_date, description"
        )
        queries = [
            (
                f"INSERT INTO crm_gestao_occurrence (name, {columns},"
                " commercial_partner_id)"
                f" SELECT prefix || nextval('bench_numbers'), {columns},"
                " commercial_partner_id"
                f" FROM (VALUES %s) made (prefix, {columns})"
                " JOIN (SELECT id AS partner_id, commercial_partner_id"
                " FROM res_partner) customers USING (partner_id) RETURNING id",
                lambda ids: rows,
            )
        ]
        if log:
            author = bench.authors[login]
            queries += [
                (
                    "INSERT INTO mail_message (author_id, body, create_date,"
                    " create_uid, date, email_from, is_internal, message_id,"
                    " message_type, model, res_id, reply_to, subtype_id,"
                    " write_date, write_uid) VALUES %s RETURNING id",
                    lambda ids: [
                        (author, "<p>Occurrence created</p>", now, uid, now, "a@b.c",
                         True, f"<{start}.{i}@bench>", "notification",
                         OURS.model, i, "a@b.c", bench.note_id, now, uid)
                        for i in ids
                    ],
                ),
                (
                    "WITH followers AS (INSERT INTO mail_followers"
                    " (partner_id, res_id, res_model) VALUES %s RETURNING id)"
                    " INSERT INTO mail_followers_mail_message_subtype_rel"
                    f" SELECT id, {bench.comment_id} FROM followers"
                    " RETURNING mail_followers_id",
                    lambda ids: [(author, i, OURS.model) for i in ids],
                ),
            ]  # fmt: skip
        return queries

    return call, bare


def by_reference(text):
    """The letters and the year are those of most others: the index is asked for the
    number alone, and what it finds for the whole."""
    number = text.rpartition("/")[2]
    return f"(o.name ILIKE '%{number}%' AND (o.name ILIKE '%{text}%') IS TRUE)"


def search(fname, text, hits=1):
    def call(bench, product, login, customer):
        column = getattr(product, fname, fname)

        def found(result):
            """Rows that have the text, where the list shows the column."""
            return sum(
                text(bench) in (record.get(column) or text(bench))
                for record in result["records"]
            )

        return bench.list_call(
            product, login, [[column, "ilike", text(bench)]], hits, found
        )

    def bare(bench, login, customer):
        column = {"reference": "name"}.get(fname, fname)
        where = f"o.{column} ILIKE '%{text(bench)}%'"
        if fname == "reference":
            where = by_reference(text(bench))
        return bench.list_sql(where, login)

    return call, bare


def customer_search(text, where, found, hits=1, is_form=False):
    """As the consult bar looks for a customer, or the field of a form."""

    def call(bench, product, login, customer):
        context = {"partner_search_identifiers": True}
        kwargs = {"name": text, "limit": 8, "context": context}
        if not is_form:
            context["partner_search_archived"] = True
            return Call("res.partner", "name_search", [], kwargs, "", found, hits)
        context["show_vat"] = True
        kwargs["specification"] = {"display_name": {}}
        return Call(
            "res.partner", "web_name_search", [], kwargs, "",
            lambda result: found([(row["id"], row["display_name"]) for row in result]),
            hits,
        )  # fmt: skip

    def bare(bench, login, customer):
        return [
            f"""SELECT p.id, p.complete_name FROM res_partner p WHERE p.id = ANY(ARRAY(
                SELECT id FROM res_partner p WHERE {where}))
                   AND p.active AND (p.company_id = 1 OR p.company_id IS NULL)
                 ORDER BY p.complete_name, p.id DESC LIMIT 8"""
        ]

    return call, bare


def sought(bench):
    return bench.size // 6 * 3 + 69  # a multiple of three: it is the rep's


SOUGHT = 31_237  # this partner, by what data.py gave it
VAT = f"99{SOUGHT * 7919:010}95"
PHONE = f"119{SOUGHT * 104729 % 100_000_000:08}"
NAME = "Mercado Central"  # how a company's name begins
PART = "Vista 31"  # within names, also of contacts of several companies


def is_sought(result):
    return [partner_id for partner_id, _name in result] == [BASE + SOUGHT]


INVOICES = [
    ["move_type", "in", ["out_invoice", "out_refund"]],
    ["state", "=", "posted"],
]


def invoice_totals(bench, product, login, customer):
    domain = [
        ["commercial_partner_id", "=", customer], *INVOICES,
        ["invoice_date", ">=", str(YEAR_AGO)], ["invoice_date", "<=", str(TODAY)],
    ]  # fmt: skip
    return Call(
        "account.move", "formatted_read_group", [],
        {"domain": domain, "groupby": [],
         "aggregates": ["__count", "amount_total_signed:sum"]},
        found=lambda result: counted(result) and result[0]["amount_total_signed:sum"],
    )  # fmt: skip


def document_list(name, *filters, order=""):
    """The list that a button of the consult bar opens, with its usual filter."""

    def call(bench, product, login, customer):
        action, domain = bench.query(login, name, customer)
        (view_id,) = (id for id, kind in action["views"] if kind == "list")
        model = action["res_model"]
        specification = bench.specification(login, model, "list", view_id)
        return Call(
            model, "web_search_read", [],
            {"domain": [*domain, *filters], "specification": specification,
             "order": order, "limit": PAGE, "count_limit": 10_001}, found=records,
        )  # fmt: skip

    return call


def document_sql(table, fname, order, where):
    """The same rows, with the customer's name.

    :param order: the columns by which Odoo puts them in order, but for the id
    """

    def bare(bench, login, customer):
        of = f"= {customer}"
        if not fname.startswith("commercial"):
            of = f"IN {entity(customer)}"
        condition = f"{fname} {of} AND company_id = 1 AND {where(bench, login)}"
        columns = ", ".join(f"d.{word.split()[0]}" for word in order)
        by = ", ".join(f"d.{words}" for words in order)
        return [
            f"SELECT d.id, {columns}, p.complete_name FROM {table} d"
            f" JOIN res_partner p ON p.id = d.partner_id WHERE d.id IN ("
            f" SELECT id FROM {table} d WHERE {condition} ORDER BY {by} LIMIT {PAGE})"
            f" ORDER BY {by}",
            IfFull(
                f"SELECT count(*) FROM (SELECT FROM {table}"
                f" WHERE {condition} LIMIT 10001) capped"
            ),
        ]

    return bare


def entity(customer):
    """A company with its contacts."""
    return f"(SELECT id FROM res_partner WHERE commercial_partner_id = {customer})"


def receivable_totals(bench, product, login, customer):
    domain = [
        ["partner_id", "=", customer], ["parent_state", "=", "posted"],
        ["account_id.account_type", "=", "asset_receivable"],
        ["reconciled", "=", False],
    ]  # fmt: skip
    return Call(
        "account.move.line", "formatted_read_group", [],
        {"domain": domain, "groupby": [],
         "aggregates": ["__count", "amount_residual:sum"]},
        found=lambda result: counted(result) and result[0]["amount_residual:sum"],
    )  # fmt: skip


def own(bench, login, column):
    """The rule of documents: who is not administrator sees one's own and nobody's."""
    if login == "admin":
        return ""
    return f" AND ({column} = {bench.clients[login].uid} OR {column} IS NULL)"


def invoices_sql(bench, login, customer):
    return (
        "SELECT currency_id, count(*), sum(amount_total_signed) FROM account_move"
        f" WHERE commercial_partner_id = {customer} AND move_type IN"
        " ('out_invoice', 'out_refund') AND state = 'posted' AND company_id = 1"
        f" AND {DAYS % 'invoice_date'}"
        f"{own(bench, login, 'invoice_user_id')} GROUP BY 1"
    )


def figures_sql(bench, login, customer):
    people = entity(customer)
    period = PERIOD % "date_order"
    queries = [
        "SELECT state, currency_id, count(*), sum(amount_total) FROM sale_order"
        f" WHERE partner_id IN {people} AND company_id = 1 AND"
        f" (state IN ('draft', 'sent') OR (state = 'sale' AND {period}))"
        f"{own(bench, login, 'user_id')} GROUP BY 1, 2",
        invoices_sql(bench, login, customer),
        "SELECT currency_id, count(*), sum(lines), sum(total) FROM ("
        "SELECT l.currency_id, l.product_id, count(*) lines, sum(l.price_total) total"
        " FROM sale_order_line l JOIN sale_order s ON s.id = l.order_id"
        f" WHERE l.order_partner_id IN {people} AND l.state = 'sale' AND {period}"
        f" AND l.company_id = 1{own(bench, login, 'l.salesman_id')}"
        " GROUP BY 1, 2) products GROUP BY 1",
    ]
    if login == "admin":
        queries.append(
            "SELECT company_currency_id, count(*), sum(amount_residual), count(*)"
            " FILTER (WHERE date_maturity < now()), sum(amount_residual) FILTER"
            " (WHERE date_maturity < now()) FROM account_move_line"
            f" WHERE partner_id IN {people} AND reconciled IS NOT TRUE"
            f" AND {RECEIVABLE} AND company_id = 1"
            " AND parent_state = 'posted' GROUP BY 1"
        )
    return queries


def summary_sql(bench, login, customer):
    return [
        "SELECT p.id, p.complete_name, p.phone, p.email, p.vat, u.name"
        " FROM res_partner p LEFT JOIN res_users s ON s.id = p.user_id"
        " LEFT JOIN res_partner u ON u.id = s.partner_id"
        f" WHERE p.id = {customer}",
        "SELECT date FROM crm_gestao_occurrence o"
        f" WHERE {of(customer)} AND {bench.mine(login)} AND state <> 'cancel'"
        " AND date <= now() AT TIME ZONE 'UTC' ORDER BY date DESC, id DESC LIMIT 1",
        "SELECT count(*) FROM crm_gestao_occurrence o JOIN crm_gestao_occurrence_type t"
        " ON t.id = o.type_id AND t.is_complaint"
        f" WHERE {of(customer)} AND {bench.mine(login)} AND state = 'open'",
    ]


def timeline_sql(bench, login, customer):
    people = entity(customer)
    queries = [
        "SELECT o.id, o.date, o.name, o.subject, o.state, p.complete_name"
        " FROM crm_gestao_occurrence o JOIN res_partner p ON p.id = o.partner_id"
        f" WHERE {of(customer)} AND {bench.mine(login)}"
        " ORDER BY o.date DESC, o.id DESC LIMIT 31",
        "SELECT id, date_order, name, state, amount_total FROM sale_order"
        f" WHERE partner_id IN {people} AND company_id = 1"
        f"{own(bench, login, 'user_id')} ORDER BY date_order DESC, id DESC LIMIT 31",
        "SELECT id, invoice_date, name, state, amount_total FROM account_move"
        f" WHERE commercial_partner_id = {customer} AND company_id = 1"
        f"{own(bench, login, 'invoice_user_id')}"
        " ORDER BY coalesce(invoice_date, date) DESC, id DESC LIMIT 31",
    ]
    threads = {
        "crm.gestao.occurrence": f"SELECT id FROM crm_gestao_occurrence o"
        f" WHERE {of(customer)} AND {bench.mine(login)}",
        "sale.order": f"SELECT id FROM sale_order WHERE partner_id IN {people}"
        f" AND company_id = 1{own(bench, login, 'user_id')}",
        "account.move": "SELECT id FROM account_move WHERE commercial_partner_id"
        f" = {customer} AND company_id = 1{own(bench, login, 'invoice_user_id')}",
        "res.partner": people,
    }
    if login == "admin":
        threads["account.payment"] = (
            f"SELECT id FROM account_payment WHERE partner_id IN {people}"
        )
    # the last ones of each record, from its index
    queries += [
        f"({') UNION ALL ('.join(of_threads)}) ORDER BY 2 DESC, 1 DESC LIMIT 31"
        for of_threads in (
            [
                f"SELECT part.* FROM ({ids}) thread (id) CROSS JOIN LATERAL"
                " (SELECT m.id, m.date, m.body, m.author_id FROM mail_message m"
                f" WHERE m.model = '{model}' AND m.res_id = thread.id"
                " AND m.message_type IN ('comment', 'email')"
                " ORDER BY m.date DESC, m.id DESC LIMIT 31) part"
                " ORDER BY 2 DESC, 1 DESC LIMIT 31"
                for model, ids in threads.items()
            ],
            [
                f"SELECT part.* FROM ({ids}) thread (id) CROSS JOIN LATERAL"
                " (SELECT a.id, a.date_deadline, a.summary, a.user_id"
                f" FROM mail_activity a WHERE a.res_model = '{model}'"
                " AND a.res_id = thread.id AND a.active"
                " ORDER BY a.date_deadline DESC, a.id DESC LIMIT 31) part"
                " ORDER BY 2 DESC, 1 DESC LIMIT 31"
                for model, ids in threads.items()
            ],
        )
    ]
    if login == "admin":
        queries.append(
            "SELECT id, date, name, state, amount FROM account_payment"
            f" WHERE partner_id IN {people} AND company_id = 1"
            " AND partner_type = 'customer' ORDER BY date DESC, id DESC LIMIT 31"
        )
    return queries


def figures(bench, product, login, customer):
    def found(result):
        """The smallest figure, if none is missing."""
        names = {"quotations", "orders", "invoices", "sales_history", "products"}
        if login == "admin":
            names.add("receivables")
        return min(
            min(result["figures"][name][key] for key in ("count", "total"))
            for name in names
        )

    return Call(
        "crm.gestao.consult", "get_consult_figures",
        [customer, str(YEAR_AGO), str(TODAY)], found=found,
    )  # fmt: skip


def kanban(bench, product, login, customer):
    """The columns with their first cards, as the client asks for both at once."""

    def found(result):
        """What the columns count, if those that are never empty show their cards."""
        groups = {group["state"]: group for group in result["groups"]}
        is_full = all(
            len(groups[state]["__records"]) == CARDS for state in ("open", "done")
        )
        return counted(result["groups"]) * is_full

    return Call(
        product.model, "web_read_group", [],
        {"domain": [], "groupby": ["state"], "aggregates": [], "offset": 0,
         "order": "", "auto_unfold": True, "unfold_read_default_limit": CARDS,
         "unfold_read_specification": bench.specification(
             login, product.model, "kanban"),
         "groupby_read_specification": {}, "context": {"read_group_expand": True}},
        found=found, hits=80,
    )  # fmt: skip


def timeline(bench, product, login, customer):
    return Call(
        "crm.gestao.timeline", "get_page", [customer],
        found=lambda result: len(result["entries"]), hits=30,
    )  # fmt: skip


# of no customer, and nothing that a peer has
OURS_ALONE = {"customers": (), "products": ("crm_gestao",)}


def customer_searches():
    """By what people know of a customer, in the consult bar and in a form."""
    cnpj = f"{VAT[:2]}.{VAT[2:5]}.{VAT[5:8]}/{VAT[8:12]}-{VAT[12:]}"
    phone = f"({PHONE[:2]}) {PHONE[2:7]}-{PHONE[7:]}"

    def named(begins):
        return lambda result: sum(
            name.startswith(NAME) if begins else PART in name for _id, name in result
        )

    for what, text, where, found, hits, places in (
        ("name", NAME, f"lower(complete_name) LIKE '{NAME.lower()}%'",
         named(True), 8, (False,)),
        ("part of the name", PART, f"complete_name ILIKE '%{PART}%'",
         named(False), 8, (False, True)),
        ("CNPJ", cnpj,
         f"regexp_replace(upper(vat), '[^0-9A-Z]', '', 'g') LIKE '%{VAT}%'",
         is_sought, 1, (False, True)),
        ("phone", phone, f"regexp_replace(phone, '[^0-9]', '', 'g') LIKE '%{PHONE}%'",
         is_sought, 1, (False, True)),
    ):  # fmt: skip
        for is_form in places:
            yield Operation(
                f"customer by {what}{', in a form' if is_form else ''}", 2.4,
                *customer_search(text, where, found, hits, is_form), **OURS_ALONE,
                is_list=True,
            )  # fmt: skip


OPERATIONS = [
    Operation(
        "count on the partner", 1.8, partner_count,
        lambda bench, login, customer: [
            f"SELECT id FROM res_partner WHERE id = {customer}",
            count_of(bench, login, customer),
        ],
        statements=3,
        told=lambda result: [[result[0]["occurrence_count"]]],
    ),
    Operation(
        "partner form", 1.8, partner_form,
        lambda bench, login, customer: [count_of(bench, login, customer)],
        products=("crm_gestao",), baseline=form_of_odoo, statements=1,
    ),
    Operation(
        "page of 80 partners with the count", 1.8, partner_page, partner_page_sql,
        customers=(),
        baseline=page_of_odoo, statements=2,
        # there are as many customers at each size
        grows="what each has becomes more",
        told=lambda result: sorted(
            [partner["id"], partner["occurrence_count"]]
            for partner in result["records"]
        ),
    ),
    Operation(
        "customer, 12 months: 80 rows + count", 2.4,
        lambda bench, product, login, customer: bench.consult_call(
            product, login, product.in_period(customer), bench.least(customer)
        ),
        lambda bench, login, customer: bench.list_sql(in_period(customer), login),
        statements=7, is_list=True,
    ),
    Operation(
        "count alone", 1.3,
        lambda bench, product, login, customer: Call(
            product.model, "search_count", [product.in_period(customer)],
            found=int, hits=bench.least(customer),
        ),
        lambda bench, login, customer: [
            f"SELECT count(*) FROM crm_gestao_occurrence o"
            f" WHERE {in_period(customer)} AND {bench.mine(login)}"
        ],
        statements=1, told=lambda result: [[result]],
    ),
    Operation(
        "deep page", 2.8,
        lambda bench, product, login, customer: bench.consult_call(
            product, login, product.of(customer), PAGE, offset=bench.offset
        ),
        lambda bench, login, customer: bench.list_sql(
            of(customer), login, bench.offset
        ),
        ("big",),
        statements=7, is_list=True,
    ),
    Operation("ilike on the reference", 1.5,
        *search("reference", lambda bench: bench.sought), customers=(),
        grows="text search", is_list=True,
    ),
    Operation(
        "ilike on the number alone", 1.5,
        *search("reference", lambda bench: bench.sought.rpartition("/")[2][-6:]),
        customers=(),
        grows="text search", is_list=True,
    ),
    Operation(
        "ilike on the subject", 1.5,
        *search("subject", lambda bench: f" {sought(bench)}"), customers=(),
        grows="text search", is_list=True,
    ),
    Operation(
        "ilike on the description", 1.2,
        *search("description", lambda bench: PHRASE, hits=10), customers=(),
        grows="full text scan", is_list=True,
        description_index=True,
    ),
    Operation(
        "typed in the search bar", 1.5,
        lambda bench, product, login, customer: bench.list_call(
            product, login,
            ["|", ["subject", "ilike", bench.sought], ["name", "ilike", bench.sought]],
            1,
        ),
        lambda bench, login, customer: bench.list_sql(
            f"(o.subject ILIKE '%{bench.sought}%' OR {by_reference(bench.sought)})",
            login,
        ),
        **OURS_ALONE, grows="text search", is_list=True,
    ),
    Operation(
        "a common word in the search bar", 1.5,
        lambda bench, product, login, customer: bench.list_call(
            product, login,
            ["|", ["subject", "ilike", COMMON], ["name", "ilike", COMMON]], PAGE,
        ),
        lambda bench, login, customer: bench.list_sql(
            f"(o.subject ILIKE '%{COMMON}%' OR o.name ILIKE '%{COMMON}%')", login
        ),
        **OURS_ALONE, is_list=True, grows="text search",
    ),
    Operation(
        "columns of the kanban", None, kanban,
        lambda bench, login, customer: [
            *(
                bench.list_sql(f"o.state = '{state}'", login, limit=CARDS)[0]
                for state in ("open", "done", "cancel")
            ),
            "SELECT state, count(*) FROM crm_gestao_occurrence o"
            f" WHERE {bench.mine(login)} GROUP BY 1",
        ],
        **OURS_ALONE, grows="counts all that it shows",
        told=lambda result: sorted(
            [group["state"], group["__count"]] for group in result["groups"]
        ),
    ),
    Operation(
        "progress bars of the kanban", None,
        lambda bench, product, login, customer: Call(
            product.model, "read_progress_bar", [],
            {"domain": [], "group_by": "state", "progress_bar": {
                "field": "activity_state",
                "colors": dict.fromkeys(("planned", "today", "overdue"), ""),
            }},
            found=lambda result: sum(result["open"].values()),
        ),
        lambda bench, login, customer: [
            "SELECT state, sign(least_day - (now() AT TIME ZONE 'America/Sao_Paulo')"
            "::date) AS when, count(*)"
            " FROM crm_gestao_occurrence o JOIN (SELECT res_id, min(date_deadline)"
            " least_day FROM mail_activity WHERE res_model = 'crm.gestao.occurrence'"
            " AND active GROUP BY 1) next ON next.res_id = o.id"
            f" WHERE {bench.mine(login)} GROUP BY 1, 2"
        ],
        **OURS_ALONE, grows="counts all activities",
        told=lambda result: [
            [number] for bars in result.values() for number in bars.values() if number
        ],
    ),
    Operation(
        "all, newest first: 80 rows + count", 2.4,
        lambda bench, product, login, customer: bench.list_call(product, login, [], 80),
        lambda bench, login, customer: bench.list_sql("TRUE", login),
        **OURS_ALONE, is_list=True,
    ),
    Operation(
        "per month", None,
        lambda bench, product, login, customer: Call(
            product.model, "formatted_read_group", [],
            {"domain": product.of(customer), "groupby": [f"{product.date}:month"],
             "aggregates": ["__count"]},
            found=counted, hits=bench.least(customer),
        ),
        lambda bench, login, customer: [
            "SELECT date_trunc('month', o.date AT TIME ZONE 'UTC' AT TIME ZONE"
            " 'America/Sao_Paulo') AS month, count(*) FROM crm_gestao_occurrence o"
            f" WHERE {of(customer)} AND {bench.mine(login)} GROUP BY 1 ORDER BY 1"
        ],
        told=lambda result: [[group["__count"]] for group in result],
    ),
    Operation("create 1, no log", 1.8, *creation(1, log=False), customers=()),
    Operation("create 1, with the log", 2.9, *creation(1, log=True), customers=()),
    Operation("create 1,000, no log", 2.2, *creation(1000, log=False), customers=(),
              statements=40),
    Operation("create 1,000, with the log", 3.6, *creation(1000, log=True),
              customers=(), statements=40),
    *customer_searches(),
    Operation(
        "orders of the customer", None,
        document_list("orders", ["state", "not in", ["draft", "sent", "cancel"]]),
        document_sql(
            "sale_order", "partner_id", ["date_order DESC", "id DESC"],
            lambda bench, login: f"state = 'sale' AND {PERIOD % 'date_order'}"
            f"{own(bench, login, 'user_id')}",
        ),
        products=("crm_gestao",), is_list=True,
    ),
    Operation(
        "quotations of the customer", None,
        document_list("quotations", ["state", "in", ["draft", "sent"]]),
        document_sql(
            "sale_order", "partner_id", ["date_order DESC", "id DESC"],
            lambda bench, login: "state IN ('draft', 'sent')"  # of any date
            f"{own(bench, login, 'user_id')}",
        ),
        products=("crm_gestao",), is_list=True,
    ),
    Operation(
        "invoices of the customer", None,
        document_list("invoices", ["state", "=", "posted"]),
        document_sql(
            "account_move", "commercial_partner_id",
            ["date DESC", "name DESC", "invoice_date DESC", "id DESC"],
            lambda bench, login: "move_type IN ('out_invoice', 'out_refund')"
            f" AND state = 'posted' AND {DAYS % 'invoice_date'}"
            f"{own(bench, login, 'invoice_user_id')}",
        ),
        products=("crm_gestao",), is_list=True,
    ),
    Operation(
        "receivables of the customer", None,
        document_list("receivables", ["reconciled", "=", False],
                      order="date_maturity ASC, id ASC"),
        document_sql(
            "account_move_line", "partner_id", ["date_maturity", "id"],
            lambda bench, login: RECEIVABLE
            + " AND parent_state = 'posted' AND reconciled IS NOT TRUE",
        ),
        products=("crm_gestao",), logins=("admin", "accountant"), is_list=True,
    ),
    Operation(
        "invoice totals", 1.4, invoice_totals,
        lambda bench, login, customer: [invoices_sql(bench, login, customer)],
        products=("crm_gestao",),
        told=told_of_groups("__count", "amount_total_signed:sum"),
    ),
    Operation(
        "receivable totals", 1.4, receivable_totals,
        lambda bench, login, customer: [
            "SELECT count(*), sum(amount_residual) FROM account_move_line m"
            f" WHERE partner_id = {customer} AND parent_state = 'posted'"
            f" AND {RECEIVABLE} AND company_id = 1"
            " AND reconciled IS NOT TRUE"
        ],
        products=("crm_gestao",), logins=("admin", "accountant"),
        told=told_of_groups("__count", "amount_residual:sum"),
    ),
    Operation(
        "figures of the consult bar",
        3.6,
        figures,
        figures_sql,
        products=("crm_gestao",),
        statements=12,
    ),
    Operation(
        "customer in the consult bar",
        3.6,
        lambda bench, product, login, customer: Call(
            product.model, "get_consult_summary", [customer],
            found=lambda result: result["id"] == customer
            and all(result[key] for key in ("name", "phone", "vat", "last_contact")),
        ),
        summary_sql,
        products=("crm_gestao",),
        statements=12,
    ),
    Operation(
        "open an occurrence", None,
        lambda bench, product, login, customer: Call(
            product.model, "web_read",
            [[bench.document], bench.specification(login, product.model, "form")],
            found=lambda result: result[0]["name"] == bench.reference,
        ),
        lambda bench, login, customer: bench.list_sql(
            f"o.id = {bench.document}", login
        )[:1],
        **OURS_ALONE,
    ),
    Operation(
        "a new occurrence", None,
        lambda bench, product, login, customer: Call(
            product.model, "onchange",
            [[], {}, [], bench.specification(login, product.model, "form")],
            {"context": {"default_partner_id": customer}},
            found=lambda result: result["value"]["partner_id"]["id"] == customer,
        ),
        lambda bench, login, customer: [], products=("crm_gestao",),
    ),
    Operation(
        "page of the timeline",
        None,
        timeline,
        timeline_sql,
        products=("crm_gestao",),
    ),
    Operation(
        "one document as HTML", 12,
        lambda bench, product, login, customer: Call(
            path=f"/report/html/crm_gestao.report_occurrence/{bench.document}",
            found=lambda page: page.count(bench.reference),
        ),
        lambda bench, login, customer: [], **OURS_ALONE,
    ),
]  # fmt: skip
