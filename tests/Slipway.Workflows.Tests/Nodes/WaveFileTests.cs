using System.Buffers.Binary;
using System.Text;
using Slipway.Workflows.Nodes.Inference;

namespace Slipway.Workflows.Tests.Nodes;

public sealed class WaveFileTests
{
    [Fact]
    public void Samples_of_all_channels_become_one_row()
    {
        var wave = WaveFile.Read(Wave(channels: 2, bits: 16, [16384, -16384, 32767, 32767]), "a.wav").Value;

        Assert.Equal(48_000, wave.SampleRate);
        Assert.Equal([0f, 32767f / 32768f], wave.Samples.ToArray());
    }

    [Theory]
    [InlineData("", "is no WAV file")]
    [InlineData("RIFF....WAVE", "has no samples")]
    [InlineData("RIFF....WAVEdata\0\0\0\0", "has samples before it says what they are")]
    [InlineData("RIFF....AVI LIST", "is no WAV file")]
    public void What_is_none_is_refused_by_name(string text, string expected) =>
        Assert.Contains($"a.wav {expected}", WaveFile.Read(Encoding.Latin1.GetBytes(text), "a.wav").Failure.Message, StringComparison.Ordinal);

    [Fact]
    public void Other_samples_are_refused_and_no_bytes_do_harm()
    {
        Assert.Contains("24 bits", WaveFile.Read(Wave(1, 24, [1]), "a.wav").Failure.Message, StringComparison.Ordinal);
        var random = new Random(3);
        for (var round = 0; round < 2000; round++)
        {
            var bytes = Wave(1, 16, [1, 2, 3]);
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var read = WaveFile.Read(bytes.AsSpan(0, random.Next(bytes.Length + 1)), "a.wav");
            Assert.True(!read.IsOk || read.Value.Samples.Length <= 3);
        }
    }

    private static byte[] Wave(short channels, short bits, short[] samples)
    {
        var bytes = new byte[44 + (samples.Length * 2)];
        Encoding.ASCII.GetBytes("RIFF").CopyTo(bytes, 0);
        Encoding.ASCII.GetBytes("WAVEfmt ").CopyTo(bytes, 8);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(22), channels);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(24), 48_000);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(34), bits);
        Encoding.ASCII.GetBytes("data").CopyTo(bytes, 36);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(40), samples.Length * 2);
        for (var i = 0; i < samples.Length; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(44 + (2 * i)), samples[i]);
        }

        return bytes;
    }
}
