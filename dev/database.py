"""Databases: a template with all that the addons depend on, and quick copies of it.

    template    the dependencies, demo data and Portuguese; made once, in a minute
    installed   a copy with the addons as the checkout has them; made anew on a change
    anything    a copy of either, in less than a second

A comment on a database says that it is complete, and what it was made from.
"""

import ast
import contextlib
import hashlib
import os
import shutil
import subprocess
import time
import urllib.parse
from pathlib import Path

import pg
import psycopg2
from bootstrap import ODOO_PATH
from common import ENV, PYTHON, REPO, SITE, die, free_port, lock, say, step
from psycopg2 import sql

# Odoo leaves English out where only another language is asked for
LANGUAGES = "en_US,pt_BR"
DATA = ENV / "data"
RUN = ENV / "run"


def connect_server():
    """Set libpq's variables, which Odoo reads too; returns our names' beginning."""
    url = os.environ.pop("DATABASE_URL", "")
    os.environ.pop("PGDATABASE", None)  # Odoo would take it for its database
    if url:
        parts = urllib.parse.urlsplit(url)
        query = dict(urllib.parse.parse_qsl(parts.query))
        found = {
            "PGHOST": parts.hostname or query.get("host"),
            "PGPORT": parts.port and str(parts.port),
            "PGUSER": parts.username,
            "PGPASSWORD": parts.password,
            "PGSSLMODE": query.get("sslmode"),
        }
        os.environ.update({k: urllib.parse.unquote(v) for k, v in found.items() if v})
    if os.environ.get("PGHOST", "") in ("", str(pg.SOCKET)):  # ours, in a child process
        os.environ.update(pg.start())
        return "crm_gestao"
    os.environ.setdefault("PGPORT", "5432")
    if os.environ.setdefault("PGUSER", "odoo") == "postgres":
        die(
            "Odoo refuses to work as PostgreSQL's user postgres. Make another, for"
            " example: createuser --createdb --pwprompt odoo"
        )
    try:
        with cursor() as cr:
            cr.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles"
                " WHERE rolname = current_user"
            )
            if not cr.fetchone()[0]:
                die(
                    f"PostgreSQL's user {os.environ['PGUSER']} may not create databases"
                    " (ALTER USER … CREATEDB)"
                )
    except psycopg2.OperationalError as error:
        die(f"No connection to the PostgreSQL that the environment names: {error}")
    # another checkout may use the same server, and has its own filestore
    return f"crm_gestao_{pg.TAG}"


@contextlib.contextmanager
def cursor(database="postgres"):
    connection = psycopg2.connect(dbname=database)
    connection.autocommit = True
    try:
        with connection.cursor() as cr:
            yield cr
    finally:
        connection.close()


def set_address(name, address):
    """Tell Odoo where it is served: what it prints takes its styles from there.

    Odoo finds it out itself, but only when an administrator logs in.
    """
    with cursor(name) as cr:
        cr.execute(
            "UPDATE ir_config_parameter SET value = %s WHERE key = 'web.base.url'"
            " AND NOT EXISTS (SELECT FROM ir_config_parameter"
            " WHERE key = 'web.base.url.freeze')",
            [address],
        )


PREFIX = connect_server()

# --- what the addons are -------------------------------------------------------------


def addons():
    """Name and manifest of the addons of this checkout."""
    found = {
        file.parent.name: ast.literal_eval(file.read_text())
        for file in sorted(REPO.glob("*/__manifest__.py"))
    }
    return {
        name: manifest
        for name, manifest in found.items()
        if manifest.get("installable", True)
    }


def digest(*things):
    return hashlib.sha256("\0".join(map(str, things)).encode()).hexdigest()[:10]


def odoo_version():
    if not ODOO_PATH:
        return (SITE / ".complete").read_text()
    head = subprocess.run(
        ["git", "-C", ODOO_PATH, "rev-parse", "HEAD"], capture_output=True, text=True
    ).stdout
    return f"{Path(ODOO_PATH).resolve()} {head}"


def dependencies():
    """What our addons depend on, apart from each other."""
    ours = addons()
    depends = {name for manifest in ours.values() for name in manifest["depends"]}
    return depends - set(ours)


def template_name(modules):
    pins = (REPO / "requirements.txt").read_text()
    identity = digest(modules, odoo_version(), pins, LANGUAGES)
    return f"{PREFIX}_template_{identity}"


