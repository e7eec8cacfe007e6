"""What is done with expressions. Each runs in a process of its own, with limits (see forkserver): nothing here must guard itself."""
from . import expressions


def equal(pairs, exact, tolerance):
    """Whether two expressions of each pair are the same: exactly, or, where a tolerance is given, as numbers that lie so near to each other."""
    return all(_same(expressions.read(first, exact), expressions.read(second, exact), tolerance) for first, second in pairs)


def _same(a, b, tolerance):
    import sympy

    difference = sympy.simplify(a - b)
    if difference == 0:
        return True
    if tolerance is None or not difference.is_number:
        return False
    apart, size = sympy.N(sympy.Abs(difference)), sympy.N(sympy.Abs(b))
    return bool(apart.is_finite and size.is_finite and apart <= tolerance * max(1, size))


def simplify(expression):
    """An expression in its simplest form."""
    import sympy

    value = sympy.simplify(expressions.read(expression, True))
    return {"result": str(value), "latex": sympy.latex(value)}


def solve(equation, variable):
    """All solutions of an equation; without a sign of equality it is that of zero."""
    import sympy

    left, sign, right = equation.partition("=")
    difference = expressions.read(left, True) - (expressions.read(right, True) if sign else 0)
    letters = sorted(difference.free_symbols, key=str)
    if variable is None and len(letters) != 1:
        raise expressions.NotMathematics("it has %d unknowns; say which one is wanted" % len(letters))
    wanted = sympy.Symbol(variable) if variable is not None else letters[0]
    found = sympy.solve(difference, wanted)
    return {"variable": str(wanted), "solutions": sorted(str(value) for value in found)}


TASKS = {"equal": equal, "simplify": simplify, "solve": solve}
