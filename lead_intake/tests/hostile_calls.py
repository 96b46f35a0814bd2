"""What a hostile client may call, found out from the registry, and with what."""

import inspect
import random
import traceback

from odoo.exceptions import AccessError
from odoo.service.model import get_public_method

ADDON = "odoo.addons.lead_intake."
# What every model can be asked by RPC, ours included.
GENERIC = (
    "action_archive",
    "action_unarchive",
    "copy",
    "create",
    "default_get",
    "export_data",
    "fields_get",
    "formatted_read_group",
    "get_metadata",
    "load",
    "name_create",
    "name_search",
    "onchange",
    "read",
    "search",
    "search_count",
    "search_read",
    "unlink",
    "web_read",
    "web_read_group",
    "web_save",
    "web_search_read",
    "write",
)
HUGE = "张" * 20000
GARBAGE = (
    None,
    True,
    False,
    0,
    -1,
    2**31,
    2**70,
    1e308,
    "",
    "approved",
    "'; DROP TABLE crm_lead; --",
    "\x00",
    "<script>alert(1)</script>",
    "%s %(x)s {0} {x}",
    "2026-02-30",
    "2026-13-45 99:99:99",
    "9999-12-31",
    "0001-01-01 00:00:00",
    HUGE,
    [],
    [[]],
    [None],
    [[6, 0, [1]]],
    [[0, 0, {"state": "approved"}]],
    [1, 2, 3],
    {},
    {"phone": None},
    {"phone": ["x"]},
    {"state": "approved", "intake_state": "approved"},
    [["id", "!=", 0]],
    [["secret_hash", "like", "a%"]],
    [["lead_id.intake_verification_ids.secret_hash", "!=", False]],
)


def our_classes(cls):
    """Yield the classes this addon contributes to a model."""
    for part in cls.mro():
        if part.__module__.startswith(ADDON) and ".tests." not in part.__module__:
            yield part


def our_methods(env):
    """Return the public methods this addon brings to any model, sorted: ``(model, method)``."""
    found = set()
    for model, cls in env.registry.items():
        if cls._abstract and not model.startswith(("lead.intake.", "report.lead_intake.")):
            continue
        for part in our_classes(cls):
            for name, thing in vars(part).items():
                if name.startswith("_") or not inspect.isfunction(thing):
                    continue
                try:
                    get_public_method(env[model], name)
                except AccessError:
                    continue
                found.add((model, name))
    return sorted(found)


def our_models(env):
    """Return the models this addon brings, sorted."""
    return sorted(
        model
        for model, cls in env.registry.items()
        if model.startswith("lead.intake.") and not cls._abstract
    )


def is_ours(env, model, method):
    """Tell whether a method is this addon's alone, not one of Odoo's that it extends."""
    owners = {part.__module__ for part in type(env[model]).mro() if method in vars(part)}
    return all(owner.startswith(ADDON) for owner in owners)


def is_our_fault(env, model, method, error):
    """Tell whether an error that isn't a refusal is to be blamed on this addon: it comes out of a
    method of its own, or out of its very lines.
    """
    if isinstance(error, ValueError) and str(error).startswith("Expected singleton"):
        return False  # Odoo's way to say that a method takes one record
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/lead_intake/" in frame.filename]
    ours = [frame for frame in ours if "/tests/" not in frame.filename]
    if not ours:
        return False
    if is_ours(env, model, method):
        return True
    # What Odoo calls itself, such as the mail gateway's methods, takes the shape for granted.
    return method in GENERIC and "/lead_intake/" in frames[-1].filename


def make_arguments(env, model, method, ids, seed, contexts):
    """Return crafted arguments for a call, as ``(args, kwargs)``; the same for the same seed."""
    chance = random.Random(f"{model}.{method}.{seed}")
    function = getattr(type(env[model]), method)
    kinds = inspect.Parameter
    parameters = [
        parameter
        for parameter in list(inspect.signature(function).parameters.values())[1:]
        if parameter.kind in (kinds.POSITIONAL_OR_KEYWORD, kinds.KEYWORD_ONLY)
    ]
    kwargs = {
        parameter.name: chance.choice(GARBAGE)
        for parameter in parameters
        if parameter.default is parameter.empty or chance.random() < 0.6
    }
    if context := chance.choice(contexts):
        kwargs["context"] = context
    args = []
    if not getattr(function, "_api_model", False):
        choices = [ids, ids[:1], ids[:1], ids[:1] * 2, [2**30], []]
        args.append(chance.choice(choices))
    return args, kwargs


def make_generic(env, model, method, ids, chance):
    """Return arguments with which a client might read or change what it may not."""
    names = [name for name in env[model]._fields if name not in ("id", "create_date")]
    chosen = chance.sample(names, min(len(names), 3))
    field = chance.choice(names)
    values = {name: chance.choice(GARBAGE) for name in chosen}
    domain = [[field, chance.choice(["=", "like", "in", "!="]), chance.choice(GARBAGE)]]
    every = {name: {} for name in names}
    made = {
        "create": ([values],),
        "default_get": (names,),
        "export_data": (ids, [f"{field}/id", field, ".id"]),
        "formatted_read_group": ([], [field], ["__count"]),
        "load": (chosen, [[str(chance.choice(GARBAGE)) for _name in chosen]]),
        "name_create": (chance.choice(GARBAGE),),
        "onchange": (ids, values, chosen, every),
        "read": (ids, names),
        "search": (domain,),
        "search_count": (domain,),
        "search_read": (domain, names),
        "web_read": (ids, every),
        "web_read_group": ([], [field], ["__count"]),
        "web_save": (ids, values, every),
        "web_search_read": (domain, every),
        "write": (ids, values),
        "fields_get": (),
        "name_search": ("a",),
    }
    return made.get(method, (ids,))
