"""The data of the benchmarks: one real record of each kind, multiplied by SQL.

Record `n` of a table is a function of `n` alone, so a database can grow in steps, and
each of them holds what the one before held. Identifiers are BASE + n.
"""

import json
import random
import re
import subprocess
import sys
import time
from contextlib import contextmanager

import database
from common import lock

BASE = 10_000_000
CREATED = 20_000_000  # what a benchmark creates itself, and removes
PARTNERS = 50_000
BIG, STEADY, SMALL = 1, 2, 12  # customers with 20,000, 2,000 and 37 of a million
PEER_MODULES = ("helpdesk_mgmt", "crm_phonecall", "crm_claim", "crm")
PHRASE = "prazo de entrega estourado"
CHUNK = 50_000
OPEN_EACH = 20

# One record of each kind, as Odoo itself makes it: every column is as it should be
SEED = """
import json
env = env(context={'no_vat_validation': True, 'tracking_disable': True})
rep = env.ref('crm_gestao.demo_user_rep', False) or env.ref('base.user_demo')
rep2 = env.ref('crm_gestao.demo_user_rep2', False) or rep
values = {'name': 'Seed', 'is_company': True, 'customer_rank': 1, 'phone': '1',
          'email': 's', 'vat': '1', 'user_id': rep.id, 'company_id': False}
seed = {'res_partner': env['res.partner'].create(values)}
partner = seed['res_partner']
env['res.users'].search([]).tz = 'America/Sao_Paulo'  # of which days are told in SQL
product = env['product.product'].create({
    'name': 'Bench', 'list_price': 100, 'taxes_id': False, 'invoice_policy': 'order'})
text = {'description': 'seed', 'partner_id': partner.id}
order = env['sale.order'].create({
    'partner_id': partner.id, 'order_line': [(0, 0, {'product_id': product.id})]})
order.action_confirm()
invoice = order._create_invoices()
invoice.invoice_date = '2026-01-01'
invoice.action_post()
lines = invoice.line_ids
receivable = lines.filtered(lambda line: line.display_type == 'payment_term')
seed |= {
    'sale_order': order,
    'sale_order_line': order.order_line, 'account_move': invoice,
    'account_move_line': receivable, 'revenue': lines - receivable,
    'account_payment': env['account.payment'].create({
        'partner_id': partner.id, 'amount': 100, 'payment_type': 'inbound',
        'partner_type': 'customer'})}
seed['account_payment'].action_post()
if 'crm.gestao.occurrence' in env:
    seed['crm_gestao_occurrence'] = env['crm.gestao.occurrence'].create({
        **text, 'subject': 'seed', 'type_id': env.ref('crm_gestao.type_visit').id,
        'state': 'done'})
    seed['mail_message'] = seed['crm_gestao_occurrence'].message_post(
        body='seed', message_type='comment', subtype_xmlid='mail.mt_comment')
    seed['mail_activity'] = seed['crm_gestao_occurrence'].activity_schedule(
        'mail.mail_activity_data_todo', summary='seed', user_id=rep.id)
    tags = env['crm.gestao.occurrence.tag'].create([
        {'name': f'Bench {n}', 'color': n} for n in range(1, 9)])
    # the copies have numbers from 1; what is recorded afterwards counts on beyond them
    for occurrence in env['crm.gestao.occurrence'].search([]):
        occurrence.name = f'seed {occurrence.id}'
    numbering = env['ir.sequence'].search([('code', '=', 'crm.gestao.occurrence')])
    today = env['crm.gestao.occurrence'].default_get(['date'])['date'].date()
    days = {today.replace(year=today.year - n, day=1) for n in range(4)}
    for one in numbering:
        one._get_date_ranges(days, create=True)
    numbering.date_range_ids.number_next_actual = 10_000_000
if 'helpdesk.ticket' in env:
    rep.group_ids += env.ref('helpdesk_mgmt.group_helpdesk_user_own')
    seed |= {
        'helpdesk_ticket': env['helpdesk.ticket'].create({**text, 'name': 'seed'}),
        'crm_phonecall': env['crm.phonecall'].create({**text, 'name': 'seed'}),
        'crm_claim': env['crm.claim'].create({**text, 'name': 'seed'}),
        'crm_lead': env['crm.lead'].create(
            {**text, 'name': 'seed', 'type': 'opportunity'})}
env.cr.commit()
seed = {name: record.id for name, record in seed.items()}
seed['users'] = [rep.id, rep2.id, None]
if 'crm.gestao.occurrence' in env:
    seed['types'] = env['crm.gestao.occurrence.type'].search([]).ids
    seed['tags'] = tags.ids
# as a ledger has: what was sold is on many of them
seed['accounts'] = env['account.account'].search([
    ('account_type', 'in', ('income', 'income_other', 'expense'))], limit=20).ids
print('seed:' + json.dumps(seed))
"""

