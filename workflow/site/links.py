"""Links between Markdown files of the project, made to hold in the site too."""

import re
import shutil
from pathlib import Path, PurePosixPath

PAGES = {
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "README.md": "index.md",
    "examples/README.md": "examples.md",
}
"""Pages of the site that do not lie in docs/, by their path in the project."""

LINK = re.compile(r"\]\(([^)\s#]+)(#[^)\s]+)?\)")
CODE = re.compile(r"(^```.*?^```$|`[^`\n]+`)", re.DOTALL | re.MULTILINE)


class LinkError(RuntimeError):
    """A link that leads to nothing; the message names page and link and says what to do."""


def page_of(path: PurePosixPath) -> str | None:
    """Where a file of the project is a page of the site; None if it is none."""
    if path.parent == PurePosixPath("docs") and path.suffix == ".md":
        return path.name
    return PAGES.get(str(path))


def resolved(page: PurePosixPath, link: str) -> PurePosixPath:
    """A link's target as a path in the project."""
    parts: list[str] = []
    for part in (page.parent / link).parts:
        parts = parts[:-1] if part == ".." else [*parts, part]
    return PurePosixPath(*parts)


def relinked(text: str, page: PurePosixPath, root: Path, folder: Path) -> str:
    """A page with links that hold in the site; what it links that is no page goes along, below `files/`.

    Parameters
    ----------
    page
        The page's path in the project.
    root, folder
        The project; the folder of the site's sources.

    Raises
    ------
    LinkError
        If a link leads to nothing.
    """

    def link(found: re.Match[str]) -> str:
        target, anchor = found[1], found[2] or ""
        if re.match(r"[a-z]+:", target):
            return found[0]
        wanted = resolved(page, target)
        if not (root / wanted).exists():
            raise LinkError(f"{page}: there is no {wanted}: mend the link {target}")
        return f"]({page_of(wanted) or _copied(wanted, root, folder)}{anchor})"

    parts = CODE.split(text)
    return "".join(part if number % 2 else LINK.sub(link, part) for number, part in enumerate(parts))


def _copied(path: PurePosixPath, root: Path, folder: Path) -> str:
    """Copy a file, or a folder with a page that lists its files; where it is in the site."""
    copy = folder / "files" / path
    if (root / path).is_dir():
        shutil.copytree(root / path, copy, dirs_exist_ok=True)
        listed = [f"- [{file.name}]({path.name}/{file.name})" for file in sorted(copy.iterdir()) if file.is_file()]
        text = "\n".join(["---", "orphan: true", "---", "", f"# {path}", "", *listed, ""])
        copy.with_suffix(".md").write_text(text, encoding="utf-8")
        return f"files/{path}.md"
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(root / path, copy)
    return f"files/{path}"
