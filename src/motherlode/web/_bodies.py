"""What requests and answers of the REST API hold."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from .._files.choices import CellKind

_Key = Annotated[str, Field(min_length=1, max_length=100)]
_PositiveClass = Annotated[
    str | list[str] | None,
    Field(description="The positive class, or a list of several; null if none is named."),
]
_Keyword = Annotated[str, Field(min_length=1, max_length=200)]
_Receiver = Annotated[str, Field(min_length=1, max_length=2_000)]
_Tag = Annotated[str, Field(min_length=1, max_length=100)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AnswerIn(_Body):
    """One answer to one row."""

    row: int = Field(description="Global row id.")
    kind: Literal["label", "skip", "unsure"] = "label"
    label: str | None = Field(None, max_length=1_000, description="A class, for kind label.")
    seconds: float | None = Field(None, ge=0, le=86_400, description="Time spent on the row.")
    note: str | None = Field(None, max_length=10_000)
    tags: list[_Tag] = Field([], max_length=20)
    key: _Key | None = Field(
        None, description="Random, new for each answer; with it an answer is recorded once."
    )
    channel: Literal["search", "settle"] | None = Field(
        None,
        description="search: found by searching; settle: decides a disagreement (not annotators).",
    )
    second: bool = Field(
        False,
        description="With the channel search: answer a row that a colleague labelled, on purpose.",
    )


class AnswersIn(_Body):
    """Answers to different rows; all are recorded, or none."""

    labels: list[AnswerIn] = Field(min_length=1, max_length=500)


class UndoIn(_Body):
    """What to take back."""

    event: int | None = Field(None, description="An own answer; the last one if not given.")
    key: _Key | None = Field(
        None, description="Random, new for each undo; with it nothing more is taken back."
    )


class SettingsIn(_Body):
    """New values of settings; what is not given stays."""

    minority: list[str] | None = Field(
        None, max_length=1_000, description="The positive classes; null to name none."
    )
    strategy: str = Field("", max_length=100, description="A name of `motherlode strategies`.")
    model: str | None = Field(None, max_length=100, description="Null for the default.")
    goal: str = Field("", max_length=100, description="What labels are for: both, find or learn.")
    stop: list[str] = Field([], max_length=20, description="Stopping rules that give advice.")
    double: float = Field(
        0.0, ge=0, le=1, description="Share of rows that two annotators label, from 0 to 1."
    )
    control: float = Field(0.0, ge=0, le=1, description="Share of rows drawn at random.")
    lease: float = Field(
        600.0, ge=1, le=604_800, description="Seconds for which a row is one annotator's."
    )
    batch: int = Field(10, ge=1, le=10_000, description="Rows of `motherlode query`.")
    tags: list[_Tag] = Field([], max_length=20, description="Tags that have a key each.")
    webhook: list[_Receiver] = Field(
        [],
        max_length=10,
        description="Where the server sends word of labels and of advice to stop; nothing goes to "
        "an address until whoever runs the server has named or accepted it.",
    )
    paused: bool = Field(False, description="Whether nobody is given rows.")


class GuidelinesIn(_Body):
    """Guidelines for annotators."""

    text: str | None = Field(
        max_length=100_000, description="Markdown; null for the file of the folder."
    )
    before: str | None = Field(
        None,
        max_length=200_000,
        description="The text that the writer began with. If it is given and another stands now, "
        "nothing is changed, and the answer is 409.",
    )


class GuidelinesOut(BaseModel):
    """Guidelines for annotators."""

    text: str | None = Field(description="Markdown; null where none are written.")
    may_change: bool = Field(description="Whether the caller may change them.")


class PictureOut(BaseModel):
    """A picture that was kept for the guidelines."""

    name: str
    markdown: str = Field(description="What shows it, to be put in the guidelines.")


_ClassName = Annotated[str, Field(min_length=1, max_length=1_000)]


class ClassesIn(_Body):
    """What to do with classes: first they are renamed, then merged, then added."""

    add: list[_ClassName] = Field([], max_length=1_000, description="New classes.")
    rename: dict[_ClassName, _ClassName] = Field({}, description="New names by present names.")
    merge: dict[_ClassName, _ClassName] = Field({}, description="The class that each one joins.")


class UndoChangeIn(_Body):
    """Which change of the settings to take back."""

    event: int | None = Field(
        None, ge=0, le=2**53, description="Its event, the last of its setting; else the very last."
    )


class LoginIn(_Body):
    """Name and password of an account."""

    name: str = Field(max_length=100)
    password: str = Field(max_length=1_000)


_Whole = Annotated[int, Field(ge=-(2**63), le=2**63 - 1)]
_Number = Annotated[float, Field(allow_inf_nan=False)]
_Vector = Annotated[list[_Number], Field(min_length=1, max_length=100_000)]
_Cell = str | bool | _Whole | _Number | _Vector | None


class RowsIn(_Body):
    """Rows to score, each with the columns that models read; others are not looked at."""

    rows: list[dict[str, _Cell]] = Field(
        min_length=1,
        max_length=1_000,
        description="Values as in the project's data; dates as in 2026-08-31, images in base64.",
    )


class ScoredOut(BaseModel):
    """What the model says of a row."""

    id: str | None = Field(description="As it was sent, where rows have ids.")
    decision: str = Field(description="A class, by the threshold that the model was made with.")
    probability: float | None = Field(description="Of the positive class or classes together.")
    probabilities: dict[str, float | None] = Field(description="Of each class.")
    reasons: list[str] = Field(description="What speaks for the positive class, most first.")


class ModelOut(BaseModel):
    """The model that was asked."""

    saved: bool = Field(description="Whether it was read from a file; else it was fitted now.")
    threshold: str | None = Field(description="What its decisions are best for, if told.")
    positive: list[str] = Field(description="The positive classes.")
    last_event: int = Field(description="Up to which event it was fitted.")
    events_since: int = Field(description="How many events are newer.")
    note: str | None = Field(
        description="That another scikit-learn wrote it, so that its answers may differ; null if "
        "it is of this one."
    )


class Predicted(BaseModel):
    """What the model says of rows, in their order."""

    rows: list[ScoredOut]
    notes: list[str] = Field(description="What was odd about the rows, a sentence each.")
    model: ModelOut


class Problem(BaseModel):
    """Why a request was refused, in one sentence."""

    detail: str


class RowOut(BaseModel):
    """A row to look at."""

    row: int
    id: str = Field(description="Its id, or its row number where there are no ids.")
    content: dict[str, str | None] = Field(
        description="The columns shown, in reading order, as texts with all digits of the data; "
        "null where there is no value. GET /api/project gives their kinds."
    )
    image: str | None = Field(None, description="Where the image is, for rows that are images.")


class Offered(RowOut):
    """A row to answer, kept for the caller until `expires_at`."""

    reason: str | None = Field(description="Why it is asked, in the words of those who label.")
    measure: str | None = Field(description="The same as the strategy says it, with its figures.")
    strategy: str | None
    utility: float | None
    probability: float | None
    model_version: int | None
    channel: str
    expires_at: str


class Left(BaseModel):
    """What is left in a project that has no row for the caller now."""

    held: int = Field(description="Rows without an answer, which others are given.")
    second: int = Field(description="Rows of the caller that wait for a second opinion.")
    unsure: int = Field(description="Rows that nobody could tell.")
    skipped: int = Field(description="Rows that were skipped.")


class PauseOut(BaseModel):
    """Who paused the project, and when."""

    by: str
    at: str


class Next(BaseModel):
    """Rows to answer, the first first; empty when there are none, and in a pause."""

    rows: list[Offered]
    left: Left | None = Field(description="What is left, where there are none.")
    paused: PauseOut | None


class Recorded(BaseModel):
    """The ids of the events, in the order of the answers."""

    events: list[int]


class Answered(BaseModel):
    """An answer."""

    event: int
    row: int
    kind: str
    label: str | None
    annotator: str
    at: str
    note: str | None
    tags: list[str]
    settles: bool = Field(description="Whether it was given to settle a disagreement.")


class Said(BaseModel):
    """What a colleague said of a row, without their notes."""

    row: int
    by: str
    kind: str
    label: str | None


class History(BaseModel):
    """The caller's answers, the last first, without those taken back."""

    answers: list[Answered]


