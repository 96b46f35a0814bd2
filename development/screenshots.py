"""Take the screenshots of the README and the store page from a running demo.

    .cache/venv/bin/python development/screenshots.py http://127.0.0.1:8069 docs/screenshots

The logins are those of the demo data; ``--browser`` names another Chromium than the one found.
"""

import argparse
import shutil
import time
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

VIEW = ".o_action_manager .o_view_controller"
SIZE = {"width": 1400, "height": 820}


@contextmanager
def logged_in(browser, url, login):
    context = browser.new_context(viewport=SIZE)
    page = context.new_page()
    page.set_default_timeout(120_000)  # the first visit builds Odoo's assets
    page.goto(f"{url}/web/login")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", login)
    page.click("form.oe_login_form button[type=submit]")
    page.wait_for_url("**/odoo**")
    yield page
    context.close()


def take(page, path):
    time.sleep(1.5)  # avatars and transitions
    page.screenshot(path=path)
    print(path)  # noqa: T201


def as_representative(page, url, folder):
    page.goto(f"{url}/odoo/crm")
    page.wait_for_selector(VIEW)
    page.click(".o_kanban_record:has(button[name=action_intake_submit])", trial=True)
    take(page, folder / "pipeline.png")
    page.goto(f"{url}/odoo/my-day")
    page.wait_for_selector(VIEW)
    take(page, folder / "my-day.png")
    page.goto(f"{url}/odoo/crm?view_type=kanban")
    page.wait_for_selector(VIEW)
    page.click(".o_kanban_record:has-text('Half an assembly line')")
    page.wait_for_selector(".o_field_intake_rejections")
    take(page, folder / "form-returned.png")


def as_supervisor(page, url, folder):
    page.goto(f"{url}/odoo/leads-to-review")
    page.wait_for_selector(".o_data_row")
    take(page, folder / "review.png")
    page.click(".o_data_row:first-child button[name=action_intake_approve]")
    page.wait_for_selector(".modal .o_intake_grade_choice")
    take(page, folder / "decision.png")

    page.goto(f"{url}/odoo/lead-dashboard")
    page.wait_for_selector(".o_intake_tile")
    take(page, folder / "dashboard.png")


def as_operations(page, url, folder):
    page.goto(f"{url}/odoo/action-lead_intake.lead_intake_month_action")
    page.wait_for_selector(".o_data_row")
    page.click(".o_data_row:first-child .o_data_cell")
    page.wait_for_selector(".o_form_view .oe_title")
    take(page, folder / "month.png")


def as_administrator(page, url, folder):
    page.goto(f"{url}/odoo/lead-intake-first-steps")
    page.wait_for_selector("[data-step=teams]")
    take(page, folder / "first-steps.png")


def copy_to_store_page(folder):
    """The store page has copies of its own: it is packed with the addon."""
    store = Path(__file__).resolve().parent.parent / "lead_intake" / "static" / "description"
    for name in ("review", "dashboard", "first-steps"):
        shutil.copy(folder / f"{name}.png", store / f"screenshot-{name}.png")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--representative", default="rep", help="login, also the password")
    parser.add_argument("--supervisor", default="supervisor", help="login, also the password")
    parser.add_argument("--browser", default=shutil.which("chromium"))
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    url = options.url.rstrip("/")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.browser, args=["--no-sandbox"])
        for login, tell in (
            (options.representative, as_representative),
            (options.supervisor, as_supervisor),
            ("operations", as_operations),
            ("admin", as_administrator),
        ):
            with logged_in(browser, url, login) as page:
                tell(page, url, options.folder)
        browser.close()
    copy_to_store_page(options.folder)


if __name__ == "__main__":
    main()
