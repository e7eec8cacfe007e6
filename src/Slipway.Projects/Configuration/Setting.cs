using System.Collections.Immutable;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Requests;

namespace Slipway.Projects.Configuration;

/// <summary>A setting that somebody gave, validated. It holds no secret: a URL with a password is refused before.</summary>
/// <param name="Key">What is set.</param>
/// <param name="Texts">The value in canonical form: absolute paths, times in UTC, <c>true</c> or <c>false</c>; one text unless it is a list.</param>
/// <param name="Origin">Who gave it.</param>
public sealed record Setting(SettingKey Key, ImmutableArray<string> Texts, SettingOrigin Origin)
{
    /// <summary>The interpreter of <see cref="SettingKey.Python"/>.</summary>
    public InterpreterRequest? Python { get; init; }

    /// <summary>The indexes of <see cref="SettingKey.IndexUrl"/>.</summary>
    public ImmutableArray<PackageIndex> Indexes { get; init; } = [];

    /// <summary>The instant of <see cref="SettingKey.ExcludeNewer"/>, in UTC.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Whether a switch is on.</summary>
    public bool IsOn => Texts is ["true"];
}
