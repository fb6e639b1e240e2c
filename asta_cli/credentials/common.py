"""The kept list of common passwords: zxcvbn's, with its estimate of how many guesses a password withstands."""

from __future__ import annotations

_WEAKEST_SCORE = 4  # withstands at least 10^10 guesses
_PIECE = 36  # the estimate takes quadratic time, and seconds for long strings of look-alike signs


def is_common(password: str) -> bool:
    """Whether *password* is on the list, or made of so little that it would be guessed as if it were.

    A long password is common if every piece of it is.
    """
    from zxcvbn import zxcvbn

    pieces = (password[start : start + _PIECE] for start in range(0, len(password), _PIECE))
    return all(zxcvbn(piece)["score"] < _WEAKEST_SCORE for piece in pieces)
