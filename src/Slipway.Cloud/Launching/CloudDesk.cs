using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Slipway.Cloud.Backends;
using Slipway.Cloud.Money;
using Slipway.Cloud.Offers;
using Slipway.Cloud.SkyPilot;
using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Cloud.Launching;

/// <summary>
/// The one way to everything that is rented, for the command line and for assistants. It keeps no process: what an earlier one left unfinished is mended at the beginning of the next verb.
/// </summary>
/// <param name="settings">What it works with.</param>
public sealed partial class CloudDesk(CloudDeskSettings settings) : IDisposable
{
    private readonly Dictionary<string, IBackend> _open = new(StringComparer.Ordinal);
    private readonly CloudRecords _records = new(settings.Home, settings.Version);

    /// <summary>The plans, for answering them.</summary>
    public PlanBook Plans { get; } = new(settings.Money, settings.Time);

    /// <summary>The ledger.</summary>
    public Ledger Ledger { get; } = new(settings.Money, settings.Time);

    private DateTimeOffset Now => settings.Time.GetUtcNow();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var backend in _open.Values)
        {
            backend.Dispose();
        }

        _open.Clear();
    }

    /// <summary>What can be rented, or is there.</summary>
    /// <param name="backend"><c>skypilot</c>, <c>ssh</c> or <c>local</c>.</param>
    /// <param name="host">The host, for <c>ssh</c>.</param>
    /// <param name="query">What is looked for.</param>
    /// <param name="refresh">Whether to ask anew, rather than read what was fetched before.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Result<OffersResult>> OffersAsync(string backend, string? host, OfferQuery query, bool refresh, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var cached = await CachedAsync(backend, host, refresh, cancellationToken).ConfigureAwait(false);
        return cached.Map(offers => new OffersResult(
            backend, [.. query.Find(offers.List.Offers)], offers.List.Offers.Length, offers.List.FetchedAt, offers.Age,
            [.. offers.List.LeftOut, .. offers.Note is { } note ? [note] : Array.Empty<string>()]));
    }

    /// <summary>Whether renting would work: the server, its version, who we are to it, its clouds, the policy, the ledger.</summary>
    public async Task<Result<CheckReport>> CheckAsync(CancellationToken cancellationToken)
    {
        var lines = new List<CheckLine>();
        var clouds = ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty;
        var opened = await OpenAsync(SkyPilotBackend.Word, null, cancellationToken).ConfigureAwait(false);
        if (opened.TryGet(out var backend, out var failure))
        {
            var client = ((SkyPilotBackend)backend).Client;
            lines.Add(new CheckLine("server", true, $"{client.Endpoint} answers ({client.Endpoint.Source}).", null));
            lines.Add(new CheckLine("version", true, $"SkyPilot {client.Health.Version}, API {client.Capabilities.Api}.", client.Capabilities.IsUntested ? $"Newer than what was tried ({SkyCapabilities.Tested})." : null));
            lines.Add(new CheckLine("credentials", true, client.Health.User is { } user ? $"We are {user} there." : "The server has no logins.", null));
            var enabled = await client.CheckAsync(null, cancellationToken).ConfigureAwait(false);
            clouds = enabled.TryGet(out var uses, out failure)
                ? uses.ToImmutableSortedDictionary(static pair => pair.Key, static pair => pair.Value.ToImmutableArray(), StringComparer.Ordinal)
                : clouds;
            lines.Add(failure is not null ? Line("clouds", failure) : new CheckLine("clouds", clouds.Count > 0, clouds.Count > 0 ? string.Join(", ", clouds.Keys) : "The server can use no cloud.", clouds.Count > 0 ? null : "Give the server credentials of a cloud, and run `sky check` there."));
        }
        else
        {
            lines.Add(Line("server", failure));
        }

        var policy = ReadPolicy();
        lines.Add(policy.IsOk ? new CheckLine("policy", true, $"At most {policy.Value.PerRunMax} a run, {policy.Value.DailyMax} a day, {policy.Value.MonthlyMax} a month.", null) : Line("policy", policy.Failure));
        var entries = await Ledger.EntriesAsync(cancellationToken).ConfigureAwait(false);
        lines.Add(entries.IsOk ? new CheckLine("ledger", true, $"{entries.Value.Count} runs.", null) : Line("ledger", entries.Failure));
        return new CheckReport([.. lines], clouds);
    }

    /// <summary>Where the budget stands.</summary>
    public async Task<Result<BudgetResult>> BudgetAsync(CancellationToken cancellationToken)
    {
        if (!ReadPolicy().TryGet(out var policy, out var failure))
        {
            return failure;
        }

        var view = await Ledger.BudgetAsync(policy.Limits, cancellationToken).ConfigureAwait(false);
        var entries = await Ledger.EntriesAsync(cancellationToken).ConfigureAwait(false);
        return view.Then(budget => entries.Map(all => new BudgetResult(budget, [.. all.Where(static entry => entry.State is LedgerState.Reserved)])));
    }

    // The one way to the policy: where a PIN is set, what nobody signed with it is none.
    private Result<SpendPolicy> ReadPolicy() => ApprovalKey.Find(settings.Money).Then(key => settings.Policy.Read(key.OrDefault()));

    private static CheckLine Line(string name, Failure failure) => new(name, false, failure.Message, failure.Hint ?? failure.Code.Remedy);

    private async Task<Result<CachedOffers>> CachedAsync(string backend, string? host, bool refresh, CancellationToken cancellationToken)
    {
        if (!_records.Prepare().TryGet(out _, out var failure))
        {
            return failure;
        }

        var opened = await OpenAsync(backend, host, cancellationToken).ConfigureAwait(false);
        return opened.TryGet(out var source, out failure)
            ? await new OfferCache(_records.OffersOf(host is null ? backend : $"{backend}-{FileName().Replace(host, "_")}"), source, settings.Time).GetAsync(refresh || backend is not SkyPilotBackend.Word, cancellationToken).ConfigureAwait(false)
            : failure;
    }

    private async Task<Result<IBackend>> OpenAsync(string backend, string? host, CancellationToken cancellationToken)
    {
        var key = $"{backend}\n{host}";
        if (_open.TryGetValue(key, out var known))
        {
            return Result.Ok(known);
        }

        var opened = backend switch
        {
            SkyPilotBackend.Word => await ConnectAsync(cancellationToken).ConfigureAwait(false),
            JobBackend.Local when host is null => await JobBackend.OpenAsync(Slipway.Runs.Hosts.HostName.Local, settings, cancellationToken).ConfigureAwait(false),
            JobBackend.Ssh when host is { Length: > 0 } => await JobBackend.OpenAsync(host, settings, cancellationToken).ConfigureAwait(false),
            _ => new Failure(CloudFailures.BackendUnknown, $"{Shown.Quote(backend)}{(host is null ? string.Empty : $" with the host {Shown.Quote(host)}")} is no backend."),
        };
        if (opened.TryGet(out var made, out _))
        {
            _open[key] = made;
        }

        return opened;
    }

    private async Task<Result<IBackend>> ConnectAsync(CancellationToken cancellationToken)
    {
        if (!SkyEndpoint.Resolve(settings.Server, settings.Variable).TryGet(out var endpoint, out var failure) || !_records.Prepare().TryGet(out _, out failure))
        {
            return failure;
        }

        var connected = await SkyPilotClient.ConnectAsync(endpoint, $"{settings.Home}/cloud/user", settings.Sky, cancellationToken).ConfigureAwait(false);
        return connected.Map(client => (IBackend)new SkyPilotBackend(client, settings.Time));
    }

    [GeneratedRegex("[^A-Za-z0-9.-]")]
    private static partial Regex FileName();
}
