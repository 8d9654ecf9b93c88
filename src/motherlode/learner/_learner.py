"""The learner: it asks for labels, takes them, fits models, and asks again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from importlib import import_module
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .._inert.description import Described, Description
from .._inert.whole_numbers import check_whole
from .._round.labels import declared_classes
from .._round.positive_class import PositiveClass, RarestClass, declared_positive_class
from .._round.selection import Control, Selection, TopK, as_control
from .._round.stand_in import fit_to_ask
from .._round.stated_prior import StatedPrior
from .._round.training_set import NONE_PRESUMED, PresumedNegatives, TrainingSet
from .._round.view import View
from .._rows.arrays import Floats, Rows
from .._rows.unlabelled import Unlabelled
from ..errors import InputError
from ..estimation._annotators import Annotator, judge_annotators
from ..estimation._estimates import Estimates
from ..models._class_weights import without_class_weights
from ..models._classifier import FittedClassifier
from ..models._default import default_model
from ..models._fetched import is_fetched, warn_of_fetching
from ..pool import Pool
from ..pool._copies import NO_COPIES
from ..pool._pool import as_pool
from ..priors import Prior, as_prior
from ..session import CONTROL, Origin, Session
from ..strategies._adaptive import Auto
from ..strategies._base.strategy import Strategy
from ..strategies._registry import as_strategy
from ._arguments import check_copies, check_method, check_model
from ._batch import BatchMaker
from ._candidates import AllRows, BySize, Candidates
from ._decisions import Decisions, judge_decisions
from ._doubtful import find_doubtful
from ._final_model import (
    FinalFit,
    FinalModel,
    fit_anew,
    fit_final,
    is_surely_rare,
    presume_for_final_model,
    unfitted_pipeline,
)
from ._habits import OF_LEARNER, OF_QUERY, OF_TEACH, explain
from ._likely_rows import LikelyRows
from ._prior_report import PriorReport, report_prior
from ._query import Query
from ._query_fit import QueryFit
from ._ranking import RankedRows, rank_rows
from ._record import Record
from ._saving import folder_of, load_learner, save_learner
from ._session import SessionOfRows, make_estimates, make_session
from ._tables import Asked, tabulate_record
from ._telling import describe_learner

_JUDGE = 7  # the purpose of random numbers: to judge annotators


class ActiveLearner(Described):
    """Find the rows of a pool that are worth labelling, and learn from their labels.

    Parameters
    ----------
    pool : Pool, or anything that a Pool is made of
        All rows.
    classes : list of str, int or bool
        All classes, also those that nobody has seen yet; columns of probabilities follow them.
    model : scikit-learn classifier, or Keras or PyTorch network, optional
        The final model. By default a logistic regression for sparse features, as of texts, and
        elsewhere four models, each weighted by how well it predicts held-out labels.
    strategy : Strategy, str or callable
        Which rows are worth asking: a strategy, or its name. "auto" is the default. A function
        takes the view of a round, and returns a finite number for each of ``view.rows``; the
        highest is asked first.
    query_model : scikit-learn classifier, optional
        The model that the strategy reads. By default `model` without its class weights
        (``scale_pos_weight`` and the like), since weights move the boundary that uncertainty is
        measured from. While it gives all rows the same probability, or cannot be fitted on fewer
        than twenty labels, the default model stands in for it, with a warning.
    candidates : Candidates, optional
        Which rows may be asked in a round. By default `motherlode.learner.BySize` for the strategy
        "auto", which takes some thousands from a pool of more than 200,000 rows, and
        `motherlode.learner.AllRows` for any other strategy. A query model of TabPFN, TabICL or
        LightPFN is slow for each row, and has `motherlode.learner.LikelyRows`.
    selection : Selection, optional
        How utilities become a batch; by default the highest, ties broken at random.
    minority : label or list of labels, optional
        The positive class or classes. Name them if you can: by default it is the class that seems
        rare in the pool, see `positive_class`. If rows of one class alone are taught before
        anything is asked, that class is taken for it.
    refit_every : int
        Refit after at least so many new labels. With ``query(1)`` and ``refit_every=10`` the
        strategy sees each label of a batch of ten while the model stays.
    goal : {"both", "find", "learn"}
        What the labels are for: to find positives, to learn a model, or both. The strategy "auto"
        goes by it.
    control : float or Control
        The share of each batch that is drawn at random from everything unlabelled; see
        `motherlode.learner.Control`. Without any, most strategies allow no valid estimate.
    copies : {"once", "each"}
        Whether rows with equal features are asked once. With "once", copies of a row that is
        labelled or skipped come last, fits never presume them negative, and nearly identical rows
        are not asked in one batch, unless a positive like them is known. With "each", every row is
        asked for itself.
    prior : text, list of words, array of scores, model, function or Prior, optional
        What you know before the first label: a sentence that says what is looked for, keywords, a
        score for each row, a fitted model, or a function of a list of rows; see
        `motherlode.priors`. It is
        never a label. It chooses the first questions, moves rows up, and loses its weight where
        labels speak against it.
    seed : int
        Seed of all random numbers. The same seed and the same labels give the same queries.

    Raises
    ------
    InputError
        With one sentence that says what was wrong, where, and what to do.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> X, digit = load_digits(return_X_y=True)
    >>> learner = ActiveLearner(Pool(X), classes=["other", "eight"], minority="eight", seed=0)
    >>> learner.teach([8, 0], ["eight", "other"])
    >>> query = learner.query(5)
    >>> query.rows.dtype, len(query)
    (dtype('int64'), 5)
    >>> learner.teach(query.rows, ["eight" if digit[row] == 8 else "other" for row in query.rows])
    >>> learner.labelled[0][:2].tolist()
    [8, 0]
    """

    @explain(OF_LEARNER)
    def __init__(
        self,
        pool: Any,
        classes: Iterable[Any],
        model: Any = None,
        strategy: Any = "auto",
        *,
        query_model: Any = None,
        candidates: Candidates | None = None,
        selection: Selection | None = None,
        minority: Any = None,
        refit_every: int = 1,
        goal: str = "both",
        control: float | Control = 0.0,
        copies: str = "once",
        prior: Any = None,
        seed: int = 0,
    ) -> None:
        self.pool: Pool = as_pool(pool)
        self.classes = declared_classes(classes)
        self._given_models = (
            None if model is None else check_model(model, "model"),
            None if query_model is None else check_model(query_model, "query_model"),
        )
        self._choose_models()
        is_narrowed = candidates is None and is_fetched(self.query_model)
        warn_of_fetching([self.model, self.query_model], is_narrowed=is_narrowed)
        self.strategy: Strategy = as_strategy(strategy, goal)
        self.candidates: Candidates = (
            self._choose_candidates()
            if candidates is None
            else check_method("rows", candidates, "candidates")
        )
        self.selection: Selection = (
            TopK() if selection is None else check_method("choose", selection, "selection")
        )
        self.minority = minority
        self.refit_every = check_whole(refit_every, "refit_every", 1)
        self.goal = goal
        self.control = as_control(control)
        self.copies = check_copies(copies)
        self.seed = check_whole(seed, "seed", 0)
        self._record = Record(self.classes, len(self.pool))
        self._query_fit: QueryFit | None = None
        self._named = None if minority is None else declared_positive_class(self.classes, minority)
        self._rarest = RarestClass(self.pool, self.classes)
        # Computed of the labels, and forgotten when they change.
        self._positive_class: PositiveClass | None = None
        self._training: TrainingSet | None = None
        self._final: tuple[tuple[bool, Any], FinalFit] | None = None
        self._stated: StatedPrior | None = None
        self.prior = prior

    def _describe(self) -> Description:
        return describe_learner(self)

    @property
    def positive_class(self) -> PositiveClass:
        """The positive class or classes: those named, or the class that seems rare in the pool.

        While that is in doubt, its ``request()`` asks for a name.
        """
        if self._named is not None:
            return self._named
        self._notice_new_rows()
        if self._positive_class is None:
            labels = self._record.labels
            self._positive_class = self._rarest.of(labels.rows, labels.codes, labels.origins)
        return self._positive_class

    @property
    def prior(self) -> Prior | None:
        """What was stated of the rows before any label, or None.

        It may be stated, changed or taken back (None) at any time; labels stay what they are.
        """
        return None if self._stated is None else self._stated.prior

    @prior.setter
    def prior(self, stated: Any) -> None:
        if stated is None:
            self._stated = None
        else:
            positive = () if self._named is None else self.classes[list(self._named.codes)].tolist()
            prior = as_prior(stated, positive)
            prior.check(self.pool)
            self._stated = StatedPrior(prior, self.pool)
        self._forget_results()

    def prior_report(self) -> PriorReport:
        """Say what the prior did, and how right it was.

        Returns
        -------
        motherlode.learner.PriorReport
            Its ``separation`` and ``precision`` are estimates of control draws, or say why there
            are none.

        Raises
        ------
        InputError
            If no prior is stated.
        """
        return report_prior(self)

    @property
    def training_set(self) -> TrainingSet:
        """What models are fitted on: the labels so far, and the rows whose answer is open."""
        self._notice_new_rows()
        if self._training is None:
            labels = self._record.labels
            self._training = TrainingSet(
                self.pool,
                self.classes,
                labels.rows,
                labels.codes,
                self.positive_class.codes,
                (self.seed, self._record.events),
                self.skipped,
                self.pool.copies if self.copies == "once" else NO_COPIES,
                labels.weights,
                self._stated,
            )
        return self._training

    @property
    def labelled(self) -> tuple[Rows, np.ndarray[Any, Any]]:
        """Row ids and labels, in the order taught."""
        labels = self._record.labels
        return labels.rows, self.classes[labels.codes]

    @property
    def channels(self) -> list[str]:
        """How each labelled row was found, in the order taught."""
        return [origin.channel for origin in self._record.labels.origins]

    @property
    def unlabelled(self) -> Rows:
        """Ids of the rows that can still be asked, in increasing order."""
        return self.training_set.left.ids

    @property
    def skipped(self) -> Rows:
        """Ids of the rows that were skipped, in the order of the calls."""
        return self._record.skipped

    def to_frame(self) -> Any:
        """Make a frame of the rows that are labelled, skipped, or asked and not answered.

        Returns
        -------
        frame
            Of the library that the pool came in, as `Query.to_frame`. Its columns are "row", the
            rows' own columns, "state" ("labelled", "skipped" or "asked"), "label", "positive",
            "channel", "strategy", "arm", "asked_after" and "round" (from 1; 0 for rows that
            somebody brought). Labelled rows come first, in the order taught.
        """
        return tabulate_record(self._record, self.training_set)

    def origins_of(self, rows: ArrayLike) -> list[Origin]:
        """Tell what origins rows would get if they were taught now.

        Parameters
        ----------
        rows : array-like of int of shape (m,)
            Global row ids.
        """
        return [self._record.find_origin(row) for row in self._ids(rows)]

    def session(
        self, *, predictions: Sequence[Floats] = (), seconds: float = 0.0, cost: float = 0.0
    ) -> Session:
        """Make the session of the labels so far, which stopping rules and estimates read.

        Parameters
        ----------
        predictions : sequence of ndarray
            Probabilities of the positive class on a fixed set of rows, one array for each round,
            for rules that watch a model, such as `motherlode.stopping.StabilisingPredictions`.
        seconds, cost : float
            Time and money spent so far, for `motherlode.stopping.Budget`.
        """
        training = self.training_set
        return make_session(
            self._record, training, predictions=predictions, seconds=seconds, cost=cost
        )

    @explain(OF_TEACH)
    def teach(
        self,
        rows: Any,
        labels: Any,
        *,
        channel: str | None = None,
        origins: Sequence[Origin] | None = None,
        annotator: str | Sequence[str] | None = None,
    ) -> None:
        """Record labels of any rows, asked or not.

        A label that a row has already changes nothing. If anything is wrong with the call, none of
        it is recorded.

        Annotators who have names may label the same rows, and differ. A row's label is then the
        class that their labels are settled to, and fits weigh the row by the probability of that
        class (`motherlode.estimation.settle_opinions`; this needs the extra ``annotators``).

        Parameters
        ----------
        rows : Query, or array-like of int of shape (m,)
            Rows that were asked for, or global row ids; a set if all get the same label.
        labels : array-like of shape (m,)
            From the declared classes, in an array, series, one-column frame or any other container.
            A row whose label is None or NaN is left as it is.
        channel : str, optional
            How the rows were found, as in "search"; what can be estimated from their labels depends
            on it. By default "query" or "control" for a row that was asked, and "given" for any
            other. A row that was drawn at random stays a random draw, however it is found later.
        origins : sequence of Origin, optional
            How each row came to be labelled, where a session is taken up again. By default what
            this learner knows.
        annotator : str or list of str of shape (m,), optional
            Who gave the labels, one name for all or one for each. A row may stand several times in
            a call, with labels of different annotators.

        Raises
        ------
        InputError
            For an id outside the pool, an unknown label, a row that has another label of the same
            annotator, or a second annotator of a row without the extra ``annotators``.
        """
        self._notice_new_rows()
        self._record.teach(
            _plain(rows), labels, channel=channel, origins=origins, annotator=annotator
        )
        self._forget_results()

    def correct(
        self,
        rows: Any,
        labels: Any,
        *,
        annotator: str | Sequence[str] | None = None,
    ) -> None:
        """Record labels in place of those that rows have.

        In nobody's name this settles rows that annotators with names have labelled: from then on
        their class is certain, and tells how those annotators err.

        Parameters
        ----------
        rows : Query, or array-like of int of shape (m,)
            Rows that were asked for, or global row ids.
        labels : array-like of shape (m,)
            From the declared classes; None or NaN for a row that keeps its label.
        annotator : str or list of str of shape (m,), optional
            Whose labels they replace, as for `teach`.

        Raises
        ------
        InputError
            For an id outside the pool or an unknown label.
        """
        self._notice_new_rows()
        self._record.teach(_plain(rows), labels, correct=True, annotator=annotator)
        self._forget_results()

    def estimates(self, level: float = 0.95, *, every_look: bool = True) -> Estimates:
        """Estimate positives, prevalence, positives left and recall.

        Parameters
        ----------
        level : float in (0, 1), default 0.95
            Nominal coverage of the intervals.
        every_look : bool, default True
            Whether the intervals are to hold at every look, for somebody who watches. Those of
            ``corrected`` hold for one look.

        Returns
        -------
        motherlode.estimation.Estimates
            Its ``corrected`` are the same, corrected for errors of annotators
            (`motherlode.estimation.correct_counts`); None where no row has labels of two.
        """
        return make_estimates(self._record, self.training_set, level, every_look=every_look)

    def annotators(self) -> list[Annotator]:
        """Estimate how each annotator errs, with intervals, in the order of their names.

        Returns
        -------
        list of motherlode.estimation.Annotator
            Its ``errors`` say for each class which share of its rows the annotator calls something
            else, or why that is not known: somebody else has to label some of the same rows.
        """
        rng = np.random.default_rng([self.seed, _JUDGE])  # the labels alone decide, not skips
        return judge_annotators(self._record.labels.settlement, self.classes.tolist(), rng)

    def doubtful(self, n: int = 1, *, annotator: str | None = None) -> Query:
        """Find the labelled rows that somebody should see again, best first.

        A row's utility is the probability that its label is wrong, and wrong labels count for more
        the rarer the class: one wrong positive of ten misleads. So a positive that one annotator
        alone has seen comes before most others.

        Parameters
        ----------
        n : int
            How many rows at most; settled rows are not among them.
        annotator : str, optional
            Who is to see them: rows that they have labelled are left out.

        Returns
        -------
        Query
        """
        n = check_whole(n, "n", 1)
        return find_doubtful(self._record.labels.settlement, self.classes.tolist(), n, annotator)

    def unteach(self, rows: Any) -> None:
        """Take labels back: the learner is then as if these rows had never been labelled.

        To put another label in the place of a wrong one, use `correct`. The rows can be asked
        again. If rows were drawn at random since these were labelled, the draws could not reach
        them, and estimates leave them out until there are new draws.

        Parameters
        ----------
        rows : Query, set, or array-like of int of shape (m,)
            Rows that were asked for, or global row ids.

        Raises
        ------
        InputError
            For an id outside the pool or a row that is not labelled; then nothing is taken back.
        """
        ids = self._ids(rows)
        self._record.take_labels_back(ids)
        self._forget(ids)

    def unskip(self, rows: Any) -> None:
        """Let skipped rows be asked again, as if they had never been skipped.

        Parameters
        ----------
        rows : Query, set, or array-like of int of shape (m,)
            Rows that were asked for, or global row ids.

        Raises
        ------
        InputError
            For an id outside the pool or a row that is not skipped; then nothing is done.
        """
        ids = self._ids(rows)
        self._record.take_skips_back(ids)
        self._forget(ids)

    def skip(self, rows: Any) -> None:
        """Leave rows unlabelled on purpose: never ask them again, and fit no model on them.

        Parameters
        ----------
        rows : Query, set, or array-like of int of shape (m,)
            Rows that were asked for, or global row ids.

        Raises
        ------
        InputError
            For an id outside the pool or a row that is labelled. In a labelling project the last
            answer of an annotator counts, so there a skip replaces a label.
        """
        self._record.skip(self._ids(rows))
        self._forget_results()

    def label(
        self, rows: Any = None, *, batch: int = 10, show: Callable[[int], Any] | None = None
    ) -> Any:
        """Open a widget in a notebook in which a person labels rows, one key a class.

        Each answer is taught at once, or taken back, so other cells see it. Needs the extra
        ``notebook``.

        Parameters
        ----------
        rows : Query, set, or array-like of int of shape (m,), optional
            Rows to label, none of which is labelled yet. By default the learner asks: after each
            batch it fits again and asks for the next.
        batch : int
            How many rows the learner is asked for at a time.
        show : callable, optional
            What to show of a row: a function that takes its global id and returns a text, a dict
            of named values, or a picture (a path, bytes, a ``PIL.Image``, or an array of pixels,
            also within a dict). By default what the pool holds of it.

        Returns
        -------
        anywidget.AnyWidget
            The last value of a cell is shown; elsewhere ``display(widget)`` shows it.

        Raises
        ------
        InputError
            If anywidget is missing, or a row is outside the pool or labelled already.

        Examples
        --------
        >>> learner = ActiveLearner(["red apple", "green apple", "old boat"], ["fruit", "boat"])
        >>> widget = learner.label(batch=2)  # doctest: +SKIP
        """
        ids = None if rows is None else list(dict.fromkeys(self._ids(rows)))
        # By name, as those who label stand on a floor above the learner.
        notebook = import_module("motherlode.web._notebook")
        return notebook.open_widget(self, ids, batch, show)

    def extend(self, more: Any) -> None:
        """Put new rows into the pool, behind the others: ids and labels stay.

        Until some of the new rows are drawn at random, estimates speak of the older ones, and say
        so.

        Parameters
        ----------
        more : array, sparse matrix, frame, list of str, or path
            Rows of the kind that the pool was made of; see `Pool.extend`.

        Raises
        ------
        InputError
            If there is no new row, or it is of another kind; nothing changes then.
        """
        self.pool.extend(more)
        self._notice_new_rows()

    def save(self, path: str | PathLike[str]) -> None:
        """Write the learner to a folder, from which `load` takes it up again.

        The folder holds ``learner.json``, with the settings by name and the seed, and beside it an
        Arrow file with the labels, how each row came to be asked and labelled, and the skipped
        rows. The pool is not in it, only a digest by which it is known again. An earlier save in
        the folder is replaced at once or not at all.

        Parameters
        ----------
        path : path
            A folder; it is made if there is none.

        Raises
        ------
        InputError
            If pyarrow is missing, or the folder cannot be written or holds something else.
        """
        save_learner(self, folder_of(path))

    @classmethod
    def load(
        cls,
        path: str | PathLike[str],
        pool: Any,
        *,
        model: Any = None,
        query_model: Any = None,
        strategy: Any = None,
        candidates: Candidates | None = None,
        selection: Selection | None = None,
        prior: Any = None,
    ) -> ActiveLearner:
        """Take up a learner that `save` wrote: it asks the same next question.

        A network with ``weights="warm"`` begins its next fit anew.

        Parameters
        ----------
        path : path
            The folder.
        pool : Pool, or anything that a Pool is made of
            The same rows, in the same order.
        model, query_model, strategy, candidates, selection, prior
            As they were when the learner was made. Only what is of a class of your own, which
            JSON cannot name, need be handed in; so need a prior that is a model or a function.

        Returns
        -------
        ActiveLearner

        Raises
        ------
        InputError
            If the folder is damaged or of another version, the pool holds other rows, or an object
            of your own is missing.
        """
        given = {
            "model": model, "query_model": query_model, "strategy": strategy,
            "candidates": candidates, "selection": selection, "prior": prior,
        }  # fmt: skip
        return load_learner(cls, folder_of(path), as_pool(pool), given)

    @explain(OF_QUERY)
    def query(self, n: int = 1) -> Query:
        """Ask for the ``n`` rows most worth labelling now.

        Until something is taught, corrected or skipped, the answer stays the same.

        Parameters
        ----------
        n : int
            How many rows to ask for.

        Returns
        -------
        Query
            The rows, and why each is asked.

        Raises
        ------
        InputError
            If fewer than ``n`` rows are left.
        """
        n = check_whole(n, "n", 1)
        left = self.training_set.left
        if n > len(left):
            raise InputError(
                f"query({n}) asks for more rows than the {len(left)} that are left unlabelled; "
                + (f"ask for at most {len(left)}." if len(left) else "there is nothing to ask.")
            )
        return self._query_among(left, n)

    def _query_among(self, left: Unlabelled, n: int) -> Query:
        """Ask for ``n`` of the rows left, or of a part of them."""
        twins = self.copies == "each"
        maker = BatchMaker(self.strategy, self.candidates, self.selection, self.control, twins)
        query, origins = maker.make(self._view(left, n), left, n)
        self._record.ask(origins)
        reasons, positive_class = query.reasons, self.positive_class
        if not positive_class.named:
            reasons = [f"{said}; positive class: {positive_class}" for said in reasons]
        return replace(query, reasons=reasons, asked=Asked(self))

    def predict_proba(self, rows: Any) -> Floats:
        """Compute class probabilities of rows of the pool by the query model, shape (m, k).

        While fewer than two classes are labelled these are Laplace's estimate from the counts, the
        same for every row.

        Parameters
        ----------
        rows : Query, or array-like of int of shape (m,)
            Rows that were asked for, or global row ids.
        """
        ids = np.array(self._ids(rows), dtype=np.int64)
        return self._view(ids, max(len(ids), 1)).probabilities

    def rank(self, most: int | None = None, *, label: Any = None) -> RankedRows:
        """Rank the unlabelled rows by the final model, likeliest of the positive class first.

        The pool is read once, a block of rows at a time, so with `most` the memory does not depend
        on the size of the pool. Six models are fitted: one gives the probabilities, and five tell
        how sure they are.

        Parameters
        ----------
        most : int, optional
            How many rows to return; by default all that are unlabelled.
        label : label, optional
            The class that rows are ranked by; by default the positive class, or several together.

        Returns
        -------
        RankedRows

        Raises
        ------
        InputError
            While the model is not `trainable`, for an unknown class, or for a model without
            probabilities.
        """
        most = None if most is None else check_whole(most, "most", 1)
        codes = self.positive_class.codes if label is None else (self._record.labels.code(label),)
        final = self.fit_final_model()

        fit = partial(fit_anew, model=self.model, presume=len(final.presumed.rows) > 0)
        return rank_rows(self.training_set, final.model, fit, codes, most)

    @property
    def trainable(self) -> bool:
        """Whether `final_model` can be fitted.

        It needs labels of two classes. With two declared classes, labels of the one that is named
        as minority are enough.
        """
        return self.training_set.suffices(self._presume())

    def final_model(self, *, presume: bool = True, threshold: Any = None) -> Any:
        """Fit the final model: `model`, class weights and all, on the labels so far.

        Parameters
        ----------
        presume : bool
            Whether, with two classes, random unlabelled rows may be presumed negative, beside the
            labelled ones or instead of them. Then labels of the positive class alone are enough, if
            it is named as `minority` or twenty labels tell which one it is. Labels of a random
            sample show the negatives themselves, so with these no row is presumed. If rows were
            presumed, and `model` has no class weights, its probabilities are moved to the share of
            positives in the pool.
        threshold : str, target, or dict from class to either, optional
            What the model's decisions are for: "f1", "g_mean", "balanced_accuracy", or
            `RecallAtPrecision` or `Cost` from `motherlode.models`. The threshold is chosen on rows
            held out of the fit, at the prevalence of the pool; `judge_decisions` says how good it
            is. ``RecallAtPrecision(0.8, confidence=0.95)`` promises the precision on new rows.
            With more than two classes, each class that is named as `minority` has its own, and the
            model is a `ClassThresholds`; a dict says what each is for, and a class that it leaves
            out has none. By default the likeliest class is predicted.

        Returns
        -------
        fitted classifier
            It takes new data in the form that the pool was given in: texts for a pool of texts, a
            frame for a frame.

        Raises
        ------
        InputError
            While the model is not `trainable`, or if there is a threshold and fewer than two rows
            of a class are labelled, or no positive class is named among more than two.
        """
        return self.fit_final_model(presume=presume, threshold=threshold).model

    def fit_final_model(self, *, presume: bool = True, threshold: Any = None) -> FinalModel:
        """Fit `final_model`; return the fitted ``model`` and the ``presumed`` rows.

        Parameters
        ----------
        presume, threshold
            As for `final_model`.
        """
        return self._fit_final_model(presume, threshold, self._session_of_rows)

    def _fit_final_model(
        self, presume: bool, threshold: Any, know: Callable[[], SessionOfRows]
    ) -> FinalModel:
        """Fit the final model; ``know`` makes the session that a threshold is chosen with."""
        if threshold is not None and len(self.classes) > 2 and self._named is None:
            raise InputError(
                f"Of {len(self.classes)} classes only positive ones have thresholds, and none is "
                "named; name one or more by minority=, or leave the threshold out."
            )
        fit = self._final_fit(presume)
        known = None if threshold is None else know()
        return FinalModel(fit.make_model(threshold, known), fit.presumed)

    def judge_decisions(
        self, *, presume: bool = True, threshold: Any = None, level: float = 0.95
    ) -> Decisions:
        """Estimate precision, recall and F1 of the final model's decisions on the whole pool.

        The estimates are from rows drawn at random (``control``), each judged by a model and a
        threshold that were made without it. So a threshold that was chosen on few labels does not
        seem better than it is. The pool is read once.

        Parameters
        ----------
        presume, threshold
            As for `final_model`.
        level : float in (0, 1), default 0.95
            Nominal coverage of each interval.

        Returns
        -------
        Decisions
            Also whether a precision that `RecallAtPrecision` asks for is promised.

        Raises
        ------
        InputError
            As `final_model`, and with more than two classes.
        """
        if len(self.classes) > 2:
            raise InputError(
                f"Decisions are judged where there are two classes, and there are "
                f"{len(self.classes)}; score the rows and use motherlode.estimation.Evaluation."
            )
        return judge_decisions(self._final_fit(presume), threshold, self._session_of_rows(), level)

    def _session_of_rows(self) -> SessionOfRows:
        came_last = self._record.arrived.list_newest()
        return SessionOfRows(self.session(), self.training_set.rows, came_last)

    def recipe(self, *, presume: bool = True) -> Any:
        """Make the unfitted model that `final_model` fits, to be fitted or tested on other rows.

        Parameters
        ----------
        presume : bool
            As for `final_model`. Where that would presume rows negative, the recipe moves its
            probabilities to the same shares of the classes; they are its ``prior``.

        Returns
        -------
        unfitted classifier
            It takes data in the form that the pool was given in, and fits the encoder and the
            scaler of the pool too. Give it all rows that it should know: it presumes nothing.
            While the model is not `trainable`, no shares are known and none are moved.
        """
        if not self.training_set.suffices(self._presume() if presume else NONE_PRESUMED):
            return unfitted_pipeline(self.pool, self.model)
        return self._final_fit(presume).make_recipe()

    def _final_fit(self, presume: bool) -> FinalFit:
        """Fit once for all thresholds."""
        state = presume, self.model
        if self._final is not None and self._final[0] == state:
            return self._final[1]
        presumed = self._presume() if presume else NONE_PRESUMED
        if not self.training_set.suffices(presumed):
            more = "another class" if len(self._record.labels) else "each"
            raise InputError(
                f"A model needs labels of two classes, and {self._labels_so_far()}; give some of "
                f"{more} first. Where there are only two classes and the positive class is named, "
                "labels of the positive class are enough."
            )
        fit = fit_final(self.training_set, self.model, presumed, self._fit_on_labels)
        self._final = state, fit
        return fit

    def _fit_on_labels(self) -> FittedClassifier:
        # Without class weights the query model is the final model, and may be fitted already.
        fit = self._query_fit
        if (
            fit is not None
            and self.query_model is self.model
            and fit.training is self.training_set
            and fit.fitted.stands_in is None
        ):
            return fit.fitted
        return self.training_set.fit(self.model)

    def _labels_so_far(self) -> str:
        m = len(self._record.labels)
        if not m:
            return "nothing is labelled yet"
        only = self.classes[self._record.labels.codes[0]]
        return f"all {m} labels are {only}" if m > 1 else f"the one label is {only}"

    def _presume(self) -> PresumedNegatives:
        if not is_surely_rare(self.positive_class, self.training_set):
            return NONE_PRESUMED
        return presume_for_final_model(self.training_set, self.model)

    def _ids(self, rows: Any) -> list[int]:
        self._notice_new_rows()
        return self._record.labels.row_ids(_plain(rows))

    def _choose_models(self) -> None:
        """Take the models that were given; the default one depends on the pool."""
        model, query_model = self._given_models
        self.model = default_model(self.pool) if model is None else model
        asks = without_class_weights(self.model) if query_model is None else query_model
        self.query_model = asks

    def _choose_candidates(self) -> Candidates:
        if is_fetched(self.query_model):
            return LikelyRows()
        return BySize() if isinstance(self.strategy, Auto) else AllRows()

    def _notice_new_rows(self) -> None:
        """Catch up with a pool that has been extended."""
        n = len(self.pool)
        if n == self._record.labels.n:
            return
        self._record.extend(n)
        self._choose_models()
        self._rarest = RarestClass(self.pool, self.classes)
        if self._stated is not None:
            self._stated = StatedPrior(self._stated.prior, self.pool)
        self._query_fit = None
        self._forget_results()

    def _forget_results(self) -> None:
        self._positive_class = self._training = self._final = None

    def _forget(self, rows: list[int]) -> None:
        """Forget what was computed, and the query model if it knew of these rows."""
        self._forget_results()
        if self._query_fit is not None and self._query_fit.knows_any(rows):
            self._query_fit = None

    def _view(self, rows: Rows | Unlabelled, batch: int) -> View:
        training = self.training_set
        origins = zip(training.rows.tolist(), self._record.labels.origins, strict=True)
        return View(
            training,
            rows,
            unfitted=self.query_model,
            model=self._query_model,
            batch=batch,
            asked_by={row: o.arm for row, o in origins if o.arm and o.channel == "query"},
            turn=len(training.rows) - self.channels.count(CONTROL),
        )

    def _query_model(self) -> FittedClassifier | None:
        if not self.training_set.suffices():
            self._query_fit = None
            return None
        fit = self._query_fit
        if fit is None or self._record.events - fit.events >= self.refit_every:
            earlier = None if fit is None else fit.fitted
            fitted = fit_to_ask(self.training_set, self.query_model, earlier=earlier)
            fit = self._query_fit = QueryFit(fitted, self.training_set)
        return fit.fitted

    def _fit_again(self, training: TrainingSet) -> None:
        """Fit the query model as it was fitted on what was known at an earlier time."""
        self._query_fit = QueryFit(fit_to_ask(training, self.query_model), training)


def _plain(rows: Any) -> Any:
    """Give the rows of a query; whatever else was given as it is."""
    return rows.rows if isinstance(rows, Query) else rows
