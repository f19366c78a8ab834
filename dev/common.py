"""What the tools of dev/ share: where things are, and how they tell what goes on."""

import contextlib
import fcntl
import os
import re
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

REPO = Path(__file__).resolve().parents[1]
# another folder for the environment: ODOO_CACHE
ENV = Path(os.environ.get("ODOO_CACHE") or REPO / ".odoo").absolute()
VENV = ENV / "venv"
PYTHON = VENV / "bin/python"
ROOT = ENV / "root"  # Debian packages are unpacked here, none is installed
SITE = ROOT / "usr/lib/python3/dist-packages"  # Odoo's place in its package
LOGS = ENV / "log"


def say(*words):
    print(">>", *words, file=sys.stderr, flush=True)


def die(*words):
    print("!!", *words, file=sys.stderr, flush=True)
    sys.exit(1)


@contextlib.contextmanager
def lock(name):
    """Only one of us at a time does what `name` stands for."""
    ENV.mkdir(parents=True, exist_ok=True)
    with open(ENV / f"{name}.lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another run of ours to finish its part ({name})")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def step(title, command, progress=None, codes=(0,), **options):
    """Run a long command: its output goes to a log, a sign of life to the terminal.

    `progress` is a pattern; what its last match in the output says is shown too.
    Returns the output. Where the command ends with none of `codes`, its last lines say
    why.
    """
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / (re.sub(r"\W+", "-", title.lower()).strip("-")[:40] + ".log")
    lines, shown = [], [""]
    options.setdefault("cwd", REPO)
    process = subprocess.Popen(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        **options,
    )

    def read():
        with open(log, "w") as file:
            for line in process.stdout:
                file.write(line)
                lines.append(line)
                if progress and (match := re.search(progress, line)):
                    shown[0] = ", " + " ".join(match.groups())

    reader = threading.Thread(target=read)
    reader.start()
    start, terminal = time.monotonic(), sys.stderr.isatty()
    pause = 1 if terminal else 20
    if not terminal:
        say(title)
    try:
        while reader.is_alive():
            if terminal:
                spent = f"{time.monotonic() - start:.0f} s"
                print(
                    f"\r\033[K>> {title} … {spent}{shown[0]}", end="", file=sys.stderr
                )
                sys.stderr.flush()
            reader.join(pause)
            if not terminal and reader.is_alive():
                say(f"  … {time.monotonic() - start:.0f} s{shown[0]}")
    except BaseException:
        process.terminate()
        raise
    finally:
        if terminal:
            print("\r\033[K", end="", file=sys.stderr)
    if process.wait() not in codes:
        print("".join(lines[-30:]), file=sys.stderr)
        die(f"{title}: failed ({process.returncode}). All of its output: {log}")
    say(f"{title}: {time.monotonic() - start:.0f} s")
    return "".join(lines)


def free_port(wanted=0):
    """`wanted` where it is free, else any free port of the loopback address."""
    for port in filter(None, (wanted, None)) if wanted else ():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def enter(*parts):
    """Set up `parts`, and go on with the Python that has the project's packages."""
    if Path(sys.prefix) == VENV:
        return
    import bootstrap

    bootstrap.ensure("python", *parts)
    os.execv(PYTHON, [str(PYTHON), *sys.argv])
