"""Odoo over HTTP, as the web client calls it; what it costs besides Odoo is little."""

import http.client
import json
import re
import subprocess
import time
import urllib.request
from contextlib import contextmanager

import database
from common import REPO
from lxml import etree

# what the widgets of our list and cards ask for besides (`fieldDependencies`)
EXTRA = {
    "crm.gestao.occurrence": {
        "type_icon": {}, "type_color": {}, "activity_exception_decoration": {},
        "activity_exception_icon": {}, "activity_state": {}, "activity_summary": {},
        "activity_type_icon": {}, "activity_type_id": {"fields": {"display_name": {}}},
    },
}  # fmt: skip


class RpcError(Exception):
    """What the server answered instead of a result."""


class Client:
    """One user, logged in, on one connection that stays open where the server lets it.

    :param str name: the database
    """

    def __init__(self, port, name, login, password=None):
        self.port, self.login = port, login
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        self.headers = {"Content-Type": "application/json"}
        self.context = {}
        info = self.post(
            "/web/session/authenticate",
            {"db": name, "login": login, "password": password or login},
        )
        self.uid, self.context = info["uid"], info["user_context"]
        self.context["allowed_company_ids"] = [
            info["user_companies"]["current_company"]
        ]

    def request(self, method, path, body=None):
        """Send and read; returns the answer's bytes and the seconds that it took."""
        start = time.perf_counter()
        try:
            self.connection.request(method, path, body, self.headers)
            response = self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):
            # between two requests the server may close what is open
            self.connection.close()
            start = time.perf_counter()
            self.connection.request(method, path, body, self.headers)
            response = self.connection.getresponse()
        data = response.read()
        spent = time.perf_counter() - start
        for cookie in response.headers.get_all("Set-Cookie", ()):
            if cookie.startswith("session_id="):
                self.headers["Cookie"] = cookie.split(";")[0]
        if response.status != 200:
            raise RpcError(f"{path}: {response.status} {data[:300]!r}")
        return data, spent

    def post(self, path, params):
        data, _spent = self.request("POST", path, self.encode(params))
        return self.decode(data)

    def encode(self, params):
        return json.dumps({"jsonrpc": "2.0", "method": "call", "params": params})

    def decode(self, data):
        answer = json.loads(data)
        if "error" in answer:
            error = answer["error"]
            raise RpcError(f"{error['data']['name']}: {error['data']['message']}")
        return answer["result"]

    def call_params(self, model, method, args, kwargs):
        context = {**self.context, **kwargs.get("context", {})}
        if method in ("web_read", "web_save", "web_search_read"):
            context["bin_size"] = True
        return {
            "model": model, "method": method, "args": args,
            "kwargs": {**kwargs, "context": context},
        }  # fmt: skip

    def call(self, model, method, *args, **kwargs):
        return self.post(
            f"/web/dataset/call_kw/{model}/{method}",
            self.call_params(model, method, args, kwargs),
        )

    def specification(self, model, kind, without=(), view_id=False):
        """What the web client asks for to show a view, by default that of this kind."""
        views = self.call(model, "get_views", [[view_id, kind]])
        node = etree.fromstring(views["views"][kind]["arch"])
        found = _specification(node, model, views["models"])
        found |= EXTRA.get(model, {}) if kind in ("list", "kanban") else {}
        return {name: value for name, value in found.items() if name not in without}


def _specification(node, model, models):
    level = node.xpath("count(ancestor::field)")
    specification = {}
    for field in node.xpath(f".//field[count(ancestor::field) = {level}]"):
        name = field.get("name")
        info = models[model]["fields"][name]
        specification[name] = {}
        if info["type"] == "many2one":
            hidden = {"True", "1"}.intersection(
                (field.get("column_invisible"), field.get("invisible"))
            )
            specification[name]["fields"] = {} if hidden else {"display_name": {}}
        elif info["type"] in ("one2many", "many2many"):
            nested = {}
            for view in field.xpath("./*[descendant::field]"):
                nested |= _specification(view, info["relation"], models)
                specification[name]["limit"] = int(view.get("limit", 40))
            if info["type"] == "many2many" and not nested:
                nested = {"display_name": {}}
            specification[name] |= {"fields": nested}
    return specification


@contextmanager
def server(name, log, *options, environment=None):
    """Odoo on this database, ended when the block is; yields its port."""
    conf = database.config(name)
    port = int(re.search(r"http_port = (\d+)", conf.read_text())[1])
    with open(log, "w") as file:
        process = subprocess.Popen(
            list(map(str, database.odoo_command("-c", conf, *options))),
            stdin=subprocess.DEVNULL, stdout=file, stderr=file,
            env=environment or database.environment(), cwd=REPO,
        )  # fmt: skip
    try:
        for _ in range(600):
            if process.poll() is not None:
                raise RuntimeError(log.read_text()[-3000:])
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/web/login").close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        conf.unlink()
