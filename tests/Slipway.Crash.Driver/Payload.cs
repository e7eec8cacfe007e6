using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Slipway.Core.Identity;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;
using Slipway.Store;
using Slipway.Store.Layout;
using Slipway.Store.Slots;

namespace Slipway.Crash.Driver;

/// <summary>A tree of bytes from a seed, with a file <c>manifest</c> by which <c>sha256sum</c> can check it.</summary>
internal static class Payload
{
    private const int Folders = 3;
    private const int FilesEach = 4;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static SlotName Slot(int number) =>
        SlotName.Of(Sha256Digest.Of($"crash {number}"), new CanonicalFields("test/1", [new CanonicalField("interpreter", "none")]));

    public static SlotMeta Meta(SlotName slot, TimeProvider time) => new()
    {
        Slot = slot.ToString(),
        EnvironmentKey = Sha256Digest.Of("key").Hex,
        LockDigest = Sha256Digest.Of("lock").Hex,
        Title = "bytes",
        Provisioner = "bytes/1",
        CreatedAt = time.GetUtcNow(),
        CreatedBy = "slipway/test",
        Inputs = [],
        Executable = "program",
        Activation = SlotActivation.From(EnvironmentChanges.None),
        Lock = string.Empty,
    };

    /// <summary>Steps that fill the slot's tree, partly by themselves and partly by a process, as a provisioner does.</summary>
    public static ImmutableArray<Step> Fill(StoreLayout layout, SlotName slot, int seed)
    {
        var random = new Random(seed);
        var (root, work) = (layout.Root(slot), layout.Work(slot));
        var manifest = new StringBuilder();
        var steps = ImmutableArray.CreateBuilder<Step>();
        for (var folder = 0; folder < Folders; folder++)
        {
            steps.Add(new Step.MakeDirectory($"{root}/{folder}", OwnerOnly));
            for (var file = 0; file < FilesEach; file++)
            {
                var content = new byte[random.Next(8000)];
                random.NextBytes(content);
                manifest.Append(Convert.ToHexStringLower(SHA256.HashData(content))).Append($"  {folder}/{file}\n");
                steps.Add(new Step.WriteFile($"{root}/{folder}/{file}", content, OwnerFile));
            }
        }

        steps.Add(new Step.WriteFile($"{work}/manifest", Encoding.ASCII.GetBytes(manifest.ToString()), OwnerFile));
        steps.Add(Shell("cp \"$1/manifest\" \"$2/manifest\" && for i in 1 2 3 4 5; do echo $i >\"$2/late-$i\"; done && ln -s manifest \"$2/link\"", work, root));
        return steps.ToImmutable();
    }

    public static Step Shell(string script, params ReadOnlySpan<string> arguments) =>
        new Step.Run("shell", new ProcessCommand("/bin/sh", ["-c", script, "sh", .. arguments]), StoreFailures.NotWritable);

    public static MachineProgram Publish(
        StoreLayout layout, SlotName slot, ImmutableArray<Step> fill, PublishMode mode, TimeProvider time) => PublishProgram.Create(
            layout, slot, Meta(slot, time), fill, mode, TimeSpan.FromSeconds(60), $"{slot}-{Guid.NewGuid():N}");
}
