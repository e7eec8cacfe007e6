using System.Runtime.CompilerServices;
using Slipway.Core.Failures;
using Slipway.Core.Versions;
using Slipway.Environments.Requests;

namespace Slipway.Environments.Interpreters;

/// <summary>Chooses the base interpreter of an environment: the one that was named, else the first in range.</summary>
/// <param name="host">The machine and its store.</param>
/// <param name="search">Where to look.</param>
public sealed class InterpreterFinder(BuildHost host, InterpreterSearch search)
{
    private readonly InterpreterProbe _probe = new(host);

    /// <summary>
    /// Chooses the interpreter of a request. To build with, a virtual environment is seen through to its base. To be used as it stands, one is
    /// taken if its path is given; one that was only met on the way (a command, the first in range) is seen through here too, because the
    /// choice is remembered and would outlast the shell in which that environment was active.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="asItStands">Whether the interpreter is used as it stands.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public Task<Result<Interpreter>> FindAsync(EnvironmentRequest request, bool asItStands, CancellationToken cancellationToken) =>
        ChooseAsync(new InterpreterChoice(request.Python, request.RequiresPython, request.PythonDeclarations), asItStands, cancellationToken);

    /// <summary>Chooses an interpreter to build with.</summary>
    /// <param name="wish">The named interpreter or range; null for none.</param>
    /// <param name="declared">The workload's <c>requires-python</c>.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public Task<Result<Interpreter>> FindAsync(InterpreterRequest? wish, VersionSpecifierSet declared, CancellationToken cancellationToken) =>
        ChooseAsync(new InterpreterChoice(wish, declared, []), asItStands: false, cancellationToken);

    /// <summary>The interpreter that a record names: a base, or a virtual environment that is used as it stands.</summary>
    /// <param name="executable">Its executable.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    public Task<Result<Interpreter>> FindRecordedAsync(InterpreterRequest executable, CancellationToken cancellationToken) =>
        ChooseAsync(new InterpreterChoice(executable, VersionSpecifierSet.Any, []), asItStands: true, cancellationToken);

    private async Task<Result<Interpreter>> ChooseAsync(InterpreterChoice choice, bool asItStands, CancellationToken cancellationToken)
    {
        if (choice.Wish is { Kind: InterpreterRequestKind.Path or InterpreterRequestKind.Command } named)
        {
            var probed = named.Kind is InterpreterRequestKind.Path
                ? await _probe.ProbeAsync(named.Text, asItStands, cancellationToken).ConfigureAwait(false)
                : await CommandAsync(named.Text, cancellationToken).ConfigureAwait(false);
            return probed.TryGet(out var interpreter, out var failure)
                ? choice.Judge(interpreter)
                : failure with { Message = $"{named.Origin}: {failure.Message}" };
        }

        Interpreter? nearest = null;
        var seen = new List<string>();
        foreach (var path in search.Candidates())
        {
            var probed = await _probe.ProbeAsync(path, asItStands: false, cancellationToken).ConfigureAwait(false);
            if (!probed.TryGet(out var interpreter, out _))
            {
                continue;
            }

            if (choice.Judge(interpreter).IsOk)
            {
                return interpreter;
            }

            nearest ??= choice.IsWished(interpreter) ? interpreter : null;
            if (!seen.Contains(interpreter.FullVersion, StringComparer.Ordinal))
            {
                seen.Add(interpreter.FullVersion);
            }
        }

        return nearest is not null ? choice.Judge(nearest) : choice.NotFound(seen);
    }

    /// <summary>Every usable interpreter, the preferred first, each installation once.</summary>
    public async IAsyncEnumerable<Interpreter> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in search.Candidates())
        {
            var probed = await _probe.ProbeAsync(path, asItStands: false, cancellationToken).ConfigureAwait(false);
            if (probed.TryGet(out var interpreter, out _) && InterpreterChoice.IsUsable(interpreter) && seen.Add(interpreter.Executable))
            {
                yield return interpreter;
            }
        }
    }

    /// <summary>The stamp of an interpreter's file, or null when it is gone.</summary>
    public Task<FileStamp?> StampAsync(Interpreter interpreter, CancellationToken cancellationToken) =>
        _probe.StampAsync(interpreter.Executable, cancellationToken);

    /// <summary>Whether a virtual environment that is used as it stands still is the one that it was. Of a base its stamp says that.</summary>
    public async Task<bool> StandsAsync(Interpreter known, CancellationToken cancellationToken)
    {
        if (known.Files.IsEmpty)
        {
            return true;
        }

        var probed = await _probe.ProbeAsync(known.Executable, asItStands: true, cancellationToken).ConfigureAwait(false);
        return probed.TryGet(out var now, out _) && now.IsSameAs(known);
    }

    // pyenv's shims stand on PATH for versions that are not active, and fail: what comes after them may work.
    private async Task<Result<Interpreter>> CommandAsync(string command, CancellationToken cancellationToken)
    {
        Failure? first = null;
        foreach (var path in search.Find(command))
        {
            var probed = await _probe.ProbeAsync(path, asItStands: false, cancellationToken).ConfigureAwait(false);
            if (probed.TryGet(out _, out var failure))
            {
                return probed;
            }

            first ??= failure;
        }

        return first ?? new Failure(EnvironmentFailures.NoInterpreter, $"There is no '{command}' on PATH.");
    }
}
