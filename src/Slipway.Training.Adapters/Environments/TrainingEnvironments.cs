using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Requests;
using Slipway.Environments.Subjects;
using Slipway.Training.Ports;
using Slipway.Workers.Connections;

namespace Slipway.Training.Adapters.Environments;

/// <summary>Has the environment of a training worker ready: by the one pipeline, as for any workload.</summary>
/// <param name="host">The machine.</param>
/// <param name="time">The clock.</param>
/// <param name="progress">Watches what is built, and is told which interpreter was chosen.</param>
public sealed class TrainingEnvironments(BuildHost host, TimeProvider time, IBuildProgress progress)
{
    private readonly DependencyService _service = DependencyService.For(host, time);

    /// <summary>The environment that a manifest describes.</summary>
    /// <param name="manifest">What is needed, and whether an interpreter that has it is taken as it stands.</param>
    /// <param name="python">The interpreter that the user wants; null for the first that fits.</param>
    /// <param name="options">How the request is served.</param>
    /// <param name="say">Is told which interpreter was chosen.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Result<WorkerEnvironment>> EnsureAsync(
        PortManifest manifest, InterpreterRequest? python, EnsureOptions options, Action<string> say, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(say);
        if (!EnvironmentRequest.Of([.. manifest.Requirements]).TryGet(out var request, out var failure))
        {
            return failure;
        }

        var subject = new Subject($"training {manifest.Name}");
        if (manifest.Prefer is EnvironmentChoice.Build)
        {
            return (await _service.EnsureAsync(request with { Python = python }, subject, options, progress, cancellationToken).ConfigureAwait(false)).Map(WorkerEnvironment.Of);
        }

        request = request with { Provisioner = "system" };
        return python is not null
            ? (await _service.EnsureAsync(request with { Python = python }, subject, options, progress, cancellationToken).ConfigureAwait(false)).Map(WorkerEnvironment.Of)
            : await FirstAsync(request, subject, options, say, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Result<WorkerEnvironment>> FirstAsync(EnvironmentRequest request, Subject subject, EnsureOptions options, Action<string> say, CancellationToken cancellationToken)
    {
        var seen = new List<string>();
        await foreach (var interpreter in new InterpreterFinder(host, InterpreterSearch.Of(host)).ListAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!InterpreterRequest.Parse(interpreter.Executable, "/", "the search for an interpreter").TryGet(out var wish, out var failure))
            {
                return failure;
            }

            var ready = await _service.EnsureAsync(request with { Python = wish }, subject, options, progress, cancellationToken).ConfigureAwait(false);
            if (ready.TryGet(out var found, out failure))
            {
                say($"training runs in {interpreter}, as it stands: it has {request.Describe()}");
                return WorkerEnvironment.Of(found);
            }

            seen.Add($"{interpreter}: {failure.Message}");
        }

        return new Failure(AdapterFailures.NoInterpreter, $"No interpreter of {host.Machine.Name} has {request.Describe()}.") { Detail = string.Join('\n', seen) };
    }
}
