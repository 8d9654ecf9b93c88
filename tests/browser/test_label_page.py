"""The label page: its order, pictures, many at once, notes, tags, guidelines, the end, a phone."""

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from motherlode.project._serving.answers import Answer
from motherlode.project._serving.changing import change_settings

from .conftest import until
from .test_accessibility import check
from .test_labelling import letters, press, row_of, wait_for_another

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def change(served, **values):
    return served.live.run(
        lambda c, s: change_settings(served.project, c, s, "ann", values, 1.0)
    )  # fmt: skip


def opinion(served, row):
    return served.live.now().rows[row].opinions[-1]


@pytest.fixture
def plates(serve, tmp_path):
    """Pictures of noise, 300 by 200 points each."""
    rng = np.random.default_rng(0)
    for i in range(30):
        dots = rng.integers(0, 255, (200, 300, 3)).astype(np.uint8)
        Image.fromarray(dots).save(tmp_path / f"plate{i}.png")
    return serve(pa.table({"image": [f"plate{i}.png" for i in range(30)]}), image="image")


def box(page, selector):
    return page.locator(selector).bounding_box()


def test_the_card_fits_its_text_and_the_classes_are_below_it(serve, visit):
    page = visit(serve(letters(20), text="text"), viewport={"width": 1280, "height": 800})
    card, classes, side = box(page, "#row"), box(page, "#classes"), box(page, ".sides")
    assert card["height"] < 200
    assert 0 < classes["y"] - (card["y"] + card["height"]) < 30
    assert side["x"] > card["x"] + card["width"]
    order = page.evaluate(
        "[...document.querySelectorAll('#row, .answers, .sides')].map((one) => one.className)"
    )
    assert order == ["card", "answers", "sides"]
    texts = page.locator("#classes .name").all_text_contents()
    assert texts == ["ordinary", "refund"]


def test_a_long_text_leaves_the_answers_in_sight(serve, visit):
    table = pa.table({"text": [f"Letter {i}: " + "word " * 3_000 for i in range(5)]})
    page = visit(serve(table, text="text"), viewport={"width": 1280, "height": 700})
    buttons = box(page, "#others")
    assert buttons["y"] + buttons["height"] <= 700
    page.evaluate("document.documentElement.style.fontSize = '180%'")
    reading, side, buttons = box(page, ".reading"), box(page, ".sides"), box(page, "#others")
    assert reading["width"] > 1.4 * side["width"]
    assert buttons["y"] + buttons["height"] <= 700
    assert box(page, "#row")["height"] > 100


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_twelve_classes_on_a_phone_leave_all_buttons_in_sight(serve, visit, scheme):
    served = serve(letters(20), text="text")
    change(served, classes=["ordinary", "refund", *(f"a rather long class {i}" for i in range(10))])
    change(served, tags=["blurred", "ask again"])
    page = visit(served, **PHONE, color_scheme=scheme)
    for action in ("back", "unsure", "skip", "undo", "forward"):
        found = box(page, f"#others [data-action='{action}']")
        assert 0 <= found["x"] < found["x"] + found["width"] <= 390
        assert found["y"] + found["height"] <= 844
        assert min(found["width"], found["height"]) >= 44
    assert box(page, "header.bar")["height"] < 64
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert box(page, "#row")["y"] < 120
    assert check(page, "phone") == []
    page.click("#open-menu")
    page.wait_for_selector("nav a[href$='/dashboard']:visible")
    assert check(page, "menu") == []
    page.keyboard.press("Escape")
    page.wait_for_selector("nav a", state="hidden")
    row = row_of(page)
    page.tap("[data-action='class refund']")
    wait_for_another(page, row)
    page.tap("[data-action='back']")
    page.wait_for_selector("#row-title:has-text('looking back')")
    page.tap("[data-action='forward']")
    wait_for_another(page, row)


def test_twelve_short_names_are_all_seen_on_a_phone(serve, visit):
    names = "delivery invoice login newsletter address order colour shipping voucher meeting"
    served = serve(letters(20), text="text")
    change(served, classes=["ordinary", "refund", *names.split()])
    page = visit(served, **PHONE)
    frame = box(page, "#classes")
    for button in page.locator("#classes button").all():
        found = button.bounding_box()
        assert found["y"] + found["height"] <= frame["y"] + frame["height"]
        assert found["height"] >= 44
        assert button.locator(".name").evaluate("(one) => one.scrollWidth <= one.clientWidth")


def test_blank_lines_at_the_ends_of_a_text_are_not_shown_and_places_stay(serve, visit):
    texts = [f"\n \n  letter {i}\n\nabout a refund\n\n\n" for i in range(20)]
    page = visit(serve(pa.table({"text": texts}), text="text"))
    text = page.locator("#row-text")
    content = text.text_content()
    assert content in texts
    assert text.inner_text().rstrip(" ") == content[3:].rstrip()
    start = content.index("refund")
    page.evaluate(
        "async (pushes) => (await import('/static/row.js')).mark(pushes)", [[start, start + 6, 1]]
    )
    assert text.locator("mark").inner_text() == "refund"
    assert text.text_content() == content
    assert text.inner_text().rstrip(" ") == content[3:].rstrip()


