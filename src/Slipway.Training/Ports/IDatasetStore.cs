using Slipway.Core.Failures;
using Slipway.Training.Datasets;

namespace Slipway.Training.Ports;

/// <summary>Finds rows to train on.</summary>
public interface IDatasetStore : IPortAdapter
{
    /// <summary>Loads a split.</summary>
    /// <param name="request">Which.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<Result<Dataset>> LoadAsync(DatasetRequest request, CancellationToken cancellationToken);
}

/// <summary>Names a split of a dataset.</summary>
/// <param name="Id">The dataset's name: of a hub (<c>owner/name</c>), the path of a JSONL file or of a Python file, or <c>builtin:name</c>.</param>
/// <param name="Configuration">Its configuration, where it has several.</param>
/// <param name="Split">The split, such as <c>train</c>.</param>
/// <param name="Revision">The revision, for one of a hub; null for the newest, which is then told and kept.</param>
public sealed record DatasetRequest(string Id, string? Configuration, string Split, string? Revision);
