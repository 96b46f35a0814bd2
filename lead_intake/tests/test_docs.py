import ast
import configparser
import csv
import io
import json
import re
import shlex
import subprocess
from pathlib import Path

from lxml import etree

from odoo.cli.command import find_command, load_internal_commands
from odoo.modules import get_module_path
from odoo.tests import TransactionCase, tagged
from odoo.tools import config
from odoo.tools.convert import xml_import

from .common import IntakeCommon

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(
    r"^(?P<indent> *)```(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=indent)```$", re.DOTALL | re.MULTILINE
)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
IMAGE = re.compile(r"<img[^>]* src=\"([^\"]+)\"")
MENU = re.compile(r"\*([^*\n]+(?: ▸ [^*]+)+)\*")
# Programs a reader has, that this project doesn't make.
FOREIGN = {"pip", "git", "unzip", "apt-get", "cd", "cp", "curl", "python3", "msgfmt"}
# Menus of Odoo that only a technical user, or another module, has.
ELSEWHERE = {"Settings ▸ Technical ▸ Scheduled Actions", "设置 ▸ 技术 ▸ 安排的动作"}


def documents():
    """The documents beside the addon; an addon that was installed alone has none."""
    names = [
        "README.md",
        "lead_intake/README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "docs/**/*.md",
        "benchmarks/*.md",
    ]
    return sorted(path for name in names for path in ROOT.glob(name))


def blocks(path):
    """Yield the number of the line, the language, the rest of the info string, and the text."""
    text = path.read_text()
    for match in FENCE.finditer(text):
        indent = len(match["indent"])
        body = "\n".join(line[indent:] for line in match["body"].splitlines())
        language, _space, rest = match["info"].strip().partition(" ")
        yield text.count("\n", 0, match.start()) + 1, language, rest, body


def anchors(path):
    """Return the anchors of a document's headings, as they are made of them."""
    text = FENCE.sub("", path.read_text())
    headings = re.findall(r"^#+ +(.+)$", text, re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings
    }


