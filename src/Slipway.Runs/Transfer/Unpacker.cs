using Slipway.Core.Failures;
using Slipway.Machines;
using Slipway.Machines.Files;

namespace Slipway.Runs.Transfer;

/// <summary>
/// Unpacks an archive of a host into an empty directory of this machine. The host is not trusted: a name that leads out of the
/// directory, through a link or by dots, ends the copy.
/// </summary>
/// <param name="root">The directory.</param>
/// <param name="faults">Told of what is passed over.</param>
/// <param name="progress">Told how far it is.</param>
internal sealed class Unpacker(string root, TransferFaults faults, IProgress<TransferProgress>? progress) : ITarReceiver, IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode NewDirectory = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly HashSet<string> _directories = new(StringComparer.Ordinal);
    private readonly HashSet<string> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, UnixFileMode> _modes = new(StringComparer.Ordinal);
    private TarEntry? _entry;
    private FileDraft? _draft;

    /// <summary>The mode of the tree itself.</summary>
    public UnixFileMode RootMode { get; private set; } = NewDirectory;

    /// <summary>How many entries came.</summary>
    public int Files { get; private set; }

    /// <summary>How many bytes of content came.</summary>
    public long Bytes { get; private set; }

    /// <summary>Directories whose owner may not do everything with them, deepest first; they get their modes last.</summary>
    public IEnumerable<(string Path, UnixFileMode Mode)> Modes => _modes.OrderByDescending(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => (pair.Key, pair.Value));

    public Failure? Begin(TarEntry entry)
    {
        _entry = entry;
        if (!Within(entry.Name).TryGet(out var path, out var failure))
        {
            return failure;
        }

        if (path.Length == 0)
        {
            RootMode = entry.Mode;
            return entry.Type is '5' ? null : Hostile(entry.Name);
        }

        if (Parents(path) is { } problem)
        {
            return problem;
        }

        Files++;
        switch (entry.Type)
        {
            case '0':
                _files.Add(path);
                return Keep(FileDraft.Create($"{root}/{path}").Map(draft => _draft = draft));
            case '5':
                return MakeDirectory(path, entry.Mode);
            case '2':
                return Keep(LocalFiles.CreateLink($"{root}/{path}", entry.Target));
            case '1':
                // Only of a file that came in this archive: what a link names is nobody's to give another name to.
                return Within(entry.Target).TryGet(out var same, out failure) && _files.Contains(same) && _files.Add(path)
                    ? Keep(LocalFiles.LinkOrCopy($"{root}/{same}", $"{root}/{path}"))
                    : Hostile($"{entry.Name} -> {entry.Target}");
            default:
                Files--;
                faults.Warn($"{path} is neither a file, a directory nor a link, and was passed over.");
                return null;
        }
    }

    public Failure? Content(ReadOnlySpan<byte> piece)
    {
        Bytes += piece.Length;
        progress?.Report(new TransferProgress(Files, Bytes, null));
        return _draft is null ? null : Keep(_draft.Write(piece));
    }

    public Failure? End()
    {
        progress?.Report(new TransferProgress(Files, Bytes, null));
        var kept = _draft?.Keep(_entry!.Mode, _entry.Modified);
        _draft?.Dispose();
        _draft = null;
        return kept is { } result ? Keep(result) : null;
    }

    public void Dispose() => _draft?.Dispose();

    private Failure? MakeDirectory(string path, UnixFileMode mode)
    {
        if (_directories.Add(path) && Keep(LocalFiles.MakeDirectory($"{root}/{path}", mode | OwnerOnly)) is { } problem)
        {
            return problem;
        }

        if ((mode & OwnerOnly) != OwnerOnly)
        {
            _modes[path] = mode;
        }

        return LocalPaths.StatusOf($"{root}/{path}").Kind is FileKind.Directory ? null : Hostile(path);
    }

    // Each must be a directory that this archive made: then no link lies on the way.
    private Failure? Parents(string path)
    {
        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            var parent = path[..slash];
            if (!_directories.Contains(parent) && MakeDirectory(parent, NewDirectory) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private static Result<string> Within(string name)
    {
        var parts = name.Split('/').Where(static part => part is not ("" or ".")).ToArray();
        return name.StartsWith('/') || parts.Contains("..", StringComparer.Ordinal) ? Hostile(name) : string.Join('/', parts);
    }

    private static Failure? Keep<T>(Result<T> result)
        where T : notnull => result.TryGet(out _, out var failure) ? null : failure.Code == MachinesFailures.PathUnusable ? Hostile(failure.Message) : failure;

    private static Failure Hostile(string what) => new(TransferFailures.Hostile, $"The host sent what leads outside of the target, or twice to one place: {what.ReplaceLineEndings(" ")}");
}
