"""Makes plain text of LaTeX, and brings answers into a form in which equal ones look alike. Text in, text out; no pattern here takes more than linear time."""
import math
import re

MOST_CHARACTERS = 4000
MOST_DEPTH = 40

_SYMBOLS = {
    "cdot": "*", "times": "*", "div": "/", "pi": "pi", "infty": "infinity", "pm": "+-", "le": "<=", "leq": "<=", "ge": ">=", "geq": ">=", "neq": "!=", "ne": "!=",
    "to": "->", "cup": " u ", "cap": " n ", "in": " in ", "ldots": "...", "dots": "...", "degree": "degrees", "circ": "degrees", "quad": " ", "qquad": " ", "lt": "<", "gt": ">",
    "left": "", "right": "", "displaystyle": "", "limits": "",
}
_TEXTS = ("text", "textbf", "textit", "mathrm", "mathbf", "mathit", "mathbb", "mbox", "operatorname", "boxed", "overline", "hbox", "textrm")
_FRACTIONS = ("frac", "dfrac", "tfrac", "cfrac")
_UNITS = re.compile(r"(?<![a-z])(?:degree|cm|centimeter|meter|mile|second|minute|hour|day|week|month|year|foot|feet|inch|yard)(?:es|s)?(?![a-z]) *(?:\^[0-9]+)?", re.I)
_POWERS = {"million": 6, "billion": 9, "trillion": 12}
_THOUSANDS = re.compile(r"(?<=\d),(?=\d\d\d(?!\d))")
_TEXT_ALONE = re.compile(r"\\text\{([^{}]*)\}")
_FRACTION = re.compile(r"(-?\d+)/(\d+)")


def to_text(latex):
    r"""Plain text of LaTeX: `\frac{a}{b}` is a/b, `\sqrt{a}` is sqrt(a), `\pi` is pi."""
    return _Reader(latex[:MOST_CHARACTERS]).all().strip()


def last_boxed(text):
    r"""The content of the last `\boxed{...}`, braces within it kept; `\boxed 7` is 7; None where there is none, or its brace is open."""
    start = text.rfind("\\boxed")
    if start < 0:
        return None
    rest = text[start + len("\\boxed"):]
    if rest.startswith(" "):
        return rest.split("$")[0].strip()
    if not rest.startswith("{"):
        return None
    depth = 0
    for place, character in enumerate(rest):
        depth += (character == "{") - (character == "}")
        if depth == 0:
            return rest[1:place]
    return None


def light(text):
    """The first form: what is written differently and read the same."""
    text = text[:MOST_CHARACTERS].replace("\n", "").replace("\\!", "").replace("\\\\", "\\")
    text = text.replace("tfrac", "frac").replace("dfrac", "frac").replace("\\left", "").replace("\\right", "")
    text = text.replace("^{\\circ}", "").replace("^\\circ", "").replace("\\$", "").replace("$", "")
    # A unit begins with a space within its \text; a word that is the answer does not.
    text = text.partition("\\text{ ")[0]
    text = text.replace("\\%", "").replace("%", "").replace(" .", " 0.").replace("{.", "{0.").strip()
    if text.startswith("."):
        text = "0" + text
    left, sign, right = text.partition("=")
    if sign and len(left.strip()) <= 2:
        text = right
    text = re.sub(r"\\sqrt(\w)", r"\\sqrt{\1}", text).replace(" ", "")
    text = re.sub(r"\\frac(\w)(\w)", r"\\frac{\1}{\2}", text)
    text = re.sub(r"\\frac(\w)\{", r"\\frac{\1}{", text)
    if text == "0.5":
        return "\\frac{1}{2}"
    match = _FRACTION.fullmatch(text)
    return "\\frac{%s}{%s}" % match.groups() if match else text