class RowWithAnswers(RowOut):
    """A row and its answers: the caller's own, or for reviewers and admins those of all."""

    answers: list[Answered]
    content_changed: bool = Field(False, description="Whether it got other content since.")
    others: list[Said] = Field(
        [],
        description="What colleagues said of it; empty where the caller is to answer without "
        "knowing that.",
    )


class ListedAnswer(RowWithAnswers):
    """An answer that stands, with its row; `answers` holds the caller's own answer to the row."""

    answer: Answered
    disputed: bool = Field(description="Whether annotators differ on the row.")


class Answers(BaseModel):
    """Answers that stand, the last first."""

    total: int = Field(description="How many there are in all.")
    answers: list[ListedAnswer]


class Disagreements(BaseModel):
    """Rows that annotators differ on, the oldest first."""

    rows: list[RowWithAnswers]


class Me(BaseModel):
    """The caller, and what requests with a cookie that change something send as X-CSRF-Token."""

    name: str
    role: str
    csrf: str


class ProjectOut(BaseModel):
    """What is labelled, and with which classes."""

    name: str
    classes: list[str]
    minority: _PositiveClass
    kind: str
    columns: list[str]
    shown: list[str]
    kinds: dict[str, CellKind] = Field(description="What the cells are, of each column shown.")
    id: str | None
    rows: int
    strategy: str
    goal: str
    tags: list[str] = Field(description="Tags that have a key each.")


