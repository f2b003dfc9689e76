"""What the theme leaves out for who hears the pages: names of the buttons that open lists, no heading without words."""

from pathlib import Path

CHANGES = {
    '<summary><span class="toctree-toggle"': '<summary aria-label="its pages"><span class="toctree-toggle"',
    '<th class="head"><p></p></th>': '<td class="head"></td>',
}


def mend(folder: Path) -> None:
    """Change the pages of a built site in their place."""
    for page in folder.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for left_out, mended in CHANGES.items():
            text = text.replace(left_out, mended)
        page.write_text(text, encoding="utf-8")
