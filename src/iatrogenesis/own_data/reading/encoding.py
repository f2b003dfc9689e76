"""From the bytes of a text file to its text."""

import codecs
from pathlib import Path

from iatrogenesis.core.tables import DataError

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
WESTERN = ("cp1252", "mac_roman", "cp850")
EASTERN = ("cp1250", "cp1251")
"""Eight-bit encodings of Windows, the Mac and DOS."""
COMMON = frozenset("äöüÄÖÜßéèêëÉàâçñóíáúîïôûøåÅØæ£€–—‘’“”„…°§²½\u00a0")
"""Letters and signs that Western files hold. French oe is left out: its byte is the pound sign of DOS."""
CALLED = {"cp1252": "Windows-1252", "cp1250": "Windows-1250", "cp1251": "Windows-1251", "mac_roman": "Mac Roman"}
NOT_TEXT = (
    (b"PK\x03\x04", "a spreadsheet or zip archive; end its name with .xlsx, or unpack it"),
    (b"\xd0\xcf\x11\xe0", "an old Excel file; save it as .xlsx or CSV"),
    (b"PAR1", "parquet; end its name with .parquet"),
    (b"$FL2", "SPSS; end its name with .sav"),
    (b"$FL3", "SPSS; end its name with .zsav"),
    (b"<stata_dta>", "Stata; end its name with .dta"),
    (b"\x1f\x8b", "compressed by gzip; unpack it"),
    (b"%PDF", "a PDF; export the table as CSV"),
    (b"SQLite format 3", "a database; export the table as CSV"),
)
WIDE = ("utf-16", "utf16", "utf_16", "utf-32", "utf32", "utf_32")
ENOUGH = 200_000  # bytes of lines with other than ASCII letters, from which an encoding is told


def decoded(content: bytes, path: Path, encoding: str | None) -> tuple[str, str | None]:
    """Return the text with plain line ends, and a note where the encoding was guessed.

    Parameters
    ----------
    content
        All bytes of the file.
    path
        The file, for errors.
    encoding
        As the settings say; None to find out: byte-order mark, UTF-16 without one, UTF-8, else what fits best.

    Raises
    ------
    DataError
        If the file is empty or no text, or the encoding does not fit.
    """
    if not content.strip():
        raise DataError(f"{path}: the file is empty. Export the table again.")
    for start, what in NOT_TEXT:
        if content.startswith(start):
            raise DataError(f"{path}: this is not a text file but {what}.")
    note, guessed = None, encoding is None
    if encoding is None:
        encoding, note = _found(content, path)
    elif encoding.lower().startswith(WIDE) and 0 not in content:
        raise DataError(f"{path}: this is not {encoding}, as data.encoding says. Leave data.encoding out.")
    elif content.startswith(codecs.BOM_UTF8) and encoding.lower().replace("_", "-") in ("utf-8", "utf8"):
        encoding = "utf-8-sig"
    try:
        text = content.decode(encoding)
    except LookupError:
        raise DataError(
            f"{path}: data.encoding {encoding!r} is not known. Use utf-8, utf-16, cp1252 (Windows) or mac_roman, or "
            "leave it out."
        ) from None
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        way = "Is it a text file? Export it as CSV in UTF-8, or set" if guessed else "Leave data.encoding out, or name"
        raise DataError(
            f"{path}: line {line} cannot be read as {encoding} (byte {content[error.start]:#04x}). {way} "
            f"{'data.encoding' if guessed else 'the right one, such as cp1252'}."
        ) from None
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise DataError(f"{path}: line {line} has a zero byte: not a text file, or damaged. Export the table again.")
    return text, note


def _found(content: bytes, path: Path) -> tuple[str, str | None]:
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return encoding, None if encoding == "utf-8-sig" else f"Read as {encoding.upper()} by its byte-order mark."
    zeros, signs = content[:2000].count(0), sum(byte < 32 and byte not in b"\0\t\n\r" for byte in content[:2000])
    if (
        signs <= len(content[:2000]) // 20 and zeros > len(content[:2000]) // 4
    ):  # every second byte of Latin letters is 0
        order = "be" if content[:2000:2].count(0) > zeros / 2 else "le"
        return f"utf-16-{order}", f"Read as UTF-16 ({order.upper()}) without a byte-order mark."
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse_two(content, path, content[: error.start].count(b"\n") + 1)
        encoding = _eight_bit(content)
        called = CALLED.get(encoding, encoding)
        return encoding, f"Not UTF-8: read as {called}. If letters such as ä or £ look wrong, set data.encoding."
    return "utf-8", None


def _refuse_two(content: bytes, path: Path, other: int) -> None:
    """Raise a `DataError` if lines of a file that is not UTF-8 as a whole are, which by chance hardly any is."""
    for number, line in enumerate(content.split(b"\n"), 1):
        if number != other and not line.isascii():
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                continue
            raise DataError(
                f"{path}: line {number} is UTF-8, but line {other} is not: two encodings in one file, so that one "
                "name has two spellings. Export it in one, or set data.encoding."
            )


def _eight_bit(content: bytes) -> str:
    """Return the older encoding in which the lines with other letters look most like a language.

    Files of a service have few such letters, too few to tell a language. So first Western ones are tried, by how many
    bytes become letters and signs that are common; only if they do not fit, all of them.
    """
    lines = [line for line in content.replace(b"\r", b"\n").split(b"\n") if not line.isascii()]
    sample = b"\n".join(lines)[:ENOUGH]
    signs = bytes(byte for byte in sample if byte > 127)
    common = {name: sum(sign in COMMON for sign in signs.decode(name, "replace")) for name in WESTERN}
    best = max(WESTERN, key=lambda name: common[name])  # the first of equals
    if common[best] >= 0.8 * len(signs):
        return best
    from charset_normalizer import from_bytes

    match = from_bytes(sample, cp_isolation=[*WESTERN, *EASTERN], threshold=1.0).best()
    return best if match is None else match.encoding