# The customer of record n; who has no company of its own is a contact of another. What
# is of one customer lies everywhere among the records, as it does after years: BIG has
# two in a hundred of a million. STEADY and SMALL have theirs at any size, so among the
# first 10,000; SMALL has some of each kind, within a year, and as its rep.
CUSTOMER = f"""
    CASE WHEN n <= 10000 AND n::bigint * 7919 % 9973 < 1995 THEN {STEADY}
         WHEN n <= 10000 AND n::bigint * 7919 % 9973 BETWEEN 2029 AND 2065 THEN {SMALL}
         WHEN n <= 980000 AND n % 49 = 7 THEN {BIG}
         WHEN n <= 1000000 AND n % 491 BETWEEN 1 AND 9 THEN 2 + n % 491
         ELSE 21 + n::bigint * 7919 % {PARTNERS - 20} END"""
COMPANY = f"""
    CASE WHEN k > 20 AND k % 7 = 0 THEN k - 1 WHEN k = 13 THEN {BIG}
         WHEN k = 14 THEN {STEADY} ELSE k END"""
# a quarter of what is of a big company was with its contact
CONTACT = f"""
    CASE WHEN n % 4 = 0 AND customer = {BIG} THEN 13
         WHEN n % 4 = 0 AND customer = {STEADY} THEN 14 ELSE customer END"""
# one in twenty is still open, and has an activity
OPEN = f"n % {OPEN_EACH} = 3"
# three years back from today
DAY = "(now() AT TIME ZONE 'UTC' - n::bigint * 7919 % 1576800 * interval '1 minute')"
# such as OC/2025/00012
REFERENCE = (
    f"'OC/' || to_char({DAY}, 'YYYY') || '/'"
    " || lpad(n::text, greatest(5, length(n::text)), '0')"
)
WORDS = (
    "visita pedido entrega amostra preço concorrente tabela desconto cobrança troca"
    " garantia defeito frete reposição treinamento proposta contrato renovação queixa"
    " elogio catálogo vitrine estoque prazo boleto vencimento assistência instalação"
    " orçamento reunião retorno mensagem telefonema"
).split()
NAMES = (
    "Padaria Mercado Farmácia Oficina Livraria Papelaria Açougue Hotel Clínica Escola"
    " Transportes Construtora Metalúrgica Confecções Laticínios"
).split()
PLACES = (
    "Central Norte Sul Boa Vista Santa Rita São Jorge Aurora Ipiranga Paulista Mineira"
    " do Vale da Serra Primavera Esperança Atlântica"
).split()


def texts(count=2000):
    """Paragraphs, of which one in 200 has the phrase that is searched for."""
    generator = random.Random(19)
    made = []
    for number in range(count):
        words = generator.choices(WORDS, k=generator.randint(20, 60))
        if number % 200 == 7:
            words.insert(10, PHRASE)
        made.append(" ".join(words))
    return made


def array(words):
    return "ARRAY[" + ", ".join(f"'{word}'" for word in words) + "]"


PHONE = "lpad((k::bigint * 104729 % 100000000)::text, 8, '0')"


