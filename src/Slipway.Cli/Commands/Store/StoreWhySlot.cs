using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Environments;
using Slipway.Machines.Files;
using Slipway.Store.Slots;

namespace Slipway.Cli.Commands.Store;

/// <summary>The other half of <c>store why</c>: what a slot is made from, and who last got it.</summary>
internal static class StoreWhySlot
{
    private const long MaxRecordBytes = 16 * 1024 * 1024;

    public static int Execute(SlotName slot, BuildHost host, Output output)
    {
        if (!new EnvironmentStore(host.Layout).Read(slot).TryGet(out var environment, out var failure))
        {
            return output.Fail(failure);
        }

        var subjects = Subjects(host)
            .Where(subject => string.Equals(subject.Slot, slot.ToString(), StringComparison.Ordinal))
            .OrderByDescending(subject => subject.Time)
            .ToImmutableArray();
        if (output.IsJson)
        {
            output.Json(
                new StoreWhyDocument("slipway.store-why/1", slot.ToString(), environment.Meta.Title, environment.Meta.Inputs, subjects),
                StoreWhyJson.Default.StoreWhyDocument);
        }
        else
        {
            Print(output.Data, environment, subjects);
        }

        return 0;
    }

    private static void Print(TextWriter writer, StoredEnvironment environment, ImmutableArray<StoreWhySubject> subjects)
    {
        Line("slot", environment.Slot.ToString());
        Line("packages", environment.Meta.Title);
        foreach (var input in environment.Meta.Inputs)
        {
            Line(input.Name, input.Value.ReplaceLineEndings(" "));
        }

        foreach (var subject in subjects)
        {
            Line("last got by", $"{subject.Subject} ({subject.Time:u}: {subject.Decision})");
        }

        if (subjects.IsEmpty)
        {
            Line("last got by", "nobody: the last run of every script that had it got another environment");
        }

        void Line(string label, string value) => writer.WriteLine($"{label,-17}{Plain.Line(value)}");
    }

    // History explains and decides nothing: what cannot be read is left out.
    private static IEnumerable<StoreWhySubject> Subjects(BuildHost host)
    {
        if (!Directory.Exists(host.Layout.Subjects))
        {
            yield break;
        }

        foreach (var path in Directory.EnumerateFiles(host.Layout.Subjects, "*.json").Order(StringComparer.Ordinal))
        {
            if (LocalFiles.Read(path, MaxRecordBytes).TryGet(out var bytes, out _) && Parse(bytes) is { } subject)
            {
                yield return subject;
            }
        }
    }

    private static StoreWhySubject? Parse(byte[] bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, StoreWhyJson.Default.StoreWhySubject);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>What <c>store why SLOT --json</c> prints.</summary>
internal sealed record StoreWhyDocument(
    string Schema, string Slot, string Title, ImmutableArray<SlotInput> Inputs, ImmutableArray<StoreWhySubject> Subjects);

/// <summary>Whose last environment it is.</summary>
internal sealed record StoreWhySubject(string Subject, string Slot, string Decision, DateTimeOffset Time);

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(StoreWhyDocument))]
internal sealed partial class StoreWhyJson : JsonSerializerContext;
