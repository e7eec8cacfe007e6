using System.Runtime.InteropServices;

namespace Slipway.Machines.Posix;

/// <summary>A NULL-terminated array of NUL-terminated byte strings in one unmanaged block, as <c>execve</c> wants it.</summary>
internal sealed unsafe class CStrings : IDisposable
{
    private byte** _block;

    public CStrings(ReadOnlySpan<byte[]> strings)
    {
        var size = (nuint)(sizeof(byte*) * (strings.Length + 1));
        foreach (var text in strings)
        {
            size += (nuint)text.Length + 1;
        }

        _block = (byte**)NativeMemory.Alloc(size);
        var next = (byte*)(_block + strings.Length + 1);
        for (var i = 0; i < strings.Length; i++)
        {
            _block[i] = next;
            strings[i].CopyTo(new Span<byte>(next, strings[i].Length));
            next[strings[i].Length] = 0;
            next += strings[i].Length + 1;
        }

        _block[strings.Length] = null;
    }

    public byte** Pointer => _block;

    public void Dispose()
    {
        NativeMemory.Free(_block);
        _block = null;
    }
}