def fingerprint():
    """Changes when something changes that an upgrade of the addons would see."""
    files = []
    for name in addons():
        for file in sorted((REPO / name).rglob("*")):
            parts = file.relative_to(REPO).parts
            if file.is_file() and not {"__pycache__", "readme"}.intersection(parts):
                if parts[1] != "tests":  # static/tests are in the assets
                    files += ["/".join(parts), file.read_bytes()]
    return digest(*files)


# --- Odoo ----------------------------------------------------------------------------


def environment():
    """What a process that imports Odoo needs."""
    # Not on Odoo's own folder: the system's dist-packages would hide our packages
    source = Path(ODOO_PATH).resolve() if ODOO_PATH else SITE
    link = ENV / "path" / digest(source) / "odoo"
    if not link.exists():
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(source / "odoo")
    debian = ENV / "bin/wkhtmltopdf-debian"
    own = {
        "PATH": ":".join(
            filter(
                None,
                [
                    f"{ENV}/bin",
                    str(PYTHON.parent),
                    os.environ.get("PGBIN"),
                    os.environ["PATH"],
                ],
            )
        ),
        # the last one: a folder of packages that holds further addons, such as OCA's
        "PYTHONPATH": ":".join(
            filter(
                None,
                [str(link.parent), f"{REPO}/dev", os.environ.get("EXTRA_PYTHONPATH")],
            )
        ),
        "PYTHONWARNINGS": "ignore::DeprecationWarning",
        "CRM_GESTAO_WKHTMLTOPDF_DEBIAN": str(debian) if debian.exists() else "",
    }
    return {**os.environ, **own}


def config(database, port=None):
    """A configuration file for one process on one database."""
    RUN.mkdir(parents=True, exist_ok=True)
    file = RUN / f"{database}-{os.getpid()}.conf"
    paths = [str(REPO)]
    if ODOO_PATH and Path(ODOO_PATH, "addons/web").exists():
        paths.append(str(Path(ODOO_PATH, "addons").resolve()))
    file.write_text(f"""\
[options]
addons_path = {",".join(paths)}
data_dir = {DATA}
bin_path = {ENV}/bin
http_interface = 127.0.0.1
http_port = {port or free_port()}
gevent_port = {free_port()}
list_db = False
db_name = {database}
dbfilter = ^{database}$
""")
    return file


def odoo_command(*words):
    return [PYTHON, "-m", "odoo", *words]


def install(database, title, *options):
    """Run Odoo once, to install or upgrade; shows which module it is at."""
    conf = config(database)
    output = step(
        title,
        odoo_command("-c", conf, "--no-http", "--stop-after-init", *options),
        r"Loading module (\S+) (\(\d+/\d+\))",
        env=environment(),
    )
    conf.unlink()
    trouble = [
        line for line in output.splitlines()
        if any(f" {level} {database} " in line for level in ("ERROR", "CRITICAL"))
    ]  # fmt: skip
    if trouble:
        die(f"{title}: Odoo reports\n" + "\n".join(trouble))
    warnings = [line for line in output.splitlines() if f" WARNING {database} " in line]
    for line in warnings:
        say(line)


# Odoo's own method makes those that no page and no test of ours asks for as well
MAKE_ASSETS = """
qweb = env['ir.qweb']
js, css = qweb._get_bundles_to_pregenarate()
others = {'web.tests_assets', 'mail.assets_discuss_public_test_tours'}
others |= {'mail.assets_public', 'spreadsheet.public_spreadsheet', 'api_doc.assets'}
for name in sorted(js - others):
    qweb._get_asset_bundle(name, css=False, js=True).js()
for name in sorted(css - others):
    qweb._get_asset_bundle(name, css=True, js=False).css()
env.cr.commit()
"""


def copy_assets(source, target):
    """What was made before stays of use as long as its files are the same."""
    columns = (
        "name, url, type, mimetype, public, res_model, res_id, store_fname, file_size,"
        " checksum, create_uid, create_date"
    )
    with cursor(source) as old, cursor(target) as new:
        old.execute(
            f"SELECT {columns} FROM ir_attachment"
            " WHERE url LIKE '/web/assets/%' AND store_fname IS NOT NULL"
        )
        for row in old.fetchall():
            new.execute(f"INSERT INTO ir_attachment ({columns}) VALUES %s", [row])
            made = DATA / "filestore" / target / row[7]
            if not made.exists():
                made.parent.mkdir(parents=True, exist_ok=True)
                os.link(DATA / "filestore" / source / row[7], made)


