"""A final model as ONNX says what it says in Python."""

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from motherlode import ActiveLearner, Pool
from motherlode.errors import InputError
from motherlode.models import ClassThresholds, PriorCorrected
from motherlode.models._kernel import KernelLogisticRegression
from motherlode.models.onnx import to_onnx

onnxruntime = pytest.importorskip("onnxruntime")
pytest.importorskip("skl2onnx")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")

DIGITS, DIGIT = load_digits(return_X_y=True)
X = DIGITS.astype(np.float32)
TEXTS = [f"boat wave sea {i % 7}x" for i in range(30)] + [
    f"street shop {i % 5}y" for i in range(60)
]


def learner(model=None, names=("other", "eight")):
    y = np.where(DIGIT == 8, names[1], names[0])
    made = ActiveLearner(Pool(X), names, model, minority=names[1])
    rows = np.concatenate([np.flatnonzero(DIGIT == 8)[:12], np.flatnonzero(DIGIT != 8)[:30]])
    made.teach(rows, y[rows])
    return made


def assert_alike(model, rows, given=None):
    session = onnxruntime.InferenceSession(
        to_onnx(model).SerializeToString(), providers=["CPUExecutionProvider"]
    )
    labels, P = session.run(None, {"X": rows if given is None else given})
    assert pytest.approx(model.predict_proba(rows), abs=1e-5) == P
    assert (labels == model.predict(rows)).all()


@pytest.mark.parametrize("settings", [{}, {"threshold": "f1"}, {"presume": False}])
@pytest.mark.parametrize("names", [("other", "eight"), (0, 1), (False, True)])
def test_the_default_model(settings, names):
    assert_alike(learner(names=names).final_model(**settings), X)


def test_a_model_of_ones_own_and_more_than_two_classes():
    own = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
    assert_alike(learner(own).final_model(), X)
    assert_alike(PriorCorrected(LogisticRegression(max_iter=500), "balanced").fit(X, DIGIT), X)
    assert_alike(KernelLogisticRegression(gamma=1e-3).fit(X, DIGIT), X)


@pytest.mark.parametrize(
    "thresholds", [{}, {8: 0.02, 3: 0.3}, {8: 0.0}, dict.fromkeys(range(10), 0.9), {0: 1.1}]
)
def test_thresholds_of_several_classes(thresholds):
    model = LogisticRegression(C=1e-4, max_iter=500)  # an unsure one
    model = ClassThresholds(model, thresholds).fit(X, DIGIT)
    assert_alike(model, X)
    named = ClassThresholds(model.estimator, {f"a{k}": t for k, t in thresholds.items()})
    assert_alike(named.fit(X, [f"a{k}" for k in DIGIT]), X)


def test_texts_by_words_alone_and_what_cannot_be_written_is_said():
    words = np.array(TEXTS)[:, None]
    for vectoriser in (TfidfVectorizer(lowercase=False), None):
        made = ActiveLearner(Pool(TEXTS, features=vectoriser), ["no", "yes"], minority="yes")
        made.teach([*range(5), *range(40, 50)], ["yes"] * 5 + ["no"] * 10)
        if vectoriser is not None:
            assert_alike(made.final_model(), TEXTS, words)
    with pytest.raises(InputError, match=r"cannot be written as ONNX: .*strip_accents"):
        to_onnx(made.final_model())


def test_other_models_are_refused_in_a_sentence():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"sum": np.arange(90.0) % 7, "kind": ["x", "y", "z"] * 30})
    made = ActiveLearner(Pool(frame), ["no", "yes"], minority="yes")
    made.teach([*range(5), *range(40, 50)], ["yes"] * 5 + ["no"] * 10)
    with pytest.raises(InputError, match="there is no converter of TabularEncoder"):
        to_onnx(made.final_model())
    with pytest.raises(InputError, match="StandardScaler is no classifier"):
        to_onnx(StandardScaler())
    with pytest.raises(InputError, match="cuts decisions"):
        to_onnx(learner(LinearSVC()).final_model(threshold="f1"))
