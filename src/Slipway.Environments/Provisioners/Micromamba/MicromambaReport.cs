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
            return Packages(root.GetProperty("answer").GetProperty("actions"), request)
                .Map(packages => MicromambaProvisioner.SetOf(request, root.GetProperty("platform").GetString()!, packages));
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new Failure(EnvironmentFailures.UnreadableReport, $"micromamba's answer could not be read: {exception.Message}") { Hint = "Report this with micromamba's version." };
        }
    }

    private static Result<ImmutableArray<CondaPackage>> Packages(JsonElement actions, CondaRequest request)
    {
        var packages = ImmutableArray.CreateBuilder<CondaPackage>();
        ImmutableArray<JsonElement> entries = actions.TryGetProperty("LINK", out var link) ? [.. link.EnumerateArray()] : [];
        foreach (var entry in request.Preferences.IsEmpty ? entries : Needed(entries, request))
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

    // What was asked for only because it was liked, and nothing needs any more, goes. Where the tool does not say what needs what, all stays.
    private static IEnumerable<JsonElement> Needed(ImmutableArray<JsonElement> entries, CondaRequest request)
    {
        var needs = entries.ToLookup(entry => Text(entry, "name"), StringComparer.Ordinal);
        if (entries.Any(entry => !entry.TryGetProperty("depends", out _)))
        {
            return entries;
        }

        var (seen, ahead) = (new HashSet<string>(StringComparer.Ordinal), new Queue<string>(request.Specs.Select(spec => spec.Name)));
        while (ahead.TryDequeue(out var name))
        {
            if (seen.Add(name))
            {
                // The tool gives every Python a pip, which no record says.
                string[] also = name is "python" ? ["pip"] : [];
                foreach (var need in needs[name].SelectMany(entry => entry.GetProperty("depends").EnumerateArray()).Select(need => need.GetString()!.Split(' ')[0]).Concat(also))
                {
                    ahead.Enqueue(need);
                }
            }
        }

        return entries.Where(entry => seen.Contains(Text(entry, "name")));
    }

    private static string Text(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString()! : string.Empty;
}
