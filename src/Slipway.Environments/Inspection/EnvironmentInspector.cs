using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Locks;
using Slipway.Environments.Sites;
using Slipway.Machines.Files;
using Slipway.Machines.Posix;
using Slipway.Store.Slots;

namespace Slipway.Environments.Inspection;

/// <summary>
/// Says what a published environment would run at start or on call, and where its code came from. Runs nothing of it; the interpreter
/// whose packages it sees may be started to say where those are.
/// </summary>
/// <param name="host">This machine and its store.</param>
/// <param name="interpreters">The search for interpreters.</param>
public sealed class EnvironmentInspector(BuildHost host, InterpreterFinder interpreters)
{
    private const long MaxBuildRecordBytes = 1024 * 1024;

    /// <summary>Inspects an environment.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <returns>What was found; a failure when the lock in its record cannot be read.</returns>
    public async Task<Result<EnvironmentInspection>> InspectAsync(StoredEnvironment environment, CancellationToken cancellationToken)
    {
        var inspected = Inspect(environment);
        return inspected.TryGet(out var own, out _) && RecordedSite.Of(environment) is { } site
            ? await WithOutsideAsync(own, site, cancellationToken).ConfigureAwait(false)
            : inspected;
    }

    private async Task<EnvironmentInspection> WithOutsideAsync(EnvironmentInspection own, RecordedSite recorded, CancellationToken cancellationToken)
    {
        var found = await recorded.FindAsync(interpreters, cancellationToken).ConfigureAwait(false);
        var probed = found.TryGet(out var interpreter, out var failure)
            ? await new SiteProbe(host).ProbeAsync(interpreter, fresh: false, cancellationToken).ConfigureAwait(false)
            : failure;
        if (!probed.TryGet(out var site, out failure))
        {
            return own with { OutsideStart = [], Unreadable = own.Unreadable.Add($"the packages of {recorded.Executable}: {failure.Message}") };
        }

        var start = new StartScan();
        foreach (var directory in Distinct(site.StartDirectories))
        {
            start.AddStartFiles(SiteFolder.At(directory));
        }

        foreach (var directory in Distinct(site.SearchPath))
        {
            start.AddCustomizeModules(SiteFolder.At(directory));
        }

        return own with
        {
            OutsideStart = [.. start.Code.Select(code => code with { File = $"/{code.File}" })],
            Unreadable = [.. own.Unreadable, .. start.Unreadable.Select(file => $"/{file}")],
        };
    }

    // One directory may stand on the path by several names.
    private static IEnumerable<string> Distinct(IEnumerable<string> directories) =>
        directories.DistinctBy(path => LocalPaths.Resolve(path).TryGet(out var real, out _) ? real : path, StringComparer.Ordinal);

    private Result<EnvironmentInspection> Inspect(StoredEnvironment environment)
    {
        var layout = host.Layout;
        if (!ResolvedLock.Read(environment.Meta.Lock, layout.Meta(environment.Slot)).TryGet(out var resolved, out var failure))
        {
            return failure;
        }

        var (start, distributions) = (new StartScan(), new DistributionScan());
        foreach (var site in SiteFolder.Of(layout.Root(environment.Slot)))
        {
            start.Add(site);
            distributions.Add(site);
        }

        var abi = environment.Meta.Inputs.FirstOrDefault(input => input.Name is "abi")?.Value ?? string.Empty;
        return new EnvironmentInspection(
            start.Code,
            distributions.Commands,
            [.. resolved.Files.Where(file => !file.IsWheel).Select(file => new SourceBuild(file.Name.Normalized, file.Version.ToString(), file.FileName, BuiltWith(file, abi)))],
            [
                .. resolved.Editable is { } project ? [new DirectPackage(project.Name.Normalized, FileUrl.Of(project.Directory))] : Array.Empty<DirectPackage>(),
                .. resolved.Files.Where(file => file.IsDirect).Select(file => new DirectPackage(file.Name.Normalized, file.Url)),
            ],
            environment.Meta.Warnings,
            distributions.Outside,
            start.Paths,
            [.. start.Unreadable, .. distributions.Unreadable]);
    }

    private ImmutableArray<string>? BuiltWith(LockedFile file, string abi)
    {
        if (abi.Length == 0 || abi.AsSpan().IndexOfAny('/', '\0') >= 0)
        {
            return null;
        }

        var record = $"{host.Layout.WheelsOf(file.Hash)}/{abi}/built-with.txt";
        return LocalFiles.Read(record, MaxBuildRecordBytes).TryGet(out var bytes, out _)
            ? [.. PosixText.Decode(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries)]
            : null;
    }
}
