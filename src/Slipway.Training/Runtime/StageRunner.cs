using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Datasets;
using Slipway.Training.Experiments;
using Slipway.Training.Loops;

namespace Slipway.Training.Runtime;

/// <summary>Runs a stage by its kind.</summary>
internal static class StageRunner
{
    /// <summary>Runs it.</summary>
    public static async Task<Result<Unit>> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        switch (context.Stage.Kind)
        {
            case StageKind.Reinforcement:
                return await new ReinforcementLoop(context).RunAsync(cancellationToken).ConfigureAwait(false);
            case StageKind.Preference:
                return await new PreferenceLoop(context).RunAsync(cancellationToken).ConfigureAwait(false);
            default:
                return await SupervisedAsync(context, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<Result<Unit>> SupervisedAsync(StageContext context, CancellationToken cancellationToken)
    {
        var loop = new SupervisedLoop(context);
        var config = context.Settings.Config;
        switch (config.Schema.Find("mode") is null ? null : config.Text("mode"))
        {
            case "hard":
                return await loop.RunAsync(new ConversationSource(context, new TeacherAnswers(context).ReadAsync), cancellationToken).ConfigureAwait(false);
            case "soft":
                var soft = new SoftSource(context, Conversations(context));
                await using (soft.ConfigureAwait(false))
                {
                    return await loop.RunAsync(soft, cancellationToken).ConfigureAwait(false);
                }

            default:
                return await loop.RunAsync(Conversations(context), cancellationToken).ConfigureAwait(false);
        }
    }

    private static ConversationSource Conversations(StageContext context) => new(context, (_, token) => context.RowsAsync(DatasetRows.Conversations, token));
}
