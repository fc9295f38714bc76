"""Promise: a page carries its styles and gets all its modules at once, or each by itself under DEBUG; colours and
sizes live in tokens.css alone, and every pair of them can be read."""

import gzip
import itertools
import json
import math
import re
import shutil
import subprocess
from graphlib import CycleError
from pathlib import Path

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import reverse

from chat import modules
from chat.templatetags import chat_static

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "chat/static"
CSS = STATIC / "chat/css"
MODULES = sorted((STATIC / "chat/js").rglob("*.js"))
FRAME = (ROOT / "chat/templates/chat/frame.html").read_text()
MAX_COMPRESSED_BYTES = 110_000


@pytest.fixture(autouse=True)
def nothing_kept():
    """What was kept for one storage must not be served for the next."""
    chat_static.kept_styles.cache_clear()
    modules.joined.cache_clear()
    yield
    chat_static.kept_styles.cache_clear()
    modules.joined.cache_clear()


@pytest.fixture
def apart(settings):
    """Separate modules."""
    settings.DEBUG = True


def printed(tag):
    request = RequestFactory().get("/")
    request.csp_nonce = "the-nonce"
    return Template("{% load chat_static %}{% " + tag + " %}").render(Context({"request": request}))


def import_map(text):
    return json.loads(re.search(r'<script type="importmap" nonce="the-nonce">(.*?)</script>', text)[1])["imports"]


# Styles


def test_styles_begin_with_the_tokens_and_hold_what_was_named():
    text = printed('chat_styles "message" "message"')
    assert text.startswith('<style nonce="the-nonce">:root {')
    assert text.index("--paper:") < text.index("*::before") < text.index(".message {")
    assert text.count(".message {") == 1


def test_styles_cannot_end_their_element_or_load_anything():
    for path in CSS.glob("*.css"):
        text = path.read_text()
        assert "</" not in text, path
        assert "url(" not in text, path
        assert "@import" not in text, path


def test_comments_stay_with_us():
    assert "/*" not in printed('chat_styles "page"')


def test_a_style_that_is_not_there_is_an_error():
    with pytest.raises(FileNotFoundError, match="nowhere"):
        printed('chat_styles "nowhere"')


def test_the_frame_names_every_file_of_the_chat():
    named = set(re.findall(r'"(\w+)"', re.search(r"chat_styles ([^%]*)%", FRAME)[1]))
    files = {path.stem for path in CSS.glob("*.css")}
    assert named == files - {"tokens", "base", "entrance", "gallery"}


# Modules under DEBUG, as they are written


def imports():
    """Each module with each specifier that it imports."""
    return [(module, specifier) for module in MODULES for specifier in sorted(wanted_by(module))]


