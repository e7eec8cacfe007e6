using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Tools;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Machines.HandOff;
using Slipway.Machines.Ssh;
using Slipway.Machines.Ssh.Addresses;
using Slipway.Machines.Ssh.Transport;
using Slipway.Store.Layout;

namespace Slipway.Runs.Hosts;

/// <summary>Turns what <c>--on</c> says into a machine and its store: the name of a host that was added, else an address.</summary>
/// <param name="book">The hosts that were added.</param>
/// <param name="variable">Reads a variable that Slipway was started with; null when unset.</param>
/// <param name="startup">What Slipway was started with, for the OpenSSH client.</param>
/// <param name="time">The clock.</param>
public sealed class HostDirectory(HostBook book, Func<string, string?> variable, StartupEnvironment startup, TimeProvider time)
{
    // What a store, the search for interpreters and tools, and the way to the network depend on.
    private static readonly string[] Asked =
    [
        "HOME", "PATH", "SLIPWAY_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "PYENV_ROOT", "ASDF_DATA_DIR", "NETRC", "TMPDIR",
        "http_proxy", "https_proxy", "no_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR",
    ];

    private readonly LocalMachine _here = new(time, startup);

    /// <summary>The user's hosts, as this process sees them.</summary>
    public static Result<HostDirectory> OfUser() => HostBook.Of(Environment.GetEnvironmentVariable)
        .Map(static book => new HostDirectory(book, Environment.GetEnvironmentVariable, StartupEnvironment.Read(), TimeProvider.System));

    /// <summary>The hosts that were added.</summary>
    public HostBook Book => book;

    /// <summary>The machine of a name or an address; nothing is connected yet. The caller disposes of it.</summary>
    /// <param name="on">What was given.</param>
    public Result<SshMachine> Connect(string on)
    {
        ArgumentNullException.ThrowIfNull(on);
        return Settings(on).Map(Machine);
    }

    /// <summary>How a host is reached that was added, or is about to be; its first key is believed.</summary>
    /// <param name="entry">The host.</param>
    public Result<SshSettings> Settings(HostEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

        // ssh makes no directory: a key that it cannot write down it believes again each time, whichever it is.
        return LocalFiles.MakeDirectory(Path.GetDirectoryName(book.KnownHosts)!, OwnerOnly)
            .Then(_ => Settings(entry.Name.ToString(), entry.Address))
            .Map(settings => settings with { HostKeys = HostKeyPolicy.AcceptNew, ConfigFile = entry.SshConfig });
    }

    /// <summary>How a name or an address is reached.</summary>
    /// <param name="on">What was given.</param>
    public Result<SshSettings> Settings(string on)
    {
        ArgumentNullException.ThrowIfNull(on);
        return book.Read().Then(hosts => hosts.FirstOrDefault(host => string.Equals(host.Name.ToString(), on, StringComparison.Ordinal)) is { } entry
            ? Settings(entry)
            : SshAddress.Parse(on).Then(address => Settings(on, address)));
    }

    /// <summary>The machine that is reached in this way; nothing is connected yet. The caller disposes of it.</summary>
    public SshMachine Machine(SshSettings settings) => new(settings, time, startup);

    /// <summary>The store that was set for a host when it was added; null when the variables there say where it is.</summary>
    /// <param name="on">The name or address.</param>
    public string? StoreOf(string on) => Entry(on)?.Store;

    /// <summary>The store of a host, created where it is missing, and all that is to be known to build there.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="on">What it was found by.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Result<BuildHost>> OpenAsync(IMachine machine, string on, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(machine);
        var facts = await machine.GetFactsAsync(cancellationToken).ConfigureAwait(false);
        if (!facts.TryGet(out var known, out var failure))
        {
            return failure;
        }

        if (known.OperatingSystem is not "linux")
        {
            return new Failure(RunFailures.HostUnsupported, $"{machine.Name} runs {known.OperatingSystem}; hosts are Linux.");
        }

        var read = await MachineVariables.ReadAsync(machine, [.. Asked], cancellationToken).ConfigureAwait(false);
        if (!read.TryGet(out var variables, out failure))
        {
            return failure;
        }

        var located = Entry(on) is { Store: { } store } ? StoreHome.Locate(name => name is "SLIPWAY_HOME" ? store : null) : StoreHome.Locate(name => variables.GetValueOrDefault(name));
        if (!located.TryGet(out var layout, out failure))
        {
            return failure;
        }

        if (!(await DistantHome.PrepareAsync(machine, layout, known.UserId, cancellationToken).ConfigureAwait(false)).TryGet(out var home, out failure)
            || !(await ListAsync(machine, home, name => variables.GetValueOrDefault(name), cancellationToken).ConfigureAwait(false)).TryGet(out var listing, out failure))
        {
            return failure;
        }

        return new BuildHost(machine, home, known)
        {
            // Credentials of indexes, and from where tools are taken, are this user's, here; they travel by standard input.
            Variable = name => name.StartsWith("SLIPWAY_INDEX_", StringComparison.Ordinal) || name is ToolInstaller.MirrorVariable ? variable(name) : variables.GetValueOrDefault(name),
            Listing = listing,
            Here = _here,
        };
    }

    // All places in which interpreters and tools are looked for.
    private static Task<Result<FolderListing>> ListAsync(IMachine machine, StoreLayout layout, Func<string, string?> there, CancellationToken cancellationToken)
    {
        var interpreters = InterpreterSearch.From(there, layout.Pythons);
        var tools = ToolSearch.From(layout.Tools, there);
        ImmutableArray<string> deep =
        [
            .. new[] { interpreters.PyenvRoot is { } pyenv ? $"{pyenv}/versions" : null, interpreters.AsdfRoot is { } asdf ? $"{asdf}/installs/python" : null }.OfType<string>(),
            layout.Tools, layout.Pythons,
        ];
        return FolderListing.ReadAsync(machine, [.. interpreters.SearchPath.Concat(tools.UserFolders).Distinct(StringComparer.Ordinal)], deep, cancellationToken);
    }

    private HostEntry? Entry(string on) =>
        HostName.Parse(on).TryGet(out var name, out _) && book.Find(name).TryGet(out var entry, out _) ? entry : null;

    private Result<SshSettings> Settings(string name, SshAddress address) =>
        address.WithFoundIdentities(variable("HOME") is { Length: > 0 } home ? home : null, Directory.GetCurrentDirectory()).Map(found => new SshSettings(name, found)
        {
            KnownHosts = book.KnownHosts,
            ControlDirectory = ControlFolder.Prepare(variable),
        });
}
