"""The set-up as people call it: make help, make run, make stop."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import common
import database
import pytest
from common import free_port
from conftest import NUMBERS, REPO


@pytest.fixture
def run(tool_environment):
    """Start a tool of ours as a user's shell would, on a database of this test."""
    name = f"{database.PREFIX}_test_{os.getpid()}_run{next(NUMBERS)}"
    environment = dict(tool_environment, DB=name, PORT=str(free_port()))
    started = []

    def start(*words, **variables):
        process = subprocess.Popen(
            words,
            cwd=REPO,
            env=dict(environment, **variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    start.environment = environment
    yield start
    for process in started:
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    database.drop(name)


def read_until(process, pattern):
    """What a process prints up to a line with this pattern."""
    text = ""
    for line in process.stdout:
        text += line
        if re.search(pattern, line):
            return text
    raise AssertionError(f"{pattern} never came:\n{text}")


def listening(port):
    """The addresses where something listens on this port."""
    found = set()
    for file in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(FileNotFoundError):
            for line in Path(file).read_text().splitlines()[1:]:
                address, state = line.split()[1], line.split()[3]
                if state == "0A" and int(address.split(":")[1], 16) == port:
                    found.add(address.split(":")[0])
    return found


def test_run_serves_this_machine_only_and_stops(run):
    server = run("dev/run", "serve")
    text = read_until(server, "Ctrl-C")
    port = run.environment["PORT"]
    assert f"http://127.0.0.1:{port}/odoo" in text
    assert "admin" in text and "Consult" in text and "F7" in text
    with database.cursor(run.environment["DB"]) as cr:  # for the styles of prints
        cr.execute("SELECT value FROM ir_config_parameter WHERE key = 'web.base.url'")
        assert cr.fetchone() == (f"http://127.0.0.1:{port}",)
    page = urllib.request.urlopen(f"http://127.0.0.1:{port}/web/login", timeout=60)
    assert page.status == 200
    assert listening(int(port)) == {"0100007F"}

    # a second one beside it takes another port, and a start that has nothing to do is
    # quick: a loose bound, for the machine may be busy
    start = time.monotonic()
    second = run("dev/run", "serve")
    text = read_until(second, "Ctrl-C")
    assert time.monotonic() - start < 60
    assert "is taken" in text and f":{port}/odoo" not in text
    assert "Install" not in text and "Upgrade" not in text

    stop = run("dev/run", "stop")
    assert "is stopped" in stop.communicate(timeout=60)[0]
    for process in (server, second):
        assert process.wait(60) is not None
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(port)))
    assert database.comment(run.environment["DB"]), "its data stays"


@pytest.mark.skipif(not shutil.which("make"), reason="there is no make here")
def test_make_help_is_the_default(run):
    text = run("make").communicate(timeout=60)[0]
    targets = "run shell test suites combos lint fmt i18n stop clean"
    for target in targets.split():
        assert re.search(rf"make {target}\b", text)


def test_what_is_missing_is_said(run, tmp_path):
    (tmp_path / "odoo").mkdir()
    (tmp_path / "odoo/release.py").write_text("version_info = (18, 0, 0, 'final', 0)")
    process = run("dev/run", "serve", ODOO_PATH=str(tmp_path))
    text = process.communicate(timeout=60)[0]
    assert process.returncode and "no Odoo 19.0" in text

    process = run("dev/run", "serve", PGHOST="127.0.0.1", PGPORT=str(free_port()))
    text = process.communicate(timeout=60)[0]
    assert process.returncode and "No connection to the PostgreSQL" in text
    process = run("dev/run", "serve", PGHOST="127.0.0.1", PGUSER="postgres")
    text = process.communicate(timeout=60)[0]
    assert process.returncode and "createuser" in text


def test_databases_go_with_the_files_that_belong_to_them(tmp_path, tool_environment):
    """Who removes the environment by hand gets a new one, and databases too."""

    def call(code):
        command = [common.PYTHON, "-c", f"import pg, sys; {code}"]
        environment = dict(tool_environment, ODOO_CACHE=str(tmp_path / "odoo"))
        for name in ("PGHOST", "PGPORT", "PGUSER", "DATABASE_URL"):
            environment.pop(name, None)
        environment["PYTHONPATH"] = f"{REPO}/dev"
        return subprocess.run(
            command, env=environment, check=True, capture_output=True, text=True
        ).stdout

    psql = (
        "where = pg.start(); print(pg.run(where['PGBIN'] + '/psql', '-h', pg.SOCKET,"
        " '-U', 'odoo', '-d', 'postgres', '-Atc', {!r}, check=True,"
        " capture_output=True, text=True).stdout)"
    )
    count = psql.format("SELECT count(*) FROM pg_database WHERE datname = 'kept'")
    try:
        call(psql.format("CREATE DATABASE kept"))
        call("pg.stop()")
        assert call(count).strip() == "1"
        shutil.rmtree(tmp_path / "odoo")
        assert call(count).strip() == "0"
    finally:
        call("pg.destroy()")
