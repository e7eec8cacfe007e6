using System.Security.Cryptography;
using System.Text;
using Slipway.Core.Identity;
using Slipway.TestKit;

namespace Slipway.Core.Tests.Identity;

public sealed class PureSha256Tests
{
    // FIPS 180-4's own examples, and NIST's of a length that takes two blocks.
    [Theory]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData(
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    [InlineData(
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
        "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1")]
    public void Message_of_the_standard_gives_its_digest(string message, string digest) =>
        Assert.Equal(digest, PureSha256.Hex(Encoding.ASCII.GetBytes(message)));

    [Fact]
    public void Million_letters_give_the_digest_of_the_standard() => Assert.Equal(
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
        PureSha256.Hex(Encoding.ASCII.GetBytes(new string('a', 1_000_000))));

    [Fact]
    public void Every_length_up_to_300_agrees_with_the_platform()
    {
        for (var length = 0; length <= 300; length++)
        {
            var message = new Gen(length).Bytes(length, length);
            Assert.True(
                string.Equals(Convert.ToHexStringLower(SHA256.HashData(message)), PureSha256.Hex(message), StringComparison.Ordinal),
                $"length {length}");
        }
    }
}