def values_of(table, seed):
    """SQL by column: what differs from the seed. `n` and, joined, what it is about."""
    user = f"(ARRAY[{', '.join(str(u or 'NULL') for u in seed['users'])}])[1 + n % 3]"
    partner = f"{BASE} + contact"
    company = f"{BASE} + company"
    subject = (
        f"initcap(({array(WORDS)})[1 + n % {len(WORDS)}]) || ' ' ||"
        f" ({array(WORDS)})[1 + n / 7 % {len(WORDS)}] || ' ' || n"
    )
    text = "(SELECT body FROM bench_text WHERE id = n % 2000) || ' ' || n"
    common = {
        "id": f"{BASE} + n", "partner_id": partner, "user_id": user, "name": subject,
        "create_date": DAY, "write_date": DAY, "date": DAY,
        "commercial_partner_id": company, "description": text,
    }  # fmt: skip
    peer = {**common, "name": f"{REFERENCE} || ' ' || {subject}"}
    types = seed.get("types", [0])  # none without the addon
    amount = "100 + n % 900"
    amounts = dict.fromkeys(
        "amount_untaxed amount_total amount_untaxed_signed amount_total_signed"
        " amount_total_in_currency_signed amount_untaxed_in_currency_signed"
        " price_unit price_subtotal price_total untaxed_amount_to_invoice"
        " amount_to_invoice price_reduce_taxexcl price_reduce_taxinc".split(),
        amount,
    )
    # one invoice in four is not paid yet
    residual = f"CASE WHEN n % 4 = 0 THEN {amount} ELSE 0 END"
    document = {**common, **amounts, "access_token": "NULL", "state": None}
    move = {
        **document, "name": "'INV/BENCH/' || n", "sequence_prefix": "'INV/BENCH/'",
        "sequence_number": "n", "invoice_date": DAY, "date": DAY,
        "invoice_date_due": f"{DAY} + interval '30 days'", "invoice_user_id": user,
        "partner_shipping_id": partner, "amount_residual": residual,
        "amount_residual_signed": residual, "payment_reference": "'INV/BENCH/' || n",
        "payment_state": "CASE WHEN n % 4 = 0 THEN 'not_paid' ELSE 'paid' END",
    }  # fmt: skip
    line = {
        **common, "name": "'INV/BENCH/' || n", "move_id": f"{BASE} + n",
        "move_name": "'INV/BENCH/' || n", "partner_id": company,
        "invoice_date": DAY, "date_maturity": f"{DAY} + interval '30 days'",
    }  # fmt: skip
    return {
        "res_partner": {
            "id": f"{BASE} + k",
            "name": "label", "complete_name":
                "CASE WHEN company = k THEN label"
                " ELSE company_label || ', ' || label END",
            "is_company": "company = k",
            "parent_id": f"CASE WHEN company <> k THEN {company} END",
            "commercial_partner_id": company,
            "commercial_company_name": "company_label",
            "vat": "'99' || lpad((k::bigint * 7919)::text, 10, '0') || '95'",
            "phone": f"'+55 11 9' || {PHONE}",
            "phone_sanitized": f"'+55119' || {PHONE}",
            "email": "'cliente' || k || '@example.com'",
            "email_normalized": "'cliente' || k || '@example.com'",
            "ref": "'BENCH-' || k",
        },
        "crm_gestao_occurrence": {
            **common, "name": REFERENCE, "subject": subject,
            "type_id": f"(ARRAY{types})[1 + n / 3 % {len(types)}]",
            "state": f"CASE WHEN {OPEN} THEN 'open' ELSE 'done' END",
            "date_closed": f"CASE WHEN NOT ({OPEN}) THEN {DAY} END",
            "days_to_close": f"CASE WHEN NOT ({OPEN}) THEN 0 END",
            "description": f"'<p>' || {text} || '</p>'",
        },
        "sale_order": {
            **document, "name": "'SO/BENCH/' || n", "date_order": DAY,
            "partner_invoice_id": partner, "partner_shipping_id": partner,
            "state": "(ARRAY['draft', 'sent', 'sale', 'sale'])[1 + n % 4]",
        },
        "sale_order_line": {
            **common, **amounts, "order_id": f"{BASE} + n", "name": "'Bench'",
            "order_partner_id": partner, "salesman_id": user,
            "state": "(ARRAY['draft', 'sent', 'sale', 'sale'])[1 + n % 4]",
        },
        "account_move": move,
        "account_move_line": {
            **line, "debit": amount, "balance": amount, "amount_currency": amount,
            "amount_residual": residual, "amount_residual_currency": residual,
            "price_subtotal": "0", "price_total": "0", "reconciled": "n % 4 <> 0",
        },
        "revenue": {
            **line, "id": f"{BASE} + 5000000 + n", "credit": amount,
            "account_id": f"(ARRAY{seed['accounts']})[1 + n % {len(seed['accounts'])}]",
            "balance": f"-({amount})", "amount_currency": f"-({amount})",
            "price_unit": amount, "price_subtotal": amount, "price_total": amount,
        },
        "account_payment": {
            **common, "name": "'PAY/BENCH/' || n", "amount": amount,
            "amount_company_currency_signed": amount, "move_id": "NULL",
        },
        "mail_message": {
            **common, "res_id": f"{BASE} + n * 5", "body": text,
            "message_id": "'<' || n || '@bench>'", "reply_to": "''",
        },
        "mail_activity": {
            **common, "res_id": f"{BASE} + n * {OPEN_EACH} - {OPEN_EACH - 3}",
            "user_id": f"coalesce({user}, {seed['users'][0]})",
            "date_deadline": "current_date - 20 + (n % 40)::int",
        },
        "helpdesk_ticket": {
            **common, "number": REFERENCE, "description": f"'<p>' || {text} || '</p>'",
        },
        "crm_phonecall": peer,
        "crm_claim": peer,
        "crm_lead": peer,
    }[table]  # fmt: skip


