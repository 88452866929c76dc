"""Who may import whom: apps only leftwards, layers only downwards, `policy/` nothing but the standard library."""

import sys
from pathlib import Path

from .source_files import APPS, files, imported_modules

# Each layer imports only those before it; the last ones stand side by side.
LAYERS = ("policy", "models", "queries", "notifications", "actions")
EDGES = ("web", "api", "admin", "tasks", "management", "templatetags", "apps")
# Outside the layers, with a reason:
LAYER_OF = {
    # What the framework calls at its edges:
    **dict.fromkeys([f"accounts.{name}" for name in ("adapter", "backend", "middleware")], "web"),
    **dict.fromkeys([f"accounts.{name}" for name in ("second_factor", "session_activity")], "web"),
    "accounts.sealing": "models",  # secrets kept unreadable: asked by notifications, actions and edges
    "accounts.actor": "queries",  # who acts: built from models, taken by every action
    "tickets.wording": "queries",  # words for codes: asked by notifications and edges
    "tickets.answer_words": "queries",  # words for answers
    "tickets.escalation_wording": "queries",  # words for escalations
    "tickets.event_words": "queries",  # words for events
    "tickets.facts": "queries",  # events and messages for programs: asked by notifications and the API
    "tickets.webhook_words": "queries",  # words for endpoints and their deliveries
    "tickets.remark_words": "queries",  # words for remarks
    "tickets.markdown": "queries",  # what people wrote, as safe HTML: asked by notifications and edges
    "tickets.demo": "management",  # what the seeding command writes
}
ALLOWED = {
    # `visible_to` asks what an actor is; the actor is built from models of an app further left.
    ("tickets.models.ticket", "accounts.actor"),
    # Django asks the user model for permissions; the backend knows them, and imports the model.
    ("accounts.models.user", "accounts.backend"),
}
UNRANKED = -1


def dotted(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def rank(module: str) -> int:
    """Return how high the layer of a module of ours stands; edges are highest."""
    for name, layer in LAYER_OF.items():
        if module == name or module.startswith(f"{name}."):
            return LAYERS.index(layer) if layer in LAYERS else len(LAYERS)
    parts = module.split(".")
    if len(parts) < 2:
        return UNRANKED
    if parts[1] in LAYERS:
        return LAYERS.index(parts[1])
    return len(LAYERS) if parts[1] in EDGES else UNRANKED


def test_apps_import_only_leftwards_and_never_config():
    wrong = [
        f"{path}:{line} imports {name}"
        for place, app in enumerate(APPS)
        for path in files(".py", under=app)
        for line, name in imported_modules(path)
        if name.split(".")[0] in {*APPS[place + 1 :], "config", "tests"}
    ]

    assert wrong == []


def test_layers_import_only_downwards():
    wrong = []
    for app in APPS:
        for path in files(".py", under=app):
            module = dotted(path)
            for line, name in imported_modules(path):
                same_app = name.split(".")[0] == app
                if same_app and rank(module) < rank(name) and not is_allowed(module, name) and rank(module) != UNRANKED:
                    wrong.append(f"{path}:{line} imports {name}")

    assert wrong == []


def is_allowed(module: str, name: str) -> bool:
    return any(module == one and (name == other or name.startswith(f"{other}.")) for one, other in ALLOWED)


def test_every_module_of_an_app_has_a_layer():
    rootless = {"apps", "migrations"}
    homeless = [
        str(path)
        for app in APPS
        for path in files(".py", under=app)
        if rank(dotted(path)) == UNRANKED and dotted(path) != app and dotted(path).split(".")[1] not in rootless
    ]

    assert homeless == []


def test_policy_is_standard_library_only():
    standard = set(sys.stdlib_module_names)
    wrong = []
    for app in APPS:
        for path in files(".py", under=f"{app}/policy"):
            for line, name in imported_modules(path):
                own = any(name == f"{one}.policy" or name.startswith(f"{one}.policy.") for one in APPS)
                if name.split(".")[0] not in standard and not own:
                    wrong.append(f"{path}:{line} imports {name}")

    assert wrong == []


def test_policy_and_actions_never_read_the_current_time():
    wrong = [
        f"{path}:{number}"
        for app in APPS
        for layer in ("policy", "queries", "actions")
        for path in files(".py", under=f"{app}/{layer}")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if any(
            call in line for call in ("timezone.now()", "datetime.now(", "date.today(", "localdate()", "time.time()")
        )
    ]

    assert wrong == []