def make_assets(database):
    """Else the first page, and each test with a browser, waits for them."""
    conf = config(database)
    code = MAKE_ASSETS
    result = subprocess.run(
        odoo_command("shell", "-c", conf, "--no-http", "--log-level=error"),
        input=code, text=True, capture_output=True, env=environment(), cwd=REPO,
    )  # fmt: skip
    conf.unlink()
    if result.returncode or "Traceback" in result.stderr:
        die("The assets of the web client cannot be made:", result.stderr[-3000:])


# --- databases -----------------------------------------------------------------------


def comment(database):
    """The comment on a database, or None where there is no such database."""
    with cursor() as cr:
        cr.execute(
            "SELECT coalesce(shobj_description(oid, 'pg_database'), '')"
            " FROM pg_database WHERE datname = %s",
            [database],
        )
        row = cr.fetchone()
    return row and row[0]


def set_comment(database, text):
    with cursor() as cr:
        cr.execute(
            sql.SQL("COMMENT ON DATABASE {} IS {}").format(
                sql.Identifier(database), sql.Literal(text)
            )
        )


def drop(database):
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    for attempt in range(10):
        try:
            with cursor() as cr:
                cr.execute(statement.format(sql.Identifier(database)))
            break
        except psycopg2.errors.InsufficientPrivilege:
            # autovacuum, which ends by itself, is none of our role's
            if attempt == 9:
                raise
            time.sleep(1)
    shutil.rmtree(DATA / "filestore" / database, ignore_errors=True)


def clone(source, target):
    """A copy with its filestore, whose files never change and so can be shared."""
    drop(target)
    with cursor() as cr:
        cr.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(target), sql.Identifier(source)
            )
        )
    files = DATA / "filestore" / source
    if files.exists():
        shutil.copytree(files, files.with_name(target), copy_function=os.link)


def rename(source, target):
    drop(target)
    with cursor() as cr:
        cr.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                sql.Identifier(source), sql.Identifier(target)
            )
        )
    (DATA / "filestore" / source).rename(DATA / "filestore" / target)


def names_of(kind):
    with cursor() as cr:
        cr.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE %s",
            [f"{PREFIX}_{kind}_%"],
        )
        return [name for (name,) in cr.fetchall()]


def template(modules=()):
    """The name of the template; makes it where it is missing. Call it with the lock.

    `modules` are Odoo's, by default what our addons depend on.
    """
    modules = sorted(modules or dependencies())
    name = template_name(modules)
    if not comment(name):
        temporary = f"{PREFIX}_making_template"
        drop(temporary)
        install(
            temporary, f"Database with {', '.join(modules)} and demo data",
            "-i", ",".join(modules), "--with-demo", f"--load-language={LANGUAGES}",
        )  # fmt: skip
        rename(temporary, name)
        set_comment(name, "complete")
    return name


def installed(kind="installed", modules=(), ours=None):
    """The name of a database with the addons as they are. Call it with the lock.

    Of each `kind` only the last one is kept. `modules` are Odoo's, by default what our
    addons depend on; `ours` are of our addons, by default all.
    """
    if ours is None:
        ours = addons() or die(f"No addon (a folder with __manifest__.py) in {REPO}")
    base = template(modules)
    name = f"{PREFIX}_{kind}_{digest(base, ours and fingerprint())}"
    if not comment(name):
        temporary = f"{PREFIX}_making_{kind}"
        clone(base, temporary)
        if ours:
            install(temporary, f"Install {', '.join(ours)}", "-i", ",".join(ours))
        for previous in names_of(kind):
            copy_assets(previous, temporary)
        say("Assets of the web client")
        make_assets(temporary)
        rename(temporary, name)
        set_comment(name, "complete")
        for other in set(names_of(kind)) - {name}:
            drop(other)
    return name


def copy_installed(target):
    with lock("template"):
        clone(installed(), target)


def copy_template(target):
    with lock("template"):
        clone(template(), target)


def drop_leftovers():
    """Test databases of processes that are no more."""
    for name in names_of("test"):
        number = name.removeprefix(f"{PREFIX}_test_").split("_")[0]
        if not number.isdigit() or not Path(f"/proc/{number}").exists():
            drop(name)


@contextlib.contextmanager
def test_database(suffix="", source=copy_installed):
    """A database of this process alone."""
    name = f"{PREFIX}_test_{os.getpid()}{suffix}"
    source(name)
    try:
        yield name
    finally:
        if os.environ.get("KEEP"):
            say(f"kept: database {name}")
        else:
            drop(name)
