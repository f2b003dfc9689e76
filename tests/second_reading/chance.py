"""Chance, in whole numbers of plain Python."""

import hashlib
from math import exp

from scipy.special import ndtri

WORD = 0xFFFFFFFF


def philox(counter: tuple[int, int, int, int], key: tuple[int, int]) -> int:
    """First word of Philox-4x32-10."""
    (a, b, c, d), (k, m) = counter, key
    for _ in range(10):
        high, low = divmod(0xD2511F53 * a, 1 << 32)
        high2, low2 = divmod(0xCD9E8D57 * c, 1 << 32)
        a, b, c, d = high2 ^ b ^ k, low2, high ^ d ^ m, low
        k, m = (k + 0x9E3779B9) & WORD, (m + 0xBB67AE85) & WORD
    return a


class Chance:
    """Numbers of one client (or therapist) of one seed."""

    def __init__(self, seed: int, replicate: int, therapist: int, client: int = 0) -> None:
        self.seed, self.who = seed, (replicate, therapist, client)

    def uniform(self, decision: str, occasion: int = 0) -> float:
        """A number in (0, 1)."""
        digest = hashlib.blake2b(f"{self.seed}/{decision}".encode(), digest_size=8).digest()
        key = int.from_bytes(digest[:4], "little"), int.from_bytes(digest[4:], "little")
        return (philox((*self.who, occasion), key) + 0.5) / 2**32

    def normal(self, decision: str, occasion: int = 0) -> float:
        """A standard normal number."""
        return float(ndtri(self.uniform(decision, occasion)))

    def event(self, decision: str, chance: float, occasion: int = 0) -> bool:
        """Whether an event of this probability happens."""
        return self.uniform(decision, occasion) < chance

    def by_log_odds(self, decision: str, log_odds: float, occasion: int = 0) -> bool:
        """Whether an event of these log odds happens."""
        return self.uniform(decision, occasion) < 1 / (1 + exp(-log_odds))
