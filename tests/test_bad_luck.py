"""The server dies, PostgreSQL restarts, connections are cut, people click twice.

Whatever happens, what a user was told is saved is there, and it is there as a whole.
"""

import base64
import contextlib
import http.client
import io
import json
import os
import random
import resource
import socket
import threading
import time
import urllib.error
import zipfile
from concurrent.futures import ThreadPoolExecutor

import database as databases
import odoorpc
import pg
import pytest

OCCURRENCE = "crm.gestao.occurrence"
PRIVACY = "crm.gestao.privacy.wizard"
# demo users, of different rights
LOGINS = ("clerk", "manager", "rep", "rep2", "admin")
BROKEN = (
    OSError,
    urllib.error.URLError,
    http.client.HTTPException,
    json.JSONDecodeError,
    odoorpc.error.Error,
)

# each has to find nothing
INCONSISTENT = {
    "two of one reference": "SELECT company_id, name FROM crm_gestao_occurrence"
    " GROUP BY 1, 2 HAVING count(*) > 1",
    "a reference that will be given again": """
        SELECT o.name FROM crm_gestao_occurrence o
          JOIN ir_sequence s ON s.code = 'crm.gestao.occurrence'
                            AND s.company_id = o.company_id
          JOIN ir_sequence_date_range r ON r.sequence_id = s.id
           AND o.name LIKE 'OC/' || to_char(r.date_from, 'YYYY') || '/%%'
          JOIN pg_sequences p ON p.sequencename
             = 'ir_sequence_' || lpad(s.id::text, 3, '0') || '_'
               || lpad(r.id::text, 3, '0')
         WHERE split_part(o.name, '/', 3)::int > coalesce(p.last_value, 0)""",
    "a roll-up that is not the customer's": """
        SELECT o.id FROM crm_gestao_occurrence o
          JOIN res_partner p ON p.id = o.partner_id
         WHERE o.commercial_partner_id IS DISTINCT FROM p.commercial_partner_id""",
    "closed without a date, or the other way round": "SELECT id FROM"
    " crm_gestao_occurrence WHERE (state = 'open') != (date_closed IS NULL)",
    "no word of its creation": """
        SELECT id FROM crm_gestao_occurrence o
         WHERE subject LIKE 'luck %%' AND NOT EXISTS
         (SELECT 1 FROM mail_message WHERE model = 'crm.gestao.occurrence'
             AND res_id = o.id)""",
    "a part of what was saved at once": """
        SELECT subject FROM crm_gestao_occurrence WHERE subject LIKE 'luck batch %%'
         GROUP BY 1 HAVING count(*) != 5""",
    "one without its tag": """
        SELECT id FROM crm_gestao_occurrence o
         WHERE subject LIKE 'luck %%' AND NOT EXISTS
         (SELECT 1 FROM crm_gestao_occurrence_crm_gestao_occurrence_tag_rel
           WHERE crm_gestao_occurrence_id = o.id)""",
    "a message without its file": """
        SELECT id FROM mail_message m WHERE body LIKE '%%luck file%%' AND NOT EXISTS
         (SELECT 1 FROM message_attachment_rel WHERE message_id = m.id)""",
    "an order without its line": """
        SELECT id FROM sale_order o WHERE client_order_ref = 'luck' AND NOT EXISTS
         (SELECT 1 FROM sale_order_line WHERE order_id = o.id)""",
    "a record of a competitor without its log": """
        SELECT r.id FROM crm_gestao_competitor_record r
          JOIN crm_gestao_competitor c ON c.id = r.competitor_id
         WHERE c.name = 'Bad Luck' AND NOT EXISTS
         (SELECT 1 FROM mail_message WHERE model = 'crm.gestao.competitor.record'
             AND res_id = r.id)""",
    "a competitor that has won an order that goes on": """
        SELECT r.id FROM crm_gestao_competitor_record r
          JOIN sale_order s ON s.id = r.sale_order_id
         WHERE s.client_order_ref = 'luck' AND r.outcome = 'lost'
           AND s.state != 'cancel'""",
    "an order invoiced more than once": """
        SELECT l.id FROM sale_order_line l
          JOIN sale_order_line_invoice_rel r ON r.order_line_id = l.id
          JOIN account_move_line i ON i.id = r.invoice_line_id
          JOIN sale_order s ON s.id = l.order_id
          JOIN crm_gestao_occurrence o ON o.id = s.occurrence_id
         WHERE o.subject LIKE 'luck%%'
         GROUP BY l.id HAVING sum(i.quantity) > l.product_uom_qty""",
    "an invoice that is not that of its occurrence's order": """
        SELECT m.id FROM account_move m
          JOIN crm_gestao_occurrence o ON o.id = m.occurrence_id
         WHERE o.subject LIKE 'luck%%' AND NOT EXISTS
         (SELECT 1 FROM account_move_line l
            JOIN sale_order_line_invoice_rel r ON r.invoice_line_id = l.id
            JOIN sale_order_line s ON s.id = r.order_line_id
            JOIN sale_order t ON t.id = s.order_id
           WHERE l.move_id = m.id AND t.occurrence_id = o.id)""",
    "an invoice that does not balance": """
        SELECT move_id FROM account_move_line GROUP BY 1 HAVING sum(balance) != 0""",
    "a number that two invoices have, or none": """
        SELECT journal_id, name FROM account_move
         WHERE state = 'posted' GROUP BY 1, 2 HAVING count(*) > 1 OR name IS NULL""",
    "a person who is anonymous in part": """
        SELECT p.id FROM res_partner p
          JOIN crm_gestao_occurrence o ON o.partner_id = p.id
          LEFT JOIN crm_gestao_privacy_log l
            ON l.partner_id = p.id AND l.act = 'anonymise'
         WHERE (p.name LIKE 'luck person%%') != (o.subject = 'luck person')
            OR (p.name LIKE 'luck person%%') != (l.id IS NULL)
           AND (l.id IS NOT NULL OR o.subject = 'luck person')
            OR p.name LIKE 'Anonymised %%' AND l.id IS NULL""",
    **{
        f"something of nothing in {table}": f"""
            SELECT id FROM {table} t WHERE {model} = 'crm.gestao.occurrence'
               AND NOT EXISTS
                   (SELECT 1 FROM crm_gestao_occurrence WHERE id = t.res_id)"""
        for table, model in (
            ("mail_message", "model"),
            ("mail_followers", "res_model"),
            ("mail_activity", "res_model"),
            ("ir_attachment", "res_model"),
        )
    },
}


