"""What the offline pages share: a strict template, their data inside a script element, and the drawing library."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import vl_convert
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup


def filled(template: str, data: Mapping[str, Any], **others: Any) -> str:
    """Return a page of `explorer/page` with its data, as `data` and, for its script, as `packed`."""
    environment = Environment(
        loader=PackageLoader("iatrogenesis.explorer", "page"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Inside a script element no markup may begin, not even a comment.
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")
    return environment.get_template(template).render(
        data=data,
        packed=Markup(text),  # noqa: S704 -- our own JSON, escaped above
        vega=Markup(_vega()),  # noqa: S704 -- the locked library
        **others,
    )


@cache
def _vega() -> str:
    """The drawing library, able to stand inside a script element."""
    return vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;").replace("</script", "<\\/script")