class PriorIn(_Body):
    """What is looked for, stated in one of these ways; without any it is taken back."""

    sentence: str | None = Field(None, max_length=5_000, description="As a title would say it.")
    keywords: list[_Keyword] = Field([], max_length=200, description="Words and phrases.")
    column: str | None = Field(None, max_length=1_000, description="A column of scores.")
    judge: str | None = Field(
        None, max_length=200, description="A judge that an installed package adds, by its name."
    )


class PriorOut(BaseModel):
    """What is stated of the rows before any label. It is never a label."""

    stated: dict[str, str | list[str]] | None = Field(
        description="By its kind, as prior: sentence, keywords, column or judge; null for nothing."
    )
    said: str | None = Field(description="The same in words.")
    by: str | None = Field(
        description="Who changed it last; null if it is as the project was made."
    )
    at: str | None
    did: list[str] = Field(
        description="What it did and how right it was, in sentences; empty for annotators."
    )


class Session(BaseModel):
    """The token of a session, to send as Authorization: Bearer TOKEN; the cookie holds it too."""

    token: str


class SessionOut(BaseModel):
    """A session; its id opens nothing."""

    id: str
    started_at: str | None
    address: str | None = Field(description="Where the log-in came from.")
    browser: str | None = Field(description="What the browser or program calls itself.")
    here: bool = Field(description="Whether the request came with this session.")


class Sessions(BaseModel):
    """The caller's sessions that have not ended, the last first."""

    sessions: list[SessionOut]


class Near(RowOut):
    """A labelled row that is similar to another."""

    label: str


class Why(BaseModel):
    """What explains a row: the age of the query model, and a linear model of the labels.

    The linear model is not the query model, whose reason and utility came with the row.
    """

    ready: bool = Field(description="False while the data are still being read.")
    towards: str = Field(
        description="The class that score, pushes and spans are for, or several with or between."
    )
    score: float | None = Field(description="Its probability by the linear model, if there is one.")
    pushes: list[tuple[str, float]] = Field(
        description="Words or columns with what they add to the log odds, the strongest first."
    )
    spans: list[tuple[int, int, float]] = Field(
        description="Start and end in the text, in UTF-16 units, with the word's weight; the "
        "text of several columns is joined by two line feeds."
    )
    nearest: list[Near] = Field(description="The most similar labelled rows, the nearest first.")
    answers_since: int = Field(description="Events that the query model had not seen.")
    model_seconds: float | None = Field(description="Its age, if its ranking is still kept.")


class FoundRow(RowWithAnswers):
    """A row that a search found, with the caller's own answer."""

    spans: dict[str, list[tuple[int, int]]] = Field(
        description="Where the words are, by column: start and end in UTF-16 units."
    )


class Found(BaseModel):
    """Rows that a search found."""

    total: int = Field(description="How many there are in all.")
    like: str | None = Field(description="The id of the row that they are similar to.")
    rows: list[FoundRow]


class RowsFirstIn(BaseModel):
    """Rows to be asked first."""

    model_config = ConfigDict(extra="forbid")
    rows: list[int] = Field(min_length=1, max_length=5_000)


