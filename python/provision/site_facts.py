"""Prints which distributions an interpreter offers besides its standard library, as one JSON document.

Run isolated (-I), so the user's own site-packages and PYTHONPATH are not part of the answer. What is told of each
distribution pins what is installed: the digest of its RECORD; where a packager left that out, the digest of its
metadata with its modification time.
"""
import hashlib
import importlib.metadata
import json
import os
import re
import site
import sys
import sysconfig
import time


def directories():
    """Every place where packages are or could be; one that appears later would change the answer."""
    standard = {os.path.realpath(path) for path in (sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"))}
    standard |= {os.path.join(path, "lib-dynload") for path in standard}
    known = [path for path in sys.path if not path.endswith(".zip") and os.path.realpath(path) not in standard]
    known += site.getsitepackages()
    # Through links too: the link itself says nothing of what is installed behind it.
    return sorted(set(known) | {os.path.realpath(path) for path in known})


def start_directories():
    """Where Python's site module reads .pth and .start files when the user's own site is shut out."""
    return [path for path in site.getsitepackages() if os.path.isdir(path)]


def search_path():
    """Where sitecustomize and usercustomize are looked for."""
    return [path for path in sys.path if os.path.isdir(path)]


def pin(distribution):
    record = distribution.read_text("RECORD")
    if record:
        return "record-sha256:" + hashlib.sha256(record.encode("utf-8", "surrogateescape")).hexdigest()
    for name in ("METADATA", "PKG-INFO", ""):
        text = distribution.read_text(name)
        if text:
            digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
            return "metadata-sha256:%s mtime:%s" % (digest, modified(distribution, name))
    return "unknown"


def modified(distribution, name):
    path = getattr(distribution, "_path", None)
    try:
        return os.stat(os.path.join(str(path), name) if name else str(path)).st_mtime_ns
    except OSError:
        return 0


def distributions():
    found = {}
    for distribution in importlib.metadata.distributions():
        try:
            name, version = distribution.metadata["Name"], distribution.version
        except Exception:  # a broken installation offers nothing that could be asked for
            continue
        if not name or not version:
            continue
        # The first on sys.path is the one that an import finds.
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key not in found:
            found[key] = {"name": name, "version": version, "pin": pin(distribution), "requires": distribution.requires or []}
    return [found[key] for key in sorted(found)]


# On a line of its own: start-up hooks of an installation may print as well.
started = time.time_ns()
sys.stdout.write("\n")
json.dump(
    {
        "directories": directories(),
        "distributions": distributions(),
        "start_directories": start_directories(),
        "search_path": search_path(),
        "started": started,
    },
    sys.stdout,
)
