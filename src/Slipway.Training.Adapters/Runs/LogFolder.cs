using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Training.Adapters.Records;

namespace Slipway.Training.Adapters.Runs;

/// <summary>A directory of the user's own in which a run writes, and which may hold a run already, or something else.</summary>
internal static class LogFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // What a run writes: nothing else is ever taken away.
    private static readonly string[] Files = [RunRecipe.ConfigName, RunRecipe.ReportName, TrainingFolder.MetricsName, TrainingFolder.CheckpointsName, TrainingFolder.SpansName, "curves*.svg", "teacher_samples-*.jsonl"];
    private static readonly string[] Folders = ["iteration_*", "checkpoints"];

    /// <summary>Has the directory ready for a run; its lock is held by the caller.</summary>
    /// <param name="folder">The directory, which is there.</param>
    /// <param name="behavior">What happens to a run that is there: ask, delete, resume or raise.</param>
    /// <param name="ask">Asks a person: resume or raise.</param>
    public static Result<Unit> Take(string folder, string behavior, Func<string, string> ask)
    {
        if (!File.Exists($"{folder}/{RunRecipe.ConfigName}"))
        {
            return default(Unit);
        }

        if (RecipeConfigFile.Find(folder) is null)
        {
            return new Failure(AdapterFailures.FolderTaken, $"{folder} has a {RunRecipe.ConfigName} that is no run's, and nothing of it is touched.") { Hint = "Choose another log_path." };
        }

        return (behavior is "ask" ? ask(folder) : behavior) switch
        {
            "resume" => default(Unit),
            "delete" => Clear(folder),
            _ => new Failure(AdapterFailures.FolderTaken, $"{folder} holds a run already."),
        };
    }

    /// <summary>Makes the directory.</summary>
    public static Result<Unit> Make(string folder) => LocalFiles.MakeDirectory(folder, OwnerOnly);

    private static Result<Unit> Clear(string folder)
    {
        var done = Result.Ok(default(Unit));
        foreach (var path in Files.SelectMany(pattern => Directory.EnumerateFiles(folder, pattern)).ToList())
        {
            done = done.Then(_ => LocalFiles.RemoveFile(path));
        }

        foreach (var path in Folders.SelectMany(pattern => Directory.EnumerateDirectories(folder, pattern)).ToList())
        {
            done = done.Then(_ => LocalFiles.RemoveTree(path));
        }

        return done;
    }
}
