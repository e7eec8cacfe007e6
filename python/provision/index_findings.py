"""What the gate knows about a name for which nothing would do: who answered for it, who did not, and what a limit left out.

Used by pip_words.py and pip_sources.py. Standard library only.
"""
# pip's own copy, which the driver has put on the path.
from pip._vendor.packaging.requirements import InvalidRequirement, Requirement
from pip._vendor.packaging.version import InvalidVersion

from index_sources import time_of, version_text
from pip_words import normalized

# A short name is near to too many others.
SHORTEST_NEAR = 4


def unmet(gate, requirements):
    """Notes on requirements, given as pip's texts, each with whether it is known that nothing satisfies it.

    "why" stands in place of what pip says about the versions that there are, "besides" after it, "hint" says what to do.
    """
    for text, is_certain in requirements.items():
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        source, page = gate.known(normalized(requirement.name))
        if page is not None and (is_certain or not matching(requirement, page.files)):
            yield from of_page(gate, requirement, source, page)
    for text, hint in mistyped(gate):
        yield "besides", text
        yield "hint", hint


def of_page(gate, requirement, source, page):
    name = normalized(requirement.name)
    if page.status == "quarantined":
        yield "why", "%s is quarantined by %s%s, which offers nothing of it" % (name, source.title, " (%s)" % page.reason if page.reason else "")
        yield "hint", "Do not install it from elsewhere before you know why: it is suspected of harm."
        return
    late = matching(requirement, page.late)
    if late:
        oldest = min(late, key=lambda found: time_of(found["upload-time"]))
        what = "every version that would do" if page.files else "all that %s has" % source.title
        yield "besides" if page.files else "why", "exclude-newer %s leaves out %s: the oldest, %s, was uploaded at %s" % (
            gate.limit, what, version_text(name, oldest["filename"]), oldest["upload-time"])
        yield "hint", "Set exclude-newer to a later time, or ask for an older version."
    unasked = [other for other in gate.sources[gate.sources.index(source) + 1:] if other.serves(name)]
    if unasked:
        titles = " and ".join(other.title for other in unasked)
        yield "besides", "%s has %s and so answers for it alone; %s %s not asked" % (source.title, name, titles, "was" if len(unasked) == 1 else "were")
        yield "hint", hint_of(name, source, unasked[0])


def hint_of(name, source, other):
    if not source.is_index:
        return "Pin a version that find-links have, or take %s out of them: they come before every index." % name
    return "Pin a version that %s has, or put %s before it, with packages = [\"%s\"] so that it answers for nothing else." % (source.title, other.title, name)


def matching(requirement, files):
    return [found for found in files if satisfies(requirement, version_text(normalized(requirement.name), found["filename"]))]


def satisfies(requirement, version):
    try:
        return version is not None and requirement.specifier.contains(version, prereleases=True)
    except InvalidVersion:
        return False


def mistyped(gate):
    """Names in the packages of an index that nothing asked for, each nearly one that was asked for and that no index lists; with what to do."""
    asked = gate.asked
    listed = {name for source in gate.sources if source.is_index for name in source.packages}
    for source in gate.sources:
        for entry in sorted(source.packages - asked) if source.is_index else []:
            meant = next((name for name in sorted(asked - listed) if is_near(entry, name)), None)
            if meant:
                yield ("%s lists %s in its packages, which nothing asks for, and was not asked for %s" % (source.title, entry, meant),
                       "If %s is meant, correct the packages of %s." % (meant, source.title))


def is_near(one, other):
    """Whether one of two names could be the other with a typing error or, in longer ones, two."""
    shorter = min(len(one), len(other))
    return shorter >= SHORTEST_NEAR and distance(one, other) <= (1 if shorter < 8 else 2)


def distance(one, other):
    """How many characters are to be put in, left out, replaced or exchanged with the next."""
    before, row = [], list(range(len(other) + 1))
    for at, left in enumerate(one):
        older, before, row = before, row, [at + 1]
        for to, right in enumerate(other):
            row.append(min(before[to + 1] + 1, row[to] + 1, before[to] + (left != right)))
            if at and to and left == other[to - 1] and right == one[at - 1]:
                row[-1] = min(row[-1], older[to - 1] + 1)
    return row[-1]
