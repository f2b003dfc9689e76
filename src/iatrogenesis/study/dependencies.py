"""Which files of the library a script reaches: the closure of its imports, read from the source without running it.

Snakemake does not see imported code and would keep results that an edit has made stale. A file is reached if the
script, or a file that it reaches, at the top or inside a function,

- imports it, or imports something below its package (whose ``__init__.py`` then runs),
- asks `iatrogenesis.core.registry` for the modules of its package: for all of them, unless the rule has chosen some,
- asks it for what they declare: then for their own text alone, because they are read and not run,
- names it in a string (templates, style sheets, scripts of a page), or includes it where it is a template.
"""

import ast
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from iatrogenesis.core.files import write_text

# What a template takes from another: {% include "style.css" %}, {% import "macros.html.j2" as show %}.
PART = re.compile(r"""{%-?\s*(?:include|import|from|extends)\s+["']([^"']+)["']""")
FILE = re.compile(r"[\w./-]{1,80}\.[a-z][a-z0-9]{0,4}")
READER = Path(__file__).read_bytes()  # a part of each key: what another version of this file has read, does not count
ASKING = {"member": "packages", "members": "packages", "declarations": "declaring"}


class UnclearImport(ValueError):
    """A module is imported in a way that cannot be read from the source."""


class Named(NamedTuple):
    """What one file names: its imports, packages it asks for modules or declarations, strings that may be files."""

    imports: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    declaring: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


class Library:
    """A package as source code.

    Parameters
    ----------
    root
        Folder of the package, such as ``src/iatrogenesis``.
    cache
        File that remembers what each source file names, by a hash of its content, so that the next call reads only
        what has changed. None: nothing is remembered.
    """

    def __init__(self, root: Path, cache: Path | None = None) -> None:
        self.root, self._cache = root, cache
        self._named: dict[Path, Named] = {}

    @cached_property
    def modules(self) -> dict[str, Path]:
        """File of each module, by dotted name."""
        found = {}
        for path in sorted(self.root.rglob("*.py")):
            parts = (self.root.name, *path.relative_to(self.root).with_suffix("").parts)
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
        return found

    @cached_property
    def other_files(self) -> dict[str, list[Path]]:
        """Files that are not Python, by their last name."""
        found: dict[str, list[Path]] = {}
        for path in sorted(self.root.rglob("*.*")):
            if path.suffix not in (".py", ".typed") and path.parent.name != "__pycache__" and path.is_file():
                found.setdefault(path.name, []).append(path)
        return found

    def closure(self, script: Path, chosen: Mapping[str, Iterable[str]] | None = None) -> list[Path]:
        """Return every file of the library that a script reaches, sorted.

        Parameters
        ----------
        script
            A Python file or a notebook, in the library or not.
        chosen
            Names of the modules that the script asks a package for, by package (dotted, below the library). A package
            that is not among them is reached as a whole.

        Raises
        ------
        UnclearImport
            If a module is imported by a name that is worked out at run time elsewhere than in the registry.
        """
        limits = {f"{self.root.name}.{package}": set(names) for package, names in (chosen or {}).items()}
        found: set[Path] = set()
        read: set[Path] = set()  # and not run
        waiting = [Path(script)]
        while waiting:
            path = waiting.pop()
            if path not in found:
                found.add(path)
                waiting += self._next(path, limits)
                read |= {file for package in self._read(path).declaring for file in self._members(package).values()}
        return sorted((found | read) - {Path(script)})

    def remember(self) -> None:
        """Write what has been read to the cache."""
        if self._cache is not None and any(key not in self._remembered for key in self._keys.values()):
            self._cache.parent.mkdir(parents=True, exist_ok=True)
            write_text(json.dumps({self._keys[path]: named for path, named in self._named.items()}), self._cache)

    def _next(self, path: Path, limits: Mapping[str, set[str]]) -> Iterator[Path]:
        named = self._read(path)
        for name in (*named.imports, *named.packages, *named.declaring):
            while name:  # the module, and the packages around it
                if name in self.modules:
                    yield self.modules[name]
                name = name.rpartition(".")[0]
        for package in named.packages:
            members = self._members(package)
            yield from (members[name] for name in members.keys() & limits.get(package, members.keys()))
        for name in named.files:
            fitting = [file for file in self.other_files.get(Path(name).name, []) if f"{file}".endswith(f"/{name}")]
            near = [file for file in fitting if file.is_relative_to(path.parent)]
            yield from (near or fitting)[:1]

    def _members(self, package: str) -> dict[str, Path]:
        parts = {name: name.rpartition(".") for name in self.modules}
        return {last: self.modules[name] for name, (parent, _, last) in parts.items() if parent == package}

    @cached_property
    def _keys(self) -> dict[Path, str]:
        return {}

    @cached_property
    def _remembered(self) -> dict[str, list]:
        try:
            return json.loads(self._cache.read_text(encoding="utf-8")) if self._cache else {}
        except (FileNotFoundError, json.JSONDecodeError):
            return {}

    def _read(self, path: Path) -> Named:
        if path not in self._named:
            content = path.read_bytes()
            key = f"{path.name} {hashlib.blake2b(READER + content, digest_size=16).hexdigest()}"
            self._keys[path] = key
            if key in self._remembered and path.name != "__init__.py":  # whose own name is not in its content
                self._named[path] = Named(*map(tuple, self._remembered[key]))
            elif path.suffix in (".py", ".ipynb"):
                self._named[path] = self._python(path, _code(content) if path.suffix == ".ipynb" else content)
            else:
                self._named[path] = Named(files=tuple(PART.findall(content.decode())))
        return self._named[path]

    def _python(self, path: Path, content: bytes) -> Named:
        imports, files = set(), set()
        asked: dict[str, set[str]] = {"packages": set(), "declaring": set()}
        for node in ast.walk(ast.parse(content)):
            if isinstance(node, ast.Import):
                imports |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                if node.level:
                    raise UnclearImport(f"{path}, line {node.lineno}: a relative import; write out the package")
                imports |= {f"{node.module}.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.Call):
                self._ask(node, path, asked)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and FILE.fullmatch(node.value):
                files.add(node.value)
        ours = (name for name in imports if name.split(".")[0] == self.root.name)
        return Named(tuple(sorted(ours)), *(tuple(sorted(some)) for some in (*asked.values(), files)))

    def _ask(self, call: ast.Call, path: Path, asked: dict[str, set[str]]) -> None:
        """Add the package whose modules, or their declarations, a call asks for."""
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        if path == self.root / "core" / "registry.py" or name not in (*ASKING, "import_module", "__import__"):
            return
        package = call.args[0] if call.args and name in ASKING else None
        if isinstance(package, ast.Constant) and package.value in self.modules:
            asked[ASKING[name]].add(package.value)
            return
        if getattr(package, "id", "") == "__name__" and path.name == "__init__.py":
            asked[ASKING[name]].add(".".join((self.root.name, *path.parent.relative_to(self.root).parts)))
            return
        raise UnclearImport(
            f"{path}, line {call.lineno}: modules are found by name through core/registry.py, with the package written "
            "as a string, or as __name__ in its own __init__.py"
        )


def _code(notebook: bytes) -> bytes:
    """The code of a notebook's cells, without the lines that only IPython understands."""
    cells = [cell["source"] for cell in json.loads(notebook)["cells"] if cell["cell_type"] == "code"]
    lines = [line for source in cells for line in "".join(source).splitlines()]
    return "\n".join(line for line in lines if not line.startswith(("%", "!"))).encode()
