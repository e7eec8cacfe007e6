using Slipway.Machines.Posix;
using Slipway.Machines.Processes;

namespace Slipway.Machines.HandOff;

/// <summary>
/// A process environment as byte strings in order. Entries that nothing changes stay exactly as they were,
/// also doubled ones and ones without an equals sign. Not safe for concurrent use.
/// </summary>
public sealed class EnvironmentBlock
{
    private readonly List<byte[]> _entries;

    /// <summary>A block with these entries.</summary>
    public EnvironmentBlock(ReadOnlySpan<byte[]> entries)
    {
        _entries = new List<byte[]>(entries.Length + 8);
        foreach (var entry in entries)
        {
            _entries.Add(entry);
        }
    }

    /// <summary>The value of a variable, or null.</summary>
    public byte[]? Find(ReadOnlySpan<byte> name)
    {
        var index = IndexOf(name);
        return index < 0 ? null : _entries[index][(name.Length + 1)..];
    }

    /// <summary>Removes a variable.</summary>
    public void Unset(ReadOnlySpan<byte> name)
    {
        for (var index = IndexOf(name); index >= 0; index = IndexOf(name))
        {
            _entries.RemoveAt(index);
        }
    }

    /// <summary>Gives a variable a value; its place is kept when it is there.</summary>
    public void Set(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var entry = new byte[name.Length + 1 + value.Length];
        name.CopyTo(entry);
        entry[name.Length] = (byte)'=';
        value.CopyTo(entry.AsSpan(name.Length + 1));
        var index = IndexOf(name);
        if (index < 0)
        {
            _entries.Add(entry);
        }
        else
        {
            _entries[index] = entry;
        }
    }

    /// <summary>Puts text and a colon before a variable's value; without a value, only the text.</summary>
    public void Prepend(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var rest = Find(name);
        if (rest is null || rest.Length == 0)
        {
            Set(name, value);
            return;
        }

        var joined = new byte[value.Length + 1 + rest.Length];
        value.CopyTo(joined);
        joined[value.Length] = (byte)':';
        rest.CopyTo(joined, value.Length + 1);
        Set(name, joined);
    }

    /// <summary>Removes every variable whose name begins with one of the prefixes and is not to be kept.</summary>
    public void Drop(ReadOnlySpan<string> prefixes, ReadOnlySpan<string> keep)
    {
        foreach (var prefix in prefixes)
        {
            var start = PosixText.Encode(prefix);
            for (var i = _entries.Count - 1; i >= 0; i--)
            {
                if (_entries[i].AsSpan().StartsWith(start) && !IsKept(_entries[i], keep))
                {
                    _entries.RemoveAt(i);
                }
            }
        }
    }

    /// <summary>Applies changes in their order: unset, set, prepend.</summary>
    public void Apply(EnvironmentChanges changes)
    {
        foreach (var name in changes.Unset)
        {
            Unset(PosixText.Encode(name));
        }

        foreach (var (name, value) in changes.Set)
        {
            Set(PosixText.Encode(name), PosixText.Encode(value));
        }

        foreach (var (name, value) in changes.Prepend)
        {
            Prepend(PosixText.Encode(name), PosixText.Encode(value));
        }
    }

    /// <summary>The entries.</summary>
    public byte[][] ToArray() => [.. _entries];

    private static bool IsKept(ReadOnlySpan<byte> entry, ReadOnlySpan<string> keep)
    {
        foreach (var name in keep)
        {
            if (IsFor(entry, PosixText.Encode(name)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsFor(ReadOnlySpan<byte> entry, ReadOnlySpan<byte> name) =>
        entry.Length > name.Length && entry[name.Length] == (byte)'=' && entry.StartsWith(name);

    private int IndexOf(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < _entries.Count; i++)
        {
            if (IsFor(_entries[i], name))
            {
                return i;
            }
        }

        return -1;
    }
}