def wanted_by(module):
    """The specifiers that a module imports, at once or later."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", module.read_text(), flags=re.DOTALL)
    return set(re.findall(r"""(?:from\s*|^import\s*|\bimport\()["']([^"']+)["']""", text, re.MULTILINE))


def test_every_import_leads_to_a_file(apart):
    mapping = import_map(printed("chat_modules"))
    for module, specifier in imports():
        if specifier.startswith("."):
            assert (module.parent / specifier).resolve().is_file(), (module, specifier)
        else:
            assert (STATIC / mapping[specifier].removeprefix("/static/")).is_file(), (module, specifier)


def test_the_first_paint_preloads_what_it_needs_and_no_more(apart):
    text = printed("chat_modules")
    preloads = re.findall(r'<link rel="modulepreload" href="([^"]+)" nonce="the-nonce">', text)
    stems = {Path(address).name.split(".")[0] for address in preloads}
    assert {"lit-html", "timeline", "message", "store"} <= stems
    assert not stems & {"main", "gallery", "gallery-data", "socket", "outbox"}
    assert len(preloads) == len(set(preloads))
    assert re.search(r'<script type="module" src="/static/chat/js/main\.js" nonce="the-nonce"></script>$', text)


def test_an_import_is_found_however_it_is_written():
    found = modules.STATIC_IMPORT.findall(
        'import {\n  a,\n  b,\n} from "./one.js";import"./two.js"\nexport { c } from "./three.js";\n'
        'export const word = "./not.js";\n// import "./nor.js"\n const late = import("./later.js");'
    )
    assert found == ["./one.js", "./two.js", "./three.js"]


# All modules in one file


def written(folder, **texts):
    """Write modules a.js, b.js … into a folder of static files and return it."""
    for name, text in texts.items():
        (folder / f"{name}.js").write_text(text)
    return folder


@pytest.fixture
def modules_of(monkeypatch, tmp_path):
    """Return a function that joins modules written for one test."""
    monkeypatch.setattr(modules, "located", lambda name: tmp_path / Path(name).name)
    return lambda **texts: modules.join(written(tmp_path, **texts) and "a.js")


@pytest.fixture
def node():
    """Node, to run what was joined."""
    return shutil.which("node") or pytest.skip("node is not installed")


def test_a_page_asks_for_one_file_that_is_kept_for_ever(client):
    text = printed("chat_modules")
    address = re.fullmatch(r'<script type="module" src="([^"]+)" nonce="the-nonce"></script>', text)[1]
    response = client.get(address)
    assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.content.decode() == modules.joined().text


def test_another_version_is_served_and_not_kept(client):
    response = client.get(reverse("chat:modules", args=["0123456789abcdef"]))
    assert response.content.decode() == modules.joined().text
    assert response.headers["Cache-Control"] == "no-store"


def test_the_joined_file_holds_each_module_of_the_page_once():
    names = re.findall(r"^// (chat/\S+\.js)$", modules.joined().text, re.MULTILINE)
    unused = {"chat/js/types.js", "chat/js/wire.js"}
    ours = {name for name in modules.own() if not Path(name).stem.startswith("gallery")} - unused
    assert len(names) == len(set(names))
    assert set(names) == ours | set(modules.packages().values())


def test_the_joined_file_keeps_licences_and_can_be_parsed(node, tmp_path):
    text = modules.joined().text
    assert text.count("@license") >= len(modules.packages())
    (tmp_path / "joined.mjs").write_text(text)
    subprocess.run([node, "--check", tmp_path / "joined.mjs"], check=True)


def test_joined_modules_say_what_they_say_apart(node, modules_of, tmp_path):
    found = modules_of(
        a='import { one, two as second } from "./b.js";\nimport {\n  three,\n} from "./c.js";\n'
        'import("./d.js").then(({ late, Kind }) => console.log(one, second(), three, late(), new Kind().name));',
        b='/** @type {import("./types.js").Word} */\nexport const one = 1;\n// import "./never.js"\n'
        'export function two() {\n  return "import { x } from";\n}\n',
        c="const inner=3;class X{}export{inner as three,X};",
        d='import{three as t}from"./c.js";export { one as first } from "./b.js";\n'
        "export async function late() {\n  return t;\n}\nexport class Kind {\n  name = 5;\n}\n",
    )
    (tmp_path / "joined.mjs").write_text(found.text)
    run = subprocess.run([node, tmp_path / "joined.mjs"], check=True, capture_output=True, text=True)
    assert run.stdout == "1 import { x } from 3 Promise { 3 } 5\n"


@pytest.mark.parametrize(
    "form", ['import b from "./b.js";', 'import * as b from "./b.js";', "export default 1;", "export let b = 1;"]
)
def test_a_form_that_joining_does_not_know_is_refused(modules_of, form):
    with pytest.raises(ValueError, match=r"a\.js: .*does not know"):
        modules_of(a=form, b="")


def test_a_circle_of_imports_is_refused(modules_of):
    with pytest.raises(CycleError):
        modules_of(a='import { b } from "./b.js";', b='import { a } from "./a.js";')


def test_the_page_is_small():
    names = re.findall(r'"(\w+)"', re.search(r"chat_styles ([^%]*)%", FRAME)[1])
    texts = (chat_static.styles(tuple(names)), modules.joined().text)
    assert sum(len(gzip.compress(text.encode())) for text in texts) <= MAX_COMPRESSED_BYTES


# Tokens

LITERAL_COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|oklch|oklab|lab|lch|color)\(", re.IGNORECASE)
LITERAL_SIZE = re.compile(r"(?<![\w.-])\d*\.?\d+(?:px|rem|em)\b")


@pytest.mark.parametrize("path", sorted(CSS.glob("*.css")), ids=lambda path: path.stem)
def test_colours_and_sizes_are_named_in_the_tokens_alone(path):
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    rules = re.sub(r"@media[^{]*", "", text)
    literals = LITERAL_COLOUR.findall(rules) + LITERAL_SIZE.findall(rules)
    assert bool(literals) == (path.stem == "tokens"), literals


TOKENS = {
    name: pair
    for name, *pair in re.findall(
        r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", (CSS / "tokens.css").read_text()
    )
}
GROUNDS = ("paper", "paper-2", "paper-3")


def channel(value):
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def luminance(red, green, blue):
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def of_hex(text):
    return luminance(*(channel(int(text[at : at + 2], 16) / 255) for at in (1, 3, 5)))


def contrast(one, other):
    light, dark = max(one, other), min(one, other)
    return (light + 0.05) / (dark + 0.05)


LEAST = [
    # token, grounds, least contrast in light and dark
    ("edge", GROUNDS, 3.0, 3.0),
    ("ink", (*GROUNDS, "rubric-wash"), 14.0, 11.5),
    ("ink-2", (*GROUNDS, "rubric-wash"), 6.5, 7.0),
    ("ink-3", (*GROUNDS, "rubric-wash"), 4.5, 4.5),
    ("rubric", (*GROUNDS, "rubric-wash"), 4.5, 4.5),
    ("live", (*GROUNDS, "rubric-wash"), 4.5, 4.5),
    ("code-key", ("paper-2",), 4.5, 4.5),
    ("code-str", ("paper-2",), 4.5, 4.5),
    ("code-lit", ("paper-2",), 4.5, 4.5),
]


@pytest.mark.parametrize(("token", "grounds", "light", "dark"), LEAST, ids=[row[0] for row in LEAST])
def test_a_token_can_be_read_on_every_ground_it_stands_on(token, grounds, light, dark):
    for ground, (theme, least) in itertools.product(grounds, enumerate((light, dark))):
        found = contrast(of_hex(TOKENS[token][theme]), of_hex(TOKENS[ground][theme]))
        assert found >= least, f"{token} on {ground}, theme {theme}: {found:.2f}"


def of_oklch(lightness, chroma, hue):
    """Return the luminance of an oklch colour, its channels cut to what a screen can show."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    channels = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return luminance(*(min(1, max(0, value)) for value in channels))


def test_the_letters_of_a_seal_can_be_read_at_every_hue():
    pattern = r"oklch\(([\d.]+) ([\d.]+) var\(--seal-hue\)\)"
    found = re.findall(pattern, (CSS / "tokens.css").read_text())
    (ground_light, ground_dark, letter_light, letter_dark) = [tuple(map(float, pair)) for pair in found]
    for hue in range(360):
        for ground, letter in ((ground_light, letter_light), (ground_dark, letter_dark)):
            assert round(contrast(of_oklch(*ground, hue), of_oklch(*letter, hue)), 1) >= 7.5, hue
