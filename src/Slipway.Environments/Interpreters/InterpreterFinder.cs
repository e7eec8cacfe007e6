using System.Runtime.CompilerServices;
using Slipway.Core.Failures;
using Slipway.Core.Versions;

namespace Slipway.Environments.Interpreters;

/// <summary>Chooses the base interpreter of an environment: the one that was named, else the first in range.</summary>
/// <param name="host">The machine and its store.</param>
/// <param name="search">Where to look.</param>
public sealed class InterpreterFinder(BuildHost host, InterpreterSearch search)
{
    private readonly InterpreterProbe _probe = new(host);

    /// <summary>Chooses an interpreter.</summary>
    /// <param name="wish">The named interpreter or range; null for none.</param>
    /// <param name="declared">The workload's <c>requires-python</c>.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public async Task<Result<Interpreter>> FindAsync(InterpreterRequest? wish, VersionSpecifierSet declared, CancellationToken cancellationToken)
    {
        if (wish is { Kind: InterpreterRequestKind.Path or InterpreterRequestKind.Command })
        {
            return await NamedAsync(wish, declared, cancellationToken).ConfigureAwait(false);
        }

        var range = wish?.Versions is { } versions ? versions.Intersect(declared) : declared;
        var seen = new List<string>();
        foreach (var path in search.Candidates())
        {
            var probed = await _probe.ProbeAsync(path, cancellationToken).ConfigureAwait(false);
            if (!probed.TryGet(out var interpreter, out _))
            {
                continue;
            }

            if (IsUsable(interpreter) && interpreter.Satisfies(range))
            {
                return interpreter;
            }

            if (!seen.Contains(interpreter.FullVersion, StringComparer.Ordinal))
            {
                seen.Add(interpreter.FullVersion);
            }
        }

        var found = seen.Count == 0 ? "none was found" : $"found {string.Join(", ", seen)}";
        return new Failure(EnvironmentFailures.NoInterpreter, $"No Python on this machine satisfies '{Wanted(range)}' ({found}).");
    }

    /// <summary>Every usable interpreter, the preferred first, each installation once.</summary>
    public async IAsyncEnumerable<Interpreter> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in search.Candidates())
        {
            var probed = await _probe.ProbeAsync(path, cancellationToken).ConfigureAwait(false);
            if (probed.TryGet(out var interpreter, out _) && IsUsable(interpreter) && seen.Add(interpreter.Executable))
            {
                yield return interpreter;
            }
        }
    }

    /// <summary>The stamp of an interpreter's file, or null when it is gone.</summary>
    public Task<FileStamp?> StampAsync(Interpreter interpreter, CancellationToken cancellationToken) =>
        _probe.StampAsync(interpreter.Executable, cancellationToken);

    private async Task<Result<Interpreter>> NamedAsync(InterpreterRequest wish, VersionSpecifierSet declared, CancellationToken cancellationToken)
    {
        var probed = wish.Kind is InterpreterRequestKind.Path
            ? await _probe.ProbeAsync(wish.Text, cancellationToken).ConfigureAwait(false)
            : await CommandAsync(wish.Text, cancellationToken).ConfigureAwait(false);
        if (!probed.TryGet(out var interpreter, out var failure))
        {
            return failure;
        }

        if (!IsUsable(interpreter))
        {
            return new Failure(
                EnvironmentFailures.UnusableInterpreter,
                $"{interpreter} is older than Python {Interpreter.MinimumVersion}, the oldest that Slipway works with.");
        }

        return interpreter.Satisfies(declared)
            ? interpreter
            : new Failure(EnvironmentFailures.InterpreterOutOfRange, $"{interpreter} is outside the declared range '{declared}'.");
    }

    // pyenv's shims stand on PATH for versions that are not active, and fail: what comes after them may work.
    private async Task<Result<Interpreter>> CommandAsync(string command, CancellationToken cancellationToken)
    {
        Failure? first = null;
        foreach (var path in search.Find(command))
        {
            var probed = await _probe.ProbeAsync(path, cancellationToken).ConfigureAwait(false);
            if (probed.TryGet(out _, out var failure))
            {
                return probed;
            }

            first ??= failure;
        }

        return first ?? new Failure(EnvironmentFailures.NoInterpreter, $"There is no '{command}' on PATH.");
    }

    private static bool IsUsable(Interpreter interpreter) => interpreter.Satisfies(Minimum);

    private static string Wanted(VersionSpecifierSet range) => range.ToString() is { Length: > 0 } text ? text : $">={Interpreter.MinimumVersion}";

    private static readonly VersionSpecifierSet Minimum = VersionSpecifierSet.Parse($">={Interpreter.MinimumVersion}").Value;
}
