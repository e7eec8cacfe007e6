using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Slipway.TestKit;

/// <summary>
/// A package index on loopback that speaks the simple repository API as PyPI does and can be told, at any time, to
/// misbehave as real indexes do. Files can be added while it runs. All members may be used from any thread.
/// </summary>
public sealed class LocalIndex : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly IndexFaults _faults = new();
    private readonly Lock _gate = new();
    private readonly List<IndexedFile> _files = [];
    private readonly Dictionary<string, ProjectStatus> _statuses = new(StringComparer.Ordinal);
    private readonly List<IndexRequest> _requests = [];
    private readonly List<(string PathPrefix, TaskCompletionSource Arrived)> _watchers = [];
    private byte[]? _credentials;

    private LocalIndex()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        _server = builder.Build();
        _server.Run(AnswerAsync);
    }

    /// <summary>The root of the server, for example <c>http://127.0.0.1:40123/</c>.</summary>
    public Uri BaseUrl { get; private set; } = null!;

    /// <summary>What to give to <c>--index-url</c>.</summary>
    public Uri SimpleUrl => new(BaseUrl, "simple/");

    /// <summary>Whether JSON is offered; off, it is an index from before PEP 691.</summary>
    public bool OffersJson { get; set; } = true;

    /// <summary>All requests so far, in order of arrival.</summary>
    public IReadOnlyList<IndexRequest> Requests
    {
        get
        {
            lock (_gate)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>Starts an empty index on a free port of 127.0.0.1.</summary>
    public static async Task<LocalIndex> StartAsync()
    {
        var index = new LocalIndex();
        await index._server.StartAsync();
        var addresses = index._server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>();
        index.BaseUrl = new Uri(addresses!.Addresses.Single());
        return index;
    }

    /// <summary>Offers a wheel or a source distribution; the same file name again replaces the file.</summary>
    public LocalIndex Add(IPackageFile package, LocalIndexFile? options = null)
    {
        options ??= new LocalIndexFile();
        var file = new IndexedFile(package, options, options.Content ?? package.Build());
        lock (_gate)
        {
            _files.RemoveAll(other => string.Equals(other.Path, file.Path, StringComparison.Ordinal));
            _files.Add(file);
        }

        return this;
    }

    /// <summary>Sets the status of a project (PEP 792).</summary>
    public void SetStatus(string project, string marker, string? reason = null)
    {
        lock (_gate)
        {
            _statuses[CoreMetadata.Normalize(project)] = new ProjectStatus(marker, reason);
        }
    }

    /// <summary>The address of a file, for direct references.</summary>
    public Uri UrlOf(IPackageFile package) =>
        new(BaseUrl, $"files/{CoreMetadata.Normalize(package.Name)}/{Uri.EscapeDataString(package.FileName)}");

    /// <summary>How many requests so far had a path that begins with <paramref name="pathPrefix"/>.</summary>
    public int CountOf(string pathPrefix) =>
        Requests.Count(request => request.Path.StartsWith(pathPrefix, StringComparison.Ordinal));

    /// <summary>Completes once a request has arrived whose path begins so, whether or not it was answered.</summary>
    public Task WaitForRequestAsync(string pathPrefix)
    {
        lock (_gate)
        {
            if (_requests.Exists(request => request.Path.StartsWith(pathPrefix, StringComparison.Ordinal)))
            {
                return Task.CompletedTask;
            }

            var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _watchers.Add((pathPrefix, arrived));
            return arrived.Task;
        }
    }

    /// <summary>From now on everything answers 401 without these credentials.</summary>
    public void RequireBasicAuth(string user, string password)
    {
        lock (_gate)
        {
            _credentials = SHA256.HashData(Encoding.UTF8.GetBytes($"{user}:{password}"));
        }
    }

    /// <summary>From now on no credentials are asked for.</summary>
    public void AllowAnonymous()
    {
        lock (_gate)
        {
            _credentials = null;
        }
    }

    /// <summary>The pages state a hash for this file that its bytes do not have.</summary>
    public void StateWrongHash(string fileName)
    {
        lock (_gate)
        {
            var at = _files.FindIndex(file => string.Equals(file.Package.FileName, fileName, StringComparison.Ordinal));
            _files[at] = _files[at] with { Sha256 = new string('0', 64) };
        }
    }

    /// <summary>Holds matching requests until the gate is completed.</summary>
    public void Slow(TaskCompletionSource gate, string pathPrefix = "/") => _faults.Add(pathPrefix, new IndexFault.Wait(gate.Task), times: null);

    /// <summary>Answers with an error status, always or only <paramref name="times"/> times.</summary>
    public void Break(string pathPrefix = "/", int status = 500, int? times = null) => _faults.Add(pathPrefix, new IndexFault.Status(status), times);

    /// <summary>Answers 404.</summary>
    public void NotFound(string pathPrefix = "/") => Break(pathPrefix, StatusCodes.Status404NotFound);

    /// <summary>Answers 200 with a web page that is neither an index nor a file.</summary>
    public void ServeErrorPage(string pathPrefix = "/") => _faults.Add(pathPrefix, new IndexFault.ErrorPage(), times: null);

    /// <summary>Drops the connection in the middle of a response, always or only <paramref name="times"/> times.</summary>
    public void CutOff(string pathPrefix = "/files/", int? times = null) => _faults.Add(pathPrefix, new IndexFault.CutOff(), times);

    /// <summary>Redirects (302) to one place, on this or another host.</summary>
    public void Redirect(string pathPrefix, Uri target) => _faults.Add(pathPrefix, new IndexFault.Redirect(target), times: null);

    /// <summary>Ends all faults but wrong hashes and required credentials.</summary>
    public void Heal() => _faults.Clear();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // A client that was killed or still waits at a gate must not hold up the end of a test.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _server.StopAsync(now.Token);
        await _server.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "/";
        Record(context.Request, path);
        foreach (var gate in _faults.GatesFor(path))
        {
            await gate.WaitAsync(context.RequestAborted);
        }

        if (!IsAllowed(context.Request))
        {
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"index\"";
            await IndexResponse.Text(StatusCodes.Status401Unauthorized, "Credentials are required.").SendAsync(context);
            return;
        }

        var fault = _faults.Take(path);
        var response = fault switch
        {
            IndexFault.Status status => IndexResponse.Text(status.Code, "This index is out of order."),
            IndexFault.ErrorPage => IndexResponse.Page("<!DOCTYPE html><html><body><h1>Please sign in</h1></body></html>"),
            IndexFault.Redirect redirect => IndexResponse.RedirectTo(StatusCodes.Status302Found, redirect.Target.AbsoluteUri),
            _ => Find(path, context.Request),
        };
        await response.SendAsync(context, cut: fault is IndexFault.CutOff);
    }

    private void Record(HttpRequest request, string path)
    {
        var seen = new IndexRequest(
            request.Method, path, request.Headers.UserAgent.ToString(), request.Headers.Accept.ToString(), request.Headers.Authorization.Count > 0);
        lock (_gate)
        {
            _requests.Add(seen);
            foreach (var watcher in _watchers.Where(watcher => path.StartsWith(watcher.PathPrefix, StringComparison.Ordinal)))
            {
                watcher.Arrived.TrySetResult();
            }
        }
    }

    private bool IsAllowed(HttpRequest request)
    {
        byte[]? wanted;
        lock (_gate)
        {
            wanted = _credentials;
        }

        const string Scheme = "Basic ";
        var header = request.Headers.Authorization.ToString();
        var given = new byte[header.Length];
        return wanted is null
            || (header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
                && Convert.TryFromBase64String(header[Scheme.Length..].Trim(), given, out var length)
                && CryptographicOperations.FixedTimeEquals(wanted, SHA256.HashData(given.AsSpan(0, length))));
    }

    private IndexResponse Find(string path, HttpRequest request)
    {
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            return IndexResponse.Text(StatusCodes.Status405MethodNotAllowed, "Only GET and HEAD are known here.");
        }

        lock (_gate)
        {
            return path.StartsWith("/simple", StringComparison.Ordinal) ? FindPage(path, request) : FindFile(path);
        }
    }

    private IndexResponse FindPage(string path, HttpRequest request)
    {
        var name = path["/simple".Length..].Trim('/');
        var canonical = name.Length == 0 ? "/simple/" : $"/simple/{CoreMetadata.Normalize(name)}/";
        if (!string.Equals(path, canonical, StringComparison.Ordinal))
        {
            return IndexResponse.RedirectTo(StatusCodes.Status301MovedPermanently, canonical);
        }

        var format = IndexFormats.Choose(request.Headers.Accept, OffersJson);
        if (format is null)
        {
            return IndexResponse.Text(StatusCodes.Status406NotAcceptable, "None of the accepted types is served here.");
        }

        var isJson = string.Equals(format, IndexFormats.Json, StringComparison.Ordinal);
        if (name.Length == 0)
        {
            var projects = _files.Select(file => file.Project).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
            return new IndexResponse(isJson ? IndexPages.RootJson(projects) : IndexPages.RootHtml(projects), format);
        }

        var files = _files.Where(file => string.Equals(file.Project, CoreMetadata.Normalize(name), StringComparison.Ordinal)).ToList();
        var status = _statuses.GetValueOrDefault(CoreMetadata.Normalize(name));
        if (files.Count == 0 && status is null)
        {
            return IndexResponse.Missing;
        }

        // PEP 792: what is quarantined is not offered.
        var offered = status?.Marker is "quarantined" ? [] : files;
        return new IndexResponse(isJson ? IndexPages.ProjectJson(name, status, offered) : IndexPages.ProjectHtml(name, status, offered), format);
    }

    private IndexResponse FindFile(string path)
    {
        const string MetadataSuffix = ".metadata";
        if (path.EndsWith(MetadataSuffix, StringComparison.Ordinal))
        {
            var described = _files.Find(file => string.Equals(file.Path + MetadataSuffix, path, StringComparison.Ordinal));
            return described?.Metadata is { } metadata ? new IndexResponse(metadata, "text/plain; charset=utf-8") : IndexResponse.Missing;
        }

        var found = _files.Find(file => string.Equals(file.Path, path, StringComparison.Ordinal));
        return found is null ? IndexResponse.Missing : new IndexResponse(found.Content, "application/octet-stream");
    }
}
