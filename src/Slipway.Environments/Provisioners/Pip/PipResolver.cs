using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Locks;
using Slipway.Environments.Requests;
using Slipway.Machines.Programs;

namespace Slipway.Environments.Provisioners.Pip;

/// <summary>Resolves with pip's own resolver, on the target and with its interpreter, installing nothing.</summary>
internal static class PipResolver
{
    private const long MaxReportBytes = 256L * 1024 * 1024;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Resolves a request.</summary>
    public static async Task<Result<Resolution>> ResolveAsync(
        BuildHost host, ProvisionerTool tool, Interpreter interpreter, EnvironmentRequest request, IBuildProgress progress, CancellationToken cancellationToken)
    {
        if (request.Requirements.IsEmpty)
        {
            return new Resolution(Lock([], interpreter, request), []);
        }

        // A scratch directory of its own: two requests may be resolved at once.
        var work = $"{host.Layout.Cache}/resolve-{Guid.NewGuid():N}";
        try
        {
            return await ResolveInAsync(work, host, tool, interpreter, request, progress, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            var cleanUp = new MachineProgram("remove scratch files", [new Step.RemoveTree(work)]);
            _ = await host.Machine.ExecuteAsync(cleanUp, SilentObserver.Instance, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static async Task<Result<Resolution>> ResolveInAsync(
        string work, BuildHost host, ProvisionerTool tool, Interpreter interpreter, EnvironmentRequest request, IBuildProgress progress, CancellationToken cancellationToken)
    {
        var what = $"Resolving {request.Describe()}";
        var files = await WriteInputsAsync(work, host, request, cancellationToken).ConfigureAwait(false);
        if (!files.TryGet(out _, out var failure))
        {
            return failure;
        }

        progress.Stage(what);
        var output = new BuildOutput(progress);
        var report = $"{work}/report.json";
        var command = PipCommand.Pip(
            interpreter,
            tool,
            [
                "install", "--dry-run", "--ignore-installed", $"--report={report}",
                .. PipCommand.SourceArguments(request.Sources, $"{host.Layout.Cache}/pip", PipTool.VersionOf(tool)),
                $"--requirement={work}/requirements.txt", $"--constraint={work}/constraints.txt",
            ]);
        var run = await host.Machine.RunAsync(command, output, cancellationToken).ConfigureAwait(false);
        if (!run.TryGet(out var outcome, out failure))
        {
            return failure;
        }

        if (!outcome.Succeeded)
        {
            return PipDiagnosis.Name(output.Text, what, EnvironmentFailures.PipFailed);
        }

        var read = await host.Machine.ReadFileAsync(report, MaxReportBytes, cancellationToken).ConfigureAwait(false);
        return read
            .Then(bytes => PipReport.Read(bytes))
            .Map(found => new Resolution(Lock(found.Files, interpreter, request), found.Warnings));
    }

    private static ResolvedLock Lock(IEnumerable<LockedFile> files, Interpreter interpreter, EnvironmentRequest request) => ResolvedLock.Of(
        files,
        LockDocument.EnvironmentMarker(interpreter),
        request.RequiresPython.ToString() is { Length: > 0 } range ? range : null,
        request.Sources.IndexUrl);

    private static async Task<Result<Unit>> WriteInputsAsync(
        string work, BuildHost host, EnvironmentRequest request, CancellationToken cancellationToken)
    {
        foreach (var (name, packages) in new[] { ("requirements.txt", request.Requirements), ("constraints.txt", request.Constraints) })
        {
            var text = string.Concat(packages.Select(package => package.ToLine() + "\n"));
            var written = await host.Machine
                .WriteFileAsync($"{work}/{name}", Encoding.UTF8.GetBytes(text), OwnerOnly, cancellationToken)
                .ConfigureAwait(false);
            if (!written.TryGet(out _, out var failure))
            {
                return failure;
            }
        }

        return Unit.Value;
    }
}
