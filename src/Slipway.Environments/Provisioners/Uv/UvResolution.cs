using System.Text;
using Slipway.Core.Failures;
using Slipway.Core.Locks;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Locks;
using Slipway.Environments.Provisioners.Pip;
using Slipway.Environments.Requests;
using Slipway.Environments.Sources;
using Slipway.Machines.Programs;

namespace Slipway.Environments.Provisioners.Uv;

/// <summary>Resolution by uv for the interpreter that will run the packages. uv asks only the index gate, whatever the sources are.</summary>
internal static class UvResolution
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>
    /// Whether anything is left for uv to decide. What a lock or hashes have settled is exact; which of the named files fits is asked of pip, which takes
    /// nothing else.
    /// </summary>
    public static bool IsOpen(EnvironmentRequest request) => request.Pins.IsDefault && request.Requirements.All(package => package.Hashes.IsEmpty);

    /// <summary>The steps that write a report of the resolved set, of the shape of pip's.</summary>
    public static ResolutionSteps Plan(
        BuildHost host, ProvisionerTool uv, ProvisionerTool pip, Interpreter interpreter, string driver, EnvironmentRequest request, string work, GatePlan gate)
    {
        var plan = new UvPlan(uv.Path, pip.Path, $"{work}/requirements.txt", $"{work}/constraints.txt", $"{work}/report.json", work);
        var command = PipCommand.Python(interpreter.Executable, driver, "resolve", $"{work}/uv-plan.json");
        return new ResolutionSteps(
            [
                new Step.WriteFile(plan.Requirements, Lines(host, request.Requirements), OwnerOnly),
                new Step.WriteFile(plan.Constraints, Lines(host, request.Constraints), OwnerOnly),
                .. request.Preferences.IsEmpty ? Array.Empty<Step>() : [new Step.WriteFile($"{work}/pylock.toml", Before(request), OwnerOnly)],
                new Step.WriteFile($"{work}/uv-plan.json", plan.ToBytes(), OwnerOnly),
                new Step.Run($"Resolving {request.Describe()}", command.Behind(gate with { IsGated = true }).ForRepositories(request.Resolved), EnvironmentFailures.UvFailed),
            ],
            plan.Report);
    }

    /// <summary>Whether what was found is what the request read or demanded: uv records the hashes of files that are named by their address, and compares them with nothing.</summary>
    public static Failure? CheckHashes(EnvironmentRequest request, ResolvedLock found)
    {
        foreach (var package in request.Requirements)
        {
            var file = found.Files.FirstOrDefault(file => file.Name == package.Requirement.Name && file.IsDirect);
            if (file is not null && Expected(package) is { } expected && !string.Equals(file.Content, expected, StringComparison.OrdinalIgnoreCase))
            {
                return new Failure(EnvironmentFailures.HashMismatch, $"{file.FileName} is not what is asked for: {expected} is expected, and it is {file.Content}.");
            }
        }

        return null;
    }

    private static string? Expected(RequestedPackage package)
    {
        const string Fragment = "sha256=";
        return package.LocalContent
            ?? (package.Requirement.Url?.Split('#') is [_, var fragment] && fragment.Split('&').FirstOrDefault(part => part.StartsWith(Fragment, StringComparison.Ordinal)) is { } part
                ? $"sha256:{part[Fragment.Length..]}"
                : null);
    }

    // uv likes the versions of the file that it is about to write over.
    private static byte[] Before(EnvironmentRequest request) => Encoding.UTF8.GetBytes(PylockWriter.Write(new Pylock
    {
        CreatedBy = "slipway",
        Packages = [.. request.Preferences.Select(static liked => new PylockPackage { Name = liked.Name, Version = liked.Version })],
    }));

    // Unlike pip, uv takes a repository of this machine behind a name.
    private static byte[] Lines(BuildHost host, IEnumerable<RequestedPackage> packages) => Encoding.UTF8.GetBytes(string.Concat(packages.Select(package =>
        (package.Requirement.Url?.StartsWith("git+", StringComparison.OrdinalIgnoreCase) is true ? package.ToLine() : LocalSources.ToLine(host, package)) + "\n")));
}
