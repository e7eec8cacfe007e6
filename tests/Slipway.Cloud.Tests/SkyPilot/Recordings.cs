using System.Runtime.CompilerServices;

namespace Slipway.Cloud.Tests.SkyPilot;

/// <summary>What a real server of API 55 answered. It is not part of the repository: <c>SLIPWAY_TEST_SKYPILOT_RECORDINGS</c> names the folder, else <c>shared/contracts/skypilot-api55</c> above the checkout.</summary>
internal static class Recordings
{
    public static string? Folder { get; } = Find();

    public static string Exchanges => Path.Combine(Folder!, "exchanges.jsonl");

    public static string OpenApi => Path.Combine(Folder!, "openapi.json");

    private static string? Find()
    {
        var named = Environment.GetEnvironmentVariable("SLIPWAY_TEST_SKYPILOT_RECORDINGS");
        for (var folder = new DirectoryInfo(Path.GetDirectoryName(Here())!); string.IsNullOrEmpty(named) && folder is not null; folder = folder.Parent)
        {
            var there = Path.Combine(folder.FullName, "shared", "contracts", "skypilot-api55");
            named = File.Exists(Path.Combine(there, "exchanges.jsonl")) ? there : null;
        }

        return named is not null && File.Exists(Path.Combine(named, "exchanges.jsonl")) ? named : null;
    }

    private static string Here([CallerFilePath] string path = "") => path;
}

/// <summary>A fact about the recordings; skipped where they are not.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RecordingsFactAttribute : FactAttribute
{
    public RecordingsFactAttribute() => Skip = Recordings.Folder is null ? "the recordings of a SkyPilot server are not here (SLIPWAY_TEST_SKYPILOT_RECORDINGS)" : null;
}