class RowsFirst(BaseModel):
    """Rows that the caller is asked first: those that nobody has answered or holds."""

    rows: list[int]


class RowsChosen(BaseModel):
    """How far the rows are that the caller chose to be asked first."""

    chosen: int = Field(description="How many were chosen, until all are done or cancelled.")
    answered: int = Field(description="Those that somebody has answered since.")
    to_come: int = Field(description="Those that the caller will be asked.")


class PairOut(BaseModel):
    """How well two annotators agree."""

    annotators: list[str]
    rows: int = Field(description="Rows that both labelled.")
    kappa: float | None = Field(description="Cohen's kappa; null where it is not defined.")


class AgreementOut(BaseModel):
    """How well annotators agree beyond chance; answers that settle are left out."""

    rows: int = Field(description="Rows that two or more annotators labelled.")
    fleiss: float | None = Field(description="Fleiss' kappa; null where it is not defined.")
    cohen: list[PairOut]


class EstimateOut(BaseModel):
    """A number with its interval."""

    value: float
    low: float
    high: float
    level: float = Field(description="Nominal coverage of the interval.")
    method: str
    assumes: str
    speaks_for: str = Field(description="Of which rows it speaks; empty if of all.")
    kind: Literal["count", "share", "number"]
    holds: Literal["once", "always"] = Field(
        description="Whether the interval holds for one look at it, or for all looks together."
    )
    bounds: tuple[float, float] | None = Field(
        description="An interval that holds whatever the undecided rows are."
    )
    said: str = Field(description="The number with its interval, as it is shown.")


class NoEstimateOut(BaseModel):
    """Why there is no number."""

    reason: str


class NamedEstimateOut(EstimateOut):
    """A number with its interval and its name."""

    name: str = Field(description="What it is, as it is shown.")


class NamedNoEstimateOut(NoEstimateOut):
    """Why there is no number of this name."""

    name: str = Field(description="What is missing, as it is shown.")


class FactOut(BaseModel):
    """Something that is shown under a name."""

    name: str
    said: str


class AnnotatorOut(BaseModel):
    """How an annotator errs, as far as rows with labels of others show it."""

    name: str
    labels: int = Field(description="Rows that they labelled.")
    shared: int = Field(description="Those that somebody else labelled or settled too.")
    errors: dict[str, EstimateOut | NoEstimateOut] = Field(
        description="For each class, the share of its rows that they call something else."
    )
    confusion: list[list[float]] | None = Field(
        description="The share of rows of each class, in their order, that they call each class; "
        "null where no row is shared."
    )
    low: list[list[float]] | None = Field(description="Lower ends of the 95 % intervals.")
    high: list[list[float]] | None = Field(description="Upper ends of the 95 % intervals.")


class RankingOut(BaseModel):
    """The last ranking; before the first one there is a problem at most."""

    id: int | None = None
    strategy: str | None = None
    at: str | None = None
    age_seconds: float | None = None
    model_version: int | None = Field(None, description="The last event that its model had seen.")
    events_behind: int | None = Field(None, description="Events that its model had not seen.")
    problem: str | None = Field(
        None, description="Why the ranking is not kept up to date, and what to do."
    )


class PositiveClassOut(BaseModel):
    """The positive class, and how it is known."""

    label: str = Field(alias="class", description="Its name; of several, with or between.")
    named: bool = Field(description="Whether the project names it; else it is guessed to be rare.")
    share: float | None = Field(description="About its prevalence, if a model estimates it.")
    sure: bool
    said: str = Field(description="The same as a sentence.")
    request: str = Field(description="How to name it, if that would help; else empty.")


class ArrivalOut(BaseModel):
    """Rows that came together."""

    rows: int = Field(description="How many were new.")
    changed: int = Field(description="How many of before got other content.")
    source: str
    at: str = Field(description="When, as ISO 8601.")


class NewRowsIn(_Body):
    """Rows to add, each an object with the project's columns."""

    rows: list[dict[str, Any]] = Field(min_length=1, max_length=10_000)
    source: str = Field(
        "REST", min_length=1, max_length=200, description="Where they come from, for the log."
    )
    update: bool = Field(
        False, description="Whether rows whose ids are there already get the new content."
    )


