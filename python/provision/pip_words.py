"""What pip wrote, for Slipway to read: pip keeps to its log why it found nothing.

Used by pip_driver.py. Standard library only.
"""
import json
import re
import urllib.parse

# One index that is down can fail for every package; a person needs the first few.
MAX_NOTES = 6
MAX_OUTPUT_LINES = 400

# A file's line with an error; a compiler or linker that names itself; a shell or a build tool that found none.
COMPILER = (
    r":\d+(?::\d+)?: (?:fatal error|error|ERROR): "
    r"|^\s*(?:\S*/)?(?:\S+-)?(?:cc1(?:plus)?|gcc|g\+\+|cc|c\+\+|clang(?:\+\+)?|gfortran|ld(?:\.\w+)?|collect2|as|nvcc|rustc)(?:-[\d.]+)?: (?:fatal error|error|cannot find|not found|command not found|No such file)"
    r"|(?:sh|make)(?:\[\d+\])?: (?:(?:line )?\d+: )?(?:\S*/)?(?:\S+-)?(?:gcc|g\+\+|cc|c\+\+|clang(?:\+\+)?|gfortran|nvcc)(?:-[\d.]+)?: "
    r"|unable to execute '|error: command '[^']+' failed: No such file|^\s*error\[E\d+\]: |can't find Rust compiler|linker `[^`]+` not found"
    r"|No CMAKE_\w+_COMPILER could be found|Unknown compiler\(s\)")


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
    explain_sources(sources)
    try:
        with open(log, encoding="utf-8", errors="replace") as stream:
            lines = [sources.rewrite(line.rstrip("\n")).partition(" ")[2].strip() for line in stream]
    except OSError:
        return
    output = failed_output(lines)
    if output:
        say("[%d lines of output]\n%s\n[end of output]" % (len(output), "\n".join(output[-MAX_OUTPUT_LINES:])))
    seen = [("compiler", line) for line in compiler_errors(output)[:1]]
    for line in lines:
        platform = re.match(r"Skipping link: none of the wheel's tags \((.*?)\) are compatible .*?: \S*/([^/#?\s]+\.whl)", line)
        if platform:
            seen.append(("platform", "%s is for %s" % (platform.group(2), platform.group(1))))
        discarded = re.match(r"Discarding (?:\[blue underline\])?[^\s#]*?([^\s#/\[]+)[\s#\[].* has inconsistent (.+?)(?:\[reset\])?$", line)
        if discarded:
            seen.append(("inconsistent", "%s has inconsistent %s" % discarded.groups()))
    if sources.gate:
        from index_findings import unmet
        seen.extend(unmet(sources.gate, wanted(lines)))
    for kind, text in list(dict.fromkeys(seen))[:MAX_NOTES]:
        note(kind, text)


def explain_sources(sources):
    """Says which sources failed, and which settings of pip's were ignored."""
    for problem in sources.gate.problems[:MAX_NOTES] if sources.gate else []:
        note(problem.kind, problem.text)
        if problem.hint:
            note("source-hint", problem.hint)
    for ignored in sources.ignored:
        note("ignored", ignored)


def wanted(lines):
    """The requirements that pip could not satisfy, each with whether that is certain: of those in a conflict each may be sound by itself."""
    found = {}
    for line in lines:
        conflicting = re.match(r".* depends on ([^;]+)$|The user requested (?:\(constraint\) )?([^;]+)$", line)
        if conflicting:
            found.setdefault((conflicting.group(1) or conflicting.group(2)).strip(), False)
    found.update((text, True) for text in not_found(lines))
    return found


def not_found(lines):
    """What no source has, in pip's words."""
    return list(dict.fromkeys(match.group(1) for match in (re.search(r"No matching distribution found for ([^\n(]*[^\s(])", line) for line in lines) if match))


def compiler_errors(output):
    """The lines in which a compiler, or what looked for one, says what is wrong."""
    return [line.strip() for line in output if re.search(COMPILER, line)]


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
