"""Pages that may ask nobody for anything: a strict template, and a content security policy made from what it brings."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined
from markupsafe import Markup

# Neither can come from a value that a template prints: those are escaped.
UNFILLED = Markup('<meta http-equiv="Content-Security-Policy" content="<>">')
CLOSING = {"script": "</script", "style": "</style"}


def strict_environment(loader: BaseLoader, **options: Any) -> Environment:
    """Return templates in which an unknown name is an error and every value is escaped."""
    return Environment(
        loader=loader, undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True, **options
    )


class Brought:
    """The scripts and styles that one page brings along; its policy allows these, by their SHA-256, and no other."""

    def __init__(self, *, compiles: bool = False) -> None:
        self._compiles = compiles
        self.hashes: dict[str, list[str]] = {"script": [], "style": []}

    def script(self, caller: Callable[[], str]) -> Markup:
        """Return a script element with the content of the template's block."""
        return self._element("script", caller())

    def style(self, caller: Callable[[], str]) -> Markup:
        """Return a style element with the content of the template's block."""
        return self._element("style", caller())

    def _element(self, kind: str, content: str) -> Markup:
        if CLOSING[kind] in content.lower():
            raise ValueError(f"a {kind} of the page would end early: it holds {CLOSING[kind]!r}")
        content = content.replace("\r\n", "\n").replace("\r", "\n")  # as a browser reads it, before it hashes
        self.hashes[kind].append(base64.b64encode(hashlib.sha256(content.encode()).digest()).decode())
        return Markup(f"<{kind}>{content}</{kind}>")  # noqa: S704 -- our own files, from a template's block

    @property
    def policy(self) -> str:
        """Nothing may be fetched, sent or run but what stands in the page; pictures only as data."""
        also = {"script": " 'wasm-unsafe-eval'"} if self._compiles else {}
        own = "".join(
            f"; {kind}-src " + " ".join(f"'sha256-{one}'" for one in hashes) + also.get(kind, "")
            for kind, hashes in self.hashes.items()
            if hashes
        )
        return f"default-src 'none'; img-src data:{own}; base-uri 'none'; form-action 'none'"


def filled_page(
    environment: Environment, template: str, context: Mapping[str, Any] | None = None, *, compiles: bool = False
) -> str:
    """Return a page with its content security policy.

    Its template prints ``content_policy`` in its head, before anything that may be fetched or run, and writes each
    script and style as ``{% call page_script() %}...{% endcall %}`` or ``page_style``. Nothing else can run: neither
    handlers in attributes nor ``eval``, nor an element that came in with a text; with ``compiles``, WebAssembly that
    these scripts compile, which reaches nothing but what they give it.

    Raises
    ------
    ValueError
        If the template does not print its policy once.
    jinja2.UndefinedError
        If it asks for what is not there.
    """
    brought = Brought(compiles=compiles)
    given = {"content_policy": UNFILLED, "page_script": brought.script, "page_style": brought.style}
    text = environment.get_template(template).render({**(context or {}), **given})
    if text.count(UNFILLED) != 1:
        raise ValueError(f"{template}: a page prints its content policy once, not {text.count(UNFILLED)} times")
    return text.replace(UNFILLED, str(UNFILLED).replace("<>", brought.policy))
