using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Toml;
using Slipway.Projects.Discovery;

namespace Slipway.Projects.Configuration;

/// <summary>Finds the nearest pin of Python. Of two files in one directory pyenv's counts.</summary>
/// <param name="observer">Keeps account of all that is looked at.</param>
/// <param name="home">The home directory; null when unknown.</param>
internal sealed class PinSearch(FileObserver observer, string? home)
{
    /// <summary>A pin, and what is to be said of it.</summary>
    internal sealed record Found(Pin Pin, ImmutableArray<string> Warnings);

    /// <summary>Looks from a directory upwards.</summary>
    public Result<Maybe<Found>> Find(string directory) => AncestorSearch.Find(directory, home, observer, Look);

    private Result<Maybe<Found>> Look(string directory)
    {
        if (!Read(Path.Combine(directory, PinFile.Pyenv), PinFile.ReadPyenv).TryGet(out var pyenv, out var failure)
            || !Read(Path.Combine(directory, PinFile.Asdf), PinFile.ReadAsdf).TryGet(out var asdf, out failure))
        {
            return failure;
        }

        return (pyenv.OrDefault(), asdf.OrDefault()) switch
        {
            (null, null) => Maybe<Found>.None,
            (null, { } only) => Maybe<Found>.Of(new Found(only, [])),
            ({ } only, null) => Maybe<Found>.Of(new Found(only, [])),
            ({ } first, { } second) => Maybe<Found>.Of(new Found(first, Agree(first.Word, second.Word)
                ? []
                : [$"{first.Path} says Python {first.Word ?? "system"} and {second.Path} says {second.Word ?? "system"}; the first counts."])),
        };
    }

    private Result<Maybe<Pin>> Read(string path, Func<string, string, Pin?> read) => observer.Exists(path)
        ? observer.Read(path, Observation.Content).Map(text => read(text, path) is { } pin ? Maybe<Pin>.Of(pin) : Maybe<Pin>.None)
        : Maybe<Pin>.None;

    // 3.12 and 3.12.1 do not contradict each other.
    private static bool Agree(string? one, string? other) => one is null || other is null
        ? one == other
        : $"{one}.".StartsWith($"{other}.", StringComparison.Ordinal) || $"{other}.".StartsWith($"{one}.", StringComparison.Ordinal);
}