@tagged("post_install", "-at_install")
class TestDocs(IntakeCommon, TransactionCase):
    """What the documents say is there, is there: links, menus, commands, code."""

    def _each(self, *languages):
        for path in documents():
            for line, language, rest, body in blocks(path):
                if language in languages:
                    with self.subTest(document=f"{path.relative_to(ROOT)}:{line}"):
                        yield path, rest, body

    def test_documents_are_there(self):
        if (ROOT / "Makefile").exists():
            names = {str(path.relative_to(ROOT)) for path in documents()}
            guides = {"representative.md", "supervisor.md", "operations.md"}
            self.assertLessEqual({f"docs/{name}" for name in guides}, names)
            self.assertLessEqual({f"docs/zh_CN/{name}" for name in guides}, names)
            self.assertLessEqual({"README.md", "CHANGELOG.md", "docs/administration.md"}, names)

    def test_every_block_is_of_a_kind_that_is_checked(self):
        checked = {"console", "python", "xml", "json", "ini", "csv", "", "mail", "bash"}
        for path in documents():
            for line, language, _rest, _body in blocks(path):
                self.assertIn(language, checked, f"{path.name}:{line}")

    def test_links(self):
        for path in documents():
            text = FENCE.sub("", path.read_text())
            for target in LINK.findall(text) + IMAGE.findall(text):
                name, _hash, anchor = target.partition("#")
                if re.match(r"[a-z]+:", target):
                    continue
                with self.subTest(document=path.name, link=target):
                    other = (path.parent / name).resolve() if name else path
                    self.assertTrue(other.exists(), f"{target} isn't there")
                    if anchor:
                        self.assertIn(anchor, anchors(other))

    def test_store_page(self):
        folder = Path(__file__).resolve().parents[1] / "static" / "description"
        page = (folder / "index.html").read_text()
        etree.HTML(page)
        for image in IMAGE.findall(page):
            self.assertTrue((folder / image).exists(), image)

    # --- menus -------------------------------------------------------------------------------

    def _menu_paths(self, lang):
        def path(menu):
            return f"{path(menu.parent_id)} ▸ {menu.name}" if menu.parent_id else menu.name

        menus = self.env["ir.ui.menu"].with_context(lang=lang, **{"ir.ui.menu.full_list": True})
        return {path(menu) for menu in menus.search([])}

    def test_menu_paths(self):
        for path in documents():
            lang = "zh_CN" if "zh_CN" in path.parts else "en_US"
            if lang == "zh_CN":
                self.env["res.lang"]._activate_lang(lang)
                modules = [("name", "in", ("crm", "lead_intake", "sales_team"))]
                self.env["ir.module.module"].search(modules)._update_translations([lang])
            known = self._menu_paths(lang)
            text = FENCE.sub("", path.read_text())
            for menu in MENU.findall(text):
                menu = " ".join(menu.split())
                if menu not in ELSEWHERE and not self._is_untranslated(menu, known, lang):
                    self.assertIn(menu, known, path.name)

    def _is_untranslated(self, menu, known, lang):
        """A menu so young that Chinese doesn't have it yet stands under its English name."""
        place = menu.rpartition(" ▸ ")[0]
        return lang != "en_US" and any(
            other.rpartition(" ▸ ")[0] == place and other.rpartition(" ▸ ")[2].isascii()
            for other in known
        )

    # --- labels ------------------------------------------------------------------------------

    def test_labels(self):
        """What the guides call a button or a field in bold is written so on the screen."""
        addon = Path(get_module_path("lead_intake"))
        sources = [*addon.glob("*/**/*.xml"), *addon.glob("*/**/*.py")]
        known = "\n".join(path.read_text() for path in sources)
        known += self._read_translations("{0}.pot")
        for name in ("representative", "supervisor", "operations", "administration"):
            for label in self._labels(f"docs/{name}.md", r"\*\*([^*]+)\*\*"):
                self.assertIn(label, known, name)

    def test_chinese_labels(self):
        known = self._read_translations("zh_CN.po")
        for name in ("representative", "supervisor", "operations"):
            for label in self._labels(f"docs/zh_CN/{name}.md", "“([^”]+)”"):
                self.assertIn(label, known, name)

    def _labels(self, name, pattern):
        path = ROOT / name
        text = path.read_text() if path.exists() else ""
        return {" ".join(label.strip(".:").split()) for label in re.findall(pattern, text)}

    def _read_translations(self, name):
        modules = ("lead_intake", "crm", "web", "base_import")
        files = [Path(get_module_path(m), "i18n", name.format(m)) for m in modules]
        return "\n".join(file.read_text() for file in files if file.exists())

    # --- commands ----------------------------------------------------------------------------

    def test_commands(self):
        for _path, _rest, body in self._each("bash"):
            self.assertEqual(subprocess.run(["bash", "-n", "-c", body]).returncode, 0)
        for _path, _rest, body in self._each("console"):
            commands = re.sub(r"\\\n\s*", " ", body)
            for line in commands.splitlines():
                if line.startswith("$ "):
                    self._check_command(line[2:])

    def _check_command(self, line):
        self.assertEqual(subprocess.run(["bash", "-n", "-c", line]).returncode, 0, line)
        for part in re.split(r"&&|\|\||\||;", line):
            words = shlex.split(part, comments=True)
            while words and re.match(r"[A-Z_]+=|sudo$", words[0]):
                words = words[1:]
            if not words:
                continue
            program, *arguments = words
            check = {"make": self._check_make, "odoo-bin": self._check_odoo}.get(program)
            if check:
                check(arguments)
            elif "/" in program:
                scripts = [word for word in words if word.endswith(".py")]
                for script in scripts:
                    self.assertTrue((ROOT / script).exists(), script)
            else:
                self.assertIn(program, FOREIGN, line)

    def _check_make(self, arguments):
        makefile = (ROOT / "Makefile").read_text()
        for argument in arguments:
            name, equals, value = argument.partition("=")
            if not equals:
                self.assertRegex(makefile, rf"(?m)^{re.escape(name)}:")
                continue
            self.assertIn(f"$({name})", makefile)
            for target in value.split() if name in ("TEST", "FILES") else []:
                file, *names = target.split("::")
                source = (ROOT / file).read_text()
                for inner in names:
                    self.assertRegex(source, rf"(class|def) {inner}\b")

    def _check_odoo(self, arguments):
        load_internal_commands()
        command = arguments[0] if not arguments[0].startswith("-") else "server"
        self.assertTrue(find_command(command), command)
        if command == "server":
            known = config.parser
            for argument in arguments:
                option = argument.partition("=")[0]
                if option.startswith("-") and not option.startswith("-<"):
                    self.assertTrue(known.has_option(option), option)
        if command == "module":
            self.assertIn(arguments[1], ("install", "upgrade", "uninstall"))

    # --- code --------------------------------------------------------------------------------

    def test_python(self):
        """Those of the developer's guide run; those of feeding-leads-in.md do in test_feeding.py."""
        for path, rest, body in self._each("python"):
            tree = ast.parse(body, path.name)
            if rest.startswith("addon="):
                self._check_addon_code(tree)
            elif path.name == "development.md":
                names = {
                    "env": self.env(user=self.rep),
                    "team": self.team,
                    "supervisor": self.supervisor,
                }
                exec(compile(tree, path.name, "exec"), names)  # noqa: S102

    def _check_addon_code(self, tree):
        """What a class extends exists, and so does each method it calls `super()` for."""
        for node in ast.walk(tree):
            if not isinstance(node, ast.ClassDef):
                continue
            values = {
                target.id: item.value
                for item in node.body
                if isinstance(item, ast.Assign)
                for target in item.targets
            }
            model = self.env[ast.literal_eval(values["_inherit"])]
            methods = [item for item in node.body if isinstance(item, ast.FunctionDef)]
            for method in methods:
                calls = {
                    call.func.attr
                    for call in ast.walk(method)
                    if isinstance(call, ast.Call)
                    and isinstance(call.func, ast.Attribute)
                    and isinstance(call.func.value, ast.Call)
                    and getattr(call.func.value.func, "id", "") == "super"
                }
                for name in calls | ({method.name} if "_name" in values else set()):
                    theirs = getattr(type(model), name).__code__
                    mine = [argument.arg for argument in method.args.args]
                    self.assertEqual(mine, list(theirs.co_varnames[: len(mine)]), name)

    def test_seams(self):
        """A `model.method` or `model._method` that a document names is there."""
        for path in documents():
            text = FENCE.sub("", path.read_text())
            for model, method in re.findall(r"`([a-z]+(?:\.[a-z]+)+)\.(\w+)`", text):
                if model in self.env:
                    self.assertTrue(
                        hasattr(self.env[model], method), f"{path.name}: {model}.{method}"
                    )

    def test_xml(self):
        for _path, _rest, body in self._each("xml"):
            tree = etree.fromstring(body)
            if tree.tag == "odoo":
                xml_import(self.env, "lead_intake", {}, "init").parse(tree)

    def test_data(self):
        for _path, rest, body in self._each("json", "ini", "csv"):
            if rest.startswith("file="):
                self.assertTrue((ROOT / rest.removeprefix("file=")).exists())
            elif body.lstrip().startswith(("{", "[{", "[\n")):
                json.loads(body)
            elif body.startswith("["):
                options = configparser.RawConfigParser()
                options.read_string(body)
                for name in options["options"]:
                    self.assertIn(name, config.options, name)
            else:
                rows = list(csv.reader(io.StringIO(body)))
                self.assertEqual(len({len(row) for row in rows if row}), 1)
