using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Cli.Terminal;
using Slipway.Core.Identity;
using Slipway.Environments;
using Slipway.Environments.Subjects;
using Slipway.Store.Slots;

namespace Slipway.Cli.Commands.Store;

/// <summary>The other half of <c>store why</c>: what a slot is made from, and who last got it.</summary>
internal static class StoreWhySlot
{
    public static int Execute(SlotName slot, BuildHost host, Output output)
    {
        if (!new EnvironmentStore(host.Layout).Read(slot).TryGet(out var environment, out var failure))
        {
            return output.Fail(failure);
        }

        var subjects = new SubjectHistory(host).Of(slot).Select(StoreWhySubject.From).ToImmutableArray();
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
}

/// <summary>What <c>store why SLOT --json</c> prints.</summary>
internal sealed record StoreWhyDocument(
    string Schema, string Slot, string Title, ImmutableArray<SlotInput> Inputs, ImmutableArray<StoreWhySubject> Subjects);

/// <summary>Whose last environment it is.</summary>
internal sealed record StoreWhySubject(string Subject, string Slot, string Decision, DateTimeOffset Time)
{
    public static StoreWhySubject From(SubjectRecord record) => new(record.Subject, record.Slot, record.Decision, record.Time);
}

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(StoreWhyDocument))]
internal sealed partial class StoreWhyJson : JsonSerializerContext;
