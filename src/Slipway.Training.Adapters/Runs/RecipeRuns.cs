using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Runs.Jobs;

namespace Slipway.Training.Adapters.Runs;

/// <summary>A run of a recipe.</summary>
/// <param name="Job">Its record.</param>
/// <param name="Folder">The directory of its record.</param>
/// <param name="Target">The directory of what it wrote.</param>
/// <param name="Config">What it was asked for.</param>
public sealed record RecipeRunInfo(JobInfo Job, string Folder, string Target, JsonElement Config);

/// <summary>The runs of recipes on this machine: those among its jobs whose kind is <c>recipe</c>.</summary>
/// <param name="here">This machine and its store.</param>
/// <param name="time">The clock.</param>
public sealed class RecipeRuns(BuildHost here, TimeProvider time)
{
    /// <summary>All runs, the newest first.</summary>
    public async Task<Result<ImmutableArray<JobInfo>>> ListAsync(CancellationToken cancellationToken) =>
        (await new JobBook(here, time).ListAsync(cancellationToken).ConfigureAwait(false)).Map(static jobs => jobs.Where(static job => job.Record.Kind is RunRecipe.Kind).ToImmutableArray());

    /// <summary>A run by its id, the newest of a recipe's name, or that of a directory.</summary>
    public async Task<Result<RecipeRunInfo>> FindAsync(string word, string workingDirectory, CancellationToken cancellationToken)
    {
        var listed = await ListAsync(cancellationToken).ConfigureAwait(false);
        if (!listed.TryGet(out var jobs, out var failure))
        {
            return failure;
        }

        var path = word.Contains('/', StringComparison.Ordinal) || word is "." ? Path.GetFullPath(word, workingDirectory).TrimEnd('/') : null;
        foreach (var job in jobs)
        {
            var folder = here.Layout.Run(job.Id.ToString());
            if ((path is not null || job.Id.ToString() == word || job.Record.Name == word) && RecipeConfigFile.Find(folder) is { } config)
            {
                var target = config.GetProperty("target").GetString()!;
                if (path is null || target == path || folder == path)
                {
                    return new RecipeRunInfo(job, folder, target, config);
                }
            }
        }

        return new Failure(AdapterFailures.NotARecipeRun, $"There is no run '{word.ReplaceLineEndings(" ")}' of a recipe on this machine.");
    }
}