class Progress:
    """A bar on a terminal, a line now and then elsewhere."""

    def __init__(self, title, total):
        self.title, self.total, self.done = title, total, 0
        self.start = self.shown = time.monotonic()

    def add(self, count):
        self.done += count
        now = time.monotonic()
        last = self.done >= self.total
        share = self.done / max(self.total, 1)
        text = f">> {self.title} {'█' * int(30 * share):░<30} {share:.0%}"
        if last:
            text += f" {now - self.start:.0f} s"
        if sys.stderr.isatty():
            print(f"\r\033[K{text}", end="\n" if last else "", file=sys.stderr)
        elif last or now - self.shown > 20:
            print(text, file=sys.stderr)
            self.shown = now
        sys.stderr.flush()


@contextmanager
def without_indexes(cr, table):
    """Rows go in many times faster, and the indexes come out as after a REINDEX."""
    cr.execute(
        """SELECT indexname, indexdef FROM pg_indexes
            WHERE tablename = %s AND schemaname = 'public' AND indexname NOT IN (
                SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass)""",
        [table, table],
    )
    indexes = cr.fetchall()
    for name, _definition in indexes:
        cr.execute(f'DROP INDEX "{name}"')
    yield
    cr.execute("SET maintenance_work_mem = '1GB'")
    progress = Progress(f"{table}: indexes", len(indexes))
    for _name, definition in indexes:
        cr.execute(definition)
        progress.add(1)


def multiply(cr, kind, seed, first, last):
    """Make the records `first` to `last` of a kind (a table, or another kind of it)."""
    if first > last:
        return
    table = "account_move_line" if kind == "revenue" else kind
    cr.execute(
        """SELECT column_name FROM information_schema.columns
            WHERE table_name = %s AND table_schema = 'public'
              AND is_generated = 'NEVER'""",
        [table],
    )
    columns = [name for (name,) in cr.fetchall()]
    values = values_of(kind, seed)
    chosen = [values.get(name) or f't."{name}"' for name in columns]
    numbers = "generate_series(%(first)s, %(last)s) n"
    if kind == "res_partner":
        joined = f"""
            (SELECT n AS k FROM {numbers}) numbers
            CROSS JOIN LATERAL (SELECT {COMPANY} AS company) companies
            CROSS JOIN LATERAL (SELECT {name_of("k")} AS label) labels
            CROSS JOIN LATERAL (SELECT {name_of("company")} AS company_label) others"""
    else:
        # of the same customers
        customer = re.sub(r"\bn\b", f"(n * {share_of(kind)})", CUSTOMER)
        joined = f"""
            {numbers}
            CROSS JOIN LATERAL (SELECT {customer} AS customer) customers
            CROSS JOIN LATERAL (SELECT customer AS k) ks
            CROSS JOIN LATERAL (SELECT {CONTACT} AS contact) contacts
            CROSS JOIN LATERAL (SELECT {COMPANY} AS company) companies"""
    names = ", ".join(f'"{name}"' for name in columns)
    query = (
        f"INSERT INTO {table} ({names}) SELECT {', '.join(chosen)}"
        f" FROM {table} t, {joined} WHERE t.id = {seed[kind]}"
    )
    query = re.sub(r"%(?!\()", "%%", query)
    progress = Progress(f"{kind}: {last - first + 1:,} rows", last - first + 1)
    with without_indexes(cr, table):
        for start in range(first, last + 1, CHUNK):
            end = min(start + CHUNK - 1, last)
            cr.execute(query, {"first": start, "last": end})
            progress.add(end - start + 1)
    cr.execute(f"SELECT setval('{table}_id_seq', {CREATED})")
    cr.execute(f"VACUUM ANALYZE {table}")


def share_of(kind):
    """For how many occurrences there is one of this kind."""
    return {**dict.fromkeys(OCCURRENCES, 1), "mail_activity": OPEN_EACH}.get(kind, 5)


def name_of(k):
    return (
        f"({array(NAMES)})[1 + {k} % {len(NAMES)}] || ' ' ||"
        f" ({array(PLACES)})[1 + {k} / 17 % {len(PLACES)}] || ' ' || {k}"
    )


OCCURRENCES = (
    "crm_gestao_occurrence", "helpdesk_ticket", "crm_phonecall", "crm_claim", "crm_lead"
)  # fmt: skip
DOCUMENTS = (
    "sale_order", "sale_order_line", "account_move", "account_move_line", "revenue",
    "account_payment", "mail_message", "mail_activity",
)  # fmt: skip


