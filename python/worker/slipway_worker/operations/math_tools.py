r"""Answers to exercises in mathematics.

`grade_answer` {given, truth, mode = compat} and `batch_grade` {pairs: [{given, truth}], mode}; `verify_math_answer` {reference, prediction,
tolerance = 1e-6, mode = strict} and `batch_verify` {pairs: [{reference, prediction}], tolerance, mode}, of whose predictions the last `\boxed` counts where
there is one; `simplify_expression` {expression}, `solve_equation` {equation, variable}, `latex_to_text` {latex}.

An answer is never evaluated as Python, and has one second; when that is over it is wrong. A pair that cannot be read marks its own entry alone.
"""
from .. import arguments
from ..errors import BadInput
from ..mathematics import grading, latex
from ..mathematics.algebra import ALGEBRA, Refused
from ..registry import operation

MOST_PAIRS = 10000
TOLERANCE = 1e-6


@operation("verify_math_answer")
def verify_math_answer(call):
    return _verified(call.args, _tolerance(call), _mode(call, "strict"))


@operation("batch_verify")
def batch_verify(call):
    tolerance, mode = _tolerance(call), _mode(call, "strict")
    return _batch(call, "reference", "prediction", lambda pair: _verified(pair, tolerance, mode))


@operation("grade_answer")
def grade_answer(call):
    return _graded(call.args, _mode(call, "compat"))


@operation("batch_grade")
def batch_grade(call):
    mode = _mode(call, "compat")
    return _batch(call, "given", "truth", lambda pair: _graded(pair, mode))


@operation("simplify_expression")
def simplify_expression(call):
    return _asked("simplify", _expression(call, "expression"))


@operation("solve_equation")
def solve_equation(call):
    variable = arguments.read(call.args, "variable", "text")
    if variable is not None and not (variable.isalpha() and variable.isascii() and len(variable) <= 20):
        raise BadInput("variable is %r, and must be a name of letters" % variable)
    return _asked("solve", _expression(call, "equation"), variable)


@operation("latex_to_text")
def latex_to_text(call):
    return {"success": True, "text": latex.to_text(arguments.read(call.args, "latex", "text", required=True))}


def _verified(pair, tolerance, mode):
    reference, prediction = (arguments.read(pair, name, "text", required=True) for name in ("reference", "prediction"))
    answer = latex.last_boxed(prediction) if "\\boxed" in prediction else prediction
    if answer is None:
        is_correct, note = False, "the last \\boxed is not closed"
    else:
        is_correct, note = grading.grade(answer, reference, mode, tolerance if mode == "strict" else None)
    return _noted({"success": True, "is_correct": is_correct, "reference": reference, "prediction": prediction}, note)


def _graded(pair, mode):
    given, truth = (arguments.read(pair, name, "text", required=True) for name in ("given", "truth"))
    is_correct, note = grading.grade(given, truth, mode)
    return _noted({"success": True, "is_correct": is_correct, "given": given, "truth": truth}, note)


def _noted(answer, note):
    return answer if note is None else dict(answer, note=note)


def _batch(call, first, second, one):
    pairs = call.args.get("pairs")
    if type(pairs) is not list or len(pairs) > MOST_PAIRS:
        raise BadInput("pairs is no list of at most %d" % MOST_PAIRS)
    results = []
    for pair in pairs:
        call.check()
        if type(pair) is list and len(pair) == 2:
            pair = {first: pair[0], second: pair[1]}
        try:
            if type(pair) is not dict:
                raise BadInput("a pair is an object with %s and %s, or a list of these two" % (first, second))
            results.append(one(pair))
        except BadInput as error:
            results.append({"success": False, "is_correct": False, "error": str(error)})
    correct = sum(result["is_correct"] for result in results)
    return {"success": True, "results": results, "accuracy": correct / len(results) if results else 0.0, "correct": correct, "total": len(results)}


def _asked(task, *values):
    try:
        return dict(ALGEBRA.ask(task, *values), success=True)
    except Refused as refusal:
        return {"success": False, "error": str(refusal)}


def _expression(call, name):
    text = arguments.read(call.args, name, "text", required=True)
    return latex.to_text(text) if "\\" in text else text


def _tolerance(call):
    return arguments.between("tolerance", arguments.read(call.args, "tolerance", "number", TOLERANCE), 0, 1)


def _mode(call, default):
    mode = arguments.read(call.args, "mode", "text", default)
    if mode not in grading.MODES:
        raise BadInput("mode is %s, and must be one of %s" % (mode, ", ".join(grading.MODES)))
    return mode
