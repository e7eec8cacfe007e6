using Slipway.Core.Failures;
using Slipway.Training.Tokenizers;

namespace Slipway.Training.Ports;

/// <summary>Finds the tokenizer of a model.</summary>
public interface ITokenizerSource : IPortAdapter
{
    /// <summary>The tokenizer of a base model.</summary>
    Task<Result<ITokenizer>> GetAsync(string model, CancellationToken cancellationToken);
}
