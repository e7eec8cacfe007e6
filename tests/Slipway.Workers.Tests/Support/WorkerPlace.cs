using System.Collections.Immutable;
using Slipway.Core.Contracts;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Environments;
using Slipway.Machines;
using Slipway.Machines.Processes;
using Slipway.Machines.Ssh;
using Slipway.Machines.Ssh.Addresses;
using Slipway.Store.Layout;
using Slipway.Store.Slots;
using Slipway.TestKit;
using Slipway.Workers.Connections;

namespace Slipway.Workers.Tests.Support;

/// <summary>A machine with a store for the tests of a class, in which interpreters of this machine are published as environments.</summary>
public abstract class WorkerPlace : IAsyncLifetime
{
    public TempFolder Folder { get; } = new();

    internal BuildHost Host { get; private set; } = null!;

    /// <summary>Publishes an interpreter as it stands.</summary>
    internal async Task<EnvironmentRef> PublishAsync(string python, EnvironmentChanges? activation = null)
    {
        var key = Sha256Digest.Of(Guid.NewGuid().ToString());
        var slot = SlotName.Of(key, new CanonicalFields("test", [new CanonicalField("python", python)]));
        var meta = new SlotMeta
        {
            Slot = slot.ToString(),
            EnvironmentKey = key.Hex,
            LockDigest = key.Hex,
            Title = "test",
            Provisioner = "system",
            CreatedAt = TimeProvider.System.GetUtcNow(),
            CreatedBy = "test",
            Inputs = [],
            Executable = python,
            Activation = SlotActivation.From(activation ?? EnvironmentChanges.None),
            Mutable = true,
            Lock = string.Empty,
        };
        Assert.True((await Host.Machine.WriteFileAsync(Host.Layout.Meta(slot), meta.ToBytes(), UnixFileMode.UserRead, default)).IsOk);
        return new EnvironmentRef
        {
            EnvironmentKind = "python",
            State = DependencyState.Ready,
            RequirementsFingerprint = key.Hex,
            PlatformKey = "linux-x86_64",
            PythonExecutable = python,
            Host = Host.Machine.Name,
            Slot = slot.ToString(),
        };
    }

    /// <summary>Opens a worker in the default Python of the tests.</summary>
    public async Task<WorkerConnection> OpenAsync(WorkerOptions? options = null, string? python = null, EnvironmentChanges? activation = null)
    {
        var reference = await PublishAsync(python ?? Pythons.Default.FullPath, activation);
        return (await new WorkerHost(Host).OpenAsync(reference, options ?? Quick, default)).Ok();
    }

    /// <summary>Short graces, and the operations that make trouble.</summary>
    internal static WorkerOptions Quick { get; } = new() { Grace = TimeSpan.FromSeconds(0.3), Modules = [Trouble.Module] };

    public async Task InitializeAsync()
    {
        var machine = await OpenMachineAsync();
        var facts = (await machine.GetFactsAsync(default)).Ok();
        Host = new BuildHost(machine, StoreHome.Prepare(new StoreLayout(Folder.CreateFolder("store")), facts.UserId).Ok(), facts);
        foreach (var folder in (string[])[Host.Layout.Leases, Host.Layout.BuildLocks])
        {
            Folder.CreateFolder("store", Path.GetFileName(folder));
        }
    }

    public async Task DisposeAsync()
    {
        await CloseAsync();
        Folder.Dispose();
    }

    private protected abstract Task<IMachine> OpenMachineAsync();

    private protected virtual Task CloseAsync() => Task.CompletedTask;
}

/// <summary>This machine.</summary>
public sealed class LocalPlace : WorkerPlace
{
    private protected override Task<IMachine> OpenMachineAsync() => Task.FromResult<IMachine>(new LocalMachine());
}

/// <summary>A machine behind a real sshd.</summary>
public sealed class SshPlace : WorkerPlace
{
    private SshServer Server { get; set; } = null!;

    private SshMachine Machine { get; set; } = null!;

    private protected override async Task<IMachine> OpenMachineAsync()
    {
        Server = await SshServer.StartAsync(new SshServerOptions { LoginShell = "/bin/dash" });
        Machine = new SshMachine(new SshSettings("box", SshAddress.Parse(Server.Address).Value)
        {
            ConfigFile = Server.ClientConfiguration,
            ControlDirectory = Server.ControlFolder,
            Persist = TimeSpan.FromSeconds(60),
        });
        return Machine;
    }

    private protected override async Task CloseAsync()
    {
        await Machine.CloseAsync(default);
        Machine.Dispose();
        await Server.DisposeAsync();
    }
}

internal static class Results
{
    public static T Ok<T>(this Result<T> result)
        where T : notnull
    {
        Assert.True(result.IsOk, result.IsOk ? string.Empty : $"{result.Failure}\n{result.Failure.Detail}\n{result.Failure.Hint}");
        return result.Value;
    }

    public static Failure Fails<T>(this Result<T> result, FailureCode code)
        where T : notnull
    {
        Assert.False(result.IsOk, "It went well.");
        Assert.True(result.Failure.Code == code, $"{result.Failure}\n{result.Failure.Detail}");
        return result.Failure;
    }
}
