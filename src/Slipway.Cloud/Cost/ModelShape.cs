using Slipway.Core.Failures;

namespace Slipway.Cloud.Cost;

/// <summary>
/// The size of a decoder of the transformer kind: its parameters, and what activations need. Read from a model's <c>config.json</c> elsewhere or given by a person; never guessed from a name.
/// </summary>
/// <param name="Parameters">How many parameters, all experts included.</param>
public sealed record ModelShape(decimal Parameters)
{
    /// <summary>The most parameters that are taken for a model.</summary>
    public const decimal MostParameters = 100_000_000_000_000m;

    private const int LargestDimension = 10_000_000;
    private const double ParametersOfLayerBySquare = 12;
    private const double WidthByDepth = 128;

    /// <summary>The width of a layer (<c>hidden_size</c>); null when not known.</summary>
    public int? HiddenSize { get; init; }

    /// <summary>Layers (<c>num_hidden_layers</c>); null when not known.</summary>
    public int? Layers { get; init; }

    /// <summary>Words (<c>vocab_size</c>); null when not known.</summary>
    public int? VocabularySize { get; init; }

    /// <summary>Whether width and depth were derived from the number of parameters.</summary>
    public bool IsDerived => HiddenSize is null || Layers is null;

    /// <summary>
    /// Width and depth, derived where they are not known: a decoder has about 12·layers·width² parameters (Kaplan et al. 2020, arXiv:2001.08361, table 1), and is about 128 times as wide as deep.
    /// </summary>
    public (int Hidden, int Layers) Dimensions
    {
        get
        {
            var depth = (int)Math.Clamp(Math.Ceiling(Math.Cbrt((double)Parameters / (ParametersOfLayerBySquare * WidthByDepth * WidthByDepth))), 1, 1000);
            var width = (int)Math.Clamp(Math.Ceiling(Math.Sqrt((double)Parameters / (ParametersOfLayerBySquare * (Layers ?? depth)))), 64, LargestDimension);
            return (HiddenSize ?? width, Layers ?? depth);
        }
    }

    /// <summary>
    /// The number of parameters of a decoder with gated layers, from its dimensions: embeddings (twice when the head is its own), and for each layer the four attention projections (keys and values
    /// narrower by their heads), three matrices of the feed-forward part for each expert, and two norms.
    /// </summary>
    /// <param name="hidden">The width.</param>
    /// <param name="layers">Layers.</param>
    /// <param name="vocabulary">Words.</param>
    /// <param name="intermediate">The width of the feed-forward part.</param>
    /// <param name="heads">Attention heads.</param>
    /// <param name="keyValueHeads">Heads of keys and values.</param>
    /// <param name="experts">Experts of a layer; 1 where there are none.</param>
    /// <param name="tied">Whether the head is the embedding.</param>
    public static Result<ModelShape> FromDimensions(int hidden, int layers, int vocabulary, int intermediate, int heads, int keyValueHeads, int experts = 1, bool tied = false)
    {
        foreach (var (name, value) in new[] { ("hidden_size", hidden), ("num_hidden_layers", layers), ("vocab_size", vocabulary), ("intermediate_size", intermediate), ("num_attention_heads", heads), ("num_key_value_heads", keyValueHeads), ("experts", experts) })
        {
            if (value is < 1 or > LargestDimension)
            {
                return new Failure(CloudFailures.EstimateInvalid, $"{name} is {value}: it goes from 1 to {LargestDimension}.");
            }
        }

        decimal width = hidden;
        var attention = (2 * width * width) + (2 * width * width * keyValueHeads / heads);
        var layer = attention + (3 * width * intermediate * experts) + (experts > 1 ? width * experts : 0) + (2 * width);
        var parameters = Math.Ceiling((vocabulary * width * (tied ? 1 : 2)) + (layers * layer) + width);
        return new ModelShape(parameters) { HiddenSize = hidden, Layers = layers, VocabularySize = vocabulary }.Checked();
    }

    /// <summary>This, or what is out of range in it.</summary>
    public Result<ModelShape> Checked() =>
        Parameters is < 1 or > MostParameters ? new Failure(CloudFailures.EstimateInvalid, $"parameters is {Parameters:0}: it goes from 1 to {MostParameters:0}.")
        : (Wrong("hidden_size", HiddenSize) ?? Wrong("num_hidden_layers", Layers) ?? Wrong("vocab_size", VocabularySize)) is { } failure ? failure
        : this;

    private static Failure? Wrong(string name, int? value) =>
        value is < 1 or > LargestDimension ? new Failure(CloudFailures.EstimateInvalid, $"{name} is {value}: it goes from 1 to {LargestDimension}.") : null;
}
