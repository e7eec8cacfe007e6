"""Says whether an answer is right. Two ways, which differ on purpose:

`compat` is the grader under which published results of reinforcement learning on grade-school mathematics came about, debatable rows included: a
fraction must be reduced (2/4 is not 1/2), a power or a root is not the integer it equals (10^2 is not 100), and floats are compared as such.
`strict` asks whether the two are the same mathematically, exactly or within a tolerance.
"""
import re

from ..errors import ModuleMissing
from . import latex
from .algebra import ALGEBRA, Refused

MODES = ("compat", "strict")
_TOO_HARD = re.compile(r"\^\{|\^\(|\^[0-9]+\^|\^[0-9][0-9]+")


def grade(given, truth, mode="compat", tolerance=None):
    """Whether an answer is right, and a note where something could not be asked: (bool, text or None)."""
    if not given.strip():
        return False, None
    if latex.light(given) == latex.light(truth):
        return True, None
    a, b = latex.loose(given), latex.loose(truth)
    if not a or not b:
        return False, None
    if a == b:
        return True, None
    first, second = latex.elements(a), latex.elements(b)
    if len(first) != len(second) or (len(second) > 1 and (a[0], a[-1]) != (b[0], b[-1])):
        return False, None
    verdicts = [(x == y or (_compat(x, y) if mode == "compat" else None), x, y) for x, y in zip(first, second)]
    if any(verdict is False for verdict, _, _ in verdicts):
        return False, None
    # All of an answer is asked at once: the second is for the whole of it.
    open_pairs = [(x, y) for verdict, x, y in verdicts if verdict is None]
    return _ask(open_pairs, mode == "strict", tolerance) if open_pairs else (True, None)


def _compat(given, truth):
    """What the text alone says: right, wrong, or None."""
    if latex.fraction(given) and latex.fraction(truth):
        return False
    if latex.is_whole(given) != latex.is_whole(truth):
        return False
    for text in (given, truth):
        if _TOO_HARD.search(text) or len(set(re.findall("[a-z]", text.replace("sqrt", "").replace("frac", "")))) > 2:
            return False
    # Here both are whole or none is.
    return _number(given) == _number(truth) if latex.is_whole(given) else None


def _number(text):
    sign = "-" if text.startswith("-") else ""
    return sign + (text.lstrip("+-").lstrip("0") or "0")


def _ask(pairs, exact, tolerance):
    try:
        return ALGEBRA.ask("equal", pairs, exact, tolerance), None
    except ModuleMissing:
        return False, "not compared symbolically: the environment has no module sympy"
    except Refused as refusal:
        return False, str(refusal)
