using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Locks;
using Slipway.Environments.Requests;
using Slipway.Environments.Sites;
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

    /// <summary>
    /// A request with the sources that it is resolved from: settled packages come from a page that lists exactly their files. Only a
    /// source distribution may need more, packages to be built with, which no lock lists.
    /// </summary>
    public static EnvironmentRequest Effective(EnvironmentRequest request, string work) => request.Pins.IsDefault
        ? request
        : request with
        {
            Sources = request.Sources.ForSettled(LinksPage(work), isBuilding: request.Pins.Any(pin => !pin.Files.Any(file => file.Name.EndsWith(".whl", StringComparison.Ordinal)))),
        };

    /// <summary>The steps that write a report of the resolved set.</summary>
    public static ResolutionSteps Plan(
        BuildHost host, ProvisionerTool tool, Interpreter interpreter, string driver, EnvironmentRequest request, SiteFacts? site, string work, GatePlan gate)
    {
        var report = $"{work}/report.json";
        var isSettled = !request.Pins.IsDefault;
        var (log, preferences) = ($"{work}/pip.log", $"{work}/preferences.txt");
        string[] arguments =
        [
            "install", "--dry-run", $"--report={report}", .. site is null ? ["--ignore-installed"] : Array.Empty<string>(),
            .. isSettled ? ["--no-deps"] : Array.Empty<string>(),
            .. PipCommand.SourceArguments(gate, $"{host.Layout.Cache}/pip", PipTool.VersionOf(tool.Identity)),
            $"--requirement={work}/requirements.txt", $"--constraint={work}/constraints.txt",
        ];
        var isPreferring = !isSettled && !request.Preferences.IsEmpty;
        var command = isPreferring ? PipCommand.Preferring(interpreter.Executable, driver, tool, preferences, log, arguments)
            : PipCommand.Pip(interpreter.Executable, driver, tool, log, arguments);
        return new ResolutionSteps(
            [
                new Step.WriteFile($"{work}/requirements.txt", Lines(host, isSettled ? request.Resolved : request.Requirements), OwnerOnly),
                .. isPreferring ? [new Step.WriteFile(preferences, Encoding.UTF8.GetBytes(string.Concat(request.Preferences.Select(liked => $"{liked.ToLine()}\n"))), OwnerOnly)] : Array.Empty<Step>(),
                .. isSettled ? [new Step.WriteFile(LinksPage(work), PipLinks.Page(host, request.Pins), OwnerOnly)] : Array.Empty<Step>(),
                new Step.WriteFile($"{work}/constraints.txt", (byte[])[.. Lines(host, request.Constraints), .. AsTheyStand(site)], OwnerOnly),
                new Step.Run($"Resolving {request.Describe()}", command.Behind(gate).ForRepositories(request.Resolved), EnvironmentFailures.PipFailed),
            ],
            report);
    }

    private static string LinksPage(string work) => $"{work}/links.html";

    /// <summary>The lock that a report describes.</summary>
    public static Result<Resolution> Read(BuildHost host, ReadOnlySpan<byte> report, Interpreter interpreter, EnvironmentRequest request, SiteFacts? site) =>
        PipReport.Read(report, request).Map(found =>
        {
            var used = site is null
                ? []
                : SiteSelection.Select(site, interpreter.Markers, request.Requirements, [], found.Files.Select(file => file.Name)).Used;
            return new Resolution(ResolvedLock.For(request, interpreter, [.. found.Files.Select(file => host.Brought.ToHere(file, request))], used), found.Warnings);
        });

    // A preinstalled torch is to be used, not hidden behind another one that a dependency would rather have.
    private static byte[] AsTheyStand(SiteFacts? site) => site is null ? [] : Encoding.UTF8.GetBytes(string.Concat(
        from distribution in site.Distributions
        let name = distribution.PackageName()
        let version = distribution.PepVersion()
        where name is not null && version is not null
        select $"{name}=={version}\n"));

    private static byte[] Lines(BuildHost host, IEnumerable<RequestedPackage> packages) =>
        Encoding.UTF8.GetBytes(string.Concat(packages.Select(package => LocalSources.ToLine(host, package) + "\n")));
}
