using Slipway.Core.Identity;

namespace Slipway.Store.Tests.Support;

/// <summary>What builds and crashes leave beside the environments.</summary>
internal static class Leftovers
{
    public static readonly string Digest = Sha256Digest.Of("request").Hex;

    /// <summary>Each thing that a collection removes, with its bytes, 40 days old.</summary>
    public static IReadOnlyList<(string Path, long Bytes)> Plant(StoreFixture store)
    {
        var layout = store.Layout;
        (string Path, long Bytes)[] planted =
        [
            Folder(store, $"{layout.Wheels}/{Digest}", "demo-1.0-py3-none-any.whl", 11),
            Folder(store, $"{layout.Trash}/left-by-a-crash", "file", 12),
            Folder(store, $"{layout.Cache}/resolving-{Digest[..40]}", "constraints.txt", 13),
            Folder(store, $"{layout.Tools}/pip/.new-abc", "file", 14),
            File(store, $"{layout.Cache}/resolution-{Digest[..40]}.json", 15),
            File(store, $"{layout.Logs}/20200101T000000-build-01234567.log", 16),
            File(store, $"{layout.States}/{StoreFixture.Slot(77)}.failure", 17),
            File(store, $"{layout.Requests}/.slipway-0.tmp", 18),
            File(store, $"{layout.Cache}/interpreters/.slipway-1.tmp", 19),
            File(store, $"{layout.Tools}/driver/{Digest}/.slipway-2.tmp", 20),
            File(store, $"{layout.Cache}/pip/http-v2/0/1/body", 21),
            File(store, $"{layout.Cache}/pip/.hidden", 22),
            Folder(store, $"{layout.Cache}/sources/{Digest}", "demo.tar", 23),
            File(store, $"{layout.Cache}/sites/{Digest[..40]}.json", 24),
            Folder(store, $"{layout.CondaRoot}/pkgs/tool-1.0-0", "index.json", 25),
            File(store, $"{layout.CondaRoot}/pkgs/tool-1.0-0.tar.bz2", 26),
        ];
        return planted;
    }

    private static (string, long) Folder(StoreFixture store, string path, string name, int bytes)
    {
        File(store, $"{path}/{name}", bytes);
        store.Age(path, TimeSpan.FromDays(40));
        return (path, bytes);
    }

    private static (string, long) File(StoreFixture store, string path, int bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, new string('x', bytes));
        store.Age(path, TimeSpan.FromDays(40));
        return (path, bytes);
    }
}
