using Slipway.Environments;

namespace Slipway.Runs.Transfer;

/// <summary>Tells each further megabyte that was sent.</summary>
internal sealed class SentBytes(IBuildProgress progress) : IProgress<TransferProgress>
{
    private const long Step = 1_000_000;
    private long _told;

    public void Report(TransferProgress value)
    {
        if (value.Bytes / Step > _told)
        {
            _told = value.Bytes / Step;
            progress.Detail($"{_told} MB sent");
        }
    }
}
