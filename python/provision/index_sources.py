"""What package sources say: index pages in both forms, and directories.

Used by index_gate.py. A source that cannot say whether it has a name raises Problem. Standard library only.
"""
import collections
import datetime
import html.parser
import http.client
import json
import os
import posixpath
import re
import urllib.error
import urllib.parse

# pip's own copy, which the driver has put on the path.
from pip._vendor.packaging.version import InvalidVersion, Version

from index_upstream import Cut, reason_of
from pip_words import normalized, plain_url

ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.2, text/html; q=0.01"
JSON = "application/vnd.pypi.simple.v1+json"
UNAUTHORIZED = (401, 403, 407)
PROXY_HINT = "Give the proxy's user and password in its URL: in HTTPS_PROXY, PIP_PROXY, or `proxy` in pip.conf."
ENDINGS = (".whl", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar", ".zip")


def file_name(url):
    return urllib.parse.unquote(posixpath.basename(urllib.parse.urlsplit(url).path))


def version_text(name, filename):
    """The version in the name of a file of that project; None when the file belongs to another one."""
    ending = next((ending for ending in ENDINGS if filename.lower().endswith(ending)), None)
    if ending is None:
        return None
    parts = filename[:-len(ending)].split("-")
    if ending == ".whl":
        return parts[1] if len(parts) in (5, 6) and normalized(parts[0]) == name else None
    # Nothing but the version tells where the name ends: pytest-cov-4.0.0 is no version of pytest.
    splits = (("-".join(parts[:end]), "-".join(parts[end:])) for end in range(1, len(parts)))
    return next((rest for project, rest in splits if normalized(project) == name and is_version(rest)), None)


def is_version(text):
    try:
        return bool(Version(text))
    except InvalidVersion:
        return False


def quoted(url):
    """A URL as pip quotes it, and beyond the path too: pip reads URLs in lines in which ${NAME} stands for a variable."""
    parts = urllib.parse.urlparse(url)
    pieces = re.split("(@|%2F)", parts.path, flags=re.IGNORECASE)
    path = "".join(piece.upper() if number % 2 else urllib.parse.quote(urllib.parse.unquote(piece)) for number, piece in enumerate(pieces))
    return plain_url(urllib.parse.urlunparse(parts._replace(path=path)))


class Problem(Exception):
    """Why a source could not say whether it has a name. KIND is one that Slipway knows."""

    def __init__(self, kind, text, hint=""):
        super().__init__(text)
        self.kind, self.text, self.hint = kind, text, hint


class Links(html.parser.HTMLParser):
    """The links of an index page (PEP 503, 592, 658, 714, 792)."""

    def __init__(self, text):
        super().__init__()
        self.base, self.metas, self.anchors = None, {}, []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "base" and self.base is None:
            self.base = given.get("href")
        elif tag == "meta" and given.get("name"):
            self.metas[given["name"]] = given.get("content") or ""
        elif tag == "a" and given.get("href"):
            self.anchors.append(given)


def file_of_anchor(anchor, base):
    url, _, fragment = urllib.parse.urljoin(base, anchor["href"]).partition("#")
    found = {"filename": file_name(url), "url": quoted(url), "hashes": {}}
    algorithm, _, digest = fragment.partition("=")
    if algorithm == "sha256":
        found["hashes"] = {"sha256": digest.partition("&")[0]}
    if anchor.get("data-requires-python"):
        found["requires-python"] = anchor["data-requires-python"]
    if "data-yanked" in anchor:
        found["yanked"] = anchor["data-yanked"] or True
    metadata = anchor.get("data-core-metadata", anchor.get("data-dist-info-metadata"))
    if metadata:
        algorithm, _, digest = metadata.partition("=")
        found["core-metadata"] = {algorithm: digest} if digest else True
    return found


def file_of_json(entry, base):
    found = {"filename": entry["filename"], "url": quoted(urllib.parse.urljoin(base, entry["url"]).partition("#")[0])}
    sha256 = entry.get("hashes", {}).get("sha256")
    found["hashes"] = {"sha256": sha256} if sha256 else {}
    for key in ("requires-python", "yanked", "size", "upload-time"):
        if entry.get(key) is not None:
            found[key] = entry[key]
    # Only under this name: pip 23.0 fails on an object under the older one.
    metadata = entry.get("core-metadata", entry.get("dist-info-metadata"))
    if metadata:
        found["core-metadata"] = metadata
    return found


# LATE are the files that a time limit leaves out.
Page = collections.namedtuple("Page", "url files status reason late", defaults=[()])


class Index:
    """A simple API."""

    is_index = True

    def __init__(self, upstream, url, name, packages, never=()):
        self._upstream, self.url, self.name, self.packages, self._never = upstream, url.rstrip("/") + "/", name, set(packages), set(never)

    @property
    def title(self):
        return "the index %s (%s)" % (self.name, self.url) if self.name else "the index %s" % self.url

    def serves(self, name):
        return name in self.packages if self.packages else name not in self._never

    def find(self, name):
        """The page of a name; None when this index does not have it."""
        if not self.serves(name):
            return None
        page = fetch_page(self._upstream, self, "%s%s/" % (self.url, name), name)
        return page and page._replace(files=[found for found in page.files if found["filename"].lower().endswith(ENDINGS)])


class Folders:
    """All directories and pages of find-links together, or one directory or file for some packages: one source, and no index."""

    name, is_index = None, False

    def serves(self, name):
        return name in self.packages if self.packages else name not in self._never

    def __init__(self, upstream, links, packages=(), never=()):
        self._upstream, self._links, self._files, self.packages, self._never = upstream, links, None, set(packages), set(never)
        self.url = links[0]
        self.title = "find-links %s" % ", ".join(links)

    def find(self, name):
        if not self.serves(name):
            return None
        if self._files is None:
            self._files = [(link, found) for link in self._links for found in self._list(link)]
        mine = [(link, found) for link, found in self._files if version_text(name, found["filename"]) is not None]
        return Page(mine[0][0], [found for _, found in mine], None, None) if mine else None

    def _list(self, link):
        if "://" in link:
            page = fetch_page(self._upstream, self, link, "any name")
            return page.files if page else []
        try:
            if os.path.isfile(link) and link.lower().endswith(ENDINGS):
                return [{"filename": os.path.basename(link), "url": "file://" + urllib.parse.quote(link), "hashes": {}}]
            if os.path.isfile(link):
                with open(link, encoding="utf-8") as page:
                    return page_of_html(page.read(), "file://" + urllib.parse.quote(link), self, "any name").files
            names = sorted(os.listdir(link))
        except OSError as error:
            raise Problem("source-down", "%s cannot be read: %s" % (self.title, error.strerror))
        return [{"filename": name, "url": "file://" + urllib.parse.quote(os.path.join(link, name)), "hashes": {}} for name in names]


def fetch_page(upstream, source, url, name):
    if not upstream.is_safe(url):
        raise Problem("source-untrusted", "%s is not asked for %s, because it speaks http and is not trusted" % (source.title, name))
    try:
        body, kind, charset, final = upstream.read(url, ACCEPT)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code in (404, 410):
            return None
        if error.code in UNAUTHORIZED:
            raise unauthorized(upstream, source, error.code, error.url or url, name)
        raise Problem("source-down", "%s answers %d for %s" % (source.title, error.code, name))
    except http.client.IncompleteRead as error:
        raise Problem("source-down", "%s answers for %s with a page that breaks off after %d bytes" % (source.title, name, len(error.partial)))
    except Cut as error:
        raise Problem("source-down", "%s answers for %s with %s" % (source.title, name, error))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Problem("source-down", "%s does not answer for %s: %s" % (source.title, name, reason_of(error)))
    try:
        return page_of_json(body, final) if kind.endswith("json") else page_of_html(body.decode(charset, "replace"), final, source, name)
    except (ValueError, KeyError, TypeError, AttributeError, LookupError):
        raise Problem("source-down", "%s answers for %s with a page that cannot be read" % (source.title, name))


def page_of_json(body, url):
    document = json.loads(body)
    status = document.get("project-status") or {}
    return Page(url, [file_of_json(entry, url) for entry in document["files"]], status.get("status"), status.get("reason"))


def page_of_html(text, url, source, name):
    page = Links(text)
    base = urllib.parse.urljoin(url, page.base) if page.base else url
    files = [file_of_anchor(anchor, base) for anchor in page.anchors]
    files = [found for found in files if found["filename"].lower().endswith(ENDINGS)]
    if not files and "pypi:repository-version" not in page.metas:
        raise Problem("source-page", "%s answers for %s with a web page that lists no files: a sign-in or error page, perhaps" % (source.title, name))
    return Page(url, files, page.metas.get("pypi:project-status"), page.metas.get("pypi:project-status-reason"))


def unauthorized(upstream, source, code, url, what):
    """The problem of an answer that is about credentials; URL is the one that gave it, after redirects."""
    if code == 407:
        return Problem("source-unauthorized", "the proxy before %s answers 407 for %s: it wants credentials" % (source.title, what), PROXY_HINT)
    given = upstream.sends_credentials(url)
    words = "refuses the credentials that it was given" if given else "wants credentials"
    return Problem("source-unauthorized", "%s answers %d for %s: it %s" % (source.title, code, what, words), credentials_hint(source, url, given))


def credentials_hint(source, url, given):
    host = urllib.parse.urlsplit(url).hostname
    netrc = "a line 'machine %s login USER password PASSWORD' in ~/.netrc" % host
    if not source.name:
        return "%s %s, or give the index a name and set the variables of that name." % ("Correct" if given else "Put", netrc)
    stem = "SLIPWAY_INDEX_%s" % re.sub(r"[-.]", "_", source.name).upper()
    return "%s %s_USERNAME and %s_PASSWORD, or %s." % ("Correct" if given else "Set", stem, stem, netrc)


def time_of(text):
    # Python 3.9 knows neither Z nor a fraction of other than three or six digits.
    match = re.match(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|z|[+-]\d\d:\d\d)?$", text)
    if not match:
        raise ValueError(text)
    day, clock, fraction, zone = match.groups()
    zone = "+00:00" if zone in (None, "Z", "z") else zone
    return datetime.datetime.fromisoformat("%sT%s.%s%s" % (day, clock, ((fraction or "") + "000000")[:6], zone))
