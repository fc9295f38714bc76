"""Finds the sentences to translate in the code, each kind of file by its own means and without the gettext tools."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.template import engines
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

from tests.catalogues import CONTEXT_ENDS, ROOT

# What stands where in the arguments: c context, s sentence, p plural.
_PYTHON = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), "s"),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), "sp"),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), "cs"),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), "csp"),
}
_STRING = r'"(?:[^"\\\n]|\\.)*"' + r"|'(?:[^'\\\n]|\\.)*'"
_CALL = re.compile(rf"(?<![\w.$])(?P<name>tn?)\(\s*(?:(?P<one>{_STRING})(?:\s*,\s*(?P<many>{_STRING}))?)?")
_COMMENT = re.compile(r"/\*.*?\*/|^\s*//.*?$", re.DOTALL | re.MULTILINE)


class NotLiteral(AssertionError):
    """A call whose sentence is not written where it is called: no extractor can find it."""


def scripts() -> list[Path]:
    """Return the page's own modules."""
    return sorted((ROOT / "chat/static/chat/js").rglob("*.js"))


def in_script(text: str) -> Iterator[tuple[str, str]]:
    """Yield (sentence, plural or "") of each call of `t` and `tn`. Raises NotLiteral."""
    text = _COMMENT.sub("", text)
    for call in _CALL.finditer(text):
        if text[: call.start()].endswith("function "):
            continue
        one, many = call["one"], call["many"]
        if one is None or (call["name"] == "tn" and many is None):
            raise NotLiteral(call[0])
        yield ast.literal_eval(one), ast.literal_eval(many) if call["name"] == "tn" else ""


def python_files(app: str) -> list[Path]:
    """Return the Python files of `app`."""
    return sorted((ROOT / app).rglob("*.py"))


def in_python(text: str) -> Iterator[tuple[str, str]]:
    """Yield (key, plural or "") of each call of gettext and its relatives. Raises NotLiteral."""
    for node in ast.walk(ast.parse(text)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _PYTHON):
            continue
        said = {}
        for place, argument in zip(_PYTHON[node.func.id], node.args, strict=False):
            if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
                raise NotLiteral(ast.unparse(node))
            said[place] = argument.value
        yield _key(said.get("c", ""), said["s"]), said.get("p", "")


def templates(app: str) -> list[Path]:
    """Return the templates that belong to `app`'s catalogue."""
    folder = ROOT / ("chat/templates" if app == "chat" else "templates")
    return sorted(path for path in folder.rglob("*") if path.suffix in (".html", ".txt"))


def in_template(text: str) -> Iterator[tuple[str, str]]:
    """Yield (key, plural or "") of each `{% translate %}` and `{% blocktranslate %}`. Raises NotLiteral."""
    nodes = engines["django"].engine.from_string(text).nodelist
    for node in nodes.get_nodes_by_type(TranslateNode):
        sentence = node.filter_expression.var.literal
        if sentence is None:
            raise NotLiteral(str(node.filter_expression))
        yield _key(_context(node), str(sentence)), ""
    for node in nodes.get_nodes_by_type(BlockTranslateNode):
        plural = node.render_token_list(node.plural)[0] if node.plural else ""
        yield _key(_context(node), node.render_token_list(node.singular)[0]), plural


def _context(node: TranslateNode | BlockTranslateNode) -> str:
    return node.message_context.resolve({}) if node.message_context else ""


def _key(context: str, sentence: str) -> str:
    return f"{context}{CONTEXT_ENDS}{sentence}" if context else sentence
