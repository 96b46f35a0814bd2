"""What the web client asks for when it shows a view: the specification of ``web_read``."""

from ast import literal_eval

from lxml import etree


def specification(env, view, kind):
    """Return what the client reads of each lead of a view.

    :param str view: its xml id
    :param str kind: ``form``, ``list`` or ``kanban``
    """
    return from_answer(env["crm.lead"].get_views([(env.ref(view).id, kind)]), kind)


def progress_bar(env, view):
    """Return what the client sends for the bars above a pipeline's columns."""
    return bar_from_answer(env["crm.lead"].get_views([(env.ref(view).id, "kanban")]))


def from_answer(answer, kind, model="crm.lead"):
    """The same from what ``get_views`` has answered."""
    return _fields(answer["models"], etree.fromstring(answer["views"][kind]["arch"]), model)


def bar_from_answer(answer):
    [node] = etree.fromstring(answer["views"]["kanban"]["arch"]).iter("progressbar")
    return {"field": node.get("field"), "colors": {}, "help": ""}


def _fields(models, node, model):
    found = {}
    for child in node:
        if not isinstance(child.tag, str):
            continue
        if child.tag != "field":
            found = {**_fields(models, child, model), **found}
            continue
        name = child.get("name")
        definition = models.get(model, {}).get("fields", {}).get(name)
        if definition is None:
            continue
        asked = _of_field(models, child, definition)
        # The same field may be in a view twice, once with and once without its lines.
        if name not in found or len(str(asked)) > len(str(found[name])):
            found[name] = asked
    return found


def _of_field(models, node, definition):
    if definition["type"] == "many2one":
        return {"fields": {"display_name": {}}}
    if definition["type"] not in ("one2many", "many2many"):
        return {}
    inner = [child for child in node if child.tag in ("list", "kanban")]
    if inner:
        return {"fields": _fields(models, inner[0], definition["relation"]), "limit": 40}
    if node.get("widget", "").startswith("many2many_tags"):
        color = literal_eval(node.get("options") or "{}").get("color_field")
        return {"fields": {"display_name": {}, **({color: {}} if color else {})}}
    return {"fields": {}}