def check(database, done):
    for what, query in INCONSISTENT.items():
        assert not database.rows(query), what
    stored = dict(
        database.rows(
            "SELECT store_fname, file_size FROM ir_attachment"
            " WHERE store_fname IS NOT NULL"
        )
    )
    filestore = databases.DATA / "filestore" / database.name
    cut = {
        name
        for name, size in stored.items()
        if not (filestore / name).is_file() or (filestore / name).stat().st_size != size
    }
    assert not cut, "a file that is missing or cut"
    states = dict(database.rows("SELECT id, state FROM crm_gestao_occurrence"))
    there = set(states)
    assert done.created - done.deleted - done.maybe_deleted <= there, "saved, and gone"
    assert done.imported <= there, "imported, and gone"
    invoiced = database.rows(
        "SELECT occurrence_id FROM account_move WHERE state = 'posted'"
    )
    assert done.invoiced <= {number for (number,) in invoiced}, "issued, and gone"
    forgotten = database.rows("SELECT partner_id FROM crm_gestao_privacy_log")
    assert done.forgotten <= {number for (number,) in forgotten}, "still known"
    assert not done.deleted & there, "deleted, and there again"
    assert {n: states.get(n) for n in done.closed} == dict.fromkeys(done.closed, "done")


def import_lines(client, things, number):
    """Five lines of a file, which go in together or not at all."""
    values = {
        "subject": f"luck batch import {number}",
        "partner_id/.id": things["partner"],
        "type_id/.id": things["type"],
        "tag_ids/.id": things["tag"],
    }
    line = [str(value) for value in values.values()]
    answer = client.env[OCCURRENCE].load(list(values), [line] * 5)
    assert not answer["messages"], answer
    return answer["ids"]


