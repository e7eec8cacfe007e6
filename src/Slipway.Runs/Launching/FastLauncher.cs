using System.Collections.Immutable;
using Slipway.Machines.Files;
using Slipway.Machines.HandOff;
using Slipway.Machines.Locks;
using Slipway.Machines.Posix;
using Slipway.Runs.Arguments;
using Slipway.Store.Layout;

namespace Slipway.Runs.Launching;

/// <summary>
/// The warm start: finds the launch record, proves that everything in it still holds, takes the lease and becomes the
/// workload. It opens no socket and starts no second process. Whatever it cannot prove, it leaves to the full path.
/// </summary>
public static class FastLauncher
{
    private const long MaxRecordBytes = 1024 * 1024;

    /// <summary>Launches, and does not return; or returns because the full path has to decide.</summary>
    /// <param name="arguments">The arguments after <c>run</c>.</param>
    /// <param name="version">The version of Slipway.</param>
    public static void TryLaunch(ReadOnlySpan<string> arguments, string version)
    {
        if (Prepare(arguments, version, StartupEnvironment.Read(), Directory.GetCurrentDirectory()) is not { } launch
            || !LeaseFile.TryShare(launch.Record.Lease, out var lease))
        {
            return;
        }

        if (LocalFiles.Exists(launch.Record.Meta))
        {
            Warn(launch.Warnings);
            _ = ExecHandOff.Exec(launch.Image);
        }

        LeaseFile.Release(lease);
    }

    /// <summary>A launch that was proved, and what to tell the person first.</summary>
    internal sealed record Launch(LaunchRecord Record, ExecImage Image, ImmutableArray<string> Warnings);

    /// <summary>Everything before the lease: the launch, or null.</summary>
    internal static Launch? Prepare(ReadOnlySpan<string> arguments, string version, StartupEnvironment startup, string workingDirectory)
    {
        if (!ArgumentSplitter.Split(arguments, RunOptions.ForRun).TryGet(out var split, out _) || !IsEligible(split))
        {
            return null;
        }

        var variables = startup.ToBlock();
        foreach (var secret in split.Values(RunOptions.Secret))
        {
            if (variables.Find(PosixText.Encode(secret)) is null)
            {
                return null;
            }
        }

        string? Variable(string name) => variables.Find(PosixText.Encode(name)) is { } value ? PosixText.Decode(value) : null;
        // What another user could have written is never executed; the full path says what is wrong.
        if (!StoreHome.Locate(Variable).TryGet(out var layout, out _) || !LocalPaths.IsPrivateDirectory(layout.Home))
        {
            return null;
        }

        var path = LaunchKey.PathOf(layout.Launches, version, workingDirectory, split, startup.Variables);
        if (!LocalFiles.Read(path, MaxRecordBytes).TryGet(out var bytes, out _) || LaunchRecord.Parse(PosixText.Decode(bytes)) is not { } record)
        {
            return null;
        }

        foreach (var check in record.Checks)
        {
            if (!LaunchChecks.Holds(check))
            {
                return null;
            }
        }

        return new Launch(record, LaunchImage.Create(record, split, variables), split.Has(RunOptions.Quiet) ? [] : record.Warnings);
    }

    /// <summary>Whether a command line can be served from a record at all.</summary>
    internal static bool IsEligible(RunArguments split) =>
        split is { Target: not null, HelpAsked: false }
        && WorkloadVariables.AreWellFormed(split)
        && !split.Has(RunOptions.On)
        && !split.Has(RunOptions.Gpus)
        && !split.Has(RunOptions.Refresh)
        && !split.Has(RunOptions.Explain)
        && !split.Has(RunOptions.Detach)
        && !split.Has(RunOptions.Name)
        && !split.Has(RunOptions.MaxDuration)
        && !split.Has(RunOptions.MaxLog)
        && !split.Has(RunOptions.Report)
        && !split.Has(RunOptions.Tty)
        && !split.Has(RunOptions.Verbose)
        && !split.Has(RunOptions.Json);

    // No console class: its first use costs more than the whole launch.
    private static void Warn(ImmutableArray<string> warnings)
    {
        foreach (var warning in warnings)
        {
            StandardError.WriteLine($"slipway: warning: {warning}");
        }
    }
}
