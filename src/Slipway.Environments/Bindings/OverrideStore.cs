using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Slipway.Core.Contracts;
using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Machines.Locks;
using Slipway.Store.Layout;

namespace Slipway.Environments.Bindings;

/// <summary>
/// The user's overrides, for all machines, on this one: a record a line, only ever appended to, each line on disk before the call returns.
/// What is in force follows from reading them all.
/// </summary>
/// <param name="layout">The store of this machine.</param>
public sealed class OverrideStore(StoreLayout layout)
{
    private const long MaxBytes = 64L * 1024 * 1024;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerOnly | UnixFileMode.UserExecute;
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(30);

    /// <summary>The file.</summary>
    public string FilePath => layout.Overrides;

    /// <summary>Appends a record.</summary>
    public async Task<Result<Unit>> AppendAsync(OverrideRecord record, CancellationToken cancellationToken)
    {
        if (LocalFiles.MakeDirectory(layout.BuildLocks, OwnerFolder) is { IsOk: false } failed)
        {
            return failed;
        }

        return await LocalLock.HoldAsync(layout.OverridesLock, "write an override", Wait, () => Task.FromResult(Append(record)), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>All records, the oldest first.</summary>
    /// <returns>The records; <see cref="EnvironmentFailures.OverridesUnreadable"/>, naming the line, where one is not ours.</returns>
    public Result<ImmutableArray<OverrideRecord>> History()
    {
        if (!LocalFiles.Exists(FilePath))
        {
            return ImmutableArray<OverrideRecord>.Empty;
        }

        if (!LocalFiles.Read(FilePath, MaxBytes).TryGet(out var bytes, out var failure))
        {
            return failure;
        }

        // What follows the last line end was never confirmed to anyone.
        var text = Encoding.UTF8.GetString(bytes);
        var lines = text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var records = ImmutableArray.CreateBuilder<OverrideRecord>(lines.Length);
        for (var index = 0; index < lines.Length; index++)
        {
            if (Parse(lines[index]) is not { } record)
            {
                return new Failure(EnvironmentFailures.OverridesUnreadable, $"Line {(index + 1).ToString(CultureInfo.InvariantCulture)} of {FilePath} is no override that this Slipway can read.")
                {
                    Location = new FailureLocation(FilePath, index + 1),
                };
            }

            records.Add(record);
        }

        return records.ToImmutable();
    }

    /// <summary>
    /// The patches that are in force for some requirements on a machine, in the order in which they were made, each with the fields alone that
    /// nothing later of the same place replaced.
    /// </summary>
    /// <param name="machine">The machine.</param>
    /// <param name="requirements">The requirements.</param>
    public Result<ImmutableArray<DependencyOverridePatch>> InForce(string machine, DependencyRequirements requirements)
    {
        ArgumentNullException.ThrowIfNull(requirements);
        return History().Map(records => InForce(records.Where(record => IsFor(record.Key, machine, requirements))));
    }

    /// <summary>Whether a record is about some requirements on a machine.</summary>
    public static bool IsFor(OverrideKey key, string machine, DependencyRequirements requirements)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(requirements);
        return string.Equals(key.Machine, machine, StringComparison.Ordinal) && requirements.Bindings.Any(binding =>
            string.Equals(binding.BindingId, key.BindingId, StringComparison.Ordinal)
            && string.Equals(OverrideKey.OwnerOf(requirements, binding), key.Owner, StringComparison.Ordinal)
            && (key.Requirement is null || binding.Requirements.Any(requirement => string.Equals(OverrideKey.NormalName(requirement.Name), key.Requirement, StringComparison.Ordinal))));
    }

    private static ImmutableArray<DependencyOverridePatch> InForce(IEnumerable<OverrideRecord> records)
    {
        var standing = new List<OverrideRecord>();
        foreach (var record in records)
        {
            for (var index = standing.Count - 1; index >= 0; index--)
            {
                if (standing[index].Key == record.Key)
                {
                    standing[index] = standing[index] with { Fields = record.Action is OverrideAction.Clear ? new OverrideFields() : Without(standing[index].Fields, record.Fields) };
                }
            }

            standing.Add(record);
        }

        return [.. standing.Where(static record => !record.Fields.IsEmpty).Select(static record => record.ToPatch())];
    }

    private static OverrideFields Without(OverrideFields fields, OverrideFields later) => new()
    {
        PythonExecutable = later.PythonExecutable is null ? fields.PythonExecutable : null,
        IndexUrl = later.IndexUrl is null ? fields.IndexUrl : null,
        ExtraIndexUrls = later.ExtraIndexUrls is null ? fields.ExtraIndexUrls : null,
        WheelSourcePath = later.WheelSourcePath is null ? fields.WheelSourcePath : null,
        PackageSourceOverride = later.PackageSourceOverride is null ? fields.PackageSourceOverride : null,
    };

    private Result<Unit> Append(OverrideRecord record)
    {
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite, UnixCreateMode = OwnerOnly };
            using var file = new FileStream(FilePath, options);
            CutTornLine(file);
            file.Write(JsonSerializer.SerializeToUtf8Bytes(record, OverrideRecordJson.Default.OverrideRecord));
            file.WriteByte((byte)'\n');
            file.Flush(flushToDisk: true);
            return Unit.Value;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new Failure(EnvironmentFailures.OverridesUnwritable, $"{FilePath} cannot be written: {exception.Message}");
        }
    }

    // A writer that died left a part of a line, which nobody was told of.
    private static void CutTornLine(FileStream file)
    {
        var end = file.Length;
        while (end > 0)
        {
            file.Position = end - 1;
            if (file.ReadByte() == '\n')
            {
                break;
            }

            end--;
        }

        file.SetLength(end);
        file.Position = end;
    }

    private static OverrideRecord? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, OverrideRecordJson.Default.OverrideRecord) is { Schema: OverrideRecord.CurrentSchema, Key: not null, Fields: not null } record ? record : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