def sell(client, things, number):
    """Make an order of an occurrence; return its id."""
    return client.env["sale.order"].create(
        {
            "partner_id": things["partner"],
            "client_order_ref": "luck",
            "occurrence_id": number,
            "order_line": [(0, 0, {"product_id": things["service"]})],
        }
    )


def lose(client, things, number):
    """Lose an order to a competitor, as its record proposes."""
    order = sell(client, things, number)
    record = client.env["crm.gestao.competitor.record"].create(
        {
            "competitor_id": things["competitor"],
            "partner_id": things["partner"],
            "sale_order_id": order,
        }
    )
    client.env["sale.order"].action_cancel([order])
    client.env["crm.gestao.competitor.record"].action_confirm_proposed([record])


def invoice(client, things, number):
    """Issue an invoice of an order; return the occurrence."""
    client.env["sale.order"].action_confirm([sell(client, things, number)])
    issue = client.env[OCCURRENCE].action_issue_invoice([number])["res_id"]
    client.env["crm.gestao.invoice.issue"].action_issue([issue])
    return number


def forget(client, things, number):
    """Make a person anonymous with whom there was an occurrence; return who it was."""
    person = client.env["res.partner"].create({"name": f"luck person {number}"})
    values = {"partner_id": person, "subject": "luck person"}
    client.env[OCCURRENCE].write([number], values)
    wizards = client.env[PRIVACY]
    wizard = wizards.create({"partner_id": person, "is_understood": True})
    wizards.action_anonymise([wizard])
    return person


class Done:
    """What users were told is done."""

    def __init__(self):
        self.created, self.closed = set(), set()
        self.deleted, self.maybe_deleted = set(), set()
        self.imported, self.invoiced, self.forgotten = set(), set(), set()
        self.errors = []
        # what each user attached last, by login
        self.files = {}


def write(server, login, things, done, stop):
    """What one user does, again and again, until it breaks or `stop` is set."""
    chance = random.Random(login)
    try:
        client = server.rpc(login)
        occurrences = client.env[OCCURRENCE]
        while not stop.is_set():
            values = {
                "subject": f"luck {login}",
                "partner_id": things["partner"],
                "type_id": things["type"],
                "tag_ids": [(6, 0, [things["tag"]])],
                "state": "open",
            }
            number = occurrences.create(values)
            done.created.add(number)
            subject = f"luck batch {login} {number}"
            five = occurrences.create([{**values, "subject": subject}] * 5)
            done.created.update(five)
            text = done.files[login] = f"{number} " * 300_000
            occurrences.message_post(
                [number], body="luck file", attachments=[["a.txt", text]]
            )
            occurrences.activity_schedule([number], "mail.mail_activity_data_todo")
            occurrences.action_done([number])
            done.closed.add(number)
            if login == "rep":
                lose(client, things, number)
            elif login == "clerk":
                done.imported.update(import_lines(client, things, number))
            elif login == "admin":
                done.invoiced.add(invoice(client, things, number))
            elif login == "manager":
                done.forgotten.add(forget(client, things, number))
            if chance.random() < 0.3:
                batch = set(five)
                done.maybe_deleted |= batch
                occurrences.unlink(five)
                done.deleted |= batch
    except BROKEN as error:
        done.errors.append(error)


@contextlib.contextmanager
def load(server, things):
    """Several users write as long as the block lasts."""
    done, stop = Done(), threading.Event()
    threads = [
        threading.Thread(target=write, args=(server, login, things, done, stop))
        for login in LOGINS
    ]
    for thread in threads:
        thread.start()
    try:
        wait_for(
            lambda: done.errors
            or len(done.closed) > len(LOGINS)
            and (done.imported and done.invoiced and done.forgotten)
        )
        assert not done.errors, done.errors
        yield done
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def wait_for(condition):
    for _ in range(1200):
        if condition():
            return
        time.sleep(0.05)
    raise TimeoutError


