"""Promise: the code keeps the shape that docs/architecture.md draws.

Imports point down without circles, `chat` knows nothing of this site, one module speaks to the channel layer, and
only services write.
"""

import ast
import graphlib
import re
from pathlib import Path

import pytest

from chat import protocol

ROOT = Path(__file__).resolve().parent.parent
CHAT = ROOT / "chat"
LAYER_WORDS = {"get_channel_layer", "group_send", "group_add", "group_discard", "new_channel"}
# `/readyz` asks whether the layer takes a frame, the hub does everything else.
MAY_SPEAK_TO_THE_LAYER = {"chat/hub.py", "chat/views/health.py"}
WRITING = {
    *("save", "delete", "create", "get_or_create", "update_or_create", "bulk_create", "bulk_update"),
    *("take_rev", "take_message_numbers", "count_change"),
}
# What services write with, and the one row that makes itself.
MAY_WRITE = {
    ("chat/models.py", "count_change"),
    ("chat/models.py", "take_rev"),
    ("chat/models.py", "take_message_numbers"),
    ("chat/models.py", "current"),
}
MOST_LINES = 320
# What a socket says and answers by itself, whatever the commands are.
OF_THE_SOCKET = {"hello", "pong"}


def ranks():
    """Return layer by module or package of `chat`, from the table in docs/architecture.md."""
    text = (ROOT / "docs/architecture.md").read_text()
    rows = re.search(r"```layers\n(.*?)```", text, re.DOTALL).group(1).splitlines()
    return {name: int(row.split()[0]) for row in rows for name in row.split()[1:]}


def sources():
    """Return the syntax tree of each Python file of `chat` by its path, without migrations."""
    files = (path for path in CHAT.rglob("*.py") if "migrations" not in path.parts)
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text()) for path in sorted(files)}


SOURCES = sources()


def module_of(path):
    """Return the dotted name of the file at `path`."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imported(tree):
    """Yield the dotted name of everything a file imports, wherever in it: of `from a import b`, `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports_of_ours():
    """Return the modules of `chat` that each module of `chat` imports."""
    modules = {module_of(path) for path in SOURCES}
    found = {}
    for path, tree in SOURCES.items():
        names = {name if name in modules else name.rpartition(".")[0] for name in imported(tree)}
        found[module_of(path)] = names & (modules - {"chat"})
    return found


def layer(module):
    """Return the first part of a module's name under `chat`, which the table knows."""
    return module.split(".")[1]


def violations_of_layers(graph, table):
    """Return "importer imports imported" for each import that points up."""
    return [
        f"{module} imports {other}"
        for module, others in graph.items()
        for other in sorted(others)
        if module != "chat" and table[layer(module)] < table[layer(other)]
    ]


def writes(path, tree):
    """Yield (function, call, line) of each call that writes rows: `update` with keywords is a queryset's.

    A function of a module that comes from `chat.services` may be called `create`: that is what is wanted.
    """
    services = {name.rpartition(".")[2] for name in imported(tree) if name.startswith("chat.services.")}
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module):
            continue
        for node in own_nodes(function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                name = node.func.attr
                if isinstance(node.func.value, ast.Name) and node.func.value.id in services:
                    continue
                if name in WRITING or (name == "update" and node.keywords):
                    yield getattr(function, "name", "<module>"), name, node.lineno


def own_nodes(function):
    """Yield the nodes inside a function, without those of functions inside it."""
    waiting = list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting.extend(ast.iter_child_nodes(node))


def test_each_module_has_its_place_in_the_table() -> None:
    names = {layer(module_of(path)) for path in SOURCES if path != "chat/__init__.py"}
    assert names - ranks().keys() == set()


def test_the_table_names_only_what_there_is() -> None:
    there = {path.name.removesuffix(".py") for path in CHAT.iterdir()} | {"asgi", "admin"}
    assert ranks().keys() - there == set()


def test_imports_point_down() -> None:
    assert violations_of_layers(imports_of_ours(), ranks()) == []


def test_an_import_that_points_up_is_seen() -> None:
    graph = {"chat.models": {"chat.services.rooms"}, "chat.services.rooms": {"chat.models"}}
    assert violations_of_layers(graph, {"models": 2, "services": 4}) == ["chat.models imports chat.services.rooms"]


def test_imports_make_no_circle() -> None:
    # TopologicalSorter raises CycleError, which names the circle.
    assert list(graphlib.TopologicalSorter(imports_of_ours()).static_order())


def test_the_chat_knows_nothing_of_this_site() -> None:
    guilty = {
        path for path, tree in SOURCES.items() if any(name.split(".")[0] == "chatsite" for name in imported(tree))
    }
    assert guilty == set()


def test_only_the_hub_speaks_to_the_channel_layer() -> None:
    speaking = set()
    for path, tree in SOURCES.items():
        nodes = list(ast.walk(tree))
        words = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        words |= {node.id for node in nodes if isinstance(node, ast.Name)}
        if words & LAYER_WORDS:
            speaking.add(path)
    assert speaking == MAY_SPEAK_TO_THE_LAYER


def test_only_services_write() -> None:
    guilty = [
        f"{path}:{line} {function} calls {call}"
        for path, tree in SOURCES.items()
        if not path.startswith("chat/services/")
        for function, call, line in writes(path, tree)
        if (path, function) not in MAY_WRITE
    ]
    assert guilty == []


@pytest.mark.parametrize(
    "line", ["room.save()", "Room.objects.create(name='x')", "rooms.update(name='x')", "person.take_rev()"]
)
def test_a_line_that_writes_is_seen(line) -> None:
    assert list(writes("chat/views/x.py", ast.parse(f"def view():\n    {line}")))


@pytest.mark.parametrize("file", ["consumers.py", "hub.py", "static/chat/js/socket.js"])
def test_what_carries_commands_knows_none_by_name(file) -> None:
    text = (CHAT / file).read_text()
    commands = {name: shape.__name__ for name, shape in protocol.COMMANDS.items() if name not in OF_THE_SOCKET}
    named = [
        name
        for name, shape in commands.items()
        if f'"{name}"' in text
        or re.search(rf"protocol\.{shape}\b", text)
        or re.search(rf"Command\.{name.replace('.', '_').upper()}\b", text)
    ]
    assert named == []


def test_no_file_outgrows_a_reader() -> None:
    files = (
        path
        for folder in (CHAT, ROOT / "chatsite", ROOT / "tools", ROOT / "templates")
        for path in folder.rglob("*")
        if path.suffix in {".py", ".js", ".css", ".html", ".sh"} and not {"vendor", "migrations"} & set(path.parts)
    )
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines()) for path in files}
    assert lengths
    assert {path: length for path, length in lengths.items() if length > MOST_LINES} == {}