class RowsOut(BaseModel):
    """What became of rows."""

    added: int
    updated: int
    unchanged: int = Field(description="Rows that were there with this content.")
    first: int | None = Field(description="The global id of the first new row; the others follow.")
    event: int | None = Field(description="The event that added them; null if none did.")
    content_changed: list[int] = Field(
        description="Rows that got other content and had an answer, which they keep."
    )
    notes: list[str] = Field(
        description="What to know of their columns, and of papers that come again."
    )
    drift: str | None = Field(
        description="Whether rows that came since the training of the saved model are like those "
        "of before; null where nobody looked."
    )


class StatusOut(BaseModel):
    """Where a project stands.

    For annotators, rows that somebody else has answered and a second person is asked about are left
    out of the counts by class and kind.
    """

    project: str
    rows: int
    labelled: int = Field(description="Rows that have a class.")
    classes: dict[str, int] = Field(description="How many of them have each class.")
    minority: _PositiveClass
    positive_class: PositiveClassOut
    found: int | None = Field(
        description="Rows of the positive class or classes; null if none is named."
    )
    skipped: int
    unsure: int
    disputed: int = Field(description="Rows with as many votes for one class as for another.")
    disagreements: int = Field(description="Rows to settle.")
    content_changed: int = Field(description="Rows that got other content after their answer.")
    arrivals: list[ArrivalOut] = Field(description="Rows that were added, the last 20 times.")
    annotators: dict[str, int] = Field(description="Answers of each, without those taken back.")
    agreement: AgreementOut
    error_rates: list[AnnotatorOut] | None = Field(
        description="How each annotator errs, maybe as of some answers ago; null for annotators, "
        "and while it is being worked out."
    )
    ranking: RankingOut | None
    last_event: int
    last_change: int = Field(description="The last event that changed a setting; 0 without one.")
    last_answer_at: str | None = Field(description="When the last answer was recorded.")
    paused: PauseOut | None = Field(description="The pause, in which nobody is given rows.")


class SettingOut(BaseModel):
    """A setting that can be changed."""

    name: str
    value: bool | int | float | str | list[str] | dict[str, Any] | None
    said: str = Field(description="The value in a few words.")
    by: str | None = Field(description="Who changed it last; null if it is as at the beginning.")
    at: str | None


class ChangeOut(BaseModel):
    """An event that changed a setting."""

    event: int
    setting: str
    said: str = Field(description="What was changed, in a few words.")
    by: str
    at: str
    takes_back: int | None = Field(description="The event of the change that it takes back.")
    taken_back: bool
    can_be_taken_back: bool = Field(description="Whether it is the last of its setting.")


class SettingsOut(BaseModel):
    """The settings and all changes of them, the last first."""

    settings: list[SettingOut]
    changes: list[ChangeOut]


class Changed(BaseModel):
    """What was changed; empty where all was so already."""

    events: list[int]
    said: list[str] = Field(description="Each change in a few words.")
    notes: list[str] = Field(description="What to know of them.")


_NamedAnswer = NamedEstimateOut | NamedNoEstimateOut


class EstimatesOut(BaseModel):
    """Estimates of the positive class in the pool."""

    of: str = Field(description="What the positive rows are called.")
    positives: _NamedAnswer = Field(description="How many the pool holds, found or not.")
    prevalence: _NamedAnswer = Field(description="Their share of all rows.")
    positives_left: _NamedAnswer = Field(description="How many are unlabelled.")
    recall: _NamedAnswer = Field(description="The share of them that is found.")
    newest: _NamedAnswer | None = Field(
        description="Their share of the rows that came last; null where all came together."
    )
    numbers: list[FactOut] = Field(description="Those that there are, as they are shown.")
    reasons: list[FactOut] = Field(description="Why others are missing, each reason once.")
    grounds: list[FactOut] = Field(description="What all of these rest on; empty without any.")
    corrected: "EstimatesOut | None" = Field(
        description="The same, corrected for errors of annotators; null where these are not known."
    )


class VerdictOut(BaseModel):
    """What to do now, in a sentence."""

    act: Literal["begin", "go on", "check", "stop"] = Field(
        description="check: a heuristic says stop, and random draws have to confirm it."
    )
    sentence: str
    next_step: str
    draws: int = Field(
        description="How many more random rows would probably tell the share found within ±10 %."
    )