@pytest.fixture(scope="module")
def things(server):
    env = server.rpc().env
    return {
        "partner": env["res.partner"].create({"name": "Bad Luck Ltda"}),
        "type": env["crm.gestao.occurrence.type"].search([], limit=1)[0],
        "tag": env["crm.gestao.occurrence.tag"].create({"name": "luck"}),
        "competitor": env["crm.gestao.competitor"].create({"name": "Bad Luck"}),
        "product": env["product.product"].create({"name": "Thing", "list_price": 7}),
        "service": env["product.product"].create(
            {"name": "Service", "type": "service", "list_price": 7,
             "invoice_policy": "order"}
        ),
    }  # fmt: skip


def test_killed(server, things):
    """SIGKILL at a random moment, twice."""
    for _round in range(2):
        with server.database.server() as victim:
            with load(victim, things) as done:
                time.sleep(random.uniform(0, 1))
                victim.process.kill()
                victim.process.wait()
        assert done.errors, "nobody noticed"
        # what a dead server had begun, PostgreSQL undoes when it sees that it is gone
        wait_for(lambda: not busy(server.database))
        check(server.database, done)
        # of which a part may be there: it goes in whole
        for text in done.files.values():
            datas = base64.b64encode(text.encode()).decode()
            server.rpc().env["ir.attachment"].create({"name": "a.txt", "datas": datas})
        check(server.database, done)


def busy(database):
    return database.rows(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid != pg_backend_pid() AND state LIKE '%%transaction%%'"
    )


def restart_postgresql(database):
    if os.environ["PGHOST"] == str(pg.SOCKET):
        pg.stop()
        pg.start()
    else:  # somebody else's: to its clients this is the same
        database.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid != pg_backend_pid()"
        )


def test_postgresql_restarts(server, things):
    with load(server, things) as done:
        time.sleep(random.uniform(0, 1))
        restart_postgresql(server.database)
    assert done.errors, "nobody noticed"
    check(server.database, done)
    # the same server goes on, without anybody's help
    with load(server, things) as done:
        pass
    assert not done.errors
    check(server.database, done)


def test_disk_is_full(server, things):
    """Who attaches a file is told, and once there is room the same file goes in."""
    client = server.rpc("clerk")
    model = client.env[OCCURRENCE]
    values = {
        "partner_id": things["partner"],
        "type_id": things["type"],
        "tag_ids": [(6, 0, [things["tag"]])],
    }
    number = model.create({**values, "subject": "luck disk"})
    content = random.randbytes(3_000_000)
    file = {
        "name": "large.bin",
        "res_model": OCCURRENCE,
        "res_id": number,
        "datas": base64.b64encode(content).decode(),
    }
    held = {**file, "name": "held.bin"}
    held["datas"] = base64.b64encode(random.randbytes(3_000_000)).decode()
    client.env["ir.attachment"].create(held)
    manager = server.rpc("manager").env
    export = manager["res.partner"].action_privacy([things["partner"]])["res_id"]
    pid, limit = server.process.pid, resource.RLIMIT_FSIZE
    log = server.log.stat().st_size
    # the kernel lets the server write so much of a file and no more
    before = resource.prlimit(pid, limit, (log + 1_000_000, resource.RLIM_INFINITY))
    try:
        with pytest.raises(odoorpc.error.RPCError, match="no room for files"):
            client.env["ir.attachment"].create(file)
        with pytest.raises(odoorpc.error.RPCError, match="no room for files"):
            text = "x" * 3_000_000
            model.message_post([number], body="Look", attachments=[["a.txt", text]])
        with pytest.raises(odoorpc.error.RPCError, match="no room for files"):
            manager[PRIVACY].action_export([export])
        # what needs no file is saved
        model.write([number], {"subject": "luck disk, changed"})
    finally:
        resource.prlimit(pid, limit, before)
    query = "SELECT subject FROM crm_gestao_occurrence WHERE subject LIKE 'luck disk%%'"
    assert server.database.rows(query) == [("luck disk, changed",)]
    query = (
        "SELECT (SELECT count(*) FROM ir_attachment WHERE name = 'large.bin'),"
        " (SELECT count(*) FROM mail_message WHERE body LIKE '%%Look%%' AND res_id = %s"
        "   AND model = 'crm.gestao.occurrence')"
    )
    assert server.database.rows(query, number) == [(0, 0)]
    check(server.database, Done())
    attachment = client.env["ir.attachment"].create(file)
    (saved,) = client.env["ir.attachment"].read([attachment], ["datas"])
    assert base64.b64decode(saved["datas"]) == content
    check(server.database, Done())


