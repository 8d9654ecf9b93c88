"""Guidelines for annotators: ``guidelines.md`` in the project's folder, as safe HTML."""

from pathlib import Path

from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from ..errors import InputError
from ..project._data.folder import Project
from ..project._data.own_files import open_own_file

FILE = "guidelines.md"
_LARGEST_BYTES = 200_000

# Raw HTML and links that run something stay text. Images are left out, so that the page loads
# nothing from other sites.
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


def render_markdown(text: str) -> Markup:
    r"""Turn Markdown into HTML without scripts and without HTML of the writer.

    Examples
    --------
    >>> render_markdown("*Gold* <b>shines</b>")
    Markup('<p><em>Gold</em> &lt;b&gt;shines&lt;/b&gt;</p>\n')
    """
    tokens = _markdown.parse(text)
    for block in tokens:
        if block.type.startswith("heading"):  # the page has a first heading of its own
            block.tag = f"h{min(6, int(block.tag[1]) + 1)}"
        for token in block.children or ():
            if token.type == "link_open":
                token.attrSet("target", "_blank")
                token.attrSet("rel", "noopener noreferrer")
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    return Markup(html)  # the renderer escapes what people wrote  # nosec B704


def show_guidelines(project: Project) -> Markup:
    """Show the guidelines that were set, else those in the project's folder."""
    text = project.settings.guidelines
    return read_guidelines(project.folder) if text is None else render_markdown(text)


def read_guidelines(folder: Path) -> Markup:
    """Read the guidelines in a project's folder, or say how to write some."""
    path = folder / FILE
    try:
        with open_own_file(path) as file:
            text = file.read(_LARGEST_BYTES).decode("utf-8", errors="replace")
    except FileNotFoundError:
        return render_markdown(
            f"None are written yet. Write some under Settings, or put a file `{FILE}` into the "
            "project's folder: what belongs to each class, and what to do with the hard cases."
        )
    except InputError as problem:
        return escape(str(problem))
    except OSError as problem:
        return escape(f"{FILE} can't be read: {problem.strerror}.")
    return render_markdown(text)