def test_a_note_is_kept_until_it_is_answered(serve, visit):
    served = serve(letters(20), text="text")
    page = visit(served)
    first = press(page, "1")
    page.keyboard.press("n")
    page.keyboard.type("half a thought")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector("#row-title:has-text('looking back')")
    assert page.input_value("#note") == ""
    page.keyboard.press("ArrowRight")
    wait_for_another(page, first)
    assert page.input_value("#note") == "half a thought"
    page.reload()
    page.wait_for_selector("#row-text")
    until(lambda: page.input_value("#note") == "half a thought")
    row = press(page, "2")
    assert page.input_value("#note") == ""
    until(lambda: row in served.answers())
    assert opinion(served, row).note == "half a thought"
    page.reload()
    page.wait_for_selector("#row-text")
    assert page.input_value("#note") == ""


def test_a_note_that_is_changed_while_looking_back_is_saved_without_a_class(serve, visit):
    served = serve(letters(20), text="text")
    page = visit(served)
    row = press(page, "2")
    until(lambda: row in served.answers())
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector("#row-title:has-text('looking back')")
    page.keyboard.press("n")
    page.keyboard.type("on second thought")
    page.keyboard.press("Escape")
    until(lambda: row in served.answers() and opinion(served, row).note == "on second thought")
    assert served.answers() == {row: "refund"}
    page.keyboard.press("ArrowRight")
    wait_for_another(page, row)
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector("#row-title:has-text('looking back')")
    assert page.input_value("#note") == "on second thought"


def test_preset_tags_have_keys(serve, visit):
    served = serve(letters(20), text="text")
    change(served, tags=["blurred", "ask again"])
    page = visit(served)
    shown = page.locator("#preset-tags button")
    assert [name.strip() for name in shown.locator(".name").all_text_contents()] == [
        "blurred", "ask again",
    ]  # fmt: skip
    page.keyboard.press(shown.nth(1).locator("kbd").text_content().lower())
    assert shown.nth(1).get_attribute("aria-pressed") == "true"
    shown.nth(0).click()
    shown.nth(0).click()
    row = press(page, "1")
    until(lambda: row in served.answers())
    assert opinion(served, row).tags == "ask again"
    assert shown.nth(1).get_attribute("aria-pressed") == "false"
    change(served, tags=["blurred", "rude"])
    page.wait_for_selector("#preset-tags :text('rude')", timeout=15_000)


def test_changed_keys_hold_on_the_search_page_too(serve, visit):
    page = visit(serve(letters(20), text="text"))
    page.keyboard.press("?")
    page.click("[data-action='class refund'].quiet")
    page.keyboard.press("d")
    page.goto(page.url + "search")
    page.fill("#words", "refund")
    page.keyboard.press("Enter")
    page.wait_for_selector(".result:focus")
    assert page.locator(".result [data-label='refund'] kbd").first.text_content() == "D"


def test_a_picture_is_zoomed_moved_and_seen_with_contrast_by_keys(plates, visit):
    page = visit(plates, viewport={"width": 1280, "height": 800})
    page.wait_for_function("document.querySelector('.picture').naturalWidth > 0")
    before = box(page, ".picture")["width"]
    page.keyboard.press("+")
    page.keyboard.press("+")
    until(lambda: box(page, ".picture")["width"] > 1.9 * before)
    assert box(page, ".frame")["height"] == pytest.approx(box(page, ".picture")["height"], abs=2)
    for _ in range(4):
        page.keyboard.press("+")
    frame, buttons = box(page, ".frame"), box(page, "#others")
    assert 350 < frame["height"] < 800 * 0.6
    assert frame["y"] + frame["height"] < buttons["y"] < 800 - buttons["height"]
    page.focus(".frame")
    left = page.evaluate("document.querySelector('.frame').scrollLeft")
    page.keyboard.press("ArrowRight")
    until(lambda: page.evaluate("document.querySelector('.frame').scrollLeft") > left)
    assert plates.answers() == {}
    frame = box(page, ".frame")
    x, y = frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2
    left = page.evaluate("document.querySelector('.frame').scrollLeft")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 60, y, steps=4)
    page.mouse.up()
    assert page.evaluate("document.querySelector('.frame').scrollLeft") == pytest.approx(
        left + 60, abs=2
    )
    page.keyboard.press("i")
    page.keyboard.press(".")
    assert page.evaluate("document.querySelector('.picture').style.filter") == (
        "contrast(1.5) invert(1)"
    )
    page.keyboard.press("f")
    until(lambda: abs(box(page, ".picture")["width"] - before) < 2)
    title = page.text_content("#row-title")
    page.keyboard.press("1")
    until(lambda: page.text_content("#row-title") != title)
    assert "invert" in page.evaluate("document.querySelector('.picture').style.filter")
    assert check(page, "picture") == []