def request_of(server, things, subject):
    """The bytes of a call that makes five occurrences at once."""
    values = {
        "subject": subject,
        "partner_id": things["partner"],
        "type_id": things["type"],
        "tag_ids": [[6, 0, [things["tag"]]]],
    }
    client = server.rpc()
    arguments = [client.env.db, client.env.uid, "admin", OCCURRENCE, "create"]
    body = json.dumps(
        {
            "params": {
                "service": "object",
                "method": "execute_kw",
                "args": [*arguments, [[values] * 5]],
            }
        }
    ).encode()
    head = (
        f"POST /jsonrpc HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def test_connection_is_cut(server, things):
    """Within the question nothing is done, within the answer all of it."""
    whole = request_of(server, things, "luck batch cut")
    lengths = [random.randrange(1, len(whole)) for _ in range(20)] + [len(whole) - 1]
    for length in lengths:
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(whole[:length])
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(whole)
        # a reset, as where somebody pulls the plug
        connection.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0"
        )
    query = "SELECT id FROM crm_gestao_occurrence WHERE subject = 'luck batch cut'"
    wait_for(lambda: server.database.rows(query))
    time.sleep(0.5)
    assert len(server.database.rows(query)) == 5, "the cut ones have done something"
    check(server.database, Done())


def press(server, presses, refused=()):
    """Press buttons at the same moment, each in a tab of its own.

    :param presses: list of (login, model, method, ids or other argument)
    :param refused: what a refusal may say, which is then the answer
    :return: list of answers
    """
    start = threading.Barrier(len(presses))
    tabs = [(server.rpc(login), *words) for login, *words in presses]

    def call(tab):
        client, model, method, ids = tab
        start.wait()
        try:
            return client.execute_kw(model, method, [ids])
        except odoorpc.error.RPCError as error:
            if not any(words in str(error) for words in refused):
                raise
            return str(error)

    with ThreadPoolExecutor(len(tabs)) as pool:
        return list(pool.map(call, tabs))


@pytest.fixture
def occurrence(server, things):
    return server.rpc("clerk").env[OCCURRENCE].create(
        {
            "subject": "luck, pressed twice",
            "partner_id": things["partner"],
            "type_id": things["type"],
            "tag_ids": [(6, 0, [things["tag"]])],
            "state": "open",
        }
    )  # fmt: skip


def count_changes(database, model, record_id, fname):
    """How often the log of a record tells that a field has changed."""
    query = """
        SELECT t.id FROM mail_tracking_value t
          JOIN mail_message m ON m.id = t.mail_message_id
          JOIN ir_model_fields f ON f.id = t.field_id
         WHERE m.model = %s AND m.res_id = %s AND f.name = %s"""
    return len(database.rows(query, model, record_id, fname))


def test_done_twice(server, occurrence):
    press(server, [("clerk", OCCURRENCE, "action_done", [occurrence])] * 4)
    assert (
        count_changes(server.database, "crm.gestao.occurrence", occurrence, "state")
        == 1
    )
    check(server.database, Done())


def test_done_here_and_cancelled_there(server, occurrence):
    press(
        server,
        [
            ("clerk", OCCURRENCE, "action_done", [occurrence]),
            ("manager", OCCURRENCE, "action_cancel", [occurrence]),
            ("clerk", OCCURRENCE, "action_reopen", [occurrence]),
        ],
    )
    check(server.database, Done())


@pytest.mark.parametrize("dialogs", [1, 3], ids=["same dialog", "a dialog each"])
def test_confirmed_twice(server, things, occurrence, dialogs):
    """Two tabs confirm the same quotation: it is an order once, and both are told."""
    client = server.rpc()
    order = client.env["sale.order"].create(
        {
            "partner_id": things["partner"],
            "occurrence_id": occurrence,
            "order_line": [(0, 0, {"product_id": things["product"]})],
        }
    )
    model = "crm.gestao.order.confirm"
    made = [
        client.env[model].create({"occurrence_id": occurrence}) for _ in range(dialogs)
    ]
    presses = [
        ("admin", model, "action_confirm", [made[n % dialogs]]) for n in range(3)
    ]
    for answer in press(server, presses, refused=("Tick one", "at this moment")):
        assert answer
    assert count_changes(server.database, "sale.order", order, "state") == 1
    (found,) = client.env["sale.order"].read([order], ["state"])
    assert found["state"] == "sale"
    check(server.database, Done())


