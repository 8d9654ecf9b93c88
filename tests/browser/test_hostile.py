"""Rows that attack, rows that are odd, and rows that are broken are shown, and as what they are."""

import pyarrow as pa
import pytest
from PIL import Image

from .conftest import until

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    "</p><iframe srcdoc='<script>parent.alert(3)</script>'></iframe>",
    "<svg onload=alert(4)><style>body{display:none}</style>",
    "{{ 7 * 7 }} ${alert(5)} javascript:alert(6)",
    "مرحبا بالعالم \u202e reversed \u202c",
    "👩‍👩‍👧‍👦 🏴‍☠️ e\u0301 ﷽",
    "word " * 20_000,
]


@pytest.mark.parametrize("kind", ["text", "table"])
def test_text_is_shown_as_text(serve, visit, kind):
    extra = {} if kind == "text" else {"amount": list(range(len(ATTACKS)))}
    served = serve(pa.table({"text": ATTACKS, **extra}), **({"text": "text"} if not extra else {}))
    page = visit(served)
    seen = []
    place = "#row-text" if kind == "text" else "#row dd div[dir=auto]"
    for i in range(len(ATTACKS)):
        seen.append(page.text_content(place))
        assert page.locator("#row :is(script, iframe, style, svg, img)").count() == 0
        page.wait_for_timeout(30)
        page.keyboard.press("1")
        until(lambda done=i + 1: len(served.answers()) == done)
    assert sorted(seen) == sorted(ATTACKS)
    page.wait_for_selector("text=no row left")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_nothing_runs_that_is_not_ours(serve, visit):
    page = visit(serve(pa.table({"text": ATTACKS}), text="text"))
    page.evaluate(
        """() => {
          document.body.insertAdjacentHTML("beforeend", '<img src=x onerror="window.ran=1">');
          const script = document.createElement("script");
          script.textContent = "window.ran=1";
          document.body.append(script);
        }"""
    )
    page.wait_for_timeout(200)
    assert page.evaluate("window.ran") is None


def test_a_broken_image_says_so_and_can_be_answered(serve, visit, tmp_path):
    for name in ("a.png", "b.png"):
        Image.new("RGB", (64, 48), "teal").save(tmp_path / name)
    served = serve(pa.table({"image": ["a.png", "b.png"]}), image="image")
    (tmp_path / "a.png").write_bytes(b"no image any more")
    page = visit(served)
    said = []
    for i in range(2):
        page.wait_for_function(
            "() => document.querySelector('.broken')"
            " || document.querySelector('.picture')?.naturalWidth"
        )
        said.append(page.locator(".broken").count())
        page.keyboard.press("2")
        until(lambda done=i + 1: len(served.answers()) == done)
    assert sorted(said) == [0, 1]


@pytest.mark.parametrize("how", [{"width": 320, "height": 640}, {"width": 1920, "height": 1080}])
def test_nothing_is_wider_than_the_page(serve, visit, how):
    served = serve(pa.table({"text": ["x" * 3_000, "a b c d e f", "g h i j k l"]}), text="text")
    for path in ("", "search", "map", "dashboard"):
        page = visit(served, path, viewport=how)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


DIGITS = {
    "year": ("2003", [2003, 1]),
    "nine": ("123456789", [123456789, 1]),
    "big": ("9007199254740993", [2**53 + 1, 1]),
    "amount": ("98765432.1", [98765432.1, 1.0]),
    "case": ("1234567890123456789", ["1234567890123456789", "00042"]),
    "paid": ("true", [True, False]),
}


@pytest.mark.parametrize("path", ["", "search"])
def test_numbers_are_shown_with_the_digits_that_they_have(serve, visit, path):
    table = pa.table({"words": ["one word"] * 2} | {n: v for n, (_, v) in DIGITS.items()})
    page = visit(serve(table.slice(0, 1), text="words"), path)
    if path:
        page.fill("#words", "word")
        page.keyboard.press("Enter")
        page.wait_for_selector(".result .fields")
    names = page.locator(".fields dt").all_text_contents()
    texts = page.locator(".fields dd > div").all_text_contents()
    assert dict(zip(names, texts, strict=True)) == {n: said for n, (said, _) in DIGITS.items()}
