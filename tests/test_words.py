"""Promise: every sentence the code can say is in the catalogues, said in Chinese, with its places kept, and compiled.

`make words` collects what is missing here; a sentence that somebody has to write is then empty, which fails, too.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from chat.templatetags.chat_boot import _words
from tests import found_words
from tests.catalogues import ROOT, Entry, compiled, entries, po_files

LOCALE = "locale/zh_Hans/LC_MESSAGES"
HAN = "\u3400-\u9fff"
PLACE = re.compile(r"\{\w+\}|%\(\w+\)[sd]|%[sd]")
# What native typesetting does not do, and what our voice does not say.
NOT_SAID = {
    "a half-width sign beside Han": re.compile(rf"[{HAN}][,.;:?!()]|[,;:?!()][{HAN}]"),
    "a space beside Han, which text-autospace makes": re.compile(rf"[{HAN}] (?!·)|(?<!·) [{HAN}]"),
    "three dots": re.compile(r"\.\.\."),
    "an exclamation mark": re.compile("！"),
    "a formal you": re.compile("您"),
    "an English quotation mark": re.compile(rf"[{HAN}]\"|\"[{HAN}]"),
}
# One thing, one word: the glossary's on the left, and those that others use for the same.
GLOSSARY = {
    "房间": "频道|聊天室|群组|群聊",
    "消息": "讯息|短信|留言",
    "私聊": "私信|直接消息|单聊",
    "所有者": "拥有者|群主|站长|业主",
    "管理员": "版主|主持人|协管",
    "成员": "会员|组员",
    "归档": "存档|封存",
    "登录、退出登录": "登陆|登入|登出|注销",
    "账号": "帐号|帐户|账户",
    "邮箱": "电子邮件|电邮|邮件地址|Email",
    "用户名": "句柄|昵称",
    "简介": "主题|话题",
    "链接": "连结|网络连接",
    "等你处理": "需要你|需要您",
    "站点": "网站|本站",
}

BOTH = pytest.mark.parametrize("path", po_files(), ids=lambda path: str(path.relative_to(ROOT)))


def said(path: Path) -> Iterator[tuple[Entry, str]]:
    """Yield every text of a catalogue with its entry."""
    for entry in entries(path):
        for text in entry.texts:
            yield entry, text


def plurals_of(path: Path) -> dict[str, str]:
    """Return the plural of each key of a catalogue, "" where it has none."""
    return {entry.key: entry.plural for entry in entries(path)}


def test_all_catalogues_are_looked_at():
    assert [str(path.relative_to(ROOT)) for path in po_files()] == [
        f"chat/{LOCALE}/django.po",
        f"chat/{LOCALE}/djangojs.po",
        f"chatsite/{LOCALE}/django.po",
    ]


def test_every_sentence_of_the_scripts_is_in_their_catalogue():
    known = plurals_of(ROOT / "chat" / LOCALE / "djangojs.po")
    used = {pair for path in found_words.scripts() for pair in found_words.in_script(path.read_text("utf-8"))}
    assert len(used) > 80
    assert used == set(known.items())


@pytest.mark.parametrize("app", ["chat", "chatsite"])
def test_every_sentence_of_python_and_templates_is_in_the_catalogue_of_its_app(app):
    known = plurals_of(ROOT / app / LOCALE / "django.po")
    readers = ((found_words.python_files, found_words.in_python), (found_words.templates, found_words.in_template))
    used = {pair for files, found in readers for path in files(app) for pair in found(path.read_text("utf-8"))}
    assert len(used) > 100
    # A sentence that stands alone in one place and counted in another is one entry, with its plural.
    counted = {key for key, plural in used if plural}
    assert {(key, plural) for key, plural in used if plural or key not in counted} == set(known.items())


def test_a_sentence_that_no_extractor_finds_is_refused():
    assert list(found_words.in_script('html`<b>${t("One {n}")}</b>${tn("a", "b", n)}`')) == [
        ("One {n}", ""),
        ("a", "b"),
    ]
    for text in ("t(words)", 'tn("one", many, n)', "t(`one ${n}`)"):
        with pytest.raises(found_words.NotLiteral):
            list(found_words.in_script(text))
    with pytest.raises(found_words.NotLiteral):
        list(found_words.in_python('gettext(f"{name} left")'))
    with pytest.raises(found_words.NotLiteral):
        list(found_words.in_template("{% load i18n %}{% translate words %}"))


@BOTH
def test_every_sentence_is_translated(path):
    assert [entry.sentence for entry, text in said(path) if not text.strip()] == []
    assert [entry.sentence for entry in entries(path) if "fuzzy" in entry.flags] == []
    assert [
        text for _entry, text in said(path) if re.search("[A-Za-z]", PLACE.sub("", text)) and not _has_han(text)
    ] == []


def _has_han(text: str) -> bool:
    return re.search(f"[{HAN}]", text) is not None


@BOTH
def test_a_translation_has_the_places_of_its_sentence(path):
    for entry, text in said(path):
        assert sorted(PLACE.findall(text)) == sorted(PLACE.findall(entry.plural or entry.sentence)), entry.sentence


@BOTH
@pytest.mark.parametrize("habit", NOT_SAID)
def test_chinese_is_written_as_chinese(path, habit):
    assert [text for _entry, text in said(path) if NOT_SAID[habit].search(PLACE.sub("间", text))] == []


@BOTH
@pytest.mark.parametrize("word", GLOSSARY)
def test_one_thing_has_one_word(path, word):
    assert [text for _entry, text in said(path) if re.search(GLOSSARY[word], text)] == []


@BOTH
def test_the_compiled_catalogue_is_fresh(path):
    assert compiled(path) == {entry.key: entry.texts for entry in entries(path)}


def test_a_sentence_of_both_catalogues_is_said_in_one_way():
    chat, site = (
        {entry.key: entry.texts for entry in entries(ROOT / app / LOCALE / "django.po")} for app in ("chat", "chatsite")
    )
    # The site's catalogue comes before the chat's, whoever asks.
    assert {key: chat[key] for key in chat.keys() & site.keys()} == {
        key: site[key] for key in chat.keys() & site.keys()
    }


def test_the_page_is_given_the_words_of_its_scripts():
    catalogue = entries(ROOT / "chat" / LOCALE / "djangojs.po")
    assert _words("zh-hans") == {entry.key: entry.texts if entry.plural else entry.texts[0] for entry in catalogue}
    assert _words("en") == {}
