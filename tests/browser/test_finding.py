"""Search, map, dashboard and disagreements, walked through."""

import threading

from motherlode.project._serving.answers import Answer

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
    assert {p.how.channel for p in served.live.now().rows.values()} == {"search"}
    page.keyboard.press("m")
    page.wait_for_selector("#total:has-text('most like row')")
    page.wait_for_selector(".result:focus >> text=refund")


def test_the_rows_in_view_on_the_map_are_asked_first(serve, visit):
    served = serve(letters(30), text="text")
    page = visit(served, "map")
    page.wait_for_function(
        "() => document.querySelector('#message').textContent.startsWith('30 rows')"
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
    page.wait_for_function("() => document.querySelector('#message').textContent.includes('asked')")
    page.goto(served.address)
    page.wait_for_selector("#row-text")
    assert "chose it yourself" in page.text_content("#reason")
    page.keyboard.press("1")
    until(served.answers)
    assert next(iter(served.live.now().rows.values())).how.channel == "search"


def test_the_map_shows_the_row_under_the_pointer_also_after_a_zoom(serve, visit):
    served = serve(letters(30), text="text")
    page = visit(served, "map")
    page.wait_for_selector("#message:has-text('30 rows')")
    box = page.locator("#canvas").bounding_box()
    x, y = page.evaluate(
        """async ([width, height]) => {
          const places = new Uint16Array(await (await fetch("/api/map/places")).arrayBuffer());
          const at = (place, along) => (place / 65535 - 0.5) * Math.min(width, height) + along / 2;
          return [at(places[14], width), at(places[15], height)];
        }""",
        [box["width"], box["height"]],
    )
    page.mouse.move(box["x"] + x, box["y"] + y)
    page.wait_for_selector("#tip:has-text('Letter 7:')")
    page.mouse.wheel(0, -300)
    page.wait_for_selector("#tip", state="hidden")
    page.mouse.move(box["x"] + x + 200, box["y"] + y)
    page.mouse.move(box["x"] + x, box["y"] + y)
    page.wait_for_selector("#tip:has-text('Letter 7:')")


def test_the_map_is_a_list_too_and_keys_do_all_that_it_does(serve, visit):
    served = serve(letters(60), text="text")
    page = visit(served, "map")
    page.wait_for_selector("#message:has-text('60 rows')")
    page.focus("#as-list")
    page.keyboard.press("Enter")
    page.wait_for_selector("#regions caption:has-text('60 rows in view')")
    counts = page.locator("#regions tbody td:nth-child(2)").all_text_contents()
    assert sum(int(count) for count in counts) == 60
    while not page.locator("#regions th:text-is('Row')").count():
        before = page.text_content("#regions caption")
        page.locator("#regions >> text=Look closer").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_selector(f"#regions caption:not(:text-is('{before}'))")
    line = page.locator("#regions tbody tr").first
    page.wait_for_selector("#regions tbody tr >> nth=0 >> th:not(:text-is('…'))")
    row = int(line.locator("th").text_content())
    line.locator("button:has-text('Ask first')").focus()
    page.evaluate("document.querySelector('#regions table').id = 'before'")
    page.dispatch_event("#colour", "change")  # as answers of others do: the list is drawn anew
    page.wait_for_selector("#regions table:not(#before)")
    page.keyboard.press("Enter")
    page.wait_for_selector("#message:has-text('asked 1 row first')")
    page.goto(served.address)
    page.wait_for_selector("#row-text")
    assert page.text_content("#row-text").startswith(f"Letter {row}:")
    assert "chose it yourself" in page.text_content("#reason")


def test_the_dashboard_is_live_and_settles_disagreements(serve, visit):
    served = serve(letters(30), text="text")
    page = visit(served, "dashboard")
    page.wait_for_selector("text=There are none.")
    served.live.answer("ann", [Answer(3, label="ordinary"), Answer(4, label="ordinary")])
    served.live.answer("ben", [Answer(3, label="refund")])
    page.wait_for_selector(".result [data-label='refund']")
    page.wait_for_selector(".chart[aria-label*='After 1 label ']")
    page.wait_for_selector(".verdict:has-text('Go on: ')")
    page.click("#rules > summary")
    page.wait_for_selector(".advice strong:text-is('Go on')")
    page.click(".result [data-label='refund']")
    until(lambda: served.answers() == {3: "refund", 4: "ordinary"})
    page.wait_for_selector("text=There are none.")
    page.wait_for_selector(".chart[aria-label*='After 2 labels 1 row of refund']")
    assert page.is_visible(".advice")  # what was opened stays open while the page is drawn again


def test_the_dashboard_is_drawn_while_a_team_labels_steadily(serve, visit):
    served, halt = serve(letters(100), text="text"), threading.Event()

    def label():
        for row in range(100):
            if halt.wait(0.2):
                return
            served.live.answer("ann", [Answer(row, label="ordinary")])

    page = visit(served, "dashboard")
    page.wait_for_selector("text=There are none.")
    team = threading.Thread(target=label)
    team.start()
    try:
        page.wait_for_selector(".chart[aria-label^='After ']")
        assert team.is_alive(), "it was drawn once nobody labelled any more"
    finally:
        halt.set()
        team.join()


def test_the_dashboard_says_that_the_database_was_moved_until_it_is_back(serve, visit):
    served = serve(letters(30), text="text")
    folder = served.project.folder
    page = visit(served, "dashboard")
    page.wait_for_selector("text=There are none.")
    assert not page.is_visible("#problem")
    (folder / "labels.sqlite").rename(folder / "elsewhere")
    page.wait_for_selector("#problem:has-text('was moved, deleted or replaced')")
    (folder / "elsewhere").rename(folder / "labels.sqlite")
    page.wait_for_selector("#problem", state="hidden")
