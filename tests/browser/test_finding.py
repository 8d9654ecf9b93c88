"""Search, map, dashboard and disagreements, walked through."""

from motherlode.project.answers import Answer

from .conftest import until
from .test_labelling import letters


def test_search_and_label_from_the_results(serve, visit):
    served = serve(letters(), text="text")
    page = visit(served, "search")
    page.wait_for_selector("#words:focus")
    page.keyboard.type('refund "double payment"')
    page.keyboard.press("Enter")
    page.wait_for_selector(".result:focus")
    assert page.text_content("#total") == "12 rows found."
    page.keyboard.press("2")
    page.keyboard.press("2")
    until(lambda: served.answers() == {0: "refund", 10: "refund"})
    assert {p.opinions[0].channel for p in served.live.state.present.values()} == {"search"}


def test_the_rows_in_view_on_the_map_are_asked_first(serve, visit):
    served = serve(letters(30), text="text")
    page = visit(served, "map")
    page.wait_for_function(
        "() => document.querySelector('#told').textContent.startsWith('30 rows')"
    )
    page.click("#lasso")
    box = page.locator("#canvas").bounding_box()
    near, right, bottom = 15, box["width"] - 15, box["height"] - 15  # its corners are round
    page.mouse.move(box["x"] + near, box["y"] + near)
    page.mouse.down()
    corners = [(right, near), (right, bottom), (near, bottom)]
    for x, y in corners:
        page.mouse.move(box["x"] + x, box["y"] + y, steps=4)
        page.wait_for_timeout(50)
    page.mouse.up()
    page.wait_for_function("() => document.querySelector('#told').textContent.includes('asked')")
    page.goto(served.address)
    page.wait_for_selector("#row-text")
    assert "picked it by hand" in page.text_content("#reason")
    page.keyboard.press("1")
    until(served.answers)
    assert next(iter(served.live.state.present.values())).opinions[0].channel == "search"


def test_the_dashboard_is_live_and_settles_disagreements(serve, visit):
    served = serve(letters(30), text="text")
    page = visit(served, "dashboard")
    page.wait_for_selector("text=There are none.")
    served.live.answer("ann", [Answer(3, label="ordinary"), Answer(4, label="ordinary")])
    served.live.answer("ben", [Answer(3, label="refund")])
    page.wait_for_selector(".result [data-label='refund']")
    page.wait_for_selector(".chart[aria-label*='After 1 labels']")
    page.click(".result [data-label='refund']")
    until(lambda: served.answers() == {3: "refund", 4: "ordinary"})
    page.wait_for_selector("text=There are none.")
    page.wait_for_selector(".chart[aria-label*='After 2 labels 1 rows of refund']")
