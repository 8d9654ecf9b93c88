"""A project as a machine learning backend of Label Studio.

Label Studio sends tasks and gets predictions, and sends each annotation as it is made. It cannot
send a credential with annotations. So the secret may stand in the address, as its first part.
"""

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from .. import __version__
from .._files.class_names import ClassNames
from ..errors import InputError
from ..project._data.folder import Project
from ..project._data.settings import Settings
from ..project._log.events import GIVEN, Event
from ..project._log.fold import State
from ..project._prediction.model_at_hand import ModelKeeper
from ..project._serving.answers import Answer, take_back
from ..project._serving.live import Live
from ..project._serving.ranking import Ranking, read_latest
from ._app import protect
from ._label_studio_tasks import Control, TaskRows, read_content, read_control
from ._site import Site

LARGEST = 100_000_000  # bytes of a request; Label Studio sends all tasks that are shown
_TRAINING = ("ANNOTATION_CREATED", "ANNOTATION_UPDATED")
_DELETED = "ANNOTATIONS_DELETED"
_KEY = "label-studio"
_LONGEST_DAY = 86_400.0
_AT_ONCE = 2


class Backend:
    """What answers Label Studio.

    Parameters
    ----------
    project : Project
        An open project.
    live : Live
        Records its labels.
    names : dict of str to str
        Annotators by the number that Label Studio knows them by.
    """

    def __init__(self, project: Project, live: Live, names: Mapping[str, str]) -> None:
        self.project, self.live, self._names = project, live, names
        self.tasks, self._models = TaskRows(project), ModelKeeper(project)
        self.predicting = CapacityLimiter(_AT_ONCE)
        self._ranking: Ranking | None = None
        self._version = 0

    @property
    def version(self) -> str:
        """The model that predicted last, by the last event that it has seen."""
        return f"motherlode-{self._version}"

    def predict(self, tasks: Sequence[Mapping[str, Any]], config: str) -> list[dict[str, Any]]:
        """Give a prediction for each task.

        Parameters
        ----------
        tasks : sequence of mapping
            As Label Studio sends them.
        config : str
            Its labelling configuration.
        """
        state = self.live.now()
        settings = self.project.settings_at(state)
        control = read_control(config, settings.classes)
        held = [_mapping(task.get("data")) for task in tasks]
        rows = [self.tasks.find(data, control.field) for data in held]
        said = self._say(state, rows, held, control)
        order = self._order(state)
        found = []
        for row, (label, probability) in zip(rows, said, strict=True):
            result = []
            if label in control.choices:
                result = [_make_result(control, control.choices[str(label)], probability)]
            score = _score(None if row is None else order.get(row), probability)
            found.append({"result": result, "score": score, "model_version": self.version})
        return found

    def _order(self, state: State) -> dict[int, float]:
        """Give the rows that are asked next, each with its place from 0 to 1."""
        with self.project.database.reading() as connection:
            self._ranking = read_latest(connection, self._ranking)
        rows = [] if self._ranking is None else self._ranking.rows
        free = [row for row in rows if row not in state.rows]
        return {row: place / len(free) for place, row in enumerate(free)}

    def _say(
        self,
        state: State,
        rows: Sequence[int | None],
        tasks: Sequence[Mapping[str, Any]],
        control: Control,
    ) -> list[tuple[str | None, float | None]]:
        """Give the class that the model says of each task, with its probability."""
        said: list[tuple[str | None, float | None]] = [(None, None)] * len(rows)
        try:
            at_hand = self._models.get(state).found
        except InputError:  # too few labels for a model
            return said
        from .._rows.matrix import take
        from ..project._prediction.scored_lines import score_rows
        from ..project._prediction.scorer import Scorer

        self._version = at_hand.about.last_event
        parts = []
        own = [place for place, row in enumerate(rows) if row is not None]
        if own:
            wanted = np.array([rows[place] for place in own], np.int64)
            data = take(self.project.rows.data(), wanted)
            parts.append((own, Scorer(at_hand).score(data)))
        others = [place for place, row in enumerate(rows) if row is None]
        settings = self.project.settings
        if others and settings.kind == "text" and len(settings.columns) == 1:
            import pyarrow as pa

            texts = [read_content(tasks[place], control.field) for place in others]
            table = pa.table({settings.columns[0]: pa.array(texts, pa.string())})
            parts.append((others, score_rows(self.project, at_hand, table)[0]))
        for places, scores in parts:
            for at, place in enumerate(places):
                label = str(scores.decisions[at])
                share = float(scores.probabilities[at, at_hand.about.classes.index(label)])
                said[place] = (label, None if share != share else share)
        return said

    def take_in(self, body: "Webhook") -> str:
        """Record an annotation as a label, or take labels back; say what was done."""
        number = str(body.project.get("id"))
        if body.action == _DELETED:
            gone = [str(one.get("id")) for one in body.annotations]
            taken = sum(self._take_back(f"{_KEY} {number}.{id}.") for id in gone)
            return f"{taken} labels were taken back"
        if body.action not in _TRAINING:
            return "nothing is to be done for this"
        annotation, settings = body.annotation, self.project.settings
        control = read_control(str(body.project.get("label_config")), settings.classes)
        row = self.tasks.find(_mapping(body.task.get("data")), control.field)
        if row is None:
            return "the task is about no row of the project"
        id, at = annotation.get("id"), annotation.get("updated_at")
        kind, label = _read_answer(annotation, control, settings)
        if kind is None:
            return f"{self._take_back(f'{_KEY} {number}.{id}.')} labels were taken back"
        answer = Answer(
            row,
            kind,
            label,
            _seconds(annotation.get("lead_time")),
            key=f"{_KEY} {number}.{id}.{at}",
            channel=GIVEN,
        )
        self.live.answer(self._find_name(annotation.get("completed_by")), [answer])
        return "recorded"

    def _find_name(self, user: Any) -> str:
        if isinstance(user, Mapping):
            known = self._names.get(str(user.get("id")))
            return known or str(user.get("email") or user.get("id"))[:100]
        if user is None:
            return "Label Studio"
        return self._names.get(str(user), f"Label Studio {user}"[:100])

    def _take_back(self, key: str) -> int:
        """Take back all that an annotation said."""

        def run(connection: Connection, state: State) -> Event | None:
            for known in state.rows.values():
                for one in known.opinions:
                    if one.key is not None and one.key.startswith(key):
                        now, settings = self.live.clock(), self.project.settings_at(state)
                        who, id = one.annotator, one.id
                        return take_back(connection, state, settings, who, now, event_id=id)
            return None

        taken = 0
        while self.live.run(run) is not None:
            taken += 1
        return taken


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _make_result(control: Control, choice: str, probability: float | None) -> dict[str, Any]:
    made: dict[str, Any] = {
        "from_name": control.name,
        "to_name": control.about,
        "type": "choices",
        "value": {"choices": [choice]},
    }
    return made if probability is None else {**made, "score": probability}