def test_lost_twice(server, things):
    """An opportunity that is lost to a competitor is so once."""
    client = server.rpc()
    lead = client.env["crm.lead"].create(
        {"name": "Pressed twice", "partner_id": things["partner"]}
    )
    competitor = client.env["crm.gestao.competitor"].create({"name": "Pressed twice"})
    model = "crm.lead.lost"
    values = {"lead_ids": [(6, 0, [lead])], "competitor_id": competitor}
    wizards = [client.env[model].create(dict(values)) for _ in range(2)]
    press(
        server,
        [("admin", model, "action_lost_reason_apply", [w]) for w in wizards * 2],
    )
    query = "SELECT outcome FROM crm_gestao_competitor_record WHERE competitor_id = %s"
    assert server.database.rows(query, competitor) == [("lost",)]


def test_reviewed_twice(server):
    """A card that is marked as reviewed in two tabs is told so once."""
    client = server.rpc()
    model = "crm.gestao.competitor"
    card = client.env[model].create({"name": "Reviewed twice"})
    press(server, [("admin", model, "action_mark_reviewed", [card])] * 3)
    assert (
        count_changes(server.database, "crm.gestao.competitor", card, "review_date")
        == 1
    )


def test_draft_twice(server, things, occurrence):
    """A double click on Create Draft makes one invoice."""
    client = server.rpc()
    order = client.env["sale.order"].create(
        {
            "partner_id": things["partner"],
            "occurrence_id": occurrence,
            "order_line": [(0, 0, {"product_id": things["service"]})],
        }
    )
    client.env["sale.order"].action_confirm([order])
    model = "crm.gestao.invoice.issue"
    issue = client.env[model].create({"occurrence_id": occurrence})
    refused = ("at this moment", "is invoiced already")
    press(server, [("admin", model, "action_create_draft", [issue])] * 3, refused)
    query = "SELECT state FROM account_move WHERE occurrence_id = %s"
    assert server.database.rows(query, occurrence) == [("draft",)]
    check(server.database, Done())


@pytest.mark.parametrize(
    "model", ["crm.gestao.competitor", "crm.gestao.occurrence.tag"]
)
def test_named_on_the_fly_twice(server, model):
    """Tabs that type the same new name at once all get the one record."""
    for round_ in range(3):
        name = f"Typed at once {round_}"
        presses = [(login, model, "name_create", name) for login in LOGINS]
        answers = press(server, presses)
        assert len(set(map(tuple, answers))) == 1, answers
        table = model.replace(".", "_")
        query = f"SELECT id FROM {table} WHERE name = %s"
        assert server.database.rows(query, name) == [(answers[0][0],)]


def open_privacy_dialogs(env, occurrence):
    """Two dialogs on the same person, who is made the customer of an occurrence."""
    person = env["res.partner"].create({"name": "Pressed Twice"})
    env[OCCURRENCE].write([occurrence], {"partner_id": person})
    partners = env["res.partner"]
    return person, [partners.action_privacy([person])["res_id"] for _ in range(2)]


def test_anonymised_twice(server, things, occurrence):
    """Two clicks in each of two dialogs make one act."""
    env = server.rpc("manager").env
    person, wizards = open_privacy_dialogs(env, occurrence)
    env[PRIVACY].write(wizards, {"is_understood": True})
    press(
        server,
        [("manager", PRIVACY, "action_anonymise", [wizard]) for wizard in wizards * 2],
    )
    query = "SELECT id FROM crm_gestao_privacy_log WHERE partner_id = %s"
    assert len(server.database.rows(query, person)) == 1
    check(server.database, Done())


