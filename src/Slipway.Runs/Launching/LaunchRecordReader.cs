using System.Collections.Immutable;

namespace Slipway.Runs.Launching;

/// <summary>Reads a launch record line by line. Anything unexpected makes it unusable, which costs only the fast path.</summary>
internal sealed class LaunchRecordReader
{
    private readonly ImmutableArray<LaunchCheck>.Builder _checks = ImmutableArray.CreateBuilder<LaunchCheck>();
    private readonly ImmutableArray<string>.Builder _arguments = ImmutableArray.CreateBuilder<string>();
    private readonly ImmutableArray<string>.Builder _unset = ImmutableArray.CreateBuilder<string>();
    private readonly ImmutableArray<Assignment>.Builder _set = ImmutableArray.CreateBuilder<Assignment>();
    private readonly ImmutableArray<Assignment>.Builder _prepend = ImmutableArray.CreateBuilder<Assignment>();
    private readonly ImmutableArray<string>.Builder _warnings = ImmutableArray.CreateBuilder<string>();
    private string? _lease;
    private string? _meta;
    private string? _executable;
    private bool _begun;
    private bool _ended;

    /// <summary>The record; null while it is not whole.</summary>
    public LaunchRecord? Result => !_ended || _lease is null || _meta is null || _executable is null || _arguments.Count == 0
        ? null
        : new LaunchRecord
        {
            Checks = _checks.ToImmutable(),
            Lease = _lease,
            Meta = _meta,
            Executable = _executable,
            Arguments = _arguments.ToImmutable(),
            Unset = _unset.ToImmutable(),
            Set = _set.ToImmutable(),
            Prepend = _prepend.ToImmutable(),
            Warnings = _warnings.ToImmutable(),
        };

    /// <summary>Takes a line; false when the record is unusable.</summary>
    public bool Take(string line)
    {
        if (!_begun)
        {
            return _begun = line is LaunchRecord.Header;
        }

        if (_ended)
        {
            return line.Length == 0;
        }

        var fields = line.Split('\t');
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = LaunchText.Unescape(fields[i]);
        }

        return TakeFields(fields);
    }

    private bool TakeFields(string[] fields)
    {
        switch (fields[0], fields.Length)
        {
            case ("check", 4):
                return TakeCheck(fields);
            case ("lease", 2):
                _lease = fields[1];
                return true;
            case ("meta", 2):
                _meta = fields[1];
                return true;
            case ("exec", 2):
                _executable = fields[1];
                return true;
            case ("arg", 2):
                _arguments.Add(fields[1]);
                return true;
            case ("unset", 2):
                _unset.Add(fields[1]);
                return true;
            case ("set", 3):
                _set.Add(new Assignment(fields[1], fields[2]));
                return true;
            case ("prepend", 3):
                _prepend.Add(new Assignment(fields[1], fields[2]));
                return true;
            case ("warning", 2):
                _warnings.Add(fields[1]);
                return true;
            case ("end", 1):
                return _ended = true;
            default:
                return false;
        }
    }

    private bool TakeCheck(string[] fields)
    {
        CheckKind? kind = fields[1] switch
        {
            nameof(CheckKind.Content) => CheckKind.Content,
            nameof(CheckKind.ScriptBlock) => CheckKind.ScriptBlock,
            nameof(CheckKind.Absence) => CheckKind.Absence,
            nameof(CheckKind.Stamp) => CheckKind.Stamp,
            nameof(CheckKind.Presence) => CheckKind.Presence,
            _ => null,
        };
        if (kind is { } known)
        {
            _checks.Add(new LaunchCheck(known, fields[2], fields[3]));
        }

        return kind is not null;
    }
}
