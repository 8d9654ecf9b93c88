"""The script that checks the built site notices what it is there for."""

import pytest

from docs.check_site import dead_links, loads_from_outside, missing_examples


@pytest.fixture
def site(tmp_path):
    (tmp_path / "a.html").write_text('<h1 id="top">A</h1><a href="b.html#there">b</a>')
    (tmp_path / "b.html").write_text('<p id="there"></p><a href="https://else.example/">out</a>')
    (tmp_path / "site.css").write_text("p { background: url(data:image/png;base64,AA) }")
    return tmp_path


def test_a_sound_site_has_no_fault(site):
    assert [*dead_links(site), *loads_from_outside(site)] == []


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ('<a href="gone.html">', "gone.html leads nowhere"),
        ('<a href="b.html#gone">', "b.html#gone has no such anchor"),
        ('<a href="#gone">', "#gone has no such anchor"),
        ('<img src="gone.png">', "gone.png leads nowhere"),
    ],
)
def test_dead_links_are_named(site, link, said):
    (site / "a.html").write_text(link)
    assert list(dead_links(site)) == [f"a.html: {said}"]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("a.html", '<script src="https://cdn.example/x.js"></script>'),
        ("a.html", '<link rel="stylesheet" href="//cdn.example/x.css">'),
        ("a.html", '<img src="https://img.example/badge.svg">'),
        ("site.css", '@import "https://fonts.example/x.css";'),
        ("site.css", "a { src: url('https://fonts.example/x.woff') }"),
    ],
)
def test_what_is_loaded_from_outside_is_named(site, file, text):
    (site / file).write_text(text)
    assert len(list(loads_from_outside(site))) == 1


def test_an_example_without_a_page_is_named(site):
    assert "outliers.py has no page" in list(missing_examples(site))
