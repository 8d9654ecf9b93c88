"""Guidelines for annotators: ``guidelines.md`` in the project's folder, as safe HTML."""

from pathlib import Path

from markdown_it import MarkdownIt
from markupsafe import Markup, escape

FILE = "guidelines.md"
_LARGEST_BYTES = 200_000

# Raw HTML stays text, links of kinds that run something stay text, and images are left out:
# the page loads nothing from elsewhere.
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


def rendered(text: str) -> Markup:
    r"""Markdown as HTML that holds no script and no markup of the writer's own.

    Examples
    --------
    >>> rendered("*Gold* <b>shines</b>")
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
    return Markup(_markdown.renderer.render(tokens, _markdown.options, {}))


def guidelines(folder: Path) -> Markup:
    """What the project's folder holds, or how to write some."""
    path = folder / FILE
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST_BYTES).decode("utf-8", errors="replace")
    except FileNotFoundError:
        return rendered(
            f"None are written yet. Put a file `{FILE}` into the project's folder: "
            "what belongs to each class, and what to do with the hard cases."
        )
    except OSError as problem:
        return escape(f"{FILE} can't be read: {problem.strerror}.")
    return rendered(text)
