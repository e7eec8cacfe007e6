"""What pip wrote, for Slipway to read: pip keeps to its log why it found nothing.

Used by pip_driver.py. Standard library only.
"""
import json
import re
import urllib.parse

# One index that is down can fail for every package; a person needs the first few.
MAX_NOTES = 6
MAX_OUTPUT_LINES = 400


def normalized(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def plain_url(url):
    """The URL with what could mean something else in a line of pip's percent-quoted: blanks, quotes, ${NAME}, a line's end."""
    return re.sub(r"[^A-Za-z0-9!#%&()*+,\-./:;=?@\[\]_~]", lambda match: urllib.parse.quote(match.group(0)), url)


def say(text):
    print(text, flush=True)


def note(kind, text):
    say("slipway-note: %s: %s" % (kind, text))


def mark_yanked(reports, log):
    """Adds to pip's report what is yanked and why: pip before 23.3 says it only in its log."""
    with open(log, encoding="utf-8", errors="replace") as stream:
        text = stream.read()
    reasons = {
        (normalized(name.split("[")[0]), version): reason
        for name, version, reason in re.findall(
            r"yanked version: '([^']+)' candidate \(version (\S+) at [^\n]*\n(?:\S+ )?Reason for being yanked: ([^\n]*)", text)
    }
    for path in reports if reasons else []:
        with open(path, encoding="utf-8") as stream:
            report = json.load(stream)
        for item in report["install"]:
            key = (normalized(item["metadata"]["name"]), item["metadata"]["version"])
            if key in reasons:
                item.update(is_yanked=True, yanked_reason=reasons[key])
        with open(path, "w", encoding="utf-8") as stream:
            json.dump(report, stream)


def explain(log, sources):
    """Says what the sources could not, then repeats the telling lines of pip's log, each once."""
    for problem in sources.gate.problems[:MAX_NOTES] if sources.gate else []:
        note(problem.kind, problem.text)
        if problem.hint:
            note("source-hint", problem.hint)
    for ignored in sources.ignored:
        note("ignored", ignored)
    try:
        with open(log, encoding="utf-8", errors="replace") as stream:
            lines = [sources.rewrite(line.rstrip("\n")).partition(" ")[2].strip() for line in stream]
    except OSError:
        return
    output = failed_output(lines)
    if output:
        say("[%d lines of output]\n%s\n[end of output]" % (len(output), "\n".join(output[-MAX_OUTPUT_LINES:])))
    seen = []
    for line in lines:
        # A name that an index does not have is answered by 404: that is no fault of the index.
        fetch = re.match(r"Could not fetch URL (\S+): (?!404 Client Error)(.*?)(?: - skipping)?$", line)
        if fetch:
            seen.append(("fetch", "%s %s" % fetch.groups()))
        platform = re.match(r"Skipping link: none of the wheel's tags \((.*?)\) are compatible .*?: \S*/([^/#?\s]+\.whl)", line)
        if platform:
            seen.append(("platform", "%s is for %s" % (platform.group(2), platform.group(1))))
    seen.extend(("empty", url) for url in pages_without_files(lines))
    for kind, text in list(dict.fromkeys(seen))[:MAX_NOTES]:
        note(kind, text)


def failed_output(lines):
    """What a failing build wrote: with a log, pip believes that it has shown this already."""
    ends = [number for number, line in enumerate(lines) if "[present-rich]" in line or line.endswith("error: subprocess-exited-with-error")]
    if not ends:
        return []
    starts = [number for number, line in enumerate(lines[:ends[0]]) if line.startswith("Running command ")]
    if not starts:
        return []
    output = [line for line in lines[starts[-1] + 1:ends[0]] if line]
    if lines[starts[-1]].startswith("Running command pip subprocess"):
        # That pip wrote to this log too, everything that it thought; its errors are enough.
        return list(dict.fromkeys(line for line in output if line.startswith(("ERROR: ", "WARNING: "))))
    return output


def pages_without_files(lines):
    """The pages that an index answered with, and that held no link to any file: sign-in pages, for example."""
    empty = []
    page = None
    for line in lines:
        fetched = re.match(r"Fetched page (\S+) as text/html", line)
        if fetched:
            page = fetched.group(1)
        elif page and ("Found link " in line or ("Skipping link: " in line and "not a file" not in line)):
            page = None
        elif page and re.match(r"Given no hashes to check|\d+ location\(s\) to search|ERROR: ", line):
            empty.append(page)
            page = None
    return empty
