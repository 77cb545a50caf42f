"""All papers in one: the chart and table of all numbers, and the page.

The reports are Markdown already; here they become HTML that fetches nothing
but the pictures beside it.
"""

from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markupsafe import Markup

from ferkeras.files import write_whole
from ferkeras.reports import chart
from ferkeras.reports.numbers import counts, groups, in_words, index
from ferkeras.reports.repeats import repeats
from ferkeras.reports.report import METHOD, Contents, written
from ferkeras.reports.summary import once
from ferkeras.trained.zoo import shipped

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


class Html(RendererHTML):
    """HTML of what reports have in them: wide tables, and pictures."""

    def image(self, tokens, index, options, env):
        """A picture beside the page; a chart is in it, and fits the screen."""
        source, alt = tokens[index].attrs["src"], tokens[index].content
        if source in env:
            return env[source](template="chart.html")
        alt = f'alt="{Markup.escape(alt)}" loading="lazy"'
        return f'<a href="{source}"><img src="{source}" {alt}></a>'

    def table_open(self, tokens, index, options, env):
        """A wide table scrolls by itself; the keyboard reaches it."""
        region = 'class="wide" role="group" tabindex="0" aria-label="Table"'
        return f"<div {region}><table>\n"

    def table_close(self, tokens, index, options, env):
        """The end of a table."""
        return "</table></div>\n"


def to_html(text, charts=()):
    """HTML of Markdown, verdicts marked.

    Args:
        text: Markdown.
        charts: mapping from paths of pictures to functions that draw them.
    """
    markdown = MarkdownIt("commonmark", renderer_cls=Html).enable("table")
    html = markdown.render(text, dict(charts))
    for words, kind in MARKS.items():
        marked = f'<td><span class="{kind}">{words}</span></td>'
        html = html.replace(f"<td>{words}</td>", marked)
    return Markup(html)


class Overview:
    """All numbers of all papers.

    Attributes:
        contents: list of `Contents`, one a paper.
        title: how many of the papers' numbers came out how, in words.
        models: those that ship, a list of `Shipped`.
        repeats: Markdown of what `repeats` tells of all papers.
    """

    def __init__(self, papers, results):
        self.contents = [Contents(paper, results) for paper in papers]
        self.models = list(shipped(results).values())
        self.numbers = [x for each in self.contents for x in each.numbers]
        lines = [x for each in self.contents for x in once(each.lines)]
        self.repeats = repeats(lines)
        printed = [x for x in self.numbers if not x.ours]
        self.counts = counts(printed)
        self.title = (
            f"Of {len(printed)} numbers that the papers print: "
            f"{in_words(printed)}"
        )

    def chart(self, template="chart.svg"):
        """The chart of all that has a verdict."""
        return chart.draw(self.title, groups(self.numbers), template)

    def markdown(self):
        """`results/README.md`."""
        template = chart.ENVIRONMENT.get_template("index.md")
        return template.render(
            METHOD,
            papers=[each.paper for each in self.contents],
            title=self.title,
            models=self.models,
            repeats=self.repeats,
            table=index(self.numbers),
        )

    def html(self):
        """The page; a function of the records and the papers' files only."""
        method = chart.ENVIRONMENT.get_template("method.md").render(METHOD)
        table = index(self.numbers)
        papers = []
        for each in self.contents:
            key = each.paper.key
            table = table.replace(f"({key}.md)", f"(#{key})")
            # Without its heading, which the page has, others one lower.
            text = written(each, alone=False).partition("\n")[2]
            text = text.replace("\n## ", "\n### ")
            papers.append({"key": key, "html": to_html(text, each.charts)})
        return chart.ENVIRONMENT.get_template("page.html").render(
            papers=papers,
            chart=self.chart("chart.html"),
            counts=self.counts,
            method=to_html(method),
            repeats=to_html(self.repeats) if self.repeats else "",
            table=to_html(table),
        )


def write_page(papers, results):
    """Write the page of all papers, their chart and the table of all numbers.

    Returns:
        `pathlib.Path` of `index.html`.
    """
    found, results = Overview(papers, results), Path(results)
    write_whole(results / "overview.svg", found.chart())
    write_whole(results / "README.md", found.markdown())
    write_whole(results / "index.html", found.html())
    return results / "index.html"
