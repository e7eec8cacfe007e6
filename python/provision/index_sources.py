"""What package sources say: index pages in both forms, directories, and the way to them.

Used by index_gate.py. A source that cannot say whether it has a name raises Problem. Standard library only.
"""
import base64
import collections
import datetime
import html.parser
import http.client
import ipaddress
import json
import os
import posixpath
import re
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request

# pip's own copy, which the driver has put on the path.
from pip._vendor.packaging.version import InvalidVersion, Version

from pip_words import normalized, plain_url

ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.2, text/html; q=0.01"
JSON = "application/vnd.pypi.simple.v1+json"
ENDINGS = (".whl", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar", ".zip")
ATTEMPTS = 3
RETRIED = (500, 502, 503, 504)
MAX_PAGE = 256 << 20


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


def origin_of(url):
    parts = urllib.parse.urlsplit(url)
    return (parts.scheme.lower(), (parts.hostname or "").lower(), parts.port or {"http": 80, "https": 443}.get(parts.scheme.lower()))


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


class Credentials:
    """Who is asked with which name and password: the same scheme, host and port, and there the index that is nearest."""

    def __init__(self, entries):
        self._entries = entries

    def find(self, url):
        same = [entry for entry in self._entries if origin_of(entry["url"]) == origin_of(url)]
        return max(same, key=lambda entry: len(os.path.commonprefix([entry["url"], url])), default=None)


class Upstream:
    """Fetches as pip would: the same certificates, proxies and trusted hosts; credentials go to their own origin only."""

    def __init__(self, credentials, environment, certificates):
        self._environment = environment
        self._credentials = Credentials(credentials)
        self._trusted = [host.lower() for host in (environment.get("PIP_TRUSTED_HOST") or "").split()]
        self._timeout = float(environment.get("PIP_DEFAULT_TIMEOUT") or 15)
        self._opener = self._build_opener(Transport(self._context(certificates), self._context(None), self.is_trusted))

    def needs_credentials(self, url):
        return self._credentials.find(url) is not None

    def is_trusted(self, url):
        scheme, host, port = origin_of(url)
        return host in self._trusted or "%s:%s" % (host, port) in self._trusted

    def is_safe(self, url):
        """Whether pip would ask it: https, this machine, or a host that somebody said is trusted."""
        scheme, host, _ = origin_of(url)
        try:
            loopback = ipaddress.ip_address(host).is_loopback
        except ValueError:
            loopback = host == "localhost"
        return scheme == "https" or loopback or self.is_trusted(url)

    def open(self, url, accept="*/*"):
        # Identity: the bytes that are hashed must be the bytes that are passed on.
        request = urllib.request.Request(url, headers={"Accept": accept, "Accept-Encoding": "identity", "User-Agent": "slipway"})
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._opener.open(request, timeout=self._timeout)
            except urllib.error.HTTPError as error:
                if error.code not in RETRIED or attempt == ATTEMPTS:
                    raise
                error.close()
            except (OSError, http.client.HTTPException):
                if attempt == ATTEMPTS:
                    raise
            time.sleep(0.2 * attempt)

    def read(self, url, accept):
        """The text of a page with its type and its address after redirects."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self.open(url, accept) as answer:
                    return whole(answer), answer.headers.get_content_type(), answer.headers.get_content_charset() or "utf-8", answer.url
            except (http.client.IncompleteRead, ConnectionError):
                if attempt == ATTEMPTS:
                    raise

    def _context(self, certificates):
        if certificates is None:
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        else:
            named = next((self._environment[name] for name in ("PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE") if self._environment.get(name)), None)
            if named:
                context = ssl.create_default_context(**({"capath": named} if os.path.isdir(named) else {"cafile": named}))
            else:
                context = ssl.create_default_context()
                if os.path.isfile(certificates):
                    context.load_verify_locations(certificates)
        if self._environment.get("PIP_CLIENT_CERT"):
            context.load_cert_chain(self._environment["PIP_CLIENT_CERT"])
        return context

    def _build_opener(self, transport):
        proxy = self._environment.get("PIP_PROXY")
        proxies = urllib.request.ProxyHandler({"http": proxy, "https": proxy} if proxy else None)
        return urllib.request.build_opener(proxies, transport, Redirects(self.is_safe), Authorization(self._credentials, self.is_safe))


def whole(answer):
    """All of an answer: with a limit, Python takes the end of the connection for the end of the page."""
    body = answer.read(MAX_PAGE + 1)
    if len(body) > MAX_PAGE:
        raise Cut("a page of more than %d MiB" % (MAX_PAGE >> 20))
    stated = answer.headers.get("Content-Length", "").strip()
    if stated.isdigit() and len(body) < int(stated):
        raise http.client.IncompleteRead(body, int(stated) - len(body))
    return body


class Cut(Exception):
    """A page is not there as a whole. The text says what there is instead."""


class Transport(urllib.request.HTTPSHandler):
    """Decides anew for every request, a redirected one too, whether the host must prove who it is."""

    def __init__(self, verified, unverified, is_trusted):
        super().__init__(context=verified)
        self._verified, self._unverified, self._is_trusted = verified, unverified, is_trusted

    def https_open(self, request):
        context = self._unverified if self._is_trusted(request.full_url) else self._verified
        return self.do_open(http.client.HTTPSConnection, request, context=context)


class Redirects(urllib.request.HTTPRedirectHandler):
    def __init__(self, is_safe):
        self._is_safe = is_safe

    def redirect_request(self, request, stream, code, message, headers, target):
        if origin_of(request.full_url)[0] == "https" and origin_of(target)[0] != "https":
            raise urllib.error.URLError("it redirects from https to http")
        if not self._is_safe(target):
            raise urllib.error.URLError("it redirects to a host that speaks http and is not trusted")
        return super().redirect_request(request, stream, code, message, headers, target)


class Authorization(urllib.request.BaseHandler):
    """Adds credentials to every request, a redirected one too, that goes safely to their origin, and to no other."""

    def __init__(self, credentials, is_safe):
        self._credentials, self._is_safe = credentials, is_safe

    def http_request(self, request):
        entry = self._credentials.find(request.full_url)
        if entry and self._is_safe(request.full_url):
            pair = "%s:%s" % (entry["username"], entry["password"])
            request.add_unredirected_header("Authorization", "Basic " + base64.b64encode(pair.encode("utf-8")).decode("ascii"))
        return request

    https_request = http_request


Page = collections.namedtuple("Page", "url files status reason")


class Index:
    """A simple API."""

    is_index = True

    def __init__(self, upstream, url, name, packages):
        self._upstream, self.url, self.name, self._packages = upstream, url.rstrip("/") + "/", name, set(packages)

    @property
    def title(self):
        return "the index %s (%s)" % (self.name, self.url) if self.name else "the index %s" % self.url

    def find(self, name):
        """The page of a name; None when this index does not have it."""
        if self._packages and name not in self._packages:
            return None
        url = "%s%s/" % (self.url, name)
        page = fetch_page(self._upstream, self, url, name)
        return page and Page(page.url, [found for found in page.files if found["filename"].lower().endswith(ENDINGS)], page.status, page.reason)


class Folders:
    """All directories and pages of find-links together: one source, and no index."""

    name, is_index = None, False

    def __init__(self, upstream, links):
        self._upstream, self._links, self._files = upstream, links, None
        self.url = links[0]
        self.title = "find-links %s" % ", ".join(links)

    def find(self, name):
        if self._files is None:
            self._files = [(link, found) for link in self._links for found in self._list(link)]
        mine = [(link, found) for link, found in self._files if version_text(name, found["filename"]) is not None]
        return Page(mine[0][0], [found for _, found in mine], None, None) if mine else None

    def _list(self, link):
        if "://" in link:
            page = fetch_page(self._upstream, self, link, "any name")
            return page.files if page else []
        try:
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
        if error.code in (401, 403, 407):
            given = upstream.needs_credentials(url)
            words = "refuses the credentials that it was given" if given else "wants credentials"
            raise Problem("source-unauthorized", "%s answers %d for %s: it %s" % (source.title, error.code, name, words), credentials_hint(source, url, given))
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


def credentials_hint(source, url, given):
    host = urllib.parse.urlsplit(url).hostname
    netrc = "a line 'machine %s login USER password PASSWORD' in ~/.netrc" % host
    if not source.name:
        return "%s %s, or give the index a name and set the variables of that name." % ("Correct" if given else "Put", netrc)
    stem = "SLIPWAY_INDEX_%s" % re.sub(r"[-.]", "_", source.name).upper()
    return "%s %s_USERNAME and %s_PASSWORD, or %s." % ("Correct" if given else "Set", stem, stem, netrc)


def reason_of(error):
    reason = getattr(error, "reason", error)
    text = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
    return re.sub(r"\s+", " ", text)[:200]


def time_of(text):
    # Python 3.9 knows neither Z nor a fraction of other than three or six digits.
    match = re.match(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|z|[+-]\d\d:\d\d)?$", text)
    if not match:
        raise ValueError(text)
    day, clock, fraction, zone = match.groups()
    zone = "+00:00" if zone in (None, "Z", "z") else zone
    return datetime.datetime.fromisoformat("%sT%s.%s%s" % (day, clock, ((fraction or "") + "000000")[:6], zone))
