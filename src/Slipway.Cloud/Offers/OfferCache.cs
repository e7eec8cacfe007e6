using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Cloud.Money;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Machines.Files;

namespace Slipway.Cloud.Offers;

/// <summary>Offers and how we came by them.</summary>
/// <param name="List">The offers.</param>
/// <param name="Age">How long ago they were fetched.</param>
/// <param name="Note">What went wrong with the cache, for people; null when nothing did.</param>
public sealed record CachedOffers(OfferList List, TimeSpan Age, string? Note);

/// <summary>
/// A file of the offers of one backend, with the time of their fetching and a checksum. It is fetched on request and when it is absent or damaged (which is said), never behind anyone's back.
/// </summary>
/// <param name="path">The file's absolute path.</param>
/// <param name="source">Who is asked.</param>
/// <param name="time">The clock that ages are told by.</param>
public sealed class OfferCache(string path, IOfferSource source, TimeProvider time)
{
    private const long MostBytes = 64L * 1024 * 1024;

    /// <summary>The offers: from the file, or fetched where it is absent or damaged or <paramref name="refresh"/> asks for it. A fetch that fails keeps the file and is the answer.</summary>
    public async Task<Result<CachedOffers>> GetAsync(bool refresh, CancellationToken cancellationToken)
    {
        var kept = Read();
        if (!refresh && kept.TryGet(out var cached, out _))
        {
            return cached;
        }

        var fetched = await source.FetchAsync(cancellationToken).ConfigureAwait(false);
        if (!fetched.TryGet(out var list, out var failure))
        {
            return kept.IsOk || kept.Failure.Code == CloudFailures.OfferCacheMissing
                ? failure
                : failure with { Detail = string.Join('\n', new[] { kept.Failure.Message, failure.Detail }.OfType<string>()) };
        }

        var note = !kept.IsOk && kept.Failure.Code == CloudFailures.OfferCacheDamaged ? $"{kept.Failure.Message} The offers were fetched again." : null;
        return LocalFiles.Write(path, Render(list), MoneyFolder.Secret).Map(_ => new CachedOffers(list, Age(list), note));
    }

    /// <summary>The offers of the file alone.</summary>
    public Result<CachedOffers> Read()
    {
        if (!LocalPaths.StatusOf(path).Exists)
        {
            return new Failure(CloudFailures.OfferCacheMissing, $"No offers of {source.Backend} have been fetched yet.");
        }

        if (!LocalFiles.Read(path, MostBytes).TryGet(out var bytes, out var failure))
        {
            return failure;
        }

        return JsonText.Read(bytes) is { } document && Parse(document) is { } list
            ? new CachedOffers(list, Age(list), null)
            : new Failure(CloudFailures.OfferCacheDamaged, $"{path} is damaged.");
    }

    private TimeSpan Age(OfferList list) => time.GetUtcNow() - list.FetchedAt is var age && age > TimeSpan.Zero ? age : TimeSpan.Zero;

    private OfferList? Parse(JsonElement document)
    {
        if (document.Text("backend") != source.Backend || document.Time("fetched_at") is not { } fetched
            || !document.TryGetProperty("offers", out var offers) || offers.ValueKind is not JsonValueKind.Array)
        {
            return null;
        }

        var read = offers.EnumerateArray().Select(OfferText.Read).ToImmutableArray();
        if (read.Any(static one => !one.IsOk))
        {
            return null;
        }

        var list = new OfferList(source.Backend, fetched, [.. read.Select(static one => one.Value)], []);
        return document.Text("sum") == Sum(list) ? list : null;
    }

    private static string Sum(OfferList list) => Sha256Digest.Of(JsonText.Of(writer => Members(writer, list))).Hex;

    private static byte[] Render(OfferList list) => JsonText.Of(writer =>
    {
        Members(writer, list);
        writer.WriteString("sum", Sum(list));
    });

    private static void Members(Utf8JsonWriter writer, OfferList list)
    {
        writer.WriteString("schema", "slipway.offers/1");
        writer.WriteString("backend", list.Backend);
        writer.Time("fetched_at", list.FetchedAt);
        writer.WriteStartArray("offers");
        foreach (var offer in list.Offers)
        {
            writer.WriteStartObject();
            OfferText.Write(writer, offer);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
