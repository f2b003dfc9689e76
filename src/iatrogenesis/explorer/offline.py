"""What the offline pages share: a strict template, their data inside a script element, and the drawing library."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import vl_convert
from jinja2 import PackageLoader
from markupsafe import Markup

from iatrogenesis.core.pages import filled_page, strict_environment

LAST_RULES = "; base-uri 'none'"  # of the policy


def filled(template: str, data: Mapping[str, Any], *, compiles: bool = False, **others: Any) -> str:
    """Return a page of `explorer/page` with its data, as `data` and, for its script, as `packed`.

    ``compiles``: the page may compile WebAssembly that it brings along, and run it in workers.
    """
    # Inside a script element no markup may begin, not even a comment.
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")
    own = {
        "data": data,
        "packed": Markup(text),  # noqa: S704 -- our own JSON, escaped above
        "vega": Markup(_vega()),  # noqa: S704 -- the locked library
    }
    page = filled_page(
        strict_environment(PackageLoader("iatrogenesis.explorer", "page")), template, others | own, compiles=compiles
    )
    # A worker begins with a text that the page's own script makes; what it may do is what the page may.
    return page.replace(LAST_RULES, f"; worker-src blob:{LAST_RULES}", 1) if compiles else page


# Expressions are interpreted, because the page's policy forbids to compile them, and the style of a menu that these
# pages do not show is left out, because it forbids styles that are not the page's own.
EMBED = """
window.vegaEmbed = (place, spec, options) => vegaEmbed(place, spec, {
  ast: true, defaultStyle: false, tooltip: { disableDefaultStyle: true }, ...options });
"""


@cache
def _vega() -> str:
    """The drawing library, able to stand inside a script element."""
    return vl_convert.javascript_bundle(EMBED).replace("</script", "<\\/script")
