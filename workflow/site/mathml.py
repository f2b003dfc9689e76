"""Equations as MathML, by docutils: browsers draw it themselves, so no page asks another host for anything."""

from docutils import nodes
from docutils.utils.math import latex2mathml
from sphinx.application import Sphinx


def _visit(block: bool):
    def visit(self, node: nodes.Element) -> None:
        """Write one equation.

        Raises
        ------
        SystemExit
            If docutils does not know a command of it; the message has the equation.
        """
        text = node.astext()
        try:
            drawn = str(latex2mathml.tex2mathml(text, as_block=block))
        except (SyntaxError, AttributeError, IndexError, KeyError) as error:  # it has no error of its own for all
            raise SystemExit(f"{self.builder.current_docname}: cannot write {text!r} as MathML: {error}") from None
        self.body.append(
            f'<div class="equation" tabindex="0" role="group" aria-label="equation">{drawn}</div>' if block else drawn
        )  # a broad one scrolls
        raise nodes.SkipNode

    return visit


def setup(app: Sphinx) -> dict[str, bool]:
    """Give Sphinx the renderer that conf.py names."""
    app.add_html_math_renderer("mathml", inline_renderers=(_visit(False), None), block_renderers=(_visit(True), None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
