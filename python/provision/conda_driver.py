"""Finishes a conda environment: checks that it holds what was locked, compiles its Python files, and records what its
activation would change, so that nobody has to activate it. Runs with the environment's own Python where it has one.

usage: conda_driver.py PLAN
"""

import compileall
import json
import os
import platform
import py_compile
import subprocess
import sys

MISMATCH = 3
BROKEN_SCRIPT = 4
LIMIT_SECONDS = 120
UNSET = "***unset***"
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"

# The scripts are sourced as a shell would; what they print is theirs, what they leave in the environment is ours.
SHELL = 'exec 3>&1 1>&2; for script in "$@"; do . "$script"; done; exec "$SLIPWAY_ENV" -0 >&3'
OWN_TO_THE_SHELL = ("_", "PWD", "OLDPWD", "SHLVL", "SLIPWAY_ENV")


def say(text):
    print(text, file=sys.stderr, flush=True)


def problems_of(plan):
    meta = os.path.join(plan["root"], "conda-meta")
    found = {name[:-5] for name in os.listdir(meta) if name.endswith(".json")}
    expected = set(plan["packages"])
    for name in sorted(expected - found):
        yield "%s is not installed" % name
    for name in sorted(found - expected):
        yield "%s was not locked" % name
    if plan["python"]:
        if os.path.realpath(sys.prefix) != os.path.realpath(plan["root"]):
            yield "the interpreter's prefix is %s, not %s" % (sys.prefix, plan["root"])
        if platform.python_version() != plan["python"]:
            yield "the interpreter is Python %s, not %s" % (platform.python_version(), plan["python"])


def compile_all(folder):
    # Hash-based and unchecked: nothing is written or looked up again, whatever the file times are.
    # A file that does not compile (templates, other Pythons' syntax) is the package's own business.
    compileall.compile_dir(
        folder, quiet=2, force=True, workers=0, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)


def listed(root, folder, ending):
    path = os.path.join(root, "etc", "conda", folder)
    names = sorted(os.listdir(path)) if os.path.isdir(path) else []
    return [os.path.join(path, name) for name in names if name.endswith(ending)]


def declared(plan):
    """The variables that packages and the request set, in conda's order: later ones win."""
    variables = {}
    for path in listed(plan["root"], "env_vars.d", ".json"):
        with open(path, encoding="utf-8") as file:
            variables.update({name: str(value) for name, value in json.load(file).items()})
    variables.update(plan["variables"])
    return variables


def sourced(scripts, before):
    shell = next((path for path in ("/bin/bash", "/usr/bin/bash") if os.path.exists(path)), "/bin/sh")
    program = next(path for path in ("/usr/bin/env", "/bin/env") if os.path.exists(path))
    run = subprocess.run(
        [shell, "-c", SHELL, "activate"] + scripts,
        env=dict(before, SLIPWAY_ENV=program),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=LIMIT_SECONDS)
    if run.returncode != 0:
        say("the activation scripts ended with %d: %s" % (run.returncode, ", ".join(scripts)))
        sys.exit(BROKEN_SCRIPT)
    pairs = (entry.partition("=") for entry in os.fsdecode(run.stdout).split("\0") if entry)
    return {name: value for name, _, value in pairs if name not in OWN_TO_THE_SHELL}


def activation(plan):
    root = plan["root"]
    binaries = os.path.join(root, "bin")
    variables = declared(plan)
    fixed = {"CONDA_PREFIX": root, "PYTHONNOUSERSITE": "1"}
    fixed.update({name: value for name, value in variables.items() if value != UNSET})
    unset = {"PYTHONHOME"} | {name for name, value in variables.items() if value == UNSET}
    scripts = listed(root, "activate.d", ".sh")
    before = {"HOME": os.path.dirname(plan["activation"]), "PATH": binaries + ":" + SYSTEM_PATH, "LANG": "C.UTF-8", **fixed}
    after = sourced(scripts, before) if scripts else before
    added, prepended = dict(fixed), {"PATH": binaries}
    for name, value in after.items():
        old = before.get(name, "")
        # A backup is for a deactivation, which never comes.
        if name.startswith("CONDA_BACKUP_") or (value == old and name in before):
            continue
        if name == "PATH":
            prepended["PATH"] = value[: -len(":" + SYSTEM_PATH)] if value.endswith(":" + SYSTEM_PATH) else binaries
        elif value.endswith(":" + old) and (old or value.strip(":")):
            # What a script puts before a value that it takes for granted.
            prepended[name] = value[: len(value) - len(":" + old)]
        else:
            added[name] = value
    unset |= {name for name in before if name not in after and name not in ("HOME", "LANG")}
    return {
        "set": {name: value for name, value in added.items() if name not in unset},
        "prepend": prepended,
        "unset": sorted(unset),
    }


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        plan = json.load(file)
    problems = list(problems_of(plan))
    if problems:
        for problem in problems:
            say(problem)
        sys.exit(MISMATCH)
    if plan["python"]:
        compile_all(os.path.join(plan["root"], "lib", "python%d.%d" % sys.version_info[:2]))
    with open(plan["activation"], "w", encoding="utf-8") as file:
        json.dump(activation(plan), file)


if __name__ == "__main__":
    main()