def _score(place: float | None, probability: float | None) -> float:
    """Make a score by which Label Studio asks: the lowest first.

    The rows of the ranking come first, in its order, and after them those that the model is least
    sure of.
    """
    if place is not None:
        return place / 2
    return 1.0 if probability is None else 0.5 + probability / 2


def _read_answer(
    annotation: Mapping[str, Any], control: Control, settings: Settings
) -> tuple[str | None, str | None]:
    """Read the kind of an answer and its class; no kind if it says nothing of the classes."""
    if annotation.get("was_cancelled"):
        return "skip", None
    results = annotation.get("result")
    given: list[str] = []
    for one in results if isinstance(results, list) else ():
        value = _mapping(_mapping(one).get("value"))
        if _mapping(one).get("from_name") == control.name:
            given += [str(choice) for choice in value.get("choices") or ()]
    if len(given) != 1:
        return None, None
    written = {choice: name for name, choice in control.choices.items()}
    label = written.get(given[0]) or ClassNames(settings.classes).find(given[0])
    return ("label", label) if label is not None else (None, None)


def _seconds(lead_time: Any) -> float | None:
    is_time = isinstance(lead_time, int | float) and 0 <= lead_time <= _LONGEST_DAY
    return float(lead_time) if is_time else None


class Setup(BaseModel):
    """What Label Studio sends when it is connected."""

    label_config: str = Field("", alias="schema", max_length=10**6)


