"""The frame of a report: one HTML page that needs nothing but itself."""

from html import escape

from ._palette import Style, style_sheet

_STYLE = """
:root { color-scheme: light dark; --paper: #f5f7f9; --card: #ffffff; --ink: #1b2430;
  --muted: #5d6875; --rule: #d9dee4; --win: 0, 114, 178; --loss: 213, 94, 0; LIGHT }
@media (prefers-color-scheme: dark) { :root { --paper: #12161b; --card: #1a2027; --ink: #e7ebf0;
  --muted: #a0aab6; --rule: #37414c; --win: 75, 163, 227; --loss: 255, 138, 69; DARK } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 1160px; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .4rem; letter-spacing: -.01em; }
h2 { font-size: 1.2rem; margin: 0; }
h1, h2, td, th, dd { overflow-wrap: anywhere; }
p { margin: .3rem 0; max-width: 105ch; }
.lead { font-size: 1.05rem; }
.muted, small, figcaption, dt { color: var(--muted); }
section { background: var(--card); border: 1px solid var(--rule); border-radius: 12px;
  padding: 1.25rem 1.4rem 1.4rem; margin-top: 1.4rem; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.3rem; list-style: none; padding: 0;
  margin: .8rem 0 .4rem; font-size: .9rem; }
.key { display: inline-flex; align-items: center; gap: .5rem; }
.key svg { width: 28px; height: 8px; flex: none; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr));
  gap: 1rem 1.6rem; }
.charts svg { display: block; width: 100%; height: auto; }
figure { margin: 1.2rem 0 0; }
figcaption { padding-bottom: .4rem; font-size: .9rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .86rem;
  font-variant-numeric: tabular-nums; }
th { font-weight: 600; vertical-align: bottom; }
th, td { padding: .35rem .5rem; text-align: right; border-bottom: 1px solid var(--rule); }
th:first-child, td:first-child { text-align: left; padding-left: 0; min-width: 10.5rem; }
thead th { color: var(--muted); border-bottom-width: 2px; overflow-wrap: normal; }
tbody tr:last-child > * { border-bottom: 0; }
tbody th { font-weight: 500; vertical-align: top; }
td { white-space: nowrap; vertical-align: top; }
td small { display: block; font-size: .82em; line-height: 1.15; font-weight: 400; }
td b { font-weight: 750; }
.wins { width: auto; }
.wins td { text-align: center; min-width: 5.2rem; border: 2px solid var(--card);
  border-radius: 6px; }
.wins thead th { text-align: center; max-width: 7.5rem; overflow-wrap: anywhere; }
.wins tbody th, .wins thead th { border-bottom: 0; }
.wins tbody th { padding-right: 1.2rem; vertical-align: middle; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1.4rem; margin: .8rem 0 0;
  font-size: .88rem; }
dd { margin: 0; }
dd ul { margin: 0; padding: 0; list-style: none; }
code { font: .92em ui-monospace, "DejaVu Sans Mono", monospace; }
@media (max-width: 640px) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; }
  section { padding: 1rem; } main { padding: 1.5rem .75rem 3rem; } }
@media print { body { background: none; } section { break-inside: avoid; } }
"""


def page(title: str, lead: str, sections: list[str]) -> str:
    """The whole document.

    Parameters
    ----------
    title, lead : str
        Plain text.
    sections : list of str
        HTML, each put on a card of its own.
    """
    style = _STYLE.replace("LIGHT", style_sheet()).replace("DARK", style_sheet(dark=True))
    cards = "\n".join(f"<section>\n{section}\n</section>" for section in sections)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n<main>\n"
        f'<h1>{escape(title)}</h1>\n<p class="lead muted">{escape(lead)}</p>\n'
        f"{cards}\n</main>\n</body>\n</html>\n"
    )


def name(strategy: str) -> str:
    """A strategy's name, escaped, that may break behind an underscore."""
    return escape(strategy).replace("_", "_<wbr>")


def key(strategy: str, style: Style) -> str:
    """A strategy's name behind a piece of its line."""
    dashes = f' stroke-dasharray="{" ".join(f"{d:g}" for d in style.dash)}"' if style.dash else ""
    return (
        '<span class="key"><svg viewBox="0 0 28 8" aria-hidden="true"><line x1="0" x2="28" y1="4" '
        f'y2="4" stroke="var(--{style.name})" stroke-width="3"{dashes}/></svg>'
        f"<span>{name(strategy)}</span></span>"
    )


def legend(drawn: dict[str, Style]) -> str:
    """The keys of all strategies, in a row."""
    keys = "".join(f"<li>{key(strategy, style)}</li>" for strategy, style in drawn.items())
    return f'<ul class="legend">{keys}</ul>'


def definitions(entries: dict[str, object]) -> str:
    """Names and values as a list; a dict among the values becomes lines of its own."""
    parts = []
    for name, value in entries.items():
        if isinstance(value, dict):
            lines = "".join(f"<li>{escape(f'{k}: {v}')}</li>" for k, v in value.items())
            shown = f"<ul>{lines}</ul>"
        else:
            shown = "default" if value is None else escape(str(value))
        parts.append(f"<dt>{escape(name)}</dt><dd>{shown}</dd>")
    return f"<dl>{''.join(parts)}</dl>"
