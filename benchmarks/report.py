"""Write RESULTS.md and the query plans from what was measured, whenever it was."""

import json
import shutil
from pathlib import Path

from development import paths
from development.console import say

from .databases import size_name

FOLDER = paths.ROOT / "benchmarks"
RESULTS, PLANS = FOLDER / "RESULTS.md", FOLDER / "plans"
TITLES = {
    "create": "Creating leads",
    "load": "Importing a file",
    "review": "Submitting and approving",
    "deadlines": "The deadlines' cron",
    "assign": "Assigning",
    "pipeline": "Pipeline and form",
    "queues": "To Review and My Day",
    "month": "Month-end figures",
    "pivot": "Live analysis",
    "dashboard": "Dashboard",
    "clocks": "Clocks",
}
REMARKS = FOLDER / "remarks.md"
# One case over ever more leads may cost so much more at the largest number than at the smallest.
GROWTH = {"deadline cron, 1,000 due": ("ours", 1.3)}


def write(folder, facts):
    found = sorted(
        (json.loads(file.read_text()) for file in folder.glob("results-*.json")),
        key=lambda results: results["size"],
    )
    if not found:
        return
    lines = [*head(facts, found), *verdict(found), *tables(found), *growth(found)]
    lines += [*memory(found), *plans(folder, found), *load(folder)]
    if REMARKS.exists():
        lines += ["", REMARKS.read_text().rstrip()]
    RESULTS.write_text("\n".join(lines) + "\n")
    say(f"→ {RESULTS.relative_to(paths.ROOT)}")


def head(facts, found):
    last = found[-1]
    dates = sorted({results["on"] for results in found})
    sizes = ", ".join(f"{results['size']:,}" for results in found)
    lines = [
        "# Measured side by side",
        "",
        "Made by `make bench` (benchmarks/command.py says how); don't edit. Contenders take turns,",
        "each run from a cold record cache in a transaction that is rolled back. Times are medians;",
        "ratios are medians of the ratios of runs that followed each other. Queries are exact.",
        "",
        f"- Leads: {sizes}, over 24 months, 50 users, 8 teams (7 by the procedure)",
        f"- Machine: {facts['machine']}; measured on {', '.join(dates)}",
        f"- Odoo {last['odoo']} ({facts['odoo_package']}), Python {last['python']}, "
        f"{last['postgresql']} ({facts['settings']})",
        f"- Rivals: {facts['rivals']}; base_automation, assignment, import and pipeline are Odoo's",
        f"- Lead Intake at {facts['revision']}",
        "",
    ]
    largest = found[-1]
    lines += [f"The largest tables at {largest['size']:,} leads:", ""]
    lines += ["| table | rows | MB with indexes |", "|---|---:|---:|"]
    lines += [f"| {name} | {max(rows, 0):,} | {mb:,.0f} |" for name, mb, rows in largest["tables"]]
    return lines


def verdict(found):
    """Say of each bar whether it was reached."""
    lines = [
        "",
        "## The bars",
        "",
        "| what | leads | bar | measured | |",
        "|---|---:|---|---:|---|",
    ]
    for results in found:
        for case in results["cases"]:
            for side, (sign, bar) in case.get("bars", {}).items():
                numbers = case["sides"].get(side)
                if not numbers:
                    continue
                value = numbers["ratio"] if sign == "<" else numbers["faster"]
                reached = value <= bar if sign == "<" else value >= bar
                text = (
                    f"≤ {bar:g} × {case['base']}" if sign == "<" else f"≥ {bar:g} × as fast"
                ).replace("≥ 1 × as fast", "faster")
                if sign == ">":
                    text += f" as {case['base']}"
                lines.append(
                    f"| {case['name']}: {side} | {size_name(results['size'])} | {text} |"
                    f" {value:.2f} × | {'✓' if reached else '✗'} |"
                )
    return lines


def tables(found):
    lines = []
    for item, title in TITLES.items():
        rows = [
            (results["size"], case)
            for results in found
            for case in results["cases"]
            if case["item"] == item and "sides" in case
        ]
        if not rows:
            continue
        lines += ["", f"## {title}", ""]
        lines += [
            "| what | leads | who | ms | each ms | ratio | queries | each |",
            "|---|---:|---|---:|---:|---:|---:|---:|",
        ]
        for size, case in sorted(rows, key=lambda row: (row[1]["name"], row[0])):
            for side, numbers in case["sides"].items():
                each = case["per"]
                lines.append(
                    f"| {case['name']} | {size_name(size)} | {side} |"
                    f" {numbers['seconds'] * 1000:,.1f} |"
                    f" {numbers['seconds'] * 1000 / each:,.2f} |"
                    f" {numbers['ratio']:.2f} | {numbers['queries']:,.0f} |"
                    f" {numbers['queries'] / each:,.2f} |"
                )
    return lines


