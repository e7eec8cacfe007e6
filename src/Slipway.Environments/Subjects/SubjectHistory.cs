using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Machines.Files;
using Slipway.Store.Slots;

namespace Slipway.Environments.Subjects;

/// <summary>Who asks: a script's absolute path, or a project with an environment's name. The owner of a history.</summary>
/// <param name="Name">The text that identifies the subject.</param>
public sealed record Subject(string Name)
{
    /// <summary>The digest that names its record.</summary>
    public Sha256Digest Digest => Sha256Digest.Of($"slipway.subject/1\n{Name}");
}

/// <summary>What a subject asked for and got the last time.</summary>
/// <param name="Subject">Its name.</param>
/// <param name="Request">The request in readable form.</param>
/// <param name="Key">The inputs of the environment key.</param>
/// <param name="Slot">The slot.</param>
/// <param name="Decision">The decision's sentence then.</param>
/// <param name="Time">When (UTC).</param>
public sealed record SubjectRecord(
    string Subject, ImmutableArray<SlotInput> Request, ImmutableArray<SlotInput> Key, string Slot, string Decision, DateTimeOffset Time);

/// <summary>Remembers each subject's last request, so that a rebuild can name the first thing that changed.</summary>
/// <param name="host">The host whose store keeps the records.</param>
public sealed class SubjectHistory(BuildHost host)
{
    private const long MaxBytes = 16 * 1024 * 1024;

    /// <summary>The subject's last record; null when there is none.</summary>
    public async Task<SubjectRecord?> ReadAsync(Subject subject, CancellationToken cancellationToken)
    {
        var read = await host.Machine.ReadFileAsync(host.Layout.Subject(subject.Digest), MaxBytes, cancellationToken).ConfigureAwait(false);
        return read.TryGet(out var bytes, out _) ? Parse(bytes) : null;
    }

    /// <summary>The last records that name an environment, the newest first. Reads the local store.</summary>
    /// <param name="slot">The environment; it need not be published any more.</param>
    public ImmutableArray<SubjectRecord> Of(SlotName slot) =>
    [
        .. All()
            .Where(record => string.Equals(record.Slot, slot.ToString(), StringComparison.Ordinal))
            .OrderByDescending(record => record.Time)
            .ThenBy(record => record.Subject, StringComparer.Ordinal),
    ];

    /// <summary>Replaces the subject's record.</summary>
    public Task<Result<Unit>> WriteAsync(SubjectRecord record, CancellationToken cancellationToken) => host.Machine.WriteFileAsync(
        host.Layout.Subject(new Subject(record.Subject).Digest),
        JsonSerializer.SerializeToUtf8Bytes(record, SubjectJson.Default.SubjectRecord),
        UnixFileMode.UserRead | UnixFileMode.UserWrite,
        cancellationToken);

    /// <summary>The first difference between a record and a request now; null when nothing differs.</summary>
    public static FieldDifference? FirstDifference(SubjectRecord before, CanonicalFields request, EnvironmentKeyInputs? key)
    {
        var difference = CanonicalFields.FirstDifference([.. before.Request.Select(input => input.ToField())], request.Fields);
        return difference is not null || key is null
            ? difference
            : CanonicalFields.FirstDifference([.. before.Key.Select(input => input.ToField())], key.ToFields().Fields);
    }

    private IEnumerable<SubjectRecord> All() => !Directory.Exists(host.Layout.Subjects)
        ? []
        : from path in Directory.EnumerateFiles(host.Layout.Subjects, "*.json")
          let record = LocalFiles.Read(path, MaxBytes).TryGet(out var bytes, out _) ? Parse(bytes) : null
          where record is not null
          select record;

    // History explains; it never decides. An unreadable record is as good as none.
    private static SubjectRecord? Parse(byte[] bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, SubjectJson.Default.SubjectRecord);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Source-generated serialisation of histories.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, WriteIndented = true)]
[JsonSerializable(typeof(SubjectRecord))]
internal sealed partial class SubjectJson : JsonSerializerContext;
