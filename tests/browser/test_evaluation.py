"""A model is evaluated on the page: its file goes up, rows are labelled, the intervals narrow."""

from motherlode.project._serving.answers import Answer

from .conftest import until
from .test_accessibility import check
from .test_labelling import letters


def answer_what_is_asked(served, rows):
    """Label rows as they are asked, and tell of how many."""
    done = 0
    while done < rows and (asked := served.live.next("ann")):
        row = asked[0].offer.row
        served.live.answer("ann", [Answer(row, label="refund" if row % 10 == 0 else "ordinary")])
        done += 1
    return done


def test_scores_go_up_rows_are_asked_and_the_intervals_narrow(serve, visit, tmp_path):
    served = serve(letters(200), text="text")
    scores = tmp_path / "scores.csv"
    lines = [f"{row},{0.9 if row % 10 == 0 else 0.1}" for row in range(200)]
    scores.write_text("\n".join(["id,score", *lines]))
    page = visit(served)
    page.goto(f"{served.address}evaluation")
    wrong = check(page, "no evaluation")
    page.set_input_files("#scores", str(scores))
    page.click("#evaluate button:not([type])")
    page.wait_for_selector("#verdict:has-text('scores.csv')")
    assert answer_what_is_asked(served, 60)
    page.reload()
    page.wait_for_selector("#evaluation-now svg")
    wrong += check(page, "an evaluation")
    assert "F1" in page.text_content("#evaluation-now table")
    page.set_viewport_size({"width": 390, "height": 800})
    page.focus("#evaluation-now .scrolls")
    page.evaluate("document.activeElement.scrollLeft = 10")
    page.evaluate("document.querySelector('#evaluation-now table').id = 'before'")
    page.wait_for_selector("#evaluation-now table:not(#before)", state="attached")
    assert page.evaluate("document.activeElement.matches('.scrolls')")
    assert page.evaluate("document.activeElement.scrollLeft") == 10
    page.evaluate("window.confirm = () => true")
    page.click("#end")
    until(lambda: "No model is evaluated" in page.text_content("#evaluation-now"))
    assert wrong == []
