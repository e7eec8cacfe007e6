using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Machines.HandOff;
using Slipway.Machines.Processes;
using Slipway.Machines.Ssh.Transport;

namespace Slipway.Machines.Ssh;

/// <summary>A key by which a host is known.</summary>
/// <param name="Kind">Its kind, for example <c>ED25519</c>.</param>
/// <param name="Fingerprint">Its fingerprint, <c>SHA256:…</c>.</param>
/// <param name="File">The file of known hosts that holds it.</param>
public sealed record HostKey(string Kind, string Fingerprint, string File);

/// <summary>
/// Looks up and forgets the keys by which hosts are known. The files may hold their names hashed, and what an alias stands for is in
/// the user's SSH configuration, so OpenSSH's own programs are asked.
/// </summary>
/// <param name="environment">What those programs inherit; null means what this process was started with.</param>
/// <param name="time">For limits; null means the system's clock.</param>
public sealed class HostKeys(StartupEnvironment? environment = null, TimeProvider? time = null)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly ProcessRunner _runner = new(environment ?? StartupEnvironment.Read(), time ?? TimeProvider.System);

    /// <summary>The keys by which a host is known, without connecting to it.</summary>
    public async Task<Result<ImmutableArray<HostKey>>> FindAsync(SshSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (!(await ConfigurationAsync(settings, cancellationToken).ConfigureAwait(false)).TryGet(out var found, out var failure))
        {
            return failure;
        }

        var keys = ImmutableArray.CreateBuilder<HostKey>();
        foreach (var file in found.Files.Where(LocalFiles.Exists))
        {
            var listed = await RunAsync(ProcessCommand.Create("ssh-keygen", "-l", "-F", found.Name, "-f", file), cancellationToken).ConfigureAwait(false);
            if (!listed.TryGet(out var outcome, out failure))
            {
                return failure;
            }

            // "# Host NAME found: line 1", then "NAME ED25519 SHA256:...".
            keys.AddRange(outcome.OutputText.Split('\n').Where(static line => !line.StartsWith('#')).Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(static words => words.Length >= 3).Select(words => new HostKey(words[^2], words[^1], file)));
        }

        return keys.ToImmutable();
    }

    /// <summary>Forgets a host's keys in Slipway's own file of known hosts; the user's files are left alone.</summary>
    public async Task<Result<Unit>> ForgetAsync(SshSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.KnownHosts is not { } own || !LocalFiles.Exists(own))
        {
            return Unit.Value;
        }

        if (!(await ConfigurationAsync(settings, cancellationToken).ConfigureAwait(false)).TryGet(out var found, out var failure))
        {
            return failure;
        }

        var removed = await RunAsync(ProcessCommand.Create("ssh-keygen", "-R", found.Name, "-f", own), cancellationToken).ConfigureAwait(false);
        _ = LocalFiles.RemoveFile($"{own}.old");
        return removed.Map(static _ => Unit.Value);
    }

    /// <summary>The name under which keys of a host are kept: two addresses with the same name are one host.</summary>
    public async Task<Result<string>> NameAsync(SshSettings settings, CancellationToken cancellationToken) =>
        (await ConfigurationAsync(settings, cancellationToken).ConfigureAwait(false)).Map(static found => found.Name);

    /// <summary>What the OpenSSH client calls itself.</summary>
    public async Task<Result<string>> ClientVersionAsync(CancellationToken cancellationToken) =>
        (await RunAsync(ProcessCommand.Create("ssh", "-V"), cancellationToken).ConfigureAwait(false)).Map(static outcome => outcome.ErrorText.Trim().Split(',')[0]);

    private async Task<Result<(string Name, ImmutableArray<string> Files)>> ConfigurationAsync(SshSettings settings, CancellationToken cancellationToken)
    {
        var command = SshConnections.Ssh(["-G", .. SshArguments.Connection(settings), "--", settings.Address.Host]);
        if (!(await RunAsync(command, cancellationToken).ConfigureAwait(false)).TryGet(out var outcome, out var failure))
        {
            return failure;
        }

        var values = outcome.OutputText.Split('\n').Select(static line => line.Split(' ', 2)).Where(static pair => pair.Length == 2)
            .DistinctBy(static pair => pair[0], StringComparer.Ordinal).ToDictionary(static pair => pair[0], static pair => pair[1], StringComparer.Ordinal);
        if (!outcome.Succeeded || !values.TryGetValue("hostname", out var host))
        {
            return new Failure(MachinesFailures.AddressInvalid, $"ssh does not understand how {settings.Name} is reached ({outcome.Describe()}).") { Detail = outcome.ErrorText.Trim() };
        }

        var name = values.GetValueOrDefault("hostkeyalias") is { Length: > 0 } alias && alias is not "none" ? alias
            : values.GetValueOrDefault("port") is { } port and not "22" ? $"[{host}]:{port}"
            : host;

        // ssh splits a list of files at blanks and tells no quotes; our own file, which comes first, may hold some.
        var others = string.Join(' ', values.GetValueOrDefault("userknownhostsfile"), values.GetValueOrDefault("globalknownhostsfile"))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(static path => path.StartsWith('/'));
        return (name, [.. (settings.KnownHosts is { } own ? others.Prepend(own) : others).Distinct(StringComparer.Ordinal)]);
    }

    private async Task<Result<ProcessOutcome>> RunAsync(ProcessCommand command, CancellationToken cancellationToken)
    {
        var ran = await _runner.RunAsync(command with { Timeout = Limit, Grace = TimeSpan.Zero }, sink: null, [], cancellationToken).ConfigureAwait(false);
        return !ran.TryGet(out var outcome, out var failure) && failure.Code == MachinesFailures.ProgramNotFound ? SshConnections.NoClient() : ran;
    }
}
