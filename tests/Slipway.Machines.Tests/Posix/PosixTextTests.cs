using System.Text;
using Slipway.Machines.Posix;

namespace Slipway.Machines.Tests.Posix;

public sealed class PosixTextTests
{
    [Fact]
    public void Any_bytes_come_back_unchanged()
    {
        const int Seed = 20_251;
        var random = new Random(Seed);
        for (var round = 0; round < 2_000; round++)
        {
            var bytes = new byte[random.Next(40)];
            random.NextBytes(bytes);
            if (round % 2 == 0)
            {
                // Half of the time mostly valid UTF-8, cut somewhere.
                bytes = Encoding.UTF8.GetBytes("xñ試🚀y")[random.Next(6)..^random.Next(5)];
            }

            Assert.True(bytes.AsSpan().SequenceEqual(PosixText.Encode(PosixText.Decode(bytes))), $"seed {Seed}, round {round}: {Convert.ToHexString(bytes)}");
        }
    }

    [Fact]
    public void Bytes_that_look_like_an_encoded_escape_stay_apart_from_escapes()
    {
        // U+DCFF encoded as if it were a character is three invalid bytes, not one.
        byte[] bytes = [0xED, 0xB3, 0xBF];
        Assert.Equal("\uDCED\uDCB3\uDCBF", PosixText.Decode(bytes));
        Assert.Equal(bytes, PosixText.Encode("\uDCED\uDCB3\uDCBF"));
    }

    [Fact]
    public void Valid_text_is_utf8() => Assert.Equal("ü🚀"u8.ToArray(), PosixText.Encode("ü🚀"));
}
