using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Locks;
using Slipway.Environments.Requests;
using Slipway.Environments.Sources;
using Slipway.Machines.Programs;

namespace Slipway.Environments.Provisioners.Pip;

/// <summary>
/// Resolution by pip's own resolver, on the target and with its interpreter, installing nothing: markers are evaluated by the
/// Python that will run the packages.
/// </summary>
internal static class PipResolution
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The steps that write a report of the resolved set.</summary>
    public static ResolutionSteps Plan(
        BuildHost host, ProvisionerTool tool, Interpreter interpreter, string driver, EnvironmentRequest request, string work, ReadOnlyMemory<byte> gatePlan = default)
    {
        var report = $"{work}/report.json";
        var command = PipCommand.Pip(
            interpreter.Executable,
            driver,
            tool,
            $"{work}/pip.log",
            [
                "install", "--dry-run", "--ignore-installed", $"--report={report}",
                .. PipCommand.SourceArguments(gatePlan.IsEmpty ? request.Sources : null, $"{host.Layout.Cache}/pip", PipTool.VersionOf(tool.Identity)),
                $"--requirement={work}/requirements.txt", $"--constraint={work}/constraints.txt",
            ]);
        return new ResolutionSteps(
            [
                new Step.WriteFile($"{work}/requirements.txt", Lines(host, request.Requirements), OwnerOnly),
                new Step.WriteFile($"{work}/constraints.txt", Lines(host, request.Constraints), OwnerOnly),
                new Step.Run($"Resolving {request.Describe()}", command.Behind(gatePlan).ForRepositories(request.Requirements), EnvironmentFailures.PipFailed),
            ],
            report);
    }

    /// <summary>The lock that a report describes.</summary>
    public static Result<Resolution> Read(ReadOnlySpan<byte> report, Interpreter interpreter, EnvironmentRequest request) =>
        PipReport.Read(report, request).Map(found => new Resolution(ResolvedLock.For(request, interpreter, found.Files), found.Warnings));

    private static byte[] Lines(BuildHost host, ImmutableArray<RequestedPackage> packages) =>
        Encoding.UTF8.GetBytes(string.Concat(packages.Select(package => LocalSources.ToLine(host, package) + "\n")));
}
