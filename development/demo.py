"""`make demo`: an Odoo with Lead Intake and demo data to click through."""

import os
import signal
import socket
import subprocess
import time
import urllib.request

from . import databases, paths
from .console import Failure, install_packages, locked, say, show_end, step
from .odoo import Odoo

# Made by the addon's demo data, except admin.
LOGINS = [
    ("Sales representative", "rep", "rep"),
    ("Supervisor", "supervisor", "supervisor"),
    ("Operations", "operations", "operations"),
    ("Administrator", "admin", "admin"),
]
FIRST_PORT = 8069


def main(arguments):
    install_packages("?wkhtmltopdf", "?fonts-noto-cjk")
    odoo = Odoo()
    database = odoo.name("demo")
    with locked(database):
        prepare(odoo, database)
    serve(odoo, database)


def prepare(odoo, database):
    """Make the demo database, or bring it up to date with the addon's source."""
    log = paths.LOGS / f"{database}.log"
    log.unlink(missing_ok=True)
    fingerprint = databases.addon_fingerprint()
    notes = odoo.server.databases().get(database)
    if notes is None or "fingerprint" not in notes:
        with step("Making the demo database (about a minute)"):
            odoo.drop_files(database)
            odoo.server.create(database)
            odoo.install(database, ["lead_intake"], "--with-demo", log=log)
            check_story(log)
            odoo.load_language(database, databases.LANGUAGE, log=log)
            stay_at_home(odoo, database)
            translate_stages(odoo, database)
    elif notes["fingerprint"] != fingerprint:
        with step("The addon has changed: upgrading the demo database"):
            odoo.upgrade(database, ["lead_intake"], log=log)
    odoo.server.note(database, fingerprint=fingerprint)


def check_story(log):
    """Odoo only warns when demo data can't be loaded."""
    if "demo data failed to install" in log.read_text(errors="replace"):
        show_end(log)
        raise Failure(f"The demo's story could not be told: {os.path.relpath(log)}")


def stay_at_home(odoo, database):
    """Turn off the weekly call to the vendor of Odoo."""
    odoo.server.execute(
        "UPDATE ir_cron SET active = false WHERE id IN (SELECT res_id"
        " FROM ir_model_data WHERE module = 'mail'"
        " AND name = 'ir_cron_module_update_notification')",
        database=database,
    )


def translate_stages(odoo, database):
    """Name the stages that the story made before the language was there in it, too."""
    odoo.server.execute(
        "UPDATE crm_stage stage SET name = stage.name || jsonb_build_object(%s::text,"
        " status.name->>%s) FROM ir_model_fields_selection status"
        " JOIN ir_model_fields field ON field.id = status.field_id"
        " WHERE field.model = 'crm.stage' AND field.name = 'intake_status'"
        " AND status.value = stage.intake_status AND status.name ? %s"
        " AND NOT stage.name ? %s",
        *[databases.LANGUAGE] * 4,
        database=database,
    )


def serve(odoo, database):
    """Run Odoo until Ctrl-C."""
    interface = os.environ.get("LEAD_INTAKE_HTTP_INTERFACE", "127.0.0.1")
    port = free_port(interface)
    log = paths.LOGS / f"{database}-server.log"
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    with open(log, "wb") as output:
        process = subprocess.Popen(
            odoo.command(
                *("server", "-d", database, "--max-cron-threads", 1),
                *("--http-interface", interface, "--http-port", port),
            ),
            cwd=paths.WORK,
            env=odoo.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # Ctrl-C comes to us; we end Odoo in an orderly way.
            start_new_session=True,
        )
    try:
        address = f"http://{address_of(interface)}:{port}"
        with step("Starting Odoo"):
            wait_for(process, f"{address}/web/login", log)
        print_welcome(address, log)
        process.wait()
        show_end(log)
        raise Failure("Odoo ended by itself (see above).")
    except KeyboardInterrupt:
        say("\nStopping …")
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()


def address_of(interface):
    return "localhost" if interface in ("127.0.0.1", "0.0.0.0") else interface


def free_port(interface, first=None):
    """`first`, else LEAD_INTAKE_PORT or 8069; or the next one that nobody uses."""
    first = first or int(os.environ.get("LEAD_INTAKE_PORT", FIRST_PORT))
    for port in range(first, first + 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((interface, port))
            except OSError:
                continue
            if port != first:
                say(f"(port {first} is taken; using {port})")
            return port
    raise Failure(f"No port from {first} on is free. LEAD_INTAKE_PORT=... names another.")


def wait_for(process, address, log):
    """Wait until Odoo answers."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if process.poll() is not None:
            show_end(log)
            raise Failure("Odoo did not start (see above).")
        try:
            with urllib.request.urlopen(address, timeout=60):
                return
        except OSError:
            time.sleep(0.2)
    show_end(log)
    raise Failure("Odoo did not answer within two minutes (see above).")


def print_welcome(address, log):
    say(f"\nLead Intake is at {address}\n")
    say(f"  {'Role':<22}{'Login':<14}Password")
    for role, login, password in LOGINS:
        say(f"  {role:<22}{login:<14}{password}")
    say(f"\nOdoo's log: {os.path.relpath(log)}. Ctrl-C stops it.\n")
