using Slipway.Projects.Discovery;
using Slipway.Projects.UseCases;

namespace Slipway.Cli.Commands.Projects;

/// <summary>What <c>lock</c> says to people.</summary>
internal static class LockText
{
    /// <summary>How a lock stands, in one line.</summary>
    public static string Of(CheckedLock found) => found.Standing switch
    {
        _ when found.Reason is null => $"{found.Path} answers what {found.Name} needs.",
        LockStanding.Missing => $"{found.Reason} `slipway lock` writes it, from {found.Declaration}.",
        LockStanding.Foreign => $"{found.Reason} `sync --locked` refuses it here too. Use a Python that it was made for, or make it anew with `slipway lock`.",
        _ => $"{found.Reason} `slipway lock` brings it up to date with {found.Declaration}.",
    };

    /// <summary>What became of a lock: a line for it, and one for each package that is not as it was.</summary>
    public static IEnumerable<string> Of(WrittenLock done)
    {
        var changes = done.Changes;
        if (!done.IsChanged)
        {
            yield return $"{done.Path} already says so: {done.Packages}";
            yield break;
        }

        if (done.IsNew)
        {
            yield return $"{done.Path}: {done.Packages}";
            yield break;
        }

        yield return $"{done.Path}: {done.Packages}; {changes.Added.Length} added, {changes.Removed.Length} removed, {changes.Changed.Length} changed, {changes.Unchanged} unchanged";
        if (done.WasFor is { } meant)
        {
            yield return $"  was made for {meant}";
        }

        foreach (var package in changes.Added)
        {
            yield return $"  added    {package.Name} {package.Version}";
        }

        foreach (var package in changes.Removed)
        {
            yield return $"  removed  {package.Name} {package.Version}";
        }

        foreach (var package in changes.Changed)
        {
            yield return $"  changed  {package.Name} {package.From} -> {package.To}";
        }
    }
}
