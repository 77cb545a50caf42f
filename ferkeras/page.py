"""Every paper's report -> one page that needs nothing else, not even a network.

The reports are Markdown already; here they become HTML, with their pictures
inside.
"""

import base64
from functools import partial
from pathlib import Path

from jinja2 import Environment, PackageLoader, select_autoescape
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markupsafe import Markup

from ferkeras import report
from ferkeras.experiment import slug
from ferkeras.files import write_whole

# Sections that are there on demand.
FOLDED = (
    "What the paper leaves open",
    "What is not run, and how to",
    "Provenance",
    "Runs cut short",
)
# What became of a number or a claim, and how the page marks it.
MARKS = {
    "reproduced": "good",
    "holds": "good",
    "yes": "good",
    "higher": "bad",
    "lower": "bad",
    "failed": "bad",
    "does not hold": "bad",
    "no": "bad",
}


def data_url(path):
    """A PNG file as an address that holds it."""
    text = base64.b64encode(path.read_bytes()).decode()
    return f"data:image/png;base64,{text}"


class Html(RendererHTML):
    """HTML of what reports have in them: wide tables, and pictures."""

    def image(self, tokens, index, options, env):
        """A picture that is inside the page."""
        token = tokens[index]
        url, alt = data_url(env["results"] / token.attrs["src"]), token.content
        return f'<img src="{url}" alt="{Markup.escape(alt)}" loading="lazy">'

    def table_open(self, tokens, index, options, env):
        """A wide table scrolls by itself; the keyboard reaches it."""
        region = 'class="wide" role="region" tabindex="0" aria-label="Table"'
        return f"<div {region}><table>\n"

    def table_close(self, tokens, index, options, env):
        """The end of a table."""
        return "</table></div>\n"


def to_html(text, results):
    """HTML of Markdown whose pictures lie in `results`, verdicts marked."""
    markdown = MarkdownIt("commonmark", renderer_cls=Html).enable("table")
    html = markdown.render(text, {"results": Path(results)})
    for words, kind in MARKS.items():
        marked = f'<td><span class="{kind}">{words}</span></td>'
        html = html.replace(f"<td>{words}</td>", marked)
    return Markup(html)


def sections(text):
    """Split a report at its second headings.

    Returns:
        The Markdown before them, and a list of titles with the Markdown under
        each.
    """
    first, *others = text.split("\n## ")
    parts = (part.partition("\n") for part in others)
    return first, [(title, body) for title, _, body in parts]


def render(papers, results):
    """The page.

    Args:
        papers: list of `Paper`.
        results: folder of results.

    Returns:
        HTML; a function of the records and the papers' files only.
    """
    html = partial(to_html, results=results)
    shown = []
    for paper in papers:
        first, parts = sections(report.render(paper, results))
        shown.append(
            {
                "key": paper.key,
                # Without its heading, which the page has.
                "words": html(first.partition("\n")[2]),
                "sections": [
                    {
                        "title": title,
                        "id": f"{paper.key}-{slug(title)}",
                        "folded": title in FOLDED,
                        "html": html(body),
                    }
                    for title, body in parts
                ],
            }
        )
    rows = report.index_rows(papers, results)
    index = report.index_tables(rows, papers, results)
    for paper in papers:
        index = index.replace(f"(results/{paper.key}.md)", f"(#{paper.key})")
    environment = Environment(
        loader=PackageLoader("ferkeras"),
        autoescape=select_autoescape(default=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html").render(
        papers=shown, index=html(index), counts=report.counts(rows)
    )


def write_page(papers, results):
    """Write the page of all papers.

    Returns:
        `pathlib.Path` of `index.html`.
    """
    path = Path(results) / "index.html"
    write_whole(path, render(papers, results))
    return path
