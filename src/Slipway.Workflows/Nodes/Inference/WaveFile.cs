using System.Buffers.Binary;
using System.Collections.Immutable;
using Slipway.Core.Failures;

namespace Slipway.Workflows.Nodes.Inference;

/// <summary>A recording as numbers: one channel, from -1 to 1.</summary>
/// <param name="Samples">The samples; several channels become their mean.</param>
/// <param name="SampleRate">Samples a second.</param>
internal sealed record WaveFile(ImmutableArray<float> Samples, int SampleRate)
{
    private const int Header = 12;
    private const int ChunkHeader = 8;
    private const int FormatLength = 16;
    private const short Pcm = 1;
    private const short Extensible = -2;
    private const float FullScale = 32768f;

    /// <summary>Reads a RIFF WAVE file of 16-bit PCM samples.</summary>
    public static Result<WaveFile> Read(ReadOnlySpan<byte> bytes, string name)
    {
        if (bytes.Length < Header || !bytes[..4].SequenceEqual("RIFF"u8) || !bytes[8..12].SequenceEqual("WAVE"u8))
        {
            return Refused(name, "is no WAV file");
        }

        (short Channels, int Rate)? format = null;
        for (var at = Header; at + ChunkHeader <= bytes.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(at + 4)..]);
            var body = bytes[(at + ChunkHeader)..];
            body = body[..(int)Math.Min(length, (uint)body.Length)];
            if (bytes.Slice(at, 4).SequenceEqual("fmt "u8) && body.Length >= FormatLength)
            {
                var (kind, bits) = (BinaryPrimitives.ReadInt16LittleEndian(body), BinaryPrimitives.ReadInt16LittleEndian(body[14..]));
                format = (BinaryPrimitives.ReadInt16LittleEndian(body[2..]), BinaryPrimitives.ReadInt32LittleEndian(body[4..]));
                if (kind is not (Pcm or Extensible) || bits != 16 || format.Value.Channels < 1 || format.Value.Rate < 1)
                {
                    return Refused(name, $"has samples of {bits} bits in the form {kind}");
                }
            }
            else if (bytes.Slice(at, 4).SequenceEqual("data"u8))
            {
                return format is { } known ? new WaveFile(Mono(body, known.Channels), known.Rate) : Refused(name, "has samples before it says what they are");
            }

            at += ChunkHeader + body.Length + (body.Length & 1);
        }

        return Refused(name, "has no samples");
    }

    private static ImmutableArray<float> Mono(ReadOnlySpan<byte> data, int channels)
    {
        var frames = data.Length / (2 * channels);
        var samples = ImmutableArray.CreateBuilder<float>(frames);
        for (var frame = 0; frame < frames; frame++)
        {
            var sum = 0f;
            for (var channel = 0; channel < channels; channel++)
            {
                sum += BinaryPrimitives.ReadInt16LittleEndian(data[(2 * ((frame * channels) + channel))..]);
            }

            samples.Add(sum / channels / FullScale);
        }

        return samples.MoveToImmutable();
    }

    private static Failure Refused(string name, string why) => new(WorkflowsFailures.BadValue, $"{name} {why}; a WAV file of 16-bit PCM samples is needed.");
}
