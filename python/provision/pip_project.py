"""Installs the project that an environment is private to, so that edits of its sources take effect (PEP 660).

Used by pip_driver.py, with the environment's own Python. Standard library only.
"""
import contextlib
import fcntl
import hashlib
import importlib.metadata
import json
import os
import sys
import sysconfig
import urllib.parse

from pip_words import normalized, note


def digest_of(path):
    """The digest of a file; '-' when there is none."""
    try:
        with open(path, "rb") as stream:
            return hashlib.sha256(stream.read()).hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return "-"


def changed(project):
    """The first of the files that its build reads which is not what it was, or None."""
    for line in project["inputs"]:
        digest, path = line.split(" ", 1)
        whole = os.path.join(project["directory"], path)
        if digest_of(whole) != digest:
            return whole
    return None


def require_unchanged(project):
    path = changed(project)
    if path is not None:
        note("project-changed", path)
        sys.exit(1)


@contextlib.contextmanager
def alone(directory):
    """Backends write into the project's directory while they build: one build at a time."""
    opened = os.open(directory, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)


def installed(project):
    """The project's distribution, when it leads to its directory; None otherwise."""
    folders = sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
    for distribution in importlib.metadata.distributions(path=folders):
        name = distribution.metadata["Name"]
        if name and normalized(name) == project["name"]:
            origin = json.loads(distribution.read_text("direct_url.json") or "{}")
            place = urllib.parse.unquote(urllib.parse.urlsplit(origin.get("url", "")).path)
            if origin.get("dir_info", {}).get("editable") and os.path.realpath(place) == project["directory"]:
                return distribution
    return None


def install(plan, call):
    """Has pip build the editable wheel, isolated, and install it alone. CALL runs pip with arguments, and ends this process when pip fails."""
    project = plan["project"]
    require_unchanged(project)
    with alone(project["directory"]):
        # What ends with a bracket would be read as extras.
        call(["install", "--no-deps", "--no-compile", "--no-warn-script-location"] + plan["pip_args"] + ["--editable=%s/" % project["directory"]])
    require_unchanged(project)
    distribution = installed(project)
    if distribution is None:
        note("not-editable", project["name"])
        sys.exit(1)
    if "Root-Is-Purelib: false" in (distribution.read_text("WHEEL") or ""):
        note("compiled", project["name"])