class Tasks(BaseModel):
    """Tasks to predict."""

    tasks: list[dict[str, Any]] = Field(max_length=100_000)
    label_config: str = Field("", max_length=10**6)


class Webhook(BaseModel):
    """What Label Studio sends when something happens."""

    action: str = ""
    project: dict[str, Any] = {}
    task: dict[str, Any] = {}
    annotation: dict[str, Any] = {}
    annotations: list[dict[str, Any]] = Field([], max_length=100_000)


async def _check(request: Request) -> None:
    """Refuse whoever does not know the secret, in the address or as a credential."""
    secret: str = request.app.state.secret
    sent = request.path_params.get("secret") or _read_secret(request)
    if not hmac.compare_digest(sent.encode(), secret.encode()):
        asked = {"WWW-Authenticate": 'Basic realm="motherlode"'}
        raise HTTPException(401, "The secret in the address or the password is wrong.", asked)


def _read_secret(request: Request) -> str:
    kind, _, sent = request.headers.get("authorization", "").partition(" ")
    if kind.lower() in ("bearer", "token"):
        return sent.strip()
    with suppress(binascii.Error, ValueError):
        if kind.lower() == "basic":
            return base64.b64decode(sent).decode().partition(":")[2]
    return ""


router = APIRouter(dependencies=[Depends(_check)])


def _backend(request: Request) -> Backend:
    found: Backend = request.app.state.backend
    return found


@router.get("/")
@router.get("/health")
async def health() -> dict[str, str]:
    """Say that the server is there."""
    return {"status": "UP", "model_class": "motherlode"}


@router.post("/setup")
def setup(request: Request, body: Setup) -> dict[str, str]:
    """Check the labelling configuration, and name the model."""
    backend = _backend(request)
    read_control(body.label_config, backend.project.settings_at(backend.live.now()).classes)
    return {"model_version": backend.version}


@router.post("/predict")
async def predict(request: Request, body: Tasks) -> dict[str, Any]:
    """Predict tasks."""
    backend = _backend(request)
    found = await run_sync(
        backend.predict, body.tasks, body.label_config, limiter=backend.predicting
    )
    return {"results": found}


@router.post("/webhook", status_code=201)
def webhook(request: Request, body: Webhook) -> dict[str, str]:
    """Take in an annotation."""
    return {"status": "ok", "result": _backend(request).take_in(body)}


@router.get("/versions")
async def versions(request: Request) -> dict[str, list[str]]:
    """List the only version, which is the newest."""
    return {"versions": [_backend(request).version]}


@router.post("/validate")
@router.post("/delete")
@router.post("/duplicate_model")
async def ignore() -> dict[str, str]:
    """Accept what needs nothing to be done: the project stays as it is."""
    return {"status": "ok"}


def make_label_studio(
    project: Project,
    live: Live,
    secret: str,
    *,
    names: Mapping[str, str],
    only_own_names: bool,
) -> FastAPI:
    """Make the ASGI application that Label Studio calls.

    Parameters
    ----------
    project : Project
        An open project.
    live : Live
        Records its labels.
    secret : str
        What Label Studio sends in the address, or as a password.
    names : dict of str to str
        Annotators by the number that Label Studio knows them by.
    only_own_names : bool
        Whether requests must name this machine's own address as their host.

    Returns
    -------
    FastAPI
        The application.
    """
    app = FastAPI(title="Motherlode", version=__version__, openapi_url=None)
    app.state.secret, app.state.backend = secret, Backend(project, live, names)
    app.include_router(router)
    app.include_router(router, prefix="/{secret}")
    below = [f"/{secret}", ""]
    largest = {f"{root}/{path}": LARGEST for root in below for path in ("predict", "webhook")}
    site = Site(project.in_force.beginning)
    protect(app, site, only_own_names=only_own_names, largest=largest)
    return app
