using System.Text.Json.Serialization;
using Slipway.Core.Contracts;
using Slipway.Core.Text;

namespace Slipway.Environments.Bindings;

/// <summary>What the work on dependencies is at.</summary>
[JsonConverter(typeof(ContractEnumConverter<ActivityPhase>))]
public enum ActivityPhase
{
    /// <summary>Requirements, overrides and sources become an exact set.</summary>
    [JsonStringEnumMemberName("resolve")]
    Resolve,

    /// <summary>What is there is looked at.</summary>
    [JsonStringEnumMemberName("check")]
    Check,

    /// <summary>The set is installed.</summary>
    [JsonStringEnumMemberName("install")]
    Install,

    /// <summary>A line of the installer's own.</summary>
    [JsonStringEnumMemberName("install_stream")]
    InstallStream,
}

/// <summary>One thing that happened.</summary>
/// <param name="Time">When (UTC).</param>
/// <param name="Phase">Where in the work.</param>
/// <param name="Message">One line for people.</param>
/// <param name="BindingId">The binding concerned; null for all that are selected.</param>
/// <param name="Requirement">The requirement concerned.</param>
/// <param name="Stream"><c>stdout</c> or <c>stderr</c> of the installer; null for words of ours.</param>
/// <param name="State">The state that was reached; null where none was.</param>
public sealed record DependencyActivity(
    DateTimeOffset Time, ActivityPhase Phase, string Message, string? BindingId = null, string? Requirement = null, string? Stream = null, DependencyState? State = null);

/// <summary>Watches the work on dependencies. Calls may come from any thread, one at a time.</summary>
public interface IDependencyActivity
{
    /// <summary>Something happened.</summary>
    void Report(DependencyActivity activity);
}

/// <summary>Activity that nobody watches.</summary>
public sealed class NoActivity : IDependencyActivity
{
    /// <summary>The only instance.</summary>
    public static NoActivity Instance { get; } = new();

    private NoActivity()
    {
    }

    /// <inheritdoc/>
    public void Report(DependencyActivity activity)
    {
    }
}

/// <summary>Tells what a build tells, as activity, and passes it on.</summary>
internal sealed class ActivityProgress(IDependencyActivity activity, IBuildProgress progress, TimeProvider time, ActivityPhase phase) : IBuildProgress
{
    /// <inheritdoc/>
    public void Stage(string text)
    {
        Report(phase, text);
        progress.Stage(text);
    }

    /// <inheritdoc/>
    public void Detail(string text) => progress.Detail(text);

    /// <inheritdoc/>
    public void Output(bool isError, string line)
    {
        if (line.Length > 0)
        {
            activity.Report(new DependencyActivity(time.GetUtcNow(), ActivityPhase.InstallStream, UrlMask.Apply(line), Stream: isError ? "stderr" : "stdout"));
        }

        progress.Output(isError, line);
    }

    /// <inheritdoc/>
    public void Warn(string text)
    {
        Report(phase, $"warning: {text}");
        progress.Warn(text);
    }

    /// <inheritdoc/>
    public void Waiting(string holder)
    {
        Report(phase, $"waiting for {holder.ReplaceLineEndings(" ").Trim()}");
        progress.Waiting(holder);
    }

    private void Report(ActivityPhase at, string text) => activity.Report(new DependencyActivity(time.GetUtcNow(), at, text));
}
