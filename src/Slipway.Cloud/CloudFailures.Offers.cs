using Slipway.Core.Failures;

namespace Slipway.Cloud;

/// <content>02: offers, prices and sizes.</content>
public static partial class CloudFailures
{
    /// <summary>A source of offers sent something that is no offer.</summary>
    public static readonly FailureCode OfferInvalid = new(
        "CLD0201", ExitCode.BadData, "An offer of a cloud cannot be read.", "Refresh the offers; when it stays, report the row that is named.");

    /// <summary>Nothing that was asked for is offered (NO_OFFER).</summary>
    public static readonly FailureCode NoOffer = new(
        "CLD0202", ExitCode.NotFound, "No cloud offers what was asked for.", "Take one of the alternatives that are listed.");

    /// <summary>What was asked for is not offered as spot (NO_SPOT_OFFER).</summary>
    public static readonly FailureCode NoSpotOffer = new(
        "CLD0203", ExitCode.NotFound, "What was asked for is not offered as spot.", "Ask for it on demand, or take one of the alternatives.");

    /// <summary>A cloud that charges gives no usable price (PRICE_UNKNOWN).</summary>
    public static readonly FailureCode PriceUnknown = new(
        "CLD0204", ExitCode.Refused, "The price of an offer is not known.", "Refresh the offers, or take an offer that has a price; unknown is never taken for free.");

    /// <summary>A price is too old to decide on (PRICE_STALE).</summary>
    public static readonly FailureCode PriceStale = new(
        "CLD0205", ExitCode.Refused, "A price is too old.", "Refresh the offers and plan again.");

    /// <summary>The cache of offers is damaged.</summary>
    public static readonly FailureCode OfferCacheDamaged = new(
        "CLD0206", ExitCode.BadData, "The cache of offers is damaged.", "Refresh the offers: the file is written anew.");

    /// <summary>A request for an estimate or a size is out of range.</summary>
    public static readonly FailureCode EstimateInvalid = new(
        "CLD0207", ExitCode.Usage, "An estimate was asked for with a value out of range.", "Correct the value that is named.");

    /// <summary>A model does not fit the memory of the cards (MODEL_TOO_LARGE).</summary>
    public static readonly FailureCode ModelTooLarge = new(
        "CLD0208", ExitCode.Refused, "The model does not fit the memory of the cards.", "Take one of the offers that are listed, a smaller batch or sequence, or a method that needs less memory.");

    /// <summary>There is no cache of offers and none was fetched.</summary>
    public static readonly FailureCode OfferCacheMissing = new(
        "CLD0209", ExitCode.NotFound, "No offers have been fetched yet.", "Refresh the offers.");
}
