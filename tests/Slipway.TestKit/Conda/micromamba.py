"""A stand-in for micromamba that really creates environments: it answers `--version` and `create` as far as Slipway calls them.

It solves without going back: the newest version that all bounds known so far allow, then its dependencies. Packages are plain
.tar.bz2 files, or .conda files whose zstd frames are not compressed.
"""

import bz2
import hashlib
import io
import json
import os
import re
import shutil
import sys
import tarfile
import urllib.parse
import zipfile

VERSION = "2.0.5"
SUBDIRS = (os.environ.get("STANDIN_SUBDIR", "linux-64"), "noarch")


def fail(message, options=None):
    if options and options["json"]:
        print(json.dumps({"success": False, "solver_problems": [message]}))
    print("error    libmamba " + message, file=sys.stderr)
    sys.exit(1)


def parse(arguments):
    options = {"channels": [], "files": [], "json": False, "dry_run": False, "prefix": None, "root": None}
    flags = {"--json": "json", "--dry-run": "dry_run"}
    ignored = {"--no-rc", "--no-env", "--yes", "--offline", "--override-channels", "--no-pyc", "--always-copy"}
    valued = {"--channel": "channels", "--file": "files", "--prefix": "prefix", "--root-prefix": "root"}
    for argument in arguments:
        name, _, value = argument.partition("=")
        if argument in flags:
            options[flags[argument]] = True
        elif name in valued and value:
            kept = options[valued[name]]
            if isinstance(kept, list):
                kept.append(value)
            else:
                options[valued[name]] = value
        elif argument not in ignored:
            sys.exit("The following argument was not expected: " + argument)
    return options


def number(version):
    return [int(part) if part.isdigit() else -1 for part in re.split(r"[._-]", version)]


def allows(bound, version):
    for part in filter(None, bound.replace(" ", ",").split(",")):
        operator, wanted = re.match(r"(>=|<=|==|!=|=|>|<|)(.*)", part).groups()
        if not re.match(r"[0-9]", wanted):
            continue
        fuzzy = operator == "=" or wanted.endswith("*")
        wanted = wanted.rstrip("*").rstrip(".").split("=")[0]
        here, there = number(version), number(wanted)
        if fuzzy and here[: len(there)] != there:
            return False
        verdict = {">=": here >= there, "<=": here <= there, ">": here > there, "<": here < there, "!=": here != there}
        if not fuzzy and not verdict.get(operator, here == there):
            return False
    return True


def split(spec):
    match = re.match(r"(?:[^:]+::)?([A-Za-z0-9_.-]+)\s*(.*)", spec)
    return match.group(1).lower(), match.group(2)


def offers(channels):
    for channel in channels:
        base = urllib.parse.unquote(channel[len("file://"):]) if channel.startswith("file://") else channel
        for subdir in SUBDIRS:
            path = os.path.join(base, subdir, "repodata.json")
            if os.path.exists(path):
                with open(path, encoding="utf-8") as file:
                    data = json.load(file)
                for table in ("packages", "packages.conda"):
                    for name, record in data.get(table, {}).items():
                        url = "file://" + urllib.parse.quote(os.path.join(base, subdir, name))
                        yield dict(record, fn=name, url=url, channel=channel, subdir=subdir)


def solve(options, specs):
    known = list(offers(options["channels"]))
    bounds, chosen, queue = {}, {}, list(specs)
    while queue:
        name, bound = split(queue.pop(0))
        bounds.setdefault(name, []).append(bound)
        fitting = [one for one in known if one["name"] == name and all(allows(b, one["version"]) for b in bounds[name])]
        if not fitting:
            fail("Could not solve for environment specs: nothing provides requested %s %s" % (name, " ".join(bounds[name])), options)
        best = max(fitting, key=lambda one: (number(one["version"]), one["build_number"]))
        if chosen.get(name) is not best:
            chosen[name] = best
            queue += best["depends"]
    return sorted(chosen.values(), key=lambda one: one["name"])


