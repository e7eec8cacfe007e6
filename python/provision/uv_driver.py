"""Resolution with uv, which asks only the index gate. Standard library and pip's vendored packages.

    uv_driver.py resolve PLAN    have uv resolve, and write what it found as pip's installation report

PLAN is a JSON file, written by Slipway. Where packages come from, with credentials, is told on standard input and
nowhere else. uv says which versions; which file of a version fits the interpreter is decided here as pip decides it, so
that the same request has the same lock whoever resolves it. Exit codes: 0 done, 5 a version has no file that fits,
otherwise uv's own. Lines that begin with "slipway-note: " are read by Slipway.
"""
import json
import os
import re
import subprocess
import sys
import urllib.parse

# The interpreter is isolated, so that this file's own folder is not searched.
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from pip_driver import version_reader  # noqa: E402
from pip_words import MAX_NOTES, explain_sources, normalized, note  # noqa: E402

UNFIT = 5

# What uv says of requirements that it cannot satisfy: "foo depends on bar>=2", "you require baz".
NAMED = re.compile(r"\b(?:depends? on|requires?) ([A-Za-z0-9][A-Za-z0-9._-]*(?:\[[^\]\s]*\])?(?:[<>=!~]=?[^\s,]+(?:,[<>=!~]=?[^\s,]+)*)?)")


def resolve(plan):
    version_of = version_reader(plan["pip"])
    from pip_sources import Sources
    sources = Sources(sys.stdin.buffer.read(), plan["pip"], version_of)
    lock = os.path.join(plan["work"], "pylock.toml")
    words = []
    # uv repeats the lock on standard output.
    code = sources.run_behind_gate(
        command_of(plan, lock), environment_of(sources.environment), "UV_DEFAULT_INDEX",
        words=words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=plan["work"])
    if code != 0:
        explain(sources, "".join(words), plan["requirements"])
        sys.exit(code)
    with open(plan["report"], "w", encoding="utf-8") as stream:
        json.dump({"version": "1", "install": list(items_of(sources, version_of, lock))}, stream)
    sources.annotate(plan["report"])


def command_of(plan, lock):
    """The call of uv. It reads no configuration and no [tool.uv] of projects: those would choose sources that no request shows."""
    return [
        plan["uv"], "pip", "compile", plan["requirements"], "-c", plan["constraints"], "--python", sys.executable, "--format", "pylock.toml",
        "--output-file", lock, "--no-header", "--no-annotate", "--no-config", "--no-sources", "--no-progress", "--color", "never",
        "--link-mode", "copy", "--cache-dir", os.path.join(plan["work"], "uv-cache"),
    ]


def environment_of(environment):
    """What uv must know besides: pip's settings of trust by the names that uv has for them."""
    environment.update(UV_PYTHON_DOWNLOADS="never", UV_NO_WRAP="1", NO_COLOR="1")
    for ours, theirs in (("PIP_CERT", "SSL_CERT_FILE"), ("PIP_CLIENT_CERT", "SSL_CLIENT_CERT"), ("PIP_DEFAULT_TIMEOUT", "UV_HTTP_TIMEOUT"), ("PIP_TRUSTED_HOST", "UV_INSECURE_HOST")):
        if environment.get(ours):
            environment[theirs] = environment[ours]
    return environment


def explain(sources, words, requirements):
    """Says what the sources could not, and what the gate knows of the names that uv names."""
    from index_findings import unmet
    explain_sources(sources)
    with open(requirements, encoding="utf-8") as stream:
        lines = [line.strip() for line in stream]
    asked = {text: False for text in lines + [found.rstrip(".") for found in NAMED.findall(words)] if text}
    for kind, text in list(dict.fromkeys(unmet(sources.gate, asked)))[:MAX_NOTES]:
        note(kind, text)


def items_of(sources, version_of, lock):
    """The packages of uv's lock as items of pip's report."""
    from pip._vendor import tomli
    with open(lock, "rb") as stream:
        packages = tomli.load(stream)["packages"]
    choice = Choice(version_of)
    unfit = []
    for package in packages:
        item = direct_item(package, lock) or choice.item(package, sources.gate)
        if item is None:
            unfit.append("%s %s" % (package["name"], package["version"]))
        else:
            yield item
    if unfit:
        note("unfit", ", ".join(unfit))
        sys.exit(UNFIT)


def direct_item(package, lock):
    """A package that is named by its address; None for one that comes from an index."""
    repository, archive = package.get("vcs"), package.get("archive")
    if repository:
        info = {"vcs": repository["type"], "commit_id": repository["commit-id"], "requested_revision": repository.get("requested-revision")}
        return item_of(package, {"url": repository["url"], "vcs_info": info, "subdirectory": repository.get("subdirectory")}, is_direct=True)
    if archive:
        path = os.path.join(os.path.dirname(lock), archive["path"]) if "path" in archive else None
        url = "file://" + urllib.parse.quote(os.path.abspath(path)) if path else archive["url"].partition("#")[0]
        return item_of(package, {"url": url, "archive_info": {"hashes": archive["hashes"]}, "subdirectory": archive.get("subdirectory")}, is_direct=True)
    return None


def item_of(package, download, **more):
    return dict({"download_info": download, "metadata": {"name": package["name"], "version": package["version"]}, "is_yanked": False, "is_direct": False}, **more)


class Choice:
    """Which file of a version fits this interpreter: pip's order of preference."""

    def __init__(self, version_of):
        from pip._internal.utils.compatibility_tags import get_supported
        from pip._vendor.packaging.specifiers import InvalidSpecifier, SpecifierSet
        from pip._vendor.packaging.utils import InvalidWheelFilename, parse_wheel_filename
        self._ranks = {tag: rank for rank, tag in reversed(list(enumerate(get_supported())))}
        self._version_of, self._specifiers, self._parse = version_of, SpecifierSet, parse_wheel_filename
        self._errors = (InvalidSpecifier, InvalidWheelFilename, ValueError)
        self._python = "%d.%d.%d" % sys.version_info[:3]

    def item(self, package, gate):
        from index_sources import version_text
        name = normalized(package["name"])
        _, page = gate.known(name)
        wanted = self._version_of(package["version"])
        ranked = []
        for found in page.files if page else []:
            text = version_text(name, found["filename"])
            rank = self._rank(found, text, wanted) if text else None
            if rank is not None:
                ranked.append((rank, found))
        if not ranked:
            return None
        _, found = max(ranked, key=lambda entry: entry[0])
        return self._item(package, found)

    def _rank(self, found, text, wanted):
        """The greater, the better; None when the file does not fit."""
        try:
            if self._version_of(text) != wanted or not self._specifiers(found.get("requires-python") or "").contains(self._python):
                return None
            if not found["filename"].endswith(".whl"):
                return (-len(self._ranks) - 1, ())
            _, _, build, tags = self._parse(found["filename"])
        except self._errors:
            return None
        ranks = [self._ranks[tag] for tag in tags if tag in self._ranks]
        return (-min(ranks), build) if ranks else None

    def _item(self, package, found):
        from pip_sources import digest_of
        digest = found["hashes"].get("sha256") or digest_of(found["url"])
        yanked = found.get("yanked") or False
        item = item_of(package, {"url": found["url"], "archive_info": {"hashes": {"sha256": digest} if digest else {}}}, is_yanked=bool(yanked))
        if isinstance(yanked, str):
            item["yanked_reason"] = yanked
        return item


if __name__ == "__main__":
    with open(sys.argv[2], encoding="utf-8") as plan_file:
        {"resolve": resolve}[sys.argv[1]](json.load(plan_file))
