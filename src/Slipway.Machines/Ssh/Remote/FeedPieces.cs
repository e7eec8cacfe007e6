using System.Globalization;
using System.Text;
using Slipway.Machines.Processes;

namespace Slipway.Machines.Ssh.Remote;

/// <summary>
/// What a command reads, in pieces that each follow a line with their length; a line <c>end</c> is its end. So the connection's own end stays what it is for every
/// other call: the lifeline.
/// </summary>
internal static class FeedPieces
{
    // One program is started there for each piece, which holds it in memory.
    private const int Largest = 256 * 1024;

    /// <summary>A feed of the pieces of another one, as they come.</summary>
    public static InputFeed Of(InputFeed source)
    {
        var pieces = new InputFeed();
        var news = new SemaphoreSlim(0);
        source.Attach(() => news.Release(), direct: null);

        // What is there already was told to nobody.
        news.Release();
        _ = PassAsync(source, pieces, news);
        return pieces;
    }

    private static async Task PassAsync(InputFeed source, InputFeed pieces, SemaphoreSlim news)
    {
        while (true)
        {
            await news.WaitAsync().ConfigureAwait(false);
            while (source.Next is { IsEmpty: false } next)
            {
                var length = Math.Min(next.Length, Largest);
                if (!await pieces.OfferAsync(Piece(next.Span[..length])).ConfigureAwait(false))
                {
                    source.Close();
                    return;
                }

                source.Take(length);
            }

            if (source.IsOver)
            {
                _ = await pieces.OfferAsync("end\n"u8.ToArray()).ConfigureAwait(false);
                source.Close();
                return;
            }
        }
    }

    private static byte[] Piece(ReadOnlySpan<byte> bytes)
    {
        var head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{bytes.Length}\n"));
        return [.. head, .. bytes];
    }
}
