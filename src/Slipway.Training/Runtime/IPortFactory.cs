using Slipway.Core.Failures;
using Slipway.Training.Ports;

namespace Slipway.Training.Runtime;

/// <summary>Makes the adapters that a manifest names. Nothing is opened by that: what an adapter lacks is found from its settings. What they opened ends with it.</summary>
public interface IPortFactory : IAsyncDisposable
{
    /// <summary>The adapters.</summary>
    /// <returns>The adapters; <see cref="TrainingFailures.InvalidAdapter"/> with port and reason when one cannot be used.</returns>
    Result<PortSet> Build(PortManifest manifest);

    /// <summary>Python beside training.</summary>
    IUserCode Code { get; }
}
