using System.Collections.Immutable;

namespace Slipway.Training.Ports;

/// <summary>An adapter for each port.</summary>
/// <param name="Training">Trains and samples.</param>
/// <param name="Tokenizer">Tokenizers of models.</param>
/// <param name="Datasets">Rows to train on.</param>
/// <param name="Blobs">Bytes by key.</param>
/// <param name="Hub">A hub of models and datasets.</param>
/// <param name="Llm">A language model that answers.</param>
/// <param name="Embedding">Vectors of texts.</param>
/// <param name="Vectors">A store of vectors.</param>
public sealed record PortSet(
    ITrainingClient Training,
    ITokenizerSource Tokenizer,
    IDatasetStore Datasets,
    IBlobStore Blobs,
    IHubClient Hub,
    ILlmClient Llm,
    IEmbeddingClient Embedding,
    IVectorStore Vectors)
{
    /// <summary>The adapter of each port, in the order of the ports.</summary>
    public ImmutableArray<(Port Port, IPortAdapter Adapter)> All =>
    [
        (Port.Training, Training), (Port.Tokenizer, Tokenizer), (Port.Dataset, Datasets), (Port.Blob, Blobs), (Port.Hub, Hub), (Port.Llm, Llm), (Port.Embedding, Embedding), (Port.Vector, Vectors),
    ];

    /// <summary>Whether nothing is trained for real.</summary>
    public bool IsSimulated => Training.IsSimulated || Tokenizer.IsSimulated || Datasets.IsSimulated;
}
