using System.Collections.Immutable;
using Slipway.Core.Contracts;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Environments.Requests;

namespace Slipway.Environments.Bindings;

/// <summary>
/// Turns what effective requirements say of sources into one ordered list for the index gate. What a requirement names serves that name
/// alone. What an override names for a whole binding also serves what its packages need, and pip's default index is asked only while some
/// selected binding has no index of its own.
/// </summary>
internal sealed class BindingSources
{
    private readonly List<(string Url, SortedSet<string>? Names)> _sources = [];
    private readonly List<ImmutableArray<string>> _orders = [];
    private readonly SortedSet<string> _notFromDefault = new(StringComparer.Ordinal);
    private bool _asksDefault;

    /// <summary>The sources of some bindings.</summary>
    /// <param name="view">The requirements with their overrides.</param>
    /// <param name="selected">The selected bindings, effective.</param>
    public static Result<PackageSources> Of(DependencyView view, ImmutableArray<DependencyBinding> selected)
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

        return all.Build();
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
            _notFromDefault.Add(name);
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

        _asksDefault |= fields.IndexUrl is null;
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

    private Result<PackageSources> Build()
    {
        // Those for some names first: a source for every name before them would answer for theirs.
        var (named, general) = (_sources.Where(static source => source.Names is not null).ToList(), _sources.Where(static source => source.Names is null));
        var sorted = new List<(string Url, SortedSet<string>? Names)>();
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

        ImmutableArray<PackageIndex> indexes = [.. sorted.Concat(general).Select(static source => new PackageIndex(source.Url) { Packages = [.. source.Names ?? []] })];
        return PackageSources.Create(indexes, []).Map(sources => sources with { AsksDefaultIndex = _asksDefault, NotFromDefault = _asksDefault ? [.. _notFromDefault] : [] });
    }

    // Whether some requirement asks the one right before the other.
    private bool Precedes(string one, string other) =>
        _orders.Exists(order => order.Zip(order.Skip(1)).Any(pair => Same(pair.First, one) && Same(pair.Second, other)));

    private static bool Same(string one, string other) => string.Equals(one.TrimEnd('/'), other.TrimEnd('/'), StringComparison.Ordinal);
}
