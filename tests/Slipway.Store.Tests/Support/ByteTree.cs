using System.Collections.Immutable;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;
using Slipway.TestKit;

namespace Slipway.Store.Tests.Support;

/// <summary>Trees of random bytes as steps of a build: the store must not care what it publishes.</summary>
internal static class ByteTree
{
    private const UnixFileMode Folder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute;

    private static readonly UnixFileMode[] Modes =
    [
        UnixFileMode.UserRead | UnixFileMode.UserWrite,
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
        UnixFileMode.UserRead,
    ];

    /// <summary>Steps that fill <paramref name="root"/>, and how many files and bytes they put there.</summary>
    public static (ImmutableArray<Step> Steps, int Files, long Bytes) Generate(Gen gen, string root)
    {
        var steps = ImmutableArray.CreateBuilder<Step>();
        var folders = new List<string> { root };
        var (files, bytes) = (0, 0L);
        for (var count = gen.Int(0, 20); count > 0; count--)
        {
            var name = $"{gen.Pick(folders)}/{count}{gen.Unicode(0, 8).Replace('/', '_').Replace('\0', '_')}";
            if (gen.OneIn(4))
            {
                steps.Add(new Step.MakeDirectory(name, Folder));
                folders.Add(name);
            }
            else if (gen.OneIn(6))
            {
                steps.Add(new Step.Run("link", ProcessCommand.Create("ln", "-s", "--", gen.Pick("nowhere", root, "/etc"), name), StoreFailures.Damaged));
            }
            else
            {
                var content = gen.Bytes(0, 5000);
                steps.Add(new Step.WriteFile(name, content, gen.Pick(Modes)));
                (files, bytes) = (files + 1, bytes + content.Length);
            }
        }

        return (steps.ToImmutable(), files, bytes);
    }
}
