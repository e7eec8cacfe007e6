using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Projects.Layout;

namespace Slipway.Projects.Managed;

/// <summary>Writes files of a project and remembers how they were: unless the work is kept, disposing puts all of them back.</summary>
internal sealed class WriteJournal : IDisposable
{
    private readonly Stack<Action> _undo = new();

    /// <summary>Remembers a file that something else is about to change.</summary>
    public void Remember(ManagedFile file) => _undo.Push(() => _ = file.Content is null
        ? LocalFiles.RemoveFile(file.Path)
        : LocalFiles.Write(file.Path, file.Content, file.Mode));

    /// <summary>Gives a file its content, atomically and with the permissions that it had.</summary>
    public Result<Unit> Write(ManagedFile file, byte[] content)
    {
        var parent = Path.GetDirectoryName(file.Path)!;
        if (!LocalFiles.Exists(parent))
        {
            if (!LocalFiles.MakeDirectory(parent, FileModes.Directory).TryGet(out _, out var failure))
            {
                return failure;
            }

            _undo.Push(() => RemoveEmpty(parent));
        }

        Remember(file);
        return LocalFiles.Write(file.Path, content, file.Mode);
    }

    /// <summary>What was written stays.</summary>
    public void Keep() => _undo.Clear();

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_undo.TryPop(out var undo))
        {
            undo();
        }
    }

    // Whatever somebody else put there in the meantime stays.
    private static void RemoveEmpty(string directory)
    {
        if (!Directory.EnumerateFileSystemEntries(directory).Any())
        {
            Directory.Delete(directory);
        }
    }
}
