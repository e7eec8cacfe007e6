using System.Collections.Immutable;
using Slipway.Core.Contracts;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Environments.Requests;
using Slipway.Machines;

namespace Slipway.Environments.Bindings;

/// <summary>
/// Turns what effective requirements say of sources into one ordered list for the index gate. What a requirement names serves that name
/// alone. What an override names for a whole binding also serves what its packages need, and what the user configured, else
/// pip's default index, is asked only while some selected binding has no index of its own, and never for a name whose requirement has one.
/// </summary>
internal sealed class BindingSources
{
    private readonly List<(string Url, SortedSet<string>? Names)> _sources = [];
    private readonly List<ImmutableArray<string>> _orders = [];
    private readonly SortedSet<string> _ownIndex = new(StringComparer.Ordinal);
    private bool _asksOthers;

    /// <summary>The sources of some bindings.</summary>
    /// <param name="view">The requirements with their overrides.</param>
    /// <param name="selected">The selected bindings, effective.</param>
    /// <param name="configured">What the user configured.</param>
    /// <param name="machine">The name of the machine that installs.</param>
    public static Result<PackageSources> Of(DependencyView view, ImmutableArray<DependencyBinding> selected, PackageSources configured, string machine)
    {
        var all = new BindingSources();
        foreach (var binding in selected)
        {
            foreach (var requirement in binding.Requirements.Where(static requirement => requirement.Source is null))
            {
                all.Add(requirement);
            }
        }

        foreach (var binding in selected)
        {
            all.AddGeneral(view.OfBinding(binding.BindingId));
        }

        return all.Build(configured, machine);
    }

    /// <summary>The folder or file that a path names, as the gate takes it.</summary>
    internal static string OfPath(string path) => FileUrl.Of(path);

    private void Add(DependencyRequirement requirement)
    {
        var name = OverrideKey.NormalName(requirement.Name);
        ImmutableArray<string> urls =
        [
            .. requirement.WheelSourcePath is { } path ? [OfPath(path)] : Array.Empty<string>(),
            .. requirement.IndexUrl is { } index ? [index] : Array.Empty<string>(),
            .. requirement.ExtraIndexUrls,
        ];
        foreach (var url in urls)
        {
            At(url, create: () => new SortedSet<string>(StringComparer.Ordinal))?.Add(name);
        }

        _orders.Add(urls);
        if (requirement.IndexUrl is not null)
        {
            _ownIndex.Add(name);
        }
    }

    private void AddGeneral(OverrideFields fields)
    {
        foreach (var url in (string?[])[fields.WheelSourcePath is { } path ? OfPath(path) : null, fields.IndexUrl, .. fields.ExtraIndexUrls ?? []])
        {
            if (url is not null)
            {
                var at = _sources.FindIndex(source => Same(source.Url, url));
                if (at < 0)
                {
                    _sources.Add((url, null));
                }
                else
                {
                    _sources[at] = (url, null);
                }
            }
        }

        _asksOthers |= fields.IndexUrl is null;
    }

    // Null for a source that serves every name.
    private SortedSet<string>? At(string url, Func<SortedSet<string>> create)
    {
        var at = _sources.FindIndex(source => Same(source.Url, url));
        if (at < 0)
        {
            _sources.Add((url, create()));
            at = _sources.Count - 1;
        }

        return _sources[at].Names;
    }

    private Result<PackageSources> Build(PackageSources configured, string machine)
    {
        if (_asksOthers && Unfit(configured, machine) is { } unfit)
        {
            return unfit;
        }

        if (_sources.Count == 0)
        {
            return configured;
        }

        var isPipsDefault = configured.Indexes.IsEmpty && configured.FindLinks.IsEmpty;
        ImmutableArray<PackageIndex> others = _asksOthers ? [.. Others(configured)] : [];
        return Sorted().Then(own => PackageSources.Create([.. own.Select(source => Index(source, configured, others)), .. others], []))
            .Map(sources => sources with
            {
                AsksDefaultIndex = _asksOthers && isPipsDefault,
                NotFromDefault = _asksOthers && isPipsDefault ? [.. _ownIndex] : [],
                ExcludeNewer = configured.ExcludeNewer,
            });
    }

