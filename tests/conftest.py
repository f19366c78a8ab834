"""What the tests outside of Odoo work with: databases of their own, and real servers.

Nothing here is faked: each database is a copy of the one that `make test` prepares,
each server a process of its own on a free port of 127.0.0.1, each client a real one.
"""

import contextlib
import itertools
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO / "dev"))

import database  # noqa: E402  (dev/database.py)
import odoolib  # noqa: E402
import odoorpc  # noqa: E402

NUMBERS = itertools.count()
# run only where it is named: make combos
collect_ignore = ["test_combinations.py"]


class OdooDatabase:
    """One database, and what can be done with it from outside."""

    def __init__(self, name, folder):
        self.name, self.folder = name, folder

    def cursor(self):
        return database.cursor(self.name)

    def rows(self, query, *parameters):
        with self.cursor() as cr:
            cr.execute(query, parameters)
            return cr.fetchall()

    def odoo(self, *words, stdin=None):
        """Run Odoo's command line to its end; returns its log."""
        conf = database.config(self.name)
        words = [word if word != "-c" else f"--config={conf}" for word in words]
        if not any("--config" in word for word in words):
            words += [f"--config={conf}"]
        result = subprocess.run(
            list(map(str, database.odoo_command(*words))),
            input=stdin,
            text=True,
            capture_output=True,
            env=database.environment(),
            cwd=REPO,
        )
        conf.unlink()
        assert not result.returncode, result.stderr
        self.stdout = result.stdout
        return result.stderr

    def run(self, *options):
        return self.odoo("--no-http", "--stop-after-init", *options)

    def shell(self, code, *options):
        """Run Python code with `env` and commit; returns what it printed."""
        words = ("shell", "-c", "--no-http", "--log-level=warn", *options)
        log = self.odoo(*words, stdin=code)
        assert "Traceback" not in log + self.stdout, log + self.stdout
        return self.stdout

    @contextlib.contextmanager
    def server(self, *options, **environment):
        """A server on this database, ended (as by Ctrl-C) when the block is.

        :param environment: variables that it gets beside the usual ones
        """
        number = next(NUMBERS)
        conf = database.config(self.name)
        conf = conf.rename(conf.with_name(f"{self.name}-server{number}.conf"))
        port = int(conf.read_text().split("http_port = ")[1].split()[0])
        log = self.folder / f"server{number}.log"
        with open(log, "w") as file:
            process = subprocess.Popen(
                list(map(str, database.odoo_command("-c", conf, *options))),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                env={**database.environment(), **environment},
                cwd=REPO,
            )
        server = Server(self, process, port, log)
        try:
            server.wait()
            yield server
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            conf.unlink()


class Server:
    def __init__(self, base, process, port, log):
        self.database, self.process, self.port, self.log = base, process, port, log
        self.url = f"http://127.0.0.1:{port}"

    def wait(self):
        for _ in range(600):
            assert self.process.poll() is None, self.log.read_text()
            try:
                return urllib.request.urlopen(f"{self.url}/web/login", timeout=60)
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise TimeoutError(self.log.read_text())

    def rpc(self, login="admin", password=None):
        """A client of the JSON-RPC interface, logged in."""
        client = odoorpc.ODOO("127.0.0.1", port=self.port)
        client.login(self.database.name, login, password or login)
        return client

    def json2(self, key):
        """A client of the interface that is new in Odoo 19, with an API key."""
        return odoolib.get_connection(
            "127.0.0.1", "json2", self.port, self.database.name, password=key
        )


def trouble(log):
    """The lines of a log that an administrator would worry about."""
    levels = (" WARNING ", " ERROR ", " CRITICAL ")
    return [line for line in log.splitlines() if any(level in line for level in levels)]


@contextlib.contextmanager
def copy(folder, source):
    with database.test_database(f"_{next(NUMBERS)}", source) as name:
        yield OdooDatabase(name, folder)


@pytest.fixture
def installed(tmp_path):
    """A database with the addons, demo data and Portuguese."""
    with copy(tmp_path, database.copy_installed) as found:
        yield found


@pytest.fixture
def bare(tmp_path):
    """The same without our addons: what they depend on, with demo data."""
    with copy(tmp_path, database.copy_template) as found:
        yield found


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server on a database with the addons, shared by the tests of one file."""
    folder = tmp_path_factory.mktemp("server")
    with copy(folder, database.copy_installed) as found, found.server() as running:
        yield running


@pytest.fixture(scope="session")
def addons():
    return database.addons()


@pytest.fixture
def tool_environment():
    """What a user's shell has: nothing of our virtual environment."""
    environment = database.environment()
    path = environment["PATH"].split(":")
    environment["PATH"] = ":".join(p for p in path if str(database.ENV) not in p)
    for name in ("PYTHONPATH", "VIRTUAL_ENV", "T", "DB", "PORT", "MAKEFLAGS"):
        environment.pop(name, None)
    return dict(environment, PATH=environment["PATH"] or os.defpath)
