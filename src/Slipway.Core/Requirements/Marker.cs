using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Core.Requirements;

/// <summary>
/// An environment marker by PEP 508, with the <c>extras</c> and <c>dependency_groups</c> sets of PEP 751.
/// Versions are compared as versions where both sides are such, and as text elsewhere.
/// </summary>
public sealed class Marker : IEquatable<Marker>
{
    private readonly MarkerNode _root;
    private readonly string _canonical;

    internal Marker(MarkerNode root)
    {
        _root = root;
        _canonical = root.Render();
    }

    /// <summary>Parses a marker.</summary>
    /// <returns>The marker, or <see cref="CoreFailures.MarkerInvalid"/> with the column at fault.</returns>
    public static Result<Marker> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Parse(
            new TextCursor(text, 0, text.Length),
            offset => new FailureLocation("marker", 0, offset + 1, Shown.Line(text)),
            allowSets: true);
    }

    /// <summary>Whether the marker holds.</summary>
    /// <param name="env">The values of the environment's variables.</param>
    /// <param name="extras">
    /// The extras asked for. The marker holds when it does for one of them as <c>extra</c>; with none,
    /// <c>extra</c> is empty.
    /// </param>
    /// <param name="dependencyGroups">The dependency groups asked for (PEP 751).</param>
    public bool Evaluate(
        MarkerEnvironment env,
        IReadOnlyCollection<string>? extras = null,
        IReadOnlyCollection<string>? dependencyGroups = null)
    {
        ArgumentNullException.ThrowIfNull(env);
        var names = Normalize(extras);
        var context = new MarkerContext(env, string.Empty, names, Normalize(dependencyGroups));
        return names.IsEmpty ? _root.Holds(context) : names.Any(extra => _root.Holds(context with { Extra = extra }));
    }

    /// <inheritdoc/>
    public bool Equals(Marker? other) => other is not null && string.Equals(_canonical, other._canonical, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Marker);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(_canonical);

    /// <summary>The canonical text: single blanks, double quotes, current variable names, only the parentheses needed.</summary>
    public override string ToString() => _canonical;

    /// <summary>Parses from the cursor to its end.</summary>
    internal static Result<Marker> Parse(TextCursor cursor, Func<int, FailureLocation> locate, bool allowSets)
    {
        var parser = new MarkerParser(cursor, allowSets);
        return parser.Parse() is { } root
            ? new Marker(root)
            : CoreFailures.MarkerInvalid.Because(parser.Problem, locate(Math.Min(cursor.Position, cursor.End)));
    }

    private static ImmutableSortedSet<string> Normalize(IReadOnlyCollection<string>? names) =>
        names is null ? ImmutableSortedSet<string>.Empty : names.Select(static name => NameSyntax.Normalize(name)).ToImmutableSortedSet(StringComparer.Ordinal);
}
