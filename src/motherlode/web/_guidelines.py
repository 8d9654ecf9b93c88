"""Guidelines for annotators, as safe HTML; reviewers and admins write them on the page."""

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, unquote

from anyio.to_thread import run_sync
from fastapi import APIRouter, HTTPException, Request, Response
from fastapi import Path as InPath
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape
from sqlalchemy import Connection

from ..errors import InputError
from ..project._accounts import SEE_ALL
from ..project._data import guidelines as kept
from ..project._data.folder import Project
from ..project._data.images import find_media_type
from ..project._log.events import Event
from ..project._log.fold import State
from ..project._serving.changing import change_settings
from ._bodies import Changed, GuidelinesIn, GuidelinesOut, PictureOut
from ._changes import record_changes
from ._service import TheCaller, TheReviewer, TheService

router = APIRouter(prefix="/guidelines", tags=["settings"])
PICTURES = "/api/guidelines/pictures"
_ANY_FILE = "application/octet-stream"
_UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {_ANY_FILE: {"schema": {"type": "string", "format": "binary"}}},
    }
}

# Raw HTML and links that run something stay text.
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


def render_markdown(text: str, root: str | None = None) -> Markup:
    r"""Turn Markdown into HTML without scripts and without HTML of the writer.

    Pictures are those of the project's folder alone, so that the page loads nothing from other
    sites; of others the words remain.

    Parameters
    ----------
    text : str
        Markdown.
    root : str or None
        The path of the project's public address; without it no picture is shown.

    Examples
    --------
    >>> render_markdown("*Gold* <b>shines</b>")
    Markup('<p><em>Gold</em> &lt;b&gt;shines&lt;/b&gt;</p>\n')
    >>> render_markdown("![a crack](crack.png) ![a spy](http://else.where/x.png)", "")
    Markup('<p><img src="/api/guidelines/pictures/crack.png" alt="a crack" /> a spy</p>\n')
    """
    tokens = _markdown.parse(text)
    for block in tokens:
        if block.type.startswith("heading"):  # the page has a first heading of its own
            block.tag = f"h{min(6, int(block.tag[1]) + 1)}"
        for place, token in enumerate(block.children or ()):
            if token.type == "link_open":
                token.attrSet("target", "_blank")
                token.attrSet("rel", "noopener noreferrer")
            if token.type == "image" and not _point_to_own(token, root):
                assert block.children is not None
                block.children[place] = Token("text", "", 0, content=token.content)
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    return Markup(html)  # the renderer escapes what people wrote  # nosec B704


def _point_to_own(token: Token, root: str | None) -> bool:
    """Have a picture come from the project's folder, or say that it is none of it."""
    name = unquote(str(token.attrGet("src"))).removeprefix("guidelines/")
    if root is None or not kept.is_picture_name(name):
        return False
    token.attrSet("src", f"{root}{PICTURES}/{quote(name)}")
    return True


def show_guidelines(project: Project, root: str) -> Markup:
    """Show the guidelines that were set, else those in the project's folder."""
    text = project.settings.guidelines
    return read_guidelines(project.folder, root) if text is None else render_markdown(text, root)


def read_guidelines(folder: Path, root: str | None = None) -> Markup:
    """Read the guidelines in a project's folder, or say how to write some."""
    try:
        text = kept.read_file(folder)
    except InputError as problem:
        return escape(str(problem))
    if text is None:
        text = (
            "None are written yet. Whoever leads the project writes them here, or in a file "
            f"`{kept.FILE}` in the project's folder: what belongs to each class, and what to do "
            "with the hard cases."
        )
    return render_markdown(text, root)


@router.get("")
def guidelines(service: TheService, caller: TheCaller) -> GuidelinesOut:
    """Get the guidelines as Markdown."""
    service.live.now()
    return GuidelinesOut(
        text=kept.read_guidelines(service.project), may_change=caller.role in SEE_ALL
    )


@router.post("")
def write(service: TheService, caller: TheReviewer, body: GuidelinesIn) -> Changed:
    """Set the guidelines, by one event; reviewers and admins may."""
    project, live = service.project, service.live

    def run(connection: Connection, state: State) -> list[Event]:
        if "before" in body.model_fields_set:
            _check_before(project, state, body.before)
        values = {"guidelines": body.text}
        return change_settings(project, connection, state, caller.name, values, live.clock())

    return record_changes(service, run)


def _check_before(project: Project, state: State, before: str | None) -> None:
    """Refuse a text that began with another than stands now: it would put that one back."""
    text = project.settings_at(state).guidelines
    now = kept.read_file(project.folder) if text is None else text
    if before not in (text, now):
        raise HTTPException(
            409,
            "Somebody else changed the guidelines meanwhile, so yours are not saved. Copy what "
            "you wrote, open the guidelines again, and add it there.",
        )


@router.post("/pictures", openapi_extra=_UPLOAD)
async def add_picture(service: TheService, caller: TheReviewer, request: Request) -> PictureOut:
    """Keep a picture for the guidelines: a PNG, JPEG, GIF, WebP or BMP file of up to 5 MB."""
    content = await request.body()
    name = await run_sync(kept.put_picture, service.project.folder, content)
    return PictureOut(name=name, markdown=f"![ ]({name})")


@router.get(
    "/pictures/{name}",
    response_class=Response,
    responses={200: {"content": {"image/*": {}}, "description": "The picture."}},
)
def picture(
    service: TheService,
    caller: TheCaller,
    name: Annotated[str, InPath(max_length=200, description="As in the guidelines.")],
) -> Response:
    """Get a picture of the guidelines."""
    content = kept.read_picture(service.project.folder, name)
    kind = None if content is None else find_media_type(content)
    if kind is None:
        raise HTTPException(404, "The guidelines have no such picture.")
    return Response(content, media_type=kind)