def loose(text):
    """The second form: units, words and thousands are gone, and LaTeX is plain text."""
    text = text[:MOST_CHARACTERS].strip()
    alone = _TEXT_ALONE.fullmatch(text)
    text = alone.group(1) if alone else text
    text = text.replace("\\%", "%").replace("\\$", "$").replace("$", "").replace("%", "").replace(" or ", ", ").replace(" and ", ", ")
    for word, power in _POWERS.items():
        text = text.replace(word, "*10^%d" % power)
    text = text.replace("^{\\circ}", "").replace("^\\circ", "")
    text = _UNITS.sub("", text)
    if text.startswith("{") and text.endswith("}"):
        text = text[1:-1]
    if "\\" in text:
        text = to_text(text)
    text = re.sub(r"(?<=\d) +(?=\d+/\d)", "+", whole(text))
    text = _THOUSANDS.sub("", re.sub(r"- +", "-", text))
    text = _braces(text.replace(" ", "")).lower()
    return whole(text)


def whole(text):
    """A number that is whole, without point and exponent; any other text as it is."""
    try:
        value = float(text)
    except ValueError:
        return text
    if math.isfinite(value) and abs(value) < 1e15 and value == int(value) and "_" not in text:
        return str(int(value))
    return text


def fraction(text):
    """The two numbers of a plain fraction, else None."""
    match = _FRACTION.fullmatch(text)
    return (int(match.group(1)), int(match.group(2))) if match and len(text) < 200 else None


def is_whole(text):
    return re.fullmatch(r"[+-]?\d+", text) is not None


def elements(text):
    """The parts of a tuple or an interval; a list of one for everything else."""
    if len(text) > 2 and text[0] in "([" and text[-1] in ")]" and not any(bracket in text[1:-1] for bracket in "()[]"):
        return [part.strip() for part in text[1:-1].split(",")]
    return [text] if text else []


def _braces(text):
    # A power of more than one sign keeps its brackets: it would mean something else without.
    text = re.sub(r"\^\{([^{}]*)\}", lambda match: "^" + _wrapped(match.group(1)), text)
    return text.replace("{", "").replace("}", "")


class _Reader:
    """Reads LaTeX once, from left to right."""

    def __init__(self, text):
        self._text, self._place, self._depth = text, 0, 0

    def all(self):
        parts = []
        while self._place < len(self._text):
            parts.append(self._one())
        return "".join(parts)

    def _one(self):
        character = self._text[self._place]
        if character == "\\":
            return self._command()
        if character == "{":
            return self._group()
        self._place += 1
        if character == "^" and self._text.startswith("{", self._place):
            return "^" + _wrapped(self._group())
        return {"~": " ", "}": ""}.get(character, character)

    def _group(self):
        """What stands in braces, as text, without them."""
        self._depth += 1
        self._place += 1
        parts = []
        while self._place < len(self._text) and self._text[self._place] != "}" and self._depth <= MOST_DEPTH:
            parts.append(self._one())
        self._place += 1
        self._depth -= 1
        return "".join(parts)

    def _command(self):
        match = re.compile(r"\\([A-Za-z]+|.?)", re.S).match(self._text, self._place)
        self._place = match.end()
        name = match.group(1)
        if name in _FRACTIONS:
            above, below = self._argument(), self._argument()
            # Between a number and a fraction there is room: together they are a mixed number.
            return " %s/%s" % (_wrapped(above), _wrapped(below))
        if name == "sqrt":
            return self._root()
        if name in _TEXTS:
            return self._argument()
        if name in _SYMBOLS:
            return _SYMBOLS[name]
        return name if name.isalpha() else {"{": "", "}": "", "%": "%", "$": "$", "&": "&", "_": "_", "#": "#"}.get(name, " " if name in (",", ";", ":", " ") else "")

    def _root(self):
        degree = None
        if self._text.startswith("[", self._place):
            end = self._text.find("]", self._place)
            degree = self._text[self._place + 1:end] if end > 0 else None
            self._place = end + 1 if end > 0 else len(self._text)
        inner = self._argument()
        return "sqrt(%s)" % inner if degree is None else "(%s)^(1/%s)" % (inner, _wrapped(degree))

    def _argument(self):
        while self._text.startswith(" ", self._place):
            self._place += 1
        if self._place >= len(self._text) or self._depth > MOST_DEPTH:
            self._place += 1
            return ""
        self._depth += 1
        try:
            return self._one().strip()
        finally:
            self._depth -= 1


def _wrapped(text):
    """In brackets, where it would mean something else without."""
    return text if re.fullmatch(r"-?(?:\d+(?:\.\d+)?|[A-Za-z]|pi)", text) else "(%s)" % text
