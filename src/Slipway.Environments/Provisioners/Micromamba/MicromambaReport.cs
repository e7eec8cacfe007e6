using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Conda;
using Slipway.Core.Failures;
using Slipway.Environments.Locks;
using Slipway.Environments.Requests;

namespace Slipway.Environments.Provisioners.Micromamba;

/// <summary>What <c>create --dry-run --json</c> says it would link, with the platform that it was asked for.</summary>
internal static class MicromambaReport
{
    private static readonly FailureLocation Here = new("micromamba's report");

    /// <summary>The JSON before the tool's own.</summary>
    public static string Before(string platform) => $"{{\"platform\": \"{platform}\", \"answer\": ";

    /// <summary>The JSON after the tool's own.</summary>
    public static string After => "}";

    /// <summary>Reads a report.</summary>
    public static Result<CondaSet> Read(ReadOnlySpan<byte> report, CondaRequest request)
    {
        try
        {
            using var document = JsonDocument.Parse(report.ToArray());
            var root = document.RootElement;
            return Packages(root.GetProperty("answer").GetProperty("actions"))
                .Map(packages => MicromambaProvisioner.SetOf(request, root.GetProperty("platform").GetString()!, packages));
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new Failure(EnvironmentFailures.UnreadableReport, $"micromamba's answer could not be read: {exception.Message}") { Hint = "Report this with micromamba's version." };
        }
    }

    private static Result<ImmutableArray<CondaPackage>> Packages(JsonElement actions)
    {
        var packages = ImmutableArray.CreateBuilder<CondaPackage>();
        foreach (var entry in actions.TryGetProperty("LINK", out var link) ? link.EnumerateArray() : default)
        {
            var created = CondaPackage.Create(Text(entry, "url"), Text(entry, "sha256"), Text(entry, "md5"), Here);
            if (!created.TryGet(out var package, out var failure))
            {
                return failure with { Code = EnvironmentFailures.UnreadableReport };
            }

            packages.Add(package);
        }

        return packages.ToImmutable();
    }

    private static string Text(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString()! : string.Empty;
}
