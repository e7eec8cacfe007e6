"""Reads expressions with a grammar of its own and builds them of sympy's objects. The text is never evaluated as Python: what is no number, letter,
known function or sign of this page is refused, before sympy is asked for anything."""
import re

MOST_CHARACTERS = 1000
MOST_DEPTH = 50
MOST_DIGITS = 200

_TOKEN = re.compile(r"\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z]+)|(\*\*|[-+*/^(),!]))")
_FUNCTIONS = {
    "sqrt": "sqrt", "sin": "sin", "cos": "cos", "tan": "tan", "cot": "cot", "sec": "sec", "csc": "csc", "arcsin": "asin", "arccos": "acos", "arctan": "atan",
    "asin": "asin", "acos": "acos", "atan": "atan", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "log": "log", "ln": "log", "exp": "exp", "abs": "Abs",
}
_GREEK = ("alpha", "beta", "gamma", "delta", "epsilon", "theta", "lambda", "mu", "phi", "rho", "sigma", "tau", "omega")
_CONSTANTS = {"pi": "pi", "infinity": "oo", "oo": "oo"}
_PARTS = re.compile("|".join(sorted({*_FUNCTIONS, *_GREEK, "pi"}, key=len, reverse=True)) + "|.")
_EXACT_CONSTANTS = {"e": "E", "i": "I"}


class NotMathematics(ValueError):
    """The text is no expression that is known here."""


def tokens(text):
    """The tokens of a text, as (kind, text)."""
    if len(text) > MOST_CHARACTERS:
        raise NotMathematics("it has more than %d characters" % MOST_CHARACTERS)
    found, place, text = [], 0, text.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise NotMathematics("%r is not known here" % text[place:].strip()[:1])
        found.append(next((kind, part) for kind, part in zip(("number", "name", "sign"), match.groups()) if part is not None))
        place = match.end()
    return found


def read(text, exact):
    """The expression of a text. Exact ones have decimals as fractions, and e and i as the constants; others have floats, and letters."""
    reader = _Reader(tokens(text), exact)
    value = reader.sum()
    if reader.peek() is not None:
        raise NotMathematics("%s stands where nothing may" % reader.peek()[1])
    return value


class _Reader:
    def __init__(self, found, exact):
        import sympy

        self._sympy, self._tokens, self._place, self._exact, self._depth = sympy, found, 0, exact, 0

    def peek(self):
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def _take(self, *signs):
        token = self.peek()
        if token is not None and token[0] == "sign" and token[1] in signs:
            self._place += 1
            return token[1]
        return None

    def _need(self, sign):
        if self._take(sign) is None:
            raise NotMathematics("a %s is missing" % sign)

    def sum(self):
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise NotMathematics("it has more than %d levels" % MOST_DEPTH)
        value = self._product()
        sign = self._take("+", "-")
        while sign:
            value = value + self._product() if sign == "+" else value - self._product()
            sign = self._take("+", "-")
        self._depth -= 1
        return value

    def _product(self):
        value = self._signed()
        while True:
            sign = self._take("*", "/")
            if sign:
                right = self._signed()
                value = value * right if sign == "*" else value / right
            elif self._begins():
                value = value * self._power()
            else:
                return value

    def _begins(self):
        token = self.peek()
        return token is not None and (token[0] != "sign" or token[1] == "(")

    def _signed(self):
        sign = self._take("+", "-")
        if sign is None:
            return self._power()
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise NotMathematics("it has more than %d levels" % MOST_DEPTH)
        value = self._signed()
        self._depth -= 1
        return -value if sign == "-" else value

    def _power(self):
        value = self._postfix()
        return value ** self._signed() if self._take("^", "**") else value

    def _postfix(self):
        value = self._atom()
        while self._take("!"):
            value = self._sympy.factorial(value)
        return value

    def _atom(self):
        token = self.peek()
        if token is None:
            raise NotMathematics("it ends too early")
        self._place += 1
        kind, text = token
        if kind == "number":
            return self._number(text)
        if kind == "name":
            return self._name(text)
        if text != "(":
            raise NotMathematics("%s stands where a number or a letter belongs" % text)
        value = self.sum()
        self._need(")")
        return value

    def _number(self, text):
        if len(text) > MOST_DIGITS or len(text.lower().partition("e")[2]) > 4:
            raise NotMathematics("a number is too long")
        if text.isdigit():
            return self._sympy.Integer(text)
        return self._sympy.Rational(text) if self._exact else self._sympy.Float(text)

    def _name(self, text):
        low = text.lower()
        if low in _FUNCTIONS:
            return self._function(_FUNCTIONS[low])
        if low in _CONSTANTS:
            return getattr(self._sympy, _CONSTANTS[low])
        if self._exact and text in _EXACT_CONSTANTS:
            return getattr(self._sympy, _EXACT_CONSTANTS[text])
        if low in _GREEK or len(text) == 1:
            return self._sympy.Symbol(text)
        # Letters beside each other are a product. They are read again one by one, so that a power belongs to the last.
        parts = _PARTS.findall(text)
        self._tokens[self._place:self._place] = [("name", part) for part in parts[1:]]
        return self._name(parts[0])

    def _function(self, name):
        function = getattr(self._sympy, name)
        # sin^2(x) is the square of sin(x).
        if self._take("^", "**"):
            exponent = self._atom()
            return self._function(name) ** exponent
        if not self._take("("):
            return function(self._power())
        values = [self.sum()]
        while self._take(","):
            values.append(self.sum())
        self._need(")")
        if len(values) > (2 if name == "log" else 1):
            raise NotMathematics("%s has too many arguments" % name)
        return function(*values)