def plain(frame):
    """The content of a zstd frame that holds raw blocks only."""
    position, content = 9, b""
    while True:
        header = int.from_bytes(frame[position:position + 3], "little")
        content += frame[position + 3:position + 3 + (header >> 3)]
        position += 3 + (header >> 3)
        if header & 1:
            return content


def extract(path, target):
    if path.endswith(".conda"):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith(".tar.zst"):
                    tarfile.open(fileobj=io.BytesIO(plain(archive.read(name)))).extractall(target)
    else:
        with open(path, "rb") as file:
            tarfile.open(fileobj=io.BytesIO(bz2.decompress(file.read()))).extractall(target)


def place(prefix, source, entry, python):
    relative = entry["_path"]
    if relative.startswith("site-packages/"):
        relative = "lib/python%s/%s" % (python, relative)
    target = os.path.join(prefix, relative)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if os.path.islink(os.path.join(source, entry["_path"])):
        os.symlink(os.readlink(os.path.join(source, entry["_path"])), target)
        return relative
    shutil.copy2(os.path.join(source, entry["_path"]), target)
    if "prefix_placeholder" in entry:
        with open(target, "rb") as file:
            content = file.read()
        with open(target, "wb") as file:
            file.write(content.replace(entry["prefix_placeholder"].encode(), prefix.encode()))
    return relative


def link(options, url, expected, python):
    path = urllib.parse.unquote(url[len("file://"):])
    kind, digest = ("sha256", expected[7:]) if expected.startswith("sha256:") else ("md5", expected)
    with open(path, "rb") as file:
        found = hashlib.new(kind, file.read()).hexdigest()
    if found != digest:
        fail("%s: %s sum doesn't match expectation (%s != %s)" % (path, kind.upper(), found, digest))
    name = re.sub(r"(\.conda|\.tar\.bz2)$", "", os.path.basename(path))
    source = os.path.join(options["root"], "pkgs", name)
    shutil.rmtree(source, ignore_errors=True)
    os.makedirs(source)
    extract(path, source)
    with open(os.path.join(source, "info", "index.json"), encoding="utf-8") as file:
        index = json.load(file)
    with open(os.path.join(source, "info", "paths.json"), encoding="utf-8") as file:
        paths = json.load(file)["paths"]
    files = [place(options["prefix"], source, entry, python) for entry in paths]
    with open(os.path.join(options["prefix"], "conda-meta", name + ".json"), "w", encoding="utf-8") as file:
        json.dump(dict(index, url=url, files=files), file)


def create(options):
    lines = [line.strip() for name in options["files"] for line in open(name, encoding="utf-8")]
    lines = [line for line in lines if line and not line.startswith("#")]
    if "@EXPLICIT" not in lines:
        found = solve(options, lines)
        if not (options["dry_run"] and options["json"]):
            sys.exit("The stand-in solves in dry runs only.")
        print(json.dumps({
            "actions": {"LINK": [dict(one, build_string=one["build"]) for one in found], "PREFIX": options["prefix"]},
            "dry_run": True, "prefix": options["prefix"], "success": True}, indent=4))
        return
    os.makedirs(os.path.join(options["prefix"], "conda-meta"))
    with open(os.path.join(options["prefix"], "conda-meta", "history"), "w", encoding="utf-8"):
        pass
    urls = [line.partition("#")[::2] for line in lines if line != "@EXPLICIT"]
    pythons = [match.group(1) for match in (re.search(r"/python-([0-9]+\.[0-9]+)", url) for url, _ in urls) if match]
    for url, expected in urls:
        print("Linking " + os.path.basename(url))
        link(options, url, expected, pythons[0] if pythons else None)


def main():
    with open(os.path.abspath(__file__) + ".calls", "a", encoding="utf-8") as log:
        log.write(json.dumps({"arguments": sys.argv[1:], "home": os.environ.get("HOME"), "leaked": sorted(
            name for name in os.environ if name.startswith(("CONDA_", "MAMBA_")))}) + "\n")
    if sys.argv[1:] == ["--version"]:
        print(VERSION)
    elif sys.argv[1:2] == ["create"]:
        create(parse(sys.argv[2:]))
    else:
        sys.exit("The stand-in only creates environments.")


if __name__ == "__main__":
    main()
