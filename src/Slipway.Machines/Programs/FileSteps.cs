using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Machines.Posix;

namespace Slipway.Machines.Programs;

/// <summary>The steps that change or look at files.</summary>
internal static class FileSteps
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const long MaxPartBytes = 256L * 1024 * 1024;

    private const UnixFileMode InventoryMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Executes a file step; null when the step is of another kind.</summary>
    public static Result<ProgramOutcome>? Execute(Step step, CancellationToken cancellationToken) => step switch
    {
        Step.StopIfExists s => LocalFiles.Stat(s.Path).Map(f => f.Exists ? ProgramOutcome.Stopped : ProgramOutcome.Completed),
        Step.RequireExists s => LocalFiles.Stat(s.Path).Map(f => f.Exists ? ProgramOutcome.Completed : ProgramOutcome.Missing),
        Step.StopIfModified s => LocalFiles.Stat(s.Path).Map(f =>
            Math.DivRem(f.ModifiedUnixNanoseconds, NanosecondsPerSecond).Quotient == s.UnixSeconds ? ProgramOutcome.Completed : ProgramOutcome.Stopped),
        Step.StopUnlessContent s => LocalFiles.Read(s.Path, MaxPartBytes).TryGet(out var bytes, out _) && bytes.AsSpan().SequenceEqual(PosixText.Encode(s.Text))
            ? ProgramOutcome.Completed
            : ProgramOutcome.Stopped,
        _ => Change(step, cancellationToken)?.Map(static _ => ProgramOutcome.Completed),
    };

    private static Result<Unit>? Change(Step step, CancellationToken cancellationToken) => step switch
    {
        Step.MakeDirectory s => LocalFiles.MakeDirectory(s.Path, s.Mode),
        Step.WriteFile s => LocalFiles.WriteUnsynced(s.Path, s.Content, s.Mode),
        Step.JoinFiles s => Join(s),
        Step.Move s => LocalFiles.Move(s.From, s.To),
        Step.RemoveTree s => LocalFiles.RemoveTree(s.Path),
        Step.LinkOrCopy s => LocalFiles.LinkOrCopy(s.From, s.To),
        Step.SetMode s => LocalFiles.SetMode(s.Path, s.Mode),
        Step.SealTree s => LocalFiles.SealTree(s.Path),
        Step.SyncFileSystem s => LocalFiles.SyncFileSystem(s.Path),
        Step.Touch s => LocalFiles.Touch(s.Path),
        Step.TakeInventory s => TreeInventory.Take(s.Root, cancellationToken)
            .Then(inventory => LocalFiles.WriteUnsynced(s.Output, inventory.ToBytes(), InventoryMode)),
        _ => (Result<Unit>?)null,
    };

    private static Result<Unit> Join(Step.JoinFiles step)
    {
        using var whole = new MemoryStream();
        foreach (var part in step.Parts)
        {
            if (part.File is null)
            {
                whole.Write(part.Content.Span);
            }
            else if (LocalFiles.Read(part.File, MaxPartBytes).TryGet(out var bytes, out var failure))
            {
                whole.Write(bytes);
            }
            else
            {
                return failure;
            }
        }

        return LocalFiles.WriteUnsynced(step.Path, whole.ToArray(), step.Mode);
    }
}
