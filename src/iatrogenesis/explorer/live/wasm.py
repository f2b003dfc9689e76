"""Expressions as functions of a WebAssembly module, in binary form (WebAssembly Core Specification 2.0, chapter 5)."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from iatrogenesis.explorer.live.graph import Node, Place, uses

KIND = {"i32": 0x7F, "i64": 0x7E, "f64": 0x7C}
OPCODES = {
    "select": 0x1B,
    "i32.eqz": 0x45, "i32.add": 0x6A, "i32.and": 0x71, "i32.or": 0x72, "i32.xor": 0x73,
    "i64.add": 0x7C, "i64.mul": 0x7E, "i64.shr_u": 0x88,
    "f64.eq": 0x61, "f64.ne": 0x62, "f64.lt": 0x63, "f64.gt": 0x64, "f64.le": 0x65, "f64.ge": 0x66,
    "f64.abs": 0x99, "f64.neg": 0x9A, "f64.floor": 0x9C, "f64.trunc": 0x9D, "f64.nearest": 0x9E, "f64.sqrt": 0x9F,
    "f64.add": 0xA0, "f64.sub": 0xA1, "f64.mul": 0xA2, "f64.div": 0xA3, "f64.min": 0xA4, "f64.max": 0xA5,
    "i32.wrap_i64": 0xA7, "i32.trunc_f64_u": 0xAB, "i64.extend_i32_u": 0xAD, "f64.convert_i32_u": 0xB8,
}  # fmt: skip
CALL, IF, ELSE, END = 0x10, 0x04, 0x05, 0x0B
GET, SET, TEE = 0x20, 0x21, 0x22
LOAD, STORE = 0x2B, 0x39
CONST = {"i32": 0x41, "i64": 0x42, "f64": 0x44}
NUMBER = 8  # bytes


@dataclass(frozen=True)
class Function:
    """One function: what it takes, what it writes into memory at its end, and what it returns, computed before."""

    name: str
    takes: Mapping[str, str]
    writes: Sequence[tuple[Place, Node]] = ()
    returns: Node | None = None

    @property
    def roots(self) -> list[Node]:
        """What is computed."""
        return [value for _, value in self.writes] + ([] if self.returns is None else [self.returns])


def module(functions: Sequence[Function], imports: Mapping[str, int], places: Mapping[Place, int], pages: int) -> bytes:
    """A module that exports its memory and all functions.

    Parameters
    ----------
    imports
        Functions of numbers that the page gives, in ``math``, by name: how many numbers they take.
    places
        Where each number lies in bytes, from its pointer on; parameters (``p``) from the beginning of memory.
    pages
        Memory, in units of 64 KiB.
    """
    numbers = {name: place for place, name in enumerate([*imports, *(one.name for one in functions)])}
    types = [_type(["f64"] * taken, "f64") for taken in imports.values()]
    types += [_type(one.takes.values(), None if one.returns is None else one.returns.type) for one in functions]
    imported = [_name("math") + _name(name) + b"\x00" + _u(place) for place, name in enumerate(imports)]
    exported = [_name("memory") + b"\x02\x00"]
    exported += [_name(one.name) + b"\x00" + _u(numbers[one.name]) for one in functions]
    bodies = [_sized(_Body(one, numbers, places).code()) for one in functions]
    sections = {
        1: _list(types),
        2: _list(imported),
        3: _list([_u(numbers[one.name]) for one in functions]),
        5: _list([b"\x00" + _u(pages)]),
        7: _list(exported),
        10: _list(bodies),
    }
    return b"\0asm\x01\0\0\0" + b"".join(bytes([number]) + _sized(content) for number, content in sections.items())


@dataclass
class _Body:
    """The code of one function: what is used more than once goes into a local variable when it is first computed."""

    function: Function
    numbers: Mapping[str, int]
    places: Mapping[Place, int]
    kinds: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.at = {name: place for place, name in enumerate(self.function.takes)}
        self.kept: dict[Node, int] = {}
        self.out = bytearray()
        self.uses = uses(self.function.roots)

    def code(self) -> bytes:
        for value in self.function.roots:  # all is computed before anything is written
            self._value(value)
            self.out += bytes([SET]) + _u(self._keep(value))
        for place, value in self.function.writes:
            self._pointer(place)
            self.out += bytes([GET]) + _u(self.kept[value])
            self.out += bytes([STORE, 3]) + _u(self.places[place])
        if self.function.returns is not None:
            self.out += bytes([GET]) + _u(self.kept[self.function.returns])
        declared = [_u(1) + bytes([KIND[kind]]) for kind in self.kinds]
        return _list(declared) + bytes(self.out) + bytes([END])

    def _keep(self, one: Node) -> int:
        if one not in self.kept:
            self.kept[one] = len(self.at) + len(self.kinds)
            self.kinds.append(one.type)
        return self.kept[one]

    def _pointer(self, place: Place) -> None:
        self.out += bytes([CONST["i32"], 0]) if place.pointer == "p" else bytes([GET]) + _u(self.at[place.pointer])

    def _value(self, one: Node) -> None:
        if one in self.kept:
            self.out += bytes([GET]) + _u(self.kept[one])
            return
        match one.op:
            case "const":
                value = struct.pack("<d", one.about) if one.type == "f64" else _signed(one)
                self.out += bytes([CONST[one.type]]) + value
                return
            case "local":
                self.out += bytes([GET]) + _u(self.at[one.about])
                return
            case "load":
                self._pointer(one.about)
                self.out += bytes([LOAD, 3]) + _u(self.places[one.about])
            case "if":
                self._branches(*one.args)
            case _:
                for argument in one.args:
                    self._value(argument)
                self.out += (
                    bytes([CALL]) + _u(self.numbers[one.about]) if one.op == "call" else bytes([OPCODES[one.op]])
                )
        if self.uses[one] > 1:
            self.out += bytes([TEE]) + _u(self._keep(one))

    def _branches(self, condition: Node, one: Node, other: Node) -> None:
        """One of two, without computing the other; what both use must stand in the condition."""
        self._value(condition)
        self.out += bytes([IF, KIND[one.type]])
        self._value(one)
        self.out.append(ELSE)
        self._value(other)
        self.out.append(END)


def _type(takes, returns: str | None) -> bytes:
    gives = [] if returns is None else [bytes([KIND[returns]])]
    return b"\x60" + _list([bytes([KIND[kind]]) for kind in takes]) + _list(gives)


def _list(parts: Sequence[bytes]) -> bytes:
    return _u(len(parts)) + b"".join(parts)


def _sized(content: bytes) -> bytes:
    return _u(len(content)) + content


def _name(text: str) -> bytes:
    return _sized(text.encode())


def _u(value: int) -> bytes:
    """LEB128 without sign."""
    out = bytearray()
    while True:
        value, low = value >> 7, value & 0x7F
        out.append(low | (0x80 if value else 0))
        if not value:
            return bytes(out)


def _signed(one: Node) -> bytes:
    """LEB128 with sign, of the same bits."""
    width = int(one.type[1:])
    value = int(one.about)
    value -= (value >> (width - 1)) << width
    out = bytearray()
    while True:
        low = value & 0x7F
        value >>= 7
        done = (value == 0 and not low & 0x40) or (value == -1 and low & 0x40)
        out.append(low | (0 if done else 0x80))
        if done:
            return bytes(out)
