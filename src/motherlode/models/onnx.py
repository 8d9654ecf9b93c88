"""Final models as ONNX, which predict where there is no Python (extra ``onnx``)."""

import re
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np
from sklearn.base import is_classifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import FixedThresholdClassifier

from ..errors import InputError
from ..pool._words import TextVectoriser
from ._class_thresholds import SMALLEST, ClassThresholds, split_by_threshold
from ._kernel import KernelLogisticRegression
from ._prior import PriorCorrected
from ._several import SkillWeighted

_FLOAT32, _FLOAT64 = 1, 11  # as ONNX numbers them


def to_onnx(model: Any) -> Any:
    """Write a fitted classifier as ONNX: the default model, and what skl2onnx can convert.

    Parameters
    ----------
    model : fitted classifier
        As `motherlode.ActiveLearner.final_model` gives it, of numbers or of texts.

    Returns
    -------
    onnx.ModelProto
        Its ``SerializeToString()`` is the file. The input ``X`` is float32 of shape (n, features),
        or strings of shape (n, 1); the outputs are the labels and the ``probabilities``, shape
        (n, k), whose columns follow ``classes_``.

    Raises
    ------
    InputError
        If skl2onnx is not installed, or a part of the model cannot be converted.

    Notes
    -----
    Probabilities are those of ``predict_proba`` for the same float32 numbers, to about 1e-5. Frames
    that the pool encoded are not converted: give the pool numbers, encoded by transformers that
    skl2onnx knows. Texts are lower-cased by the locale of the machine that predicts; a vectoriser
    with ``lowercase=False`` needs none.
    """
    if find_spec("skl2onnx") is None:
        raise InputError('ONNX needs skl2onnx: pip install "motherlode[onnx]".')
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import FloatTensorType, StringTensorType

    if not is_classifier(model):
        raise InputError(f"{type(model).__name__} is no classifier; give a final model.")
    _register()
    width = getattr(model, "n_features_in_", None)
    kind = StringTensorType([None, 1]) if width is None else FloatTensorType([None, width])
    options = {id(model): {"zipmap": False}} if hasattr(model, "predict_proba") else None
    try:
        return convert_sklearn(model, initial_types=[("X", kind)], options=options)
    except Exception as error:  # skl2onnx raises many kinds
        raise InputError(f"The model cannot be written as ONNX: {_explain(error)}.") from error


def _explain(error: Exception) -> str:
    said = str(error).strip().partition("\n")[0].partition(" You may raise")[0].rstrip(".")
    unknown = re.search(r"shape calculator for type '<class '[\w.]*?(\w+)'>'", said)
    return f"there is no converter of {unknown[1]}" if unknown else said


def _register() -> None:
    """Tell skl2onnx how our classifiers are written, and thresholds, which it leaves out."""
    from skl2onnx import update_registered_converter

    ours = {
        PriorCorrected: (_convert_prior, _parse),
        SkillWeighted: (_convert_several, _parse),
        FixedThresholdClassifier: (_convert_threshold, _parse),
        ClassThresholds: (_convert_class_thresholds, _parse),
        KernelLogisticRegression: (_convert_kernel, None),
    }
    _register_words()
    for kind, (convert, parse) in ours.items():
        update_registered_converter(
            kind,
            _alias(kind),
            _find_shapes,
            convert,
            overwrite=True,
            parser=parse,
            options={"zipmap": [True, False, "columns"], "nocl": [True, False]},
        )


def _register_words() -> None:
    """Have the vectoriser of texts written as the one of scikit-learn that it is."""
    from skl2onnx._supported_operators import sklearn_operator_name_map

    sklearn_operator_name_map[TextVectoriser] = sklearn_operator_name_map[TfidfVectorizer]


def _alias(kind: type) -> str:
    return f"Motherlode{kind.__name__}"


def _parse(scope: Any, model: Any, inputs: Any, custom_parsers: Any = None) -> Any:
    """Let skl2onnx write the models inside; their probabilities are what ours reads."""
    from skl2onnx._parse import _parse_sklearn
    from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType

    if getattr(model, "response_method", "predict_proba") != "predict_proba":
        raise NotImplementedError("its threshold cuts decisions, and only probabilities are cut")
    own = scope.declare_local_operator(_alias(type(model)), model)
    for part in getattr(model, "estimators_", None) or [model.estimator_]:
        scope.add_options(id(part), {"zipmap": False})
        own.inputs.append(_parse_sklearn(scope, part, inputs, custom_parsers)[1])
    label = Int64TensorType if _labels_of(model).dtype == np.int64 else StringTensorType
    own.outputs.append(scope.declare_local_variable("label", label()))
    own.outputs.append(scope.declare_local_variable("probabilities", FloatTensorType()))
    return own.outputs


def _find_shapes(operator: Any) -> None:
    rows, model = operator.inputs[0].get_first_dimension(), operator.raw_operator
    label, probabilities = operator.outputs
    label.type.shape, probabilities.type.shape = [rows], [rows, len(model.classes_)]


