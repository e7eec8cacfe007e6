using System.Collections.Immutable;

namespace Slipway.Training.Ports;

/// <summary>The interfaces through which a recipe reaches the world. Their names on the command line and in files are those of <see cref="PortNames"/>.</summary>
public enum Port
{
    /// <summary>Trains and samples: <see cref="ITrainingClient"/>.</summary>
    Training,

    /// <summary>Tokenizers of models: <see cref="ITokenizerSource"/>.</summary>
    Tokenizer,

    /// <summary>Rows to train on: <see cref="IDatasetStore"/>.</summary>
    Dataset,

    /// <summary>Bytes by key: <see cref="IBlobStore"/>.</summary>
    Blob,

    /// <summary>A hub of models and datasets: <see cref="IHubClient"/>.</summary>
    Hub,

    /// <summary>A language model that answers: <see cref="ILlmClient"/>.</summary>
    Llm,

    /// <summary>Vectors of texts: <see cref="IEmbeddingClient"/>.</summary>
    Embedding,

    /// <summary>A store of vectors: <see cref="IVectorStore"/>.</summary>
    Vector,
}

/// <summary>What every adapter says of itself.</summary>
public interface IPortAdapter
{
    /// <summary>The adapter's name, as manifests name it.</summary>
    string Name { get; }

    /// <summary>Whether nothing real is done: a run with such an adapter is marked as simulated.</summary>
    bool IsSimulated { get; }
}

/// <summary>The names of ports on the command line and in files.</summary>
public static class PortNames
{
    /// <summary>The ports in their order.</summary>
    public static ImmutableArray<Port> All { get; } = [.. Enum.GetValues<Port>()];

    /// <summary>The name of a port.</summary>
    public static string Name(this Port port) => port switch
    {
        Port.Training => "training",
        Port.Tokenizer => "tokenizer",
        Port.Dataset => "dataset",
        Port.Blob => "blob",
        Port.Hub => "hub",
        Port.Llm => "llm",
        Port.Embedding => "embedding",
        Port.Vector => "vector",
        _ => throw new ArgumentOutOfRangeException(nameof(port), port, "No port."),
    };

    /// <summary>The port of a name; null when there is none.</summary>
    public static Port? Find(string name) => All.Where(port => port.Name() == name).Select(static port => (Port?)port).FirstOrDefault();
}
