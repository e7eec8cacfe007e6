using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Machines.Ssh;

namespace Slipway.Runs.Hosts;

/// <summary>A machine whose store was opened.</summary>
/// <param name="Host">The machine and its store.</param>
/// <param name="Remote">The same machine where it answers SSH; null for this one.</param>
public sealed record OpenedHost(BuildHost Host, SshMachine? Remote) : IDisposable
{
    /// <summary>This machine for <c>local</c>, else a host: of a name that was added, or of an address.</summary>
    /// <param name="on">What was given.</param>
    /// <param name="here">Opens the store of this machine.</param>
    /// <param name="hosts">The hosts that the user added; asked only where one is named.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<Result<OpenedHost>> OpenAsync(
        string on, Func<CancellationToken, Task<Result<BuildHost>>> here, Func<Result<HostDirectory>> hosts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(here);
        ArgumentNullException.ThrowIfNull(hosts);
        if (string.Equals(on, HostName.Local, StringComparison.Ordinal))
        {
            return (await here(cancellationToken).ConfigureAwait(false)).Map(static host => new OpenedHost(host, Remote: null));
        }

        if (!hosts().TryGet(out var known, out var failure) || !known.Connect(on).TryGet(out var machine, out failure))
        {
            return failure;
        }

        var opened = await known.OpenAsync(machine, on, cancellationToken).ConfigureAwait(false);
        if (!opened.TryGet(out var found, out failure))
        {
            machine.Dispose();
            return failure;
        }

        return new OpenedHost(found, machine);
    }

    /// <inheritdoc/>
    public void Dispose() => Remote?.Dispose();
}
