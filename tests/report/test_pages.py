"""Pages: one file, nothing outside it, nothing of the data read as HTML."""

import re
from html.parser import HTMLParser

from recipe.diagnostics.data_rows import TooFewRows
from recipe.report.pages import Grid, Lines, Notes, Numbers, Section, Words, bitmap, drawing, page

EVIL = "</td><script>alert(1)</script>&\"'"


class Reader(HTMLParser):
    """What a browser would find: tags, ids and text."""

    def __init__(self):
        super().__init__()
        self.tags, self.ids, self.attributes, self.text = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_data(self, data):
        self.text.append(data)


def figure():
    from matplotlib.figure import Figure

    made = Figure(figsize=(2, 1))
    made.add_subplot().plot([0, 1], [0, 1], label=EVIL)
    made.axes[0].set_title(EVIL)
    return made


def read(text):
    reader = Reader()
    reader.feed(text)
    return reader


def test_every_part_stands_in_the_page_and_none_of_its_text_is_html():
    parts = (
        Words(EVIL),
        Numbers(((EVIL, EVIL),)),
        Grid((EVIL,), ((EVIL,),)),
        Lines(EVIL),
        Notes((TooFewRows(None, EVIL),)),
        drawing(figure, EVIL, EVIL),
        bitmap(b"png", EVIL),
    )
    found = read(page(EVIL, EVIL, [Section(EVIL, parts)], EVIL))
    assert "script" not in found.tags
    assert "".join(found.text).count("alert(1)") >= 11
    assert {"dl", "table", "pre", "li", "svg", "img"} <= set(found.tags)


def test_a_page_reaches_for_nothing_outside_it():
    text = page("title", "", [Section("one", (drawing(figure, "a"), bitmap(b"x", "b")))])
    outside = [
        value
        for name, value in read(text).attributes
        if name in ("src", "href", "xlink:href") and not value.startswith(("#", "data:"))
    ]
    assert outside == []
    assert "default-src 'none'" in text
    assert "@import" not in text
    assert not re.search(r"url\((?!#)", text)


def test_two_drawings_on_a_page_share_no_id():
    text = page("title", "", [Section("one", (drawing(figure, "first"), drawing(figure, "second")))])
    ids = read(text).ids
    assert len(ids) > 10
    assert len(set(ids)) == len(ids)
    assert set(re.findall(r"url\(#([^)]+)\)", text)) <= set(ids)
