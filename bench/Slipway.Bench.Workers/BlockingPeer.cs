using System.Buffers.Binary;
using System.Diagnostics;

namespace Slipway.Bench.Workers;

/// <summary>A process at the other end of two pipes, spoken to by a loop that blocks: what somebody writes by hand in an hour.</summary>
internal sealed class BlockingPeer : IDisposable
{
    private const int Prefix = 12;
    private readonly Process _process;
    private readonly Stream _input;
    private readonly Stream _output;
    private byte[] _buffer = new byte[1 << 20];

    public BlockingPeer(string program, params ReadOnlySpan<string> arguments)
    {
        _process = new Process { StartInfo = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false } };
        foreach (var argument in arguments)
        {
            _process.StartInfo.ArgumentList.Add(argument);
        }

        _process.Start();
        (_input, _output) = (_process.StandardInput.BaseStream, _process.StandardOutput.BaseStream);
    }

    public void ExchangeFrame(byte[] frame)
    {
        _input.Write(frame);
        _input.Flush();
        _output.ReadExactly(_buffer, 0, Prefix);
        var length = (int)BinaryPrimitives.ReadUInt32LittleEndian(_buffer) + (int)BinaryPrimitives.ReadUInt64LittleEndian(_buffer.AsSpan(sizeof(uint)));
        if (length > _buffer.Length)
        {
            _buffer = new byte[length];
        }

        _output.ReadExactly(_buffer, 0, length);
    }

    public void ExchangeBytes(byte[] bytes)
    {
        _input.Write(bytes);
        _input.Flush();
        _output.ReadExactly(_buffer, 0, bytes.Length);
    }

    public void Dispose()
    {
        _input.Dispose();
        _process.WaitForExit();
        _process.Dispose();
    }
}