def _convert_prior(scope: Any, operator: Any, container: Any) -> None:
    onnx, model = _Operators(container), operator.raw_operator
    ratio = (model.prior_ / model.trained_prior_).astype(np.float32)
    P = onnx.Mul(operator.inputs[0], ratio[None, :])
    total = onnx.ReduceSum(P, np.array([1]), keepdims=1)
    _answer(onnx.Div(P, total), scope, operator, container)


def _convert_several(scope: Any, operator: Any, container: Any) -> None:
    onnx, model = _Operators(container), operator.raw_operator
    weights = model.weights_.astype(np.float32)[:, None]
    parts = [onnx.Mul(P, w) for P, w in zip(operator.inputs, weights, strict=True)]
    _answer(onnx.Sum(*parts), scope, operator, container)


def _convert_kernel(scope: Any, operator: Any, container: Any) -> None:
    """Write the sums in float64, since coefficients are large and cancel."""
    onnx, model = _Operators(container), operator.raw_operator
    near = onnx.MatMul(X := onnx.Cast(operator.inputs[0], to=_FLOAT64), 2.0 * model.landmarks_.T)
    lengths = onnx.ReduceSum(onnx.Mul(X, X), np.array([1]), keepdims=1)
    near = onnx.Sub(onnx.Sub(near, (model.landmarks_**2).sum(axis=1)[None, :]), lengths)
    near = onnx.Exp(onnx.Mul(near, np.array([float(model.gamma_)])))
    coef, intercept = model.linear_.coef_, model.linear_.intercept_
    if len(coef) == 1:
        coef, intercept = np.vstack([0.0 * coef, coef]), np.array([0.0, intercept[0]])
    z = onnx.Add(onnx.MatMul(near, (coef @ model._near.normalization_).T), intercept[None, :])
    P = onnx.Cast(onnx.Softmax(z, axis=1), to=_FLOAT32)
    _answer(P, scope, operator, container)


def _convert_threshold(scope: Any, operator: Any, container: Any) -> None:
    onnx, model = _Operators(container), operator.raw_operator
    P, positive = operator.inputs[0], model.classes_.tolist().index(model.pos_label)
    cut = np.array([model.threshold], dtype=np.float32)
    above = onnx.GreaterOrEqual(onnx.ArrayFeatureExtractor(P, np.array([positive])), cut)
    codes = onnx.Where(above, np.array([positive]), np.array([1 - positive]))
    _answer(P, scope, operator, container, codes)


def _convert_class_thresholds(scope: Any, operator: Any, container: Any) -> None:
    onnx, P = _Operators(container), operator.inputs[0]
    cut, uncut, cuts = split_by_threshold(operator.raw_operator)
    if not len(cut):
        _answer(P, scope, operator, container)
        return
    own, least = onnx.ArrayFeatureExtractor(P, cut), cuts.astype(np.float32)[None, :]
    ratio = onnx.Div(own, np.maximum(least, np.float32(SMALLEST)))
    said = _choose(onnx, ratio, cut)
    if len(uncut):
        reached = onnx.GreaterOrEqual(own, least)
        said = _choose(onnx, onnx.Where(reached, ratio, np.array([-1.0], np.float32)), cut)
        some = onnx.ReduceSum(onnx.Cast(reached, to=_FLOAT32), np.array([1]), keepdims=1)
        other = _choose(onnx, onnx.ArrayFeatureExtractor(P, uncut), uncut)
        said = onnx.Where(onnx.Greater(some, np.array([0.5], np.float32)), said, other)
    _answer(P, scope, operator, container, said)


def _choose(onnx: "_Operators", scores: Any, places: Any) -> Any:
    """Choose the place of the highest score of each row, shape (n, 1)."""
    best = onnx.Reshape(onnx.ArgMax(scores, axis=1, keepdims=0), np.array([-1]))
    return onnx.Reshape(onnx.ArrayFeatureExtractor(places[None, :], best), np.array([-1, 1]))


def _answer(P: Any, scope: Any, operator: Any, container: Any, codes: Any = None) -> None:
    """Name the outputs: probabilities, and the labels of codes; by default of the likeliest."""
    onnx, (label, probabilities) = _Operators(container), operator.outputs
    codes = onnx.ArgMax(P, axis=1, keepdims=0) if codes is None else codes
    codes = onnx.Reshape(codes, np.array([-1]))
    labels = onnx.ArrayFeatureExtractor(_labels_of(operator.raw_operator), codes)
    flat = onnx.Reshape(labels, np.array([-1]), output_names=[label.full_name])
    flat.add_to(scope, container)
    onnx.Identity(P, output_names=[probabilities.full_name]).add_to(scope, container)


def _labels_of(model: Any) -> Any:
    labels = np.asarray(model.classes_)
    return labels.astype(np.int64 if labels.dtype.kind in "biu" else str)


class _Operators:
    """Operators of ONNX by name, all of one version."""

    def __init__(self, container: Any) -> None:
        self._version = container.target_opset

    def __getattr__(self, name: str) -> Any:
        from skl2onnx.algebra import onnx_ops

        return partial(getattr(onnx_ops, f"Onnx{name}"), op_version=self._version)
