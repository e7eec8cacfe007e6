using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Environments.Locks;
using Slipway.Machines.Files;
using Slipway.Machines.Posix;
using Slipway.Store.Layout;
using Slipway.Store.Slots;

namespace Slipway.Environments.Inspection;

/// <summary>Says what a published environment would run at start or on call, and where its code came from. Runs nothing of it.</summary>
/// <param name="layout">The local store.</param>
public sealed class EnvironmentInspector(StoreLayout layout)
{
    private const long MaxBuildRecordBytes = 1024 * 1024;

    /// <summary>Inspects an environment.</summary>
    /// <returns>What was found; a failure when the lock in its record cannot be read.</returns>
    public Result<EnvironmentInspection> Inspect(StoredEnvironment environment)
    {
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
            [.. resolved.Files.Where(file => file.IsDirect).Select(file => new DirectPackage(file.Name.Normalized, file.Url))],
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

        var record = $"{layout.WheelsOf(file.Hash)}/{abi}/built-with.txt";
        return LocalFiles.Read(record, MaxBuildRecordBytes).TryGet(out var bytes, out _)
            ? [.. PosixText.Decode(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries)]
            : null;
    }
}
