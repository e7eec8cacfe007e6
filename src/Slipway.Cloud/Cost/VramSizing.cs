using System.Collections.Immutable;
using Slipway.Cloud.Money;
using Slipway.Cloud.Offers;
using Slipway.Core.Failures;

namespace Slipway.Cloud.Cost;

/// <summary>
/// How much memory of a card training needs. An estimate from counts of bytes, on the side of more:
/// <list type="bullet">
/// <item>Full training in mixed precision keeps 2 bytes of weights, 2 of gradients and 12 of Adam's state a parameter: a copy in 32 bits and two moments (Rajbhandari et al. 2020, ZeRO, arXiv:1910.02054,
/// section 3.1). With moments of 8 bits it is 6 (Dettmers et al. 2022, arXiv:2110.02861), with none 4.</item>
/// <item>LoRA keeps 2 bytes a parameter of the model, and all of the above for the adapters only, which have rank·(in + out) parameters for each matrix (Hu et al. 2022, arXiv:2106.09685): seven matrices a layer,
/// as is usual, together about 21 widths.</item>
/// <item>QLoRA keeps 4 bits a parameter of the model and 0.127 bits of constants (Dettmers et al. 2023, arXiv:2305.14314, section 3), but embeddings and head in 16 bits.</item>
/// <item>Activations take 34·s·b·h bytes a layer where attention keeps no scores, and 2·s·b·h a layer and one whole layer where they are computed again (Korthikanti et al. 2023, arXiv:2205.05198, sections 4 and 5);
/// logits and their gradient take 8 bytes for each token and word.</item>
/// </list>
/// </summary>
public static class VramSizing
{
    private const decimal Gib = 1024m * 1024 * 1024;
    private const decimal HalfPrecision = 2;
    private const decimal FourBits = (4 + 0.127m) / 8;
    private const decimal KeptPerLayer = 34;
    private const decimal RecomputedPerLayer = 2;
    private const decimal LogitBytes = 8;
    private const decimal AdapterWidths = 21;
    private const int UsualVocabulary = 128_256;
    private const decimal FrameworkGib = 1;
    private const int MostAlternatives = 5;
    private const int MostTokens = 10_000_000;

    /// <summary>What one card needs.</summary>
    /// <param name="request">What is trained.</param>
    /// <param name="gpusPerNode">Cards of one machine.</param>
    public static Result<VramNeed> Need(VramRequest request, int gpusPerNode)
    {
        if (Invalid(request, gpusPerNode) is { } invalid)
        {
            return invalid;
        }

        var (hidden, layers) = request.Model.Dimensions;
        var model = request.Model.Parameters;
        var trained = request.Method is TrainingMethod.Full ? model : request.LoraRank * AdapterWidths * hidden * layers;
        var share = request.Sharded ? (decimal)gpusPerNode * request.Nodes : 1;
        return new VramNeed(
            WeightBytes(request, hidden) / share / Gib,
            (request.Method is TrainingMethod.Full ? 0 : trained * HalfPrecision) / share / Gib,
            trained * HalfPrecision / share / Gib,
            trained * StateBytes(request.Optimizer) / share / Gib,
            ActivationBytes(request, hidden, layers) / Gib,
            FrameworkGib);
    }

    /// <summary>Whether one offer has the memory, and which do where it has not.</summary>
    /// <param name="request">What is trained.</param>
    /// <param name="offer">The offer.</param>
    /// <param name="others">Where alternatives are looked for.</param>
    /// <param name="spot">Whether as spot.</param>
    public static Result<VramAnswer> Check(VramRequest request, Offer offer, IEnumerable<Offer> others, bool spot)
    {
        if (!FitOf(request, offer).TryGet(out var fit, out var failure))
        {
            return failure;
        }

        var cards = $"{Shown(fit.Need.Total)} GiB on each card, {Shown(fit.Need.CardGib)} with a tenth left free";
        return fit.Fits is true
            ? new VramAnswer(fit, $"Fits {offer}: {cards}, of {Shown(offer.VramGib ?? 0)}.", [], Assumptions(request))
            : new VramAnswer(
                fit,
                fit.Fits is null ? $"Whether it fits {offer} is not known: it needs {cards}, and nobody says what the card has." : $"Does not fit {offer}: it needs {cards}, and the card has {Shown(offer.VramGib ?? 0)}.",
                Smallest(request, others, spot), Assumptions(request));
    }

