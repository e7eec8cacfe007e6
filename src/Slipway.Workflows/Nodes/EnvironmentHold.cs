using Slipway.Core.Identity;
using Slipway.Machines.Files;
using Slipway.Machines.Locks;
using Slipway.Store.Layout;

namespace Slipway.Workflows.Nodes;

/// <summary>The lease of an environment of this machine, held as long as a node may still use it.</summary>
internal sealed class EnvironmentHold : IAsyncDisposable
{
    private int _descriptor;

    private EnvironmentHold(int descriptor) => _descriptor = descriptor;

    /// <summary>Takes it; null when the environment is gone, or about to be.</summary>
    /// <param name="layout">The store.</param>
    /// <param name="name">The slot.</param>
    public static EnvironmentHold? Take(StoreLayout layout, string name)
    {
        if (!SlotName.Parse(name).TryGet(out var slot, out _) || !LeaseFile.TryShare(layout.LeaseFile(slot), out var descriptor))
        {
            return null;
        }

        // Only under the lease it stays.
        if (LocalFiles.Exists(layout.Meta(slot)))
        {
            return new EnvironmentHold(descriptor);
        }

        LeaseFile.Release(descriptor);
        return null;
    }

    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _descriptor, -1) is var descriptor and >= 0)
        {
            LeaseFile.Release(descriptor);
        }

        return ValueTask.CompletedTask;
    }
}