class AdviceOut(BaseModel):
    """What a stopping rule advises."""

    rule: str
    paper: str
    stop: bool
    why: str
    needs: str
    promises: str
    assumes: str
    proved: bool = Field(description="Whether its promise is proved.")


class ForecastOut(BaseModel):
    """What is found, what is left, and whether to stop."""

    labels: int
    found: int
    left: int = Field(description="Unlabelled rows.")
    at_random: int = Field(description="Labels whose rows were drawn at random.")
    held_back: int = Field(
        description="More of them, which count when the rows drawn before have answers."
    )
    verdict: VerdictOut
    estimates: EstimatesOut
    advice: list[AdviceOut]


_AccountName = Annotated[str, Field(min_length=1, max_length=100)]


class AccountChange(_Body):
    """An account to add or to change; what is not given stays."""

    name: _AccountName
    role: Literal["annotator", "reviewer", "admin"] | None = None
    password: str | None = Field(
        None, max_length=1_000, description="10 characters or more; with it all sessions end."
    )
    disabled: bool | None = Field(None, description="Whether nobody can log in by it.")
    is_new: bool = Field(
        False, description="Whether the account is to be a new one: then none is changed."
    )


class AccountName(_Body):
    """Whose account."""

    name: _AccountName


class PasswordIn(_Body):
    """The password of the caller, and another one."""

    old: str = Field(max_length=1_000)
    new: str = Field(max_length=1_000, description="10 characters or more.")


class AccountOut(BaseModel):
    """Somebody who may log in, unless the account is disabled."""

    name: str
    role: str
    disabled_at: str | None
    seen_at: str | None = Field(description="The last time, to within five minutes.")
    sessions: int = Field(description="How many are open.")


class Accounts(BaseModel):
    """All accounts, by name."""

    accounts: list[AccountOut]


class AssignedRows(_Body):
    """The part of the rows that an annotator is asked about; without one, all rows."""

    annotator: _AccountName
    where: str | None = Field(
        None, min_length=1, max_length=2_000, description="A condition, as in country == 'DE'."
    )
    share: float | None = Field(
        None, gt=0, le=1, description="A random share, apart from the shares of others."
    )
    ids: list[str] | None = Field(
        None, min_length=1, max_length=100_000, description="Ids, or row numbers without ids."
    )


class RecordOut(BaseModel):
    """What an annotator did, and how they err."""

    name: str
    answers: int = Field(description="Without those taken back.")
    median_seconds: float | None = Field(description="Of the time spent on a row.")
    answers_an_hour: float | None = Field(description="Of the time spent on rows.")
    days: dict[str, int] = Field(description="Answers by day, in UTC.")
    settled: int = Field(description="Rows that they labelled and somebody settled.")
    agreement: EstimateOut | NoEstimateOut = Field(
        description="The share of these that were settled as they said."
    )
    shared: int = Field(description="Rows that somebody else labelled or settled too.")
    errors: dict[str, EstimateOut | NoEstimateOut] = Field(
        description="For each class, the share of its rows that they call something else."
    )


class Records(BaseModel):
    """What annotators did, by name: the caller alone, or for reviewers and admins all."""

    annotators: list[RecordOut]


class LookOut(BaseModel):
    """A moment at which the intervals of an evaluation were computed."""

    labels: int = Field(description="Rows that had a label by then.")
    half_widths: dict[str, float] = Field(description="Of each measure that was known.")


class EvaluationOut(BaseModel):
    """How good a model is, by the labels of now."""

    name: str | None = Field(description="The file of its scores; null if none is evaluated.")
    estimates: dict[str, EstimateOut | NoEstimateOut] = Field({}, description="Of each measure.")
    labels: int = Field(0, description="Rows of the evaluation that have a label.")
    positives: int = Field(0, description="Those of them that are positive.")
    passed: int = Field(0, description="Rows that nobody could tell, or people differ on.")
    called: int | None = Field(None, description="Rows that the model calls positive.")
    width: float | None = Field(None, description="Half the width that is asked for.")
    reached: bool = Field(False, description="Whether every interval is as narrow.")
    done: bool = Field(False, description="Whether no more rows are asked for it.")
    looks: list[LookOut] = []
    sentence: str = Field("", description="All this in words.")
