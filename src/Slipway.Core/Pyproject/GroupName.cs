using Slipway.Core.Failures;
using Slipway.Core.Requirements;
using Slipway.Core.Text;

namespace Slipway.Core.Pyproject;

/// <summary>
/// The name of a dependency group (PEP 735): validated as a project's name is, compared by its PEP 503 normal form.
/// The default value has an empty name.
/// </summary>
public readonly record struct GroupName
{
    private readonly string? _normalized;

    private GroupName(string normalized) => _normalized = normalized;

    /// <summary>The normal form: lower case, words joined by single hyphens.</summary>
    public string Normalized => _normalized ?? string.Empty;

    /// <summary>Parses a name in any spelling.</summary>
    /// <returns>The name, or <see cref="CoreFailures.NameInvalid"/>.</returns>
    public static Result<GroupName> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return NameSyntax.IsValid(text)
            ? new GroupName(NameSyntax.Normalize(text))
            : CoreFailures.NameInvalid.Because($"{Shown.Quote(text)} is not the name of a dependency group.");
    }

    /// <inheritdoc/>
    public bool Equals(GroupName other) => string.Equals(Normalized, other.Normalized, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Normalized);

    /// <summary>The normal form.</summary>
    public override string ToString() => Normalized;
}