    // Directories and pages of find-links are asked first and for every name; beside other sources, a directory stands as an index that can be kept from some names.
    private Failure? Unfit(PackageSources configured, string machine)
    {
        if (!string.Equals(machine, LocalMachine.LocalName, StringComparison.Ordinal) && configured.FindLinks.FirstOrDefault(Path.IsPathRooted) is { } directory)
        {
            return new Failure(EnvironmentFailures.SourceRefused, $"The configured find-links directory {directory} lies on this machine, and {machine} installs.")
            {
                Hint = "Put the files there and name their directory with `slipway deps override set … --wheel`, or configure an index for this command (SLIPWAY_INDEX_URL).",
            };
        }

        return _sources.Count > 0 && configured.FindLinks.FirstOrDefault(static link => !Path.IsPathRooted(link)) is { } page
            ? new Failure(EnvironmentFailures.SourceRefused, $"The configured find-links page {UrlMask.Apply(page)} would be asked before the sources that requirements or overrides name.")
            {
                Hint = "Configure a directory or an index in its place for this command (SLIPWAY_FIND_LINKS, SLIPWAY_INDEX_URL).",
            }
            : null;
    }

    // What the user configured, in its order, without the names that are not its to answer.
    private IEnumerable<PackageIndex> Others(PackageSources configured)
    {
        foreach (var index in configured.FindLinks.Select(static directory => new PackageIndex(OfPath(directory))).Concat(configured.Indexes))
        {
            if (_sources.Exists(source => source.Names is null && Same(source.Url, index.Url)))
            {
                continue;
            }

            var never = _ownIndex.Union(_sources.Where(source => Same(source.Url, index.Url)).SelectMany(static source => source.Names!), StringComparer.Ordinal).ToImmutableArray();
            if (index.Packages.IsEmpty)
            {
                yield return index with { Never = never };
            }
            else if (index.Packages.RemoveRange(never, StringComparer.Ordinal) is { IsEmpty: false } rest)
            {
                // Without a name left it would serve every name.
                yield return index with { Packages = rest };
            }
        }
    }

    // A configured index that is only asked as one of these still has its name, and with it its credentials.
    private static PackageIndex Index((string Url, SortedSet<string>? Names) source, PackageSources configured, ImmutableArray<PackageIndex> others) => new(source.Url)
    {
        Packages = [.. source.Names ?? []],
        Name = others.Any(index => Same(index.Url, source.Url)) ? null : configured.Indexes.FirstOrDefault(index => Same(index.Url, source.Url))?.Name,
    };

    // Those for some names first: a source for every name before them would answer for theirs.
    private Result<ImmutableArray<(string Url, SortedSet<string>? Names)>> Sorted()
    {
        var (named, general) = (_sources.Where(static source => source.Names is not null).ToList(), _sources.Where(static source => source.Names is null));
        var sorted = ImmutableArray.CreateBuilder<(string Url, SortedSet<string>? Names)>();
        while (named.Count > 0)
        {
            var next = named.FindIndex(source => !named.Exists(other => Precedes(other.Url, source.Url)));
            if (next < 0)
            {
                return new Failure(EnvironmentFailures.BindingsConflict, $"Requirements name the same sources in different orders: {string.Join(", ", named.Select(static source => UrlMask.Apply(source.Url)))}.");
            }

            sorted.Add(named[next]);
            named.RemoveAt(next);
        }

        sorted.AddRange(general);
        return sorted.ToImmutable();
    }

    // Whether some requirement asks the one right before the other.
    private bool Precedes(string one, string other) =>
        _orders.Exists(order => order.Zip(order.Skip(1)).Any(pair => Same(pair.First, one) && Same(pair.Second, other)));

    private static bool Same(string one, string other) => string.Equals(one.TrimEnd('/'), other.TrimEnd('/'), StringComparison.Ordinal);
}