@pytest.mark.parametrize("how", [{"viewport": {"width": 1280, "height": 800}}, PHONE])
def test_the_contact_sheet_marks_many_and_sends_them_together(plates, visit, how):
    page = visit(plates, **how)
    page.click("#open-sheet")
    page.wait_for_selector("#contact-said:has-text('24 pictures')")
    tiles = page.locator(".tile-of-sheet")
    rows = [int(tiles.nth(i).get_attribute("data-row")) for i in range(24)]
    page.keyboard.press("2")  # marks the first, and goes on
    page.keyboard.press("1")
    page.keyboard.press("z")
    tiles.nth(4).click()
    tiles.nth(5).click()
    tiles.nth(5).click()
    tiles.nth(5).click()  # both classes, then none
    assert page.text_content("#contact-send") == "Give 3 labels"
    assert check(page, "contact sheet") == []
    assert plates.answers() == {}
    page.click("text=All others ordinary")
    assert page.text_content("#contact-send") == "Give 24 labels"
    page.keyboard.press("Enter")
    expected = dict.fromkeys(rows, "ordinary") | {rows[0]: "refund", rows[4]: "refund"}
    until(lambda: plates.answers() == expected)
    page.wait_for_selector("#contact-said:has-text('6 pictures')")
    given = plates.answers()
    page.click("#contact-undo")  # and the marks come back with the pictures
    page.wait_for_selector("#contact-said:has-text('Taken back: 24')")
    until(lambda: plates.answers() == {})
    assert page.text_content("#contact-send") == "Give 24 labels"
    page.click("#contact-send")
    page.wait_for_selector("#contact-said:has-text('6 pictures')")
    until(lambda: plates.answers() == given)
    page.keyboard.press("Escape")
    page.wait_for_selector("#contact", state="hidden")
    page.keyboard.press("z")
    until(lambda: len(plates.answers()) == 23)


def test_guidelines_are_written_on_the_page_with_a_picture(plates, visit, tmp_path):
    page = visit(plates, viewport={"width": 1280, "height": 800})
    page.click("#write-guidelines")
    page.fill("#guidelines-text", "A **crack** is dark: ![gone](http://else.where/x.png)")
    page.set_input_files("#guidelines-picture", tmp_path / "plate3.png")
    until(lambda: "![plate3](" in page.input_value("#guidelines-text"))
    page.click("#guidelines-form button[type=submit]")
    page.wait_for_selector("#guidelines .guidelines img[alt='plate3']")
    until(lambda: page.evaluate("document.querySelector('.guidelines img').naturalWidth") == 300)
    assert "gone" in page.inner_text("#guidelines .guidelines")
    assert check(page, "guidelines") == []
    (tmp_path / "bad.png").write_text("<svg onload='alert(1)'>")
    page.click("#write-guidelines")
    page.wait_for_selector("#guidelines-text")
    page.set_input_files("#guidelines-picture", tmp_path / "bad.png")
    page.wait_for_selector("#guidelines-problem:has-text('save it as one')")


def test_the_end_says_what_is_left_and_what_to_do(serve, visit):
    served = serve(letters(8), text="text")
    change(served, double=1.0)
    page = visit(served, name="ann")
    for _ in range(7):
        press(page, "1")
    page.keyboard.press("1")
    page.wait_for_selector("#row:has-text('no row left for you')")
    page.wait_for_selector("#row:has-text('8 rows wait for a second opinion by somebody else')")
    assert "dashboard" in page.inner_text("#row a")
    assert check(page, "the end") == []


def test_rows_that_others_hold_are_no_end(serve, visit):
    served = serve(letters(4), text="text")
    held = served.live.next("bea", 2)
    page = visit(served, name="ann")
    assert len(held) == 2
    press(page, "1")
    page.keyboard.press("1")
    page.wait_for_selector("#row:has-text('2 rows are kept for other people now')")
    assert page.inner_text("#row").startswith("No row is free for you at the moment.")


def test_the_words_that_found_a_row_are_marked_in_it(serve, visit):
    served = serve(letters(20), text="text")
    page = visit(served)
    waiting = []
    page.route("**/api/map/first", lambda route: waiting.append(route))
    page.goto(f'{served.address}?row=10&words=double "please refund" pay*')
    until(lambda: page.evaluate("true") and waiting)
    page.wait_for_timeout(300)  # no other row comes meanwhile
    waiting.pop().continue_()
    page.wait_for_selector("mark.searched")
    page.unroute_all()
    assert row_of(page) == 10
    assert page.locator("mark.searched").all_text_contents() == [
        "please refund", "double", "payment",
    ]  # fmt: skip
    served.live.answer("ann", [Answer(4, label="ordinary")])
    page.goto(f"{served.address}?row=4")
    page.wait_for_selector("#row-title:has-text('looking back')")
    assert row_of(page) == 4


def test_reasons_are_words_and_measures_are_details(serve, visit):
    served = serve(letters(40), text="text")
    page = visit(served)
    assert page.text_content("#reason").startswith("Drawn at random")
    assert page.locator("#measure").is_hidden()
    page.click("#measures summary")
    assert "no ranking is ready" in page.inner_text("#measure")
