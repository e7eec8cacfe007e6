using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Core.Toml;
using Slipway.Machines.Files;
using Slipway.Machines.Posix;
using Slipway.Machines.Ssh.Addresses;

namespace Slipway.Runs.Hosts;

/// <summary>
/// The hosts that the user added: <c>hosts.toml</c> beside the user's settings, one table a host. People may edit it; Slipway writes it whole,
/// in the order of names.
/// </summary>
/// <param name="path">The file, absolute.</param>
public sealed class HostBook(string path)
{
    private const long MaxBytes = 1024 * 1024;
    private const string Hosts = "hosts";
    private const string Address = "address";
    private const string Store = "store";
    private const string SshConfig = "ssh-config";
    private const string Header = "# Hosts that were added with `slipway host add`.\n\n";

    /// <summary>The file.</summary>
    public string FilePath => path;

    /// <summary>Where host keys of added hosts are kept, in the format of known_hosts.</summary>
    public string KnownHosts => $"{Path.GetDirectoryName(path)}/known_hosts";

    /// <summary>The user's book; a failure when no variable says where it is.</summary>
    /// <param name="variable">Reads a variable; null when unset.</param>
    public static Result<HostBook> Of(Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        return Slipway.Projects.Configuration.UserFolder.Find(variable) is { } folder
            ? new HostBook($"{folder}/hosts.toml")
            : new Failure(RunFailures.HostsUnreadable, "None of XDG_CONFIG_HOME and HOME is set, so there is no list of hosts.");
    }

    /// <summary>All hosts in the order of their names; none when there is no file.</summary>
    public Result<ImmutableArray<HostEntry>> Read()
    {
        if (!LocalFiles.Exists(path))
        {
            return ImmutableArray<HostEntry>.Empty;
        }

        return LocalFiles.Read(path, MaxBytes)
            .Then(bytes => TomlReader.Parse(PosixText.Decode(bytes), path))
            .Then(document => document.AllowOnly(Hosts).Then(_ => document.FindTable(Hosts)))
            .Then(found => found.TryGet(out var table) ? ReadAll(table) : ImmutableArray<HostEntry>.Empty);
    }

    /// <summary>The host of a name; a failure that names those there are.</summary>
    public Result<HostEntry> Find(HostName name) => Read().Then<HostEntry>(hosts =>
        hosts.FirstOrDefault(host => host.Name == name) is { } found ? found
        : new Failure(RunFailures.HostUnknown, $"There is no host {name}.")
        {
            Hint = hosts.IsEmpty ? "Add one with `slipway host add NAME ADDRESS`." : $"There are: {string.Join(", ", hosts.Select(static host => host.Name))}.",
        });

    /// <summary>Adds a host.</summary>
    /// <param name="host">The host.</param>
    /// <param name="replace">Whether one of that name is replaced.</param>
    public Result<Unit> Add(HostEntry host, bool replace)
    {
        ArgumentNullException.ThrowIfNull(host);
        return Read().Then(hosts => !replace && hosts.Any(other => other.Name == host.Name)
            ? new Failure(RunFailures.HostExists, $"There is a host {host.Name} already.") { Hint = "Remove it first, or give --replace." }
            : Write([.. hosts.Where(other => other.Name != host.Name), host]));
    }

    /// <summary>Removes a host.</summary>
    public Result<Unit> Remove(HostName name) => Find(name).Then(_ => Read()).Then(hosts => Write([.. hosts.Where(host => host.Name != name)]));

    private static Result<ImmutableArray<HostEntry>> ReadAll(TomlTable table)
    {
        var hosts = ImmutableArray.CreateBuilder<HostEntry>(table.Keys.Count);
        foreach (var key in table.Keys)
        {
            var read = HostName.Parse(key).Then(name => table.GetTable(key).Then(entry => ReadOne(name, entry)));
            if (!read.TryGet(out var host, out var failure))
            {
                return failure.Location is null ? failure with { Location = table.KeyLocation(key) } : failure;
            }

            hosts.Add(host);
        }

        hosts.Sort(static (one, other) => string.CompareOrdinal(one.Name.ToString(), other.Name.ToString()));
        return hosts.ToImmutable();
    }

    private static Result<HostEntry> ReadOne(HostName name, TomlTable entry)
    {
        if (!entry.AllowOnly(Address, Store, SshConfig).TryGet(out _, out var failure)
            || !entry.GetString(Address).Then(SshAddress.Parse).TryGet(out var address, out failure)
            || !Absolute(entry, Store).TryGet(out var store, out failure)
            || !Absolute(entry, SshConfig).TryGet(out var config, out failure))
        {
            return failure;
        }

        return new HostEntry(name, address) { Store = store.OrDefault(), SshConfig = config.OrDefault() };
    }

    private static Result<Maybe<string>> Absolute(TomlTable entry, string key) => entry.FindString(key).Then<Maybe<string>>(found =>
        found.TryGet(out var text) && !text.StartsWith('/')
            ? new Failure(RunFailures.HostsUnreadable, $"{key} is no absolute path.") { Location = entry.KeyLocation(key) }
            : found);

    private Result<Unit> Write(ImmutableArray<HostEntry> hosts)
    {
        var table = new TomlTableBuilder();
        foreach (var host in hosts.OrderBy(static host => host.Name.ToString(), StringComparer.Ordinal))
        {
            table.Add(host.Name.ToString(), new TomlTableBuilder().Add(Address, host.Address.ToString()).Add(Store, host.Store).Add(SshConfig, host.SshConfig).Build());
        }

        var text = Header + TomlWriter.Write(new TomlTableBuilder().Add(Hosts, table.Build()).Build());
        return LocalFiles.Write(path, Encoding.UTF8.GetBytes(text), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