    /// <summary>The failure of an answer that is no; null of one that is yes or not known.</summary>
    public static Failure? Refusal(VramAnswer answer) => answer.Fit.Fits is not false ? null : new Failure(CloudFailures.ModelTooLarge, answer.Text)
    {
        Detail = answer.Alternatives.Length == 0 ? null : string.Join('\n', answer.Alternatives),
        Hint = answer.Alternatives.Length == 0 ? "Nothing that is offered has the memory: take a method that needs less, or cut the model over several cards." : null,
    };

    /// <summary>The offers with the least memory that have enough: of each kind of card and count the cheapest.</summary>
    public static ImmutableArray<Offer> Smallest(VramRequest request, IEnumerable<Offer> offers, bool spot) =>
    [
        .. OfferQuery.Sorted(offers.Where(offer => offer.GpuCount > 0 && (!spot || offer.Spot is not null) && FitOf(request, offer) is { IsOk: true, Value.Fits: true }), spot)
            .DistinctBy(static offer => (offer.Gpu, offer.GpuCount))
            .OrderBy(static offer => offer.TotalVramGib)
            .Take(MostAlternatives),
    ];

    private static Result<VramFit> FitOf(VramRequest request, Offer offer) => Need(request, Math.Max(1, offer.GpuCount))
        .Map(need => new VramFit(offer, need, offer.GpuCount == 0 ? false : offer.VramGib is { } card ? need.CardGib <= card : null));

    private static decimal WeightBytes(VramRequest request, int hidden)
    {
        var model = request.Model.Parameters;
        if (request.Method is not TrainingMethod.Qlora)
        {
            return model * HalfPrecision;
        }

        var embeddings = Math.Min(model, 2m * Vocabulary(request) * hidden);
        return (embeddings * HalfPrecision) + ((model - embeddings) * FourBits);
    }

    private static decimal StateBytes(TrainingOptimizer optimizer) => optimizer switch
    {
        TrainingOptimizer.AdamW => 12,
        TrainingOptimizer.AdamW8Bit => 6,
        _ => 4,
    };

    private static decimal ActivationBytes(VramRequest request, int hidden, int layers)
    {
        var tokens = (decimal)request.SequenceLength * request.BatchSize;
        var layer = KeptPerLayer * tokens * hidden;
        var kept = request.Checkpointing ? (RecomputedPerLayer * tokens * hidden * layers) + layer : layer * layers;
        return kept + (LogitBytes * tokens * Vocabulary(request));
    }

    private static int Vocabulary(VramRequest request) => request.Model.VocabularySize ?? UsualVocabulary;

    private static ImmutableArray<string> Assumptions(VramRequest request)
    {
        var made = ImmutableArray.CreateBuilder<string>();
        made.Add($"Mixed precision, attention that keeps no scores, {(request.Checkpointing ? "activations computed again" : "all activations kept")}, {FrameworkGib} GiB for the framework.");
        made.Add(request.Sharded ? "Weights, gradients and optimiser are cut over all cards." : "Every card has the whole model: more cards do not make it fit.");
        if (request.Model.IsDerived)
        {
            var (hidden, layers) = request.Model.Dimensions;
            made.Add($"Width {hidden} and depth {layers} are derived from the number of parameters.");
        }

        if (request.Model.VocabularySize is null)
        {
            made.Add($"A vocabulary of {UsualVocabulary} words.");
        }

        return made.ToImmutable();
    }

    private static Failure? Invalid(VramRequest request, int gpusPerNode) =>
        request.Model.Checked() is { IsOk: false } model ? model.Failure
        : Outside("seq_length", request.SequenceLength, MostTokens) ?? Outside("batch_size", request.BatchSize, 100_000) ?? Outside("lora_r", request.LoraRank, 65_536)
        ?? Outside("nodes", request.Nodes, 1000) ?? Outside("gpu_count", gpusPerNode, 1024);

    private static Failure? Outside(string name, int value, int most) =>
        value < 1 || value > most ? new Failure(CloudFailures.EstimateInvalid, $"{name} is {value}: it goes from 1 to {most}.") : null;

    private static string Shown(decimal gib) => (Math.Ceiling(gib * 10) / 10).Plain();
}
