using System.Globalization;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Machines.Files;
using Slipway.Store.Collection;
using Slipway.Store.Layout;
using Slipway.Store.Slots;

namespace Slipway.Cli.Commands.Doctor;

/// <summary>The findings about the store: whose it is, what it lies on, its locks, its room, its environments, and the clock that it counts by.</summary>
/// <param name="host">The host with its store.</param>
/// <param name="time">The clock.</param>
internal sealed class StoreChecks(BuildHost host, TimeProvider time)
{
    private const long Scarce = 1_000_000_000;
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(10);

    /// <summary>Looks.</summary>
    public async Task<IReadOnlyList<DoctorCheck>> LookAsync(CancellationToken cancellationToken) =>
    [
        Ownership(),
        FileSystem(),
        await LocksAsync(cancellationToken).ConfigureAwait(false),
        Disk(),
        Environments(),
        Clock(),
    ];

    private DoctorCheck Ownership()
    {
        var mode = LocalPaths.StatusOf(host.Layout.Home).Mode;
        var finding = $"{host.Layout.Home}, yours, mode {Convert.ToString((int)mode, 8)}";
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        return StoreHome.OpenAncestor(host.Layout.Home, host.Facts.UserId) is { } ancestor
                ? DoctorCheck.Note("store", $"{finding}; other users can write {ancestor} and could put another store in its place", $"Take the permission away (`chmod go-w {ancestor}`), or set SLIPWAY_HOME to a directory below your home.")
            : (mode & Others) != UnixFileMode.None ? DoctorCheck.Note("store", $"{finding}: other users can read it", $"Run `chmod 700 {host.Layout.Home}`.")
            : DoctorCheck.Good("store", finding);
    }

    private DoctorCheck FileSystem()
    {
        if (!FileSystems.KindOf(host.Layout.Home).TryGet(out var kind, out var failure))
        {
            return DoctorCheck.Bad("file system", failure);
        }

        return kind.Trait switch
        {
            FileSystemTrait.Network => DoctorCheck.Note(
                "file system", $"{kind.Name}, a network or user-space file system: locks hold only where the server supports them, and starts are slower", "Set SLIPWAY_HOME to a directory on a local disk."),
            FileSystemTrait.Memory => DoctorCheck.Note("file system", $"{kind.Name}, memory: every environment is gone with the next boot", "Set SLIPWAY_HOME to a directory on a disk."),
            FileSystemTrait.Overlay => DoctorCheck.Note("file system", $"{kind.Name}, a layer of a container: every environment is gone with it", "Set SLIPWAY_HOME to a volume, if environments are to outlive the container."),
            _ => DoctorCheck.Good("file system", kind.Name),
        };
    }

    private async Task<DoctorCheck> LocksAsync(CancellationToken cancellationToken) =>
        await LockTrial.RunAsync(host, cancellationToken).ConfigureAwait(false) is { } problem
            ? DoctorCheck.Bad("locks", problem)
            : DoctorCheck.Good("locks", "flock works on the store's file system");

    private DoctorCheck Disk()
    {
        var drive = new DriveInfo(host.Layout.Home);
        var finding = $"{Sizes.Text(drive.AvailableFreeSpace)} free of {Sizes.Text(drive.TotalSize)}";
        return drive.AvailableFreeSpace >= Scarce
            ? DoctorCheck.Good("disk", finding)
            : DoctorCheck.Bad("disk", finding, "Make room, for example with `slipway store gc`, or set SLIPWAY_HOME to another disk.");
    }

    private DoctorCheck Environments()
    {
        var damaged = new List<Failure>();
        var environments = new EnvironmentStore(host.Layout).List((_, failure) => damaged.Add(failure));
        var finding = $"{environments.Length} published, {Sizes.Text(environments.Sum(environment => environment.Bytes))}";
        return damaged.Count == 0
            ? DoctorCheck.Good("environments", finding)
            : DoctorCheck.Bad("environments", $"{finding}; {damaged.Count} with a record that cannot be read: {damaged[0].Message}", damaged[0].Remedy, damaged[0].Code.Id);
    }

    // Ages decide what is collected, so a wrong clock should be known. The lock trial has just written a file.
    private DoctorCheck Clock()
    {
        var now = time.GetUtcNow();
        var shown = now.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
        var written = FileAge.ModifiedAt(LockTrial.PathOf(host.Layout));
        if (written > DateTimeOffset.UnixEpoch && (now - written).Duration() > Skew)
        {
            return DoctorCheck.Note("clock", $"{shown}; the store's file system is {(now - written).TotalSeconds:0} s behind it", "Set the clocks of this machine and of the file server by the network.");
        }

        var program = FileAge.ModifiedAt(Environment.ProcessPath ?? "/");
        var latest = new EnvironmentStore(host.Layout).List().Select(environment => environment.LastUse).DefaultIfEmpty(now).Max();
        return program > now + CollectionPolicy.Grace ? DoctorCheck.Note("clock", $"{shown}, which is before this program was built", "Set the clock.")
            : latest > now + CollectionPolicy.Grace ? DoctorCheck.Note("clock", $"{shown}, but an environment was last used at {latest:u}", "Set the clock; until then such environments are never collected.")
            : DoctorCheck.Good("clock", shown);
    }
}
