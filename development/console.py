"""What the person at the terminal sees, and how other programs are run."""

import fcntl
import os
import subprocess
import sys
import time
from contextlib import contextmanager

from . import paths


class Failure(Exception):
    """A step that failed. The message says what to do about it."""


def say(text):
    print(text, flush=True)


@contextmanager
def step(text):
    """Announce a step that may take a while, and say how long it took."""
    say(f"→ {text}")
    start = time.monotonic()
    yield
    seconds = time.monotonic() - start
    if seconds >= 2:
        say(f"  done in {seconds:.0f} s")


def run(command, log=None, failure=None, **options):
    """Run a program; its output goes to `log`, the end of which is shown on failure."""
    command = [str(part) for part in command]
    if log is None:
        finished = subprocess.run(command, **options)
    else:
        with open(log, "ab") as output:
            finished = subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, **options)
    if finished.returncode:
        if log is not None:
            show_end(log)
        raise Failure(failure or f"This failed: {' '.join(command)}")
    return finished


def show_end(log, lines=40):
    """Show the last lines of a log file."""
    text = log.read_text(errors="replace").splitlines()
    for line in text[-lines:]:
        print(f"  | {line}", file=sys.stderr)
    print(f"  (all of it: {os.path.relpath(log)})", file=sys.stderr, flush=True)


def install_packages(*names):
    """Install system packages; a name starting with `?` is wanted but not needed."""
    run(
        [paths.DEVELOPMENT / "install-packages", *names],
        failure="System packages are missing (see above).",
    )


@contextmanager
def locked(name):
    """Let one process at a time do what is inside."""
    with open(paths.LOCKS / f"{name}.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