def test_exported_twice(server, things, occurrence):
    """Two clicks in each of two dialogs: each has one file, which is whole."""
    env = server.rpc("manager").env
    _person, wizards = open_privacy_dialogs(env, occurrence)
    press(
        server,
        [("manager", PRIVACY, "action_export", [wizard]) for wizard in wizards * 2],
    )
    files = server.database.rows(
        "SELECT res_id FROM ir_attachment WHERE res_model = %s AND res_id IN %s",
        PRIVACY,
        tuple(wizards),
    )
    assert sorted(files) == sorted((wizard,) for wizard in wizards)
    for wizard in env[PRIVACY].read(wizards, ["export_file"]):
        with zipfile.ZipFile(io.BytesIO(base64.b64decode(wizard["export_file"]))) as z:
            assert z.testzip() is None
            assert z.namelist()
    check(server.database, Done())


def test_ordered_twice(server, things, occurrence):
    """Four clicks on Order: each dialog has the quotation, and none is confirmed."""
    client = server.rpc()
    order = sell(client, things, occurrence)
    click = ("admin", OCCURRENCE, "action_new_order", [occurrence])
    dialogs = press(server, [click] * 4)
    model = "crm.gestao.order.confirm"
    for dialog in dialogs:
        (confirm,) = client.env[model].read([dialog["res_id"]], ["line_ids"])
        lines = client.env[f"{model}.line"].read(confirm["line_ids"], ["order_id"])
        assert [line["order_id"][0] for line in lines] == [order]
    # and so where all of them go for another order, which is not saved yet
    press(
        server,
        [("admin", model, "action_new_order", [d["res_id"]]) for d in dialogs],
    )
    assert server.database.rows(
        "SELECT id, state FROM sale_order WHERE occurrence_id = %s", occurrence
    ) == [(order, "draft")]  # fmt: skip


def test_two_competitors_win_the_same_order(server, things):
    """Each is confirmed by somebody else at the same moment: one of them has won."""
    env = server.rpc("admin").env
    model = "crm.gestao.competitor.record"
    competitors = env["crm.gestao.competitor"].create(
        [{"name": "luck Alfa"}, {"name": "luck Beta"}]
    )
    for _turn in range(5):
        order = env["sale.order"].create({"partner_id": things["partner"]})
        records = env[model].create(
            [
                {
                    "competitor_id": competitor,
                    "partner_id": things["partner"],
                    "sale_order_id": order,
                }
                for competitor in competitors
            ]
        )
        env["sale.order"].browse(order).action_cancel()
        answers = press(
            server,
            [("admin", model, "action_confirm_proposed", [r]) for r in records],
            refused=["has won the same"],
        )
        assert sum(isinstance(answer, str) for answer in answers) == 1
        assert server.database.rows(
            "SELECT count(*) FROM crm_gestao_competitor_record"
            " WHERE sale_order_id = %s AND outcome = 'lost'", order
        ) == [(1,)]  # fmt: skip


@pytest.mark.parametrize(
    ("model", "method"),
    [
        ("crm.gestao.competitor.record", "action_confirm_proposed"),
        ("sale.order", "action_confirm_competitor_outcomes"),
    ],
)
def test_a_proposal_is_confirmed_twice(server, things, model, method):
    env = server.rpc("admin").env
    records = env["crm.gestao.competitor.record"]
    order = env["sale.order"].create({"partner_id": things["partner"]})
    (competitor,) = env["crm.gestao.competitor"].create([{"name": f"luck {method}"}])
    record = records.create(
        {
            "competitor_id": competitor,
            "partner_id": things["partner"],
            "sale_order_id": order,
        }
    )
    env["sale.order"].browse(order).action_cancel()
    target = order if model == "sale.order" else record
    press(server, [("admin", model, method, [target])] * 4)
    assert records.read([record], ["outcome"])[0]["outcome"] == "lost"
    assert count_changes(server.database, records._name, record, "outcome") == 1


def test_deleted_while_it_is_changed(server, things, occurrence):
    """One tab deletes what another changes: whoever is first, neither is half done."""
    answers = []

    def change(word):
        with contextlib.suppress(odoorpc.error.RPCError):
            answers.extend(press(server, [("clerk", OCCURRENCE, word, [occurrence])]))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(change, ("unlink", "action_done")))
    assert answers
    check(server.database, Done())
