using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Failures;

namespace Slipway.Machines.Ssh.Addresses;

/// <summary>
/// Where a host answers SSH, as people and providers write it. Only <see cref="Parse"/> makes one, so no part of it can be taken for an
/// option of <c>ssh</c>. What it leaves open (user, port, key) the user's own SSH configuration decides.
/// </summary>
public sealed record SshAddress
{
    internal SshAddress(string host) => Host = host;

    /// <summary>A host name, an IPv4 or IPv6 address without brackets, or an alias of the user's SSH configuration.</summary>
    public string Host { get; }

    /// <summary>The user there; null when it is not given.</summary>
    public string? User { get; internal init; }

    /// <summary>The port, 1 to 65535; null when it is not given.</summary>
    public int? Port { get; internal init; }

    /// <summary>Files of private keys, as they were written; a leading <c>~/</c> is the home directory.</summary>
    public ImmutableArray<string> Identities { get; internal init; } = [];

    /// <summary>Hosts to go through, as <c>ssh -J</c> takes them; null for none.</summary>
    public string? Jump { get; internal init; }

    /// <summary>Further options of <c>ssh -o</c>, from a short list of harmless ones.</summary>
    public ImmutableArray<SshOption> Options { get; internal init; } = [];

    /// <summary>What was written and is not followed, one sentence each.</summary>
    public ImmutableArray<string> Notes { get; internal init; } = [];

    /// <summary>
    /// Reads <c>host</c>, <c>user@host</c>, <c>user@host:port</c>, <c>[v6]:port</c>, <c>ssh://user@host:port</c>, or a whole
    /// <c>ssh -p PORT -i KEY user@host</c> line.
    /// </summary>
    /// <returns>The address; <see cref="MachinesFailures.AddressInvalid"/> says which part is wrong.</returns>
    public static Result<SshAddress> Parse(string text) => SshAddressParser.Parse(text);

    /// <summary>The same address with one more key file.</summary>
    /// <param name="file">The file's path; it may not begin with <c>-</c>.</param>
    public Result<SshAddress> WithIdentity(string file) => file is ['-', ..] or "" || file.Any(char.IsControl)
        ? SshAddressParser.Invalid($"The key file '{file.ReplaceLineEndings(" ")}' is no usable path.")
        : this with { Identities = Identities.Add(file) };

    /// <summary>
    /// The same address with every key file as an absolute path that exists: ssh itself would pass over one that does not, and say at most that no key was accepted.
    /// </summary>
    /// <param name="home">The user's home here; null when unknown.</param>
    /// <param name="folder">What relative paths are relative to, absolute.</param>
    /// <returns>The address; <see cref="MachinesFailures.KeyFileMissing"/> names the file that is not there.</returns>
    public Result<SshAddress> WithFoundIdentities(string? home, string folder)
    {
        var found = ImmutableArray.CreateBuilder<string>(Identities.Length);
        foreach (var identity in Identities)
        {
            var path = identity.StartsWith("~/", StringComparison.Ordinal) && home is not null ? $"{home}{identity[1..]}" : Path.Combine(folder, identity);
            if (!File.Exists(path))
            {
                return new Failure(MachinesFailures.KeyFileMissing, $"There is no key file {identity}{(string.Equals(path, identity, StringComparison.Ordinal) ? string.Empty : $" ({path})")}.");
            }

            found.Add(path);
        }

        return this with { Identities = found.MoveToImmutable() };
    }

    /// <summary>The address in a form that <see cref="Parse"/> reads; equal for equal addresses.</summary>
    public override string ToString()
    {
        var host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        var user = User is null ? string.Empty : $"{User}@";
        if (Identities.IsEmpty && Jump is null && Options.IsEmpty)
        {
            return Port is null ? user + host : $"{user}{host}:{Port}";
        }

        var line = new StringBuilder("ssh");
        if (Port is not null)
        {
            line.Append(" -p ").Append(Port);
        }

        foreach (var identity in Identities)
        {
            line.Append(" -i ").Append(SshWords.Quote(identity));
        }

        if (Jump is not null)
        {
            line.Append(" -J ").Append(SshWords.Quote(Jump));
        }

        foreach (var option in Options)
        {
            line.Append(" -o ").Append(SshWords.Quote(option.ToString()));
        }

        return line.Append(' ').Append(user).Append(Host).ToString();
    }

    /// <inheritdoc/>
    public bool Equals(SshAddress? other) => other is not null && string.Equals(ToString(), other.ToString(), StringComparison.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(ToString());
}

/// <summary>One option of <c>ssh -o</c>.</summary>
/// <param name="Name">Its name as ssh_config(5) spells it.</param>
/// <param name="Value">Its value.</param>
public readonly record struct SshOption(string Name, string Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name}={Value}";
}