def growth(found):
    """How much more each of ours costs with more leads."""
    sizes = [results["size"] for results in found]
    times = {}
    for results in found:
        for case in results["cases"]:
            for side, numbers in case.get("sides", {}).items():
                key = (case["name"], side)
                times.setdefault(key, {})[results["size"]] = numbers
    rows = {key: by_size for key, by_size in times.items() if len(by_size) > 1}
    if not rows:
        return []
    header = " | ".join(size_name(size) for size in sizes)
    lines = ["", "## Growth with the number of leads", ""]
    lines += [f"| what | who | {header} | growth | queries |"]
    lines += ["|---|---|" + "---:|" * (len(sizes) + 2)]
    for (name, side), by_size in sorted(rows.items()):
        first, last = by_size[min(by_size)], by_size[max(by_size)]
        grown = last["seconds"] / first["seconds"]
        mark = ""
        if name in GROWTH and GROWTH[name][0] == side:
            bar = GROWTH[name][1]
            mark = f" (bar: < {bar:g} ×) {'✓' if grown < bar else '✗'}"
        cells = " | ".join(
            f"{by_size[size]['seconds'] * 1000:,.1f} ms" if size in by_size else ""
            for size in sizes
        )
        lines.append(
            f"| {name} | {side} | {cells} | {grown:.2f} ×{mark} |"
            f" {first['queries']:,.0f} → {last['queries']:,.0f} |"
        )
    return lines


def memory(found):
    cases = [
        (results["size"], case)
        for results in found
        for case in results["cases"]
        if "memory" in case
    ]
    if not cases:
        return []
    names = [row["name"] for row in cases[-1][1]["memory"]]
    lines = ["", "## Memory", ""]
    lines += [
        f"The most a run took on top of the process, in MB (bound: {cases[-1][1]['most']}).",
        "",
    ]
    lines += ["| what | " + " | ".join(size_name(size) for size, _case in cases) + " | |"]
    lines += ["|---|" + "---:|" * len(cases) + "---|"]
    for name in names:
        cells, result = [], ""
        for _size, case in cases:
            [*rows] = [row for row in case["memory"] if row["name"] == name]
            cells.append(f"{rows[0]['mb']:.0f}" if rows else "")
            result = rows[0]["result"] if rows else result
        lines.append(f"| {name} | {' | '.join(cells)} | {result} |")
    return lines


def plans(folder, found):
    """Keep the plans of the largest size, and say which queries read a table from end to end."""
    with_plans = [
        (results["size"], case) for results in found for case in results["cases"] if "scans" in case
    ]
    if not with_plans:
        return []
    size, case = with_plans[-1]
    kept = Path(folder) / f"plans-{size}"
    shutil.rmtree(PLANS, ignore_errors=True)
    shutil.copytree(kept, PLANS)
    lines = ["", "## Query plans", ""]
    lines += [
        f"`EXPLAIN` of every query on leads or deadlines of the hot paths, at {size:,} leads, is in",
        "[plans/](plans). Sequential scans of `crm_lead` or `lead_intake_deadline` among them:",
        "",
    ]
    lines += [f"- {line}" for line in case["lines"]]
    for scan in case["scans"]:
        lines += ["", f"{scan['path']}: `{scan['scan']}`"]
    return lines


def load(folder):
    file = Path(folder) / "load.json"
    if not file.exists():
        return []
    found = json.loads(file.read_text())
    plain, intake = found["sides"]["plain"], found["sides"]["intake"]
    low, high = found["think"]
    lines = ["", "## People at work", ""]
    lines += [
        f"{found['representatives']} representatives and {found['supervisors']} supervisors over HTTP"
        f" for {found['seconds']} s, {low:g} to {high:g} s between two clicks, on"
        f" {found['size']:,} leads; {found['workers']} workers and a cron worker of Odoo, PostgreSQL"
        f" and the people themselves on one machine; measured on {found['on']}. A click may be two"
        " requests.",
        "",
        "| | crm | Lead Intake |",
        "|---|---:|---:|",
    ]
    for label, name, form in (
        ("clicks", "clicks", "{:,}"),
        ("clicks a second", "per_second", "{:.1f}"),
        ("median, s", "median", "{:.3f}"),
        ("95th percentile, s", "p95", "{:.3f}"),
        ("99th percentile, s", "p99", "{:.3f}"),
        ("serialization retries", "retries", "{}"),
        ("given up after retries", "given_up", "{}"),
        ("errors", "errors", "{}"),
        ("errors in the server's log", "logged_errors", "{}"),
        ("cron runs", "cron_runs", "{}"),
    ):
        values = [
            form.format(side[name]) if side[name] is not None else "" for side in (plain, intake)
        ]
        lines.append(f"| {label} | {values[0]} | {values[1]} |")
    lines += [
        "",
        "| click | crm: count, median, p95 | Lead Intake: count, median, p95 |",
        "|---|---|---|",
    ]
    for click in sorted({*plain["by_click"], *intake["by_click"]}):
        cells = [
            f"{by['count']}, {by['median'] * 1000:.0f} ms, {by['p95'] * 1000:.0f} ms" if by else ""
            for by in (plain["by_click"].get(click), intake["by_click"].get(click))
        ]
        lines.append(f"| {click.replace('_', ' ')} | {cells[0]} | {cells[1]} |")
    for side in (plain, intake):
        lines += [f"\n`{text}`" for text in side["first_errors"]]
    return lines