def copy_base(name, has_addon=True):
    """A database with what crm_gestao depends on, and crm_gestao, but no other."""
    modules = database.addons()["crm_gestao"]["depends"]
    ours = ["crm_gestao"] if has_addon else []
    kind = "bench_base" if has_addon else "bench_odoo"
    with lock("template"):
        database.clone(database.installed(kind, modules, ours), name)


def plant(name, environment, options):
    """Make one record of each kind; returns their ids, kept in the database as well."""
    conf = database.config(name)
    result = subprocess.run(
        database.odoo_command(
            "shell", "-c", conf, "--no-http", "--log-level=error", *options
        ),
        input=SEED, text=True, capture_output=True, env=environment,
    )  # fmt: skip
    conf.unlink()
    found = re.search(r"seed:(\{.*\})", result.stdout)
    if not found:
        raise RuntimeError(result.stderr + result.stdout)
    with database.cursor(name) as cr:
        cr.execute(
            "CREATE TABLE bench (seed text, size int);"
            " CREATE TABLE bench_text (id int PRIMARY KEY, body text)"
        )
        cr.execute("INSERT INTO bench VALUES (%s, 0)", [found[1]])
        cr.execute(
            "INSERT INTO bench_text SELECT row_number() OVER () - 1, body"
            " FROM unnest(%s) body",
            [texts()],
        )
        multiply(cr, "res_partner", json.loads(found[1]), 1, PARTNERS)


def read_seed(name):
    with database.cursor(name) as cr:
        cr.execute("SELECT seed FROM bench")
        return json.loads(cr.fetchone()[0])


def grow(name, size):
    """Have `size` occurrences, of each peer as many, and a fifth of the documents.

    Only what the seed has: without the addon there are no occurrences. What is broken
    off leaves nothing behind.
    """
    try:
        fill(name, size)
    except BaseException:
        database.drop(name)
        raise


def fill(name, size):
    with database.cursor(name) as cr:
        seed = read_seed(name)
        cr.execute("SELECT size FROM bench")
        (before,) = cr.fetchone()
        for kind in (*OCCURRENCES, *DOCUMENTS):
            if kind in seed:
                share = share_of(kind)
                multiply(cr, kind, seed, before // share + 1, size // share)
        if "tags" in seed:
            tag_some(cr, seed["tags"], before + 1, size)
        cr.execute("UPDATE bench SET size = greatest(size, %s)", [size])


def tag_some(cr, tags, first, last):
    """One occurrence in five has a tag, every other of these has two."""
    table = "crm_gestao_occurrence_crm_gestao_occurrence_tag_rel"
    cr.execute(
        f"""INSERT INTO {table} (crm_gestao_occurrence_id, crm_gestao_occurrence_tag_id)
            SELECT {BASE} + n, (%(tags)s)[1 + (n / 5 + turn) %% %(count)s]
              FROM generate_series(%(first)s::int, %(last)s) n,
                   generate_series(0, 1) turn
             WHERE n %% 5 = 0 AND (turn = 0 OR n %% 10 = 0)""",
        {"tags": tags, "count": len(tags), "first": first, "last": last},
    )
    cr.execute(f"VACUUM ANALYZE {table}")


# links of the peers' tables without an index: each row that goes would read all of them
LINKS = {"helpdesk_ticket": "duplicate_id", "crm_phonecall": "opportunity_id"}


def tidy(name):
    """Remove what an earlier run has created, so that the next finds the same."""
    with database.cursor(name) as cr:
        cr.execute(
            "SELECT tablename FROM pg_tables WHERE tablename = ANY(%s)",
            [list(OCCURRENCES)],
        )
        tables = [table for (table,) in cr.fetchall()]
        links = [table for table in tables if table in LINKS]
        for table in links:
            cr.execute(
                f"CREATE INDEX IF NOT EXISTS bench_{table} ON {table} ({LINKS[table]})"
            )
        for table in tables:
            for hanging, model in (
                ("mail_message", "model"),
                ("mail_followers", "res_model"),
            ):
                cr.execute(
                    f"DELETE FROM {hanging} WHERE {model} = %s AND res_id > %s",
                    [table.replace("_", "."), CREATED],
                )
            cr.execute(f"DELETE FROM {table} WHERE id > %s", [CREATED])
            cr.execute(f"VACUUM ANALYZE {table}")
        for table in links:
            cr.execute(f"DROP INDEX bench_{table}")
        cr.execute("VACUUM ANALYZE mail_message")
