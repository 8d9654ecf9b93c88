"""The search page keeps its search in the address, and the map opens rows and says ranks."""

import pyarrow as pa

from motherlode.project._serving.answers import Answer

from .conftest import until


def mails(n=60):
    texts = [
        f"Refunds please, it never  came {i}" if i % 6 == 0 else f"Thank you <b>{i}</b>"
        for i in range(n)
    ]
    return pa.table({"id": [f"M{i:03d}" for i in range(n)], "body": texts})


def test_a_search_is_kept_in_the_address_through_reload_back_and_links(serve, visit):
    served = serve(mails(), text="body", id="id")
    page = visit(served, "search")
    page.wait_for_selector("#words:focus")
    page.keyboard.type('refund* "never came"')
    page.keyboard.press("Enter")
    page.wait_for_selector(".result:focus")
    assert page.text_content("#total") == "10 rows found."
    marks = page.locator(".result").first.locator("mark.found").all_text_contents()
    assert marks == ["Refund", "never  came"]
    page.reload()
    page.wait_for_selector(".result:focus")
    assert page.input_value("#words") == 'refund* "never came"'
    assert page.locator(".result").count() == 10
    page.keyboard.press("m")
    page.wait_for_selector("#total:has-text('most like row M000')")
    assert "like=M000" in page.url
    page.go_back()
    page.wait_for_selector("#total:has-text('10 rows found.')")
    page.goto(served.address + "search?words=%3Cb%3E&shown=40")
    page.wait_for_selector(".result >> nth=39")
    assert page.text_content("#total") == "50 rows found."
    assert page.locator(".result b").count() == 0


def test_words_given_before_the_server_says_who_asks_are_kept_and_searched(serve, visit):
    served = serve(mails(), text="body", id="id")
    page = visit(served)
    waiting = []
    page.route("**/api/me", lambda route: waiting.append(route))
    for path in ("search", "answers"):
        page.goto(served.address + path)
        page.wait_for_selector("#words")
        page.fill("#words", "refunds")
        page.press("#words", "Enter")
        page.wait_for_url("**words=refunds")
        page.fill("#words", "refunds pl")
        page.go_back()
        page.go_forward()
        page.fill("#words", "refunds please")
        until(lambda: page.evaluate("true") and waiting)
        waiting.pop().continue_()
        found = {"search": "10 rows found.", "answers": "No answer fits all of this."}[path]
        page.wait_for_selector(f"#total:has-text('{found}')")
        assert page.input_value("#words") == "refunds please"


def test_a_row_is_found_by_its_id_and_what_finds_nothing_says_what_to_do(serve, visit):
    served = serve(mails(), text="body", id="id")
    page = visit(served, "search?words=M017")
    page.wait_for_selector(".result:focus")
    assert page.text_content(".result mark.found") == "M017"
    page.fill("#words", "nowhere")
    page.keyboard.press("Enter")
    page.wait_for_selector("#total:has-text('Try a shorter one')")
    page.fill("#words", "")
    page.keyboard.press("Enter")
    page.wait_for_selector("#total:has-text('Give words, an id or a condition')")
    assert page.url.endswith("/search")
    page.goto(served.address + "search?condition=bodi+%3D%3D+3")
    page.wait_for_selector("#total:has-text(\"did you mean 'body'\")")
    assert page.input_value("#condition") == "bodi == 3"


def open_map(served, visit, **how):
    served.live.answer(
        "ann", [Answer(i, label="refund" if i % 6 == 0 else "ordinary") for i in range(12)]
    )
    served.live.answer("ann", [Answer(12, "skip"), Answer(13, "unsure")])
    page = visit(served, "map", **how)
    page.wait_for_selector("#message:has-text('60 rows')")
    return page


def test_the_legend_counts_all_rows_by_label_and_by_rank(serve, visit):
    page = open_map(serve(mails(), text="body", id="id"), visit)
    page.wait_for_selector("#legend li:has-text('no label')")
    assert page.locator("#legend li").all_text_contents() == [
        "ordinary 10", "refund 2", "skipped 1", "unsure 1", "no label 46",
    ]  # fmt: skip
    page.select_option("#colour", "score")
    page.wait_for_selector("#legend li:has-text('Likely refund:')")
    counts = page.locator("#legend .n").all_text_contents()
    assert sum(int(count) for count in counts) == 60
    assert page.locator("#legend li:has-text('likeliest')").count() >= 1


def test_a_row_on_the_map_is_opened_by_keyboard_and_closed(serve, visit):
    page = open_map(serve(mails(), text="body", id="id"), visit)
    page.focus("#canvas")
    page.keyboard.press("Enter")
    page.wait_for_selector("#opened:focus h2:has-text('Row M')")
    assert "likely refund: " in page.text_content("#opened")
    page.keyboard.press("Escape")
    page.wait_for_selector("#opened", state="hidden")
    page.wait_for_selector("#canvas:focus")


def test_a_tap_on_the_map_shows_the_row(serve, visit):
    served = serve(mails(), text="body", id="id")
    how = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    page = open_map(served, visit, **how)
    box = page.locator("#canvas").bounding_box()
    x, y = page.evaluate(
        """async ([width, height]) => {
          const places = new Uint16Array(await (await fetch("/api/map/places")).arrayBuffer());
          const at = (place, along) => (place / 65535 - 0.5) * Math.min(width, height) + along / 2;
          return [at(places[40], width), at(places[41], height)];
        }""",
        [box["width"], box["height"]],
    )
    page.touchscreen.tap(box["x"] + x, box["y"] + y)
    page.wait_for_selector("#opened h2:has-text('Row M')")
    page.click("#opened a:has-text('Label it in Search')")
    page.wait_for_selector(".result:focus mark.found")


def test_chosen_rows_are_said_on_the_label_page_and_their_rest_is_cancelled(serve, visit):
    served = serve(mails(), text="body", id="id")
    page = open_map(served, visit)
    page.click("#view")
    page.wait_for_selector("#chosen:has-text('46 rows you chose: 0 answered, 46 to come')")
    page.click("#chosen button")
    page.wait_for_selector("#message:has-text('Similar rows')")  # no promise is left there
    page.click("#view")
    page.wait_for_selector("#chosen:has-text('0 answered, 46 to come')")
    page.goto(served.address)
    page.wait_for_selector("#chosen:has-text('46 to come')")
    page.keyboard.press("1")
    page.wait_for_selector("#chosen:has-text('1 answered, 45 to come')")
    page.click("#chosen button")
    page.wait_for_selector("#chosen", state="hidden")
    until(lambda: len(served.answers()) == 15)
