using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Machines.Posix;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;

namespace Slipway.Machines.Ssh.Remote;

/// <summary>
/// Renders a program as one POSIX script. Each step gets a number, by which the worker names it; see <c>steps.sh</c> for what the
/// functions do.
/// </summary>
internal sealed class ProgramText
{
    // A shell opens only descriptors of one digit everywhere; up to 3 they are in use.
    private const int FirstDescriptor = 4;
    private const int LastDescriptor = 9;

    // What is longer, or holds a NUL, goes beside the script.
    private const int LongestInline = 64 * 1024;

    private readonly StringBuilder _text = new();
    private readonly List<Step> _steps = [];
    private readonly List<ReadOnlyMemory<byte>> _payloads = [];
    private readonly List<int> _private = [];
    private readonly Stack<string> _records = new();
    private int _descriptor = FirstDescriptor;

    /// <summary>The steps in the order of their numbers, from 1.</summary>
    public IReadOnlyList<Step> Steps => _steps;

    /// <summary>What the script reads from files.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Payloads => [.. _payloads];

    /// <summary>Whether the script asks for failures in words.</summary>
    public bool Asks { get; private set; }

    /// <summary>A failure when a shell cannot pass something of the program on.</summary>
    public static Failure? Check(MachineProgram program) => Commands(program.Steps).Select(CommandText.Check).FirstOrDefault(static failure => failure is not null);

    /// <summary>The worker's script of a whole program.</summary>
    public static ProgramText Of(MachineProgram program)
    {
        var text = new ProgramText();
        text.Add(program.Steps);
        return text;
    }

    /// <summary>The script: functions, then the steps.</summary>
    public string ToScript()
    {
        var inventory = _steps.Any(static step => step is Step.TakeInventory) ? RemoteScripts.Inventory : string.Empty;
        return $"{RemoteScripts.Worker}{RemoteScripts.Steps}{inventory}exec 0</dev/null\nsay start\n{_text}";
    }

    /// <summary>The same without the functions of commands, to stand before one.</summary>
    public string ToPrefix() => $"{RemoteScripts.Steps}{_text}";

    private static IEnumerable<ProcessCommand> Commands(IEnumerable<Step> steps) => steps.SelectMany(static step => step switch
    {
        Step.Run run => [run.Command],
        Step.WithBuildLock guarded => Commands(guarded.Body),
        _ => Enumerable.Empty<ProcessCommand>(),
    });

    private void Add(ImmutableArray<Step> steps)
    {
        foreach (var step in steps)
        {
            _steps.Add(step);
            _text.Append("sw_step=").Append(_steps.Count).Append('\n');
            Add(step);
        }
    }

    private void Add(Step step)
    {
        switch (step)
        {
            case Step.Run run:
                Run(run);
                break;
            case Step.WithBuildLock guarded:
                Guarded(guarded);
                break;
            case Step.WriteFile write:
                Emit(write.Content);
                _text.Append($" | place {Q(write.Path)} {Octal(write.Mode)} || exit 1\n");
                break;
            case Step.JoinFiles join:
                Join(join);
                break;
            case Step.Lease lease:
                _text.Append($"lease {Next()} {Q(lease.LeasePath)}\n");
                break;
            case Step.ExclusiveLease lease:
                _private.Add(_descriptor);
                _text.Append($"exclusive {Next()} {Q(lease.LeasePath)}\n");
                break;
            default:
                _text.Append(Line(step)).Append('\n');
                break;
        }
    }

    private static string Line(Step step) => step switch
    {
        Step.MakeDirectory s => $"make_directory {Q(s.Path)} {Octal((UnixFileMode)0x1FF & ~s.Mode)}",
        Step.Move s => $"move {Q(s.From)} {Q(s.To)}",
        Step.RemoveTree s => $"remove_tree {Q(s.Path)}",
        Step.LinkOrCopy s => $"link_or_copy {Q(s.From)} {Q(s.To)}",
        Step.SetMode s => $"set_mode {Q(s.Path)} {Octal(s.Mode)}",
        Step.SealTree s => $"seal {Q(s.Path)}",
        Step.TakeInventory s => $"inventory {Q(s.Root)} {Q(s.Output)}",
        Step.SyncFileSystem s => $"sync_path -f {Q(s.Path)}",
        Step.Touch s => $"touch_file {Q(s.Path)}",
        Step.StopIfExists s => $"stop_if_exists {Q(s.Path)}",
        Step.RequireExists s => $"require {Q(s.Path)}",
        Step.StopUnlessContent s => $"stop_unless_content {Q(s.Path)} {Q(s.Text)}",
        Step.StopIfModified s => string.Create(CultureInfo.InvariantCulture, $"stop_if_modified {Q(s.Path)} {s.UnixSeconds}"),
        _ => throw new ArgumentException($"The step {step.GetType().Name} cannot be sent to another machine.", nameof(step)),
    };

    private void Run(Step.Run step)
    {
        if (step.Command.Timeout is not null || step.Command.Feed is not null)
        {
            throw new ArgumentException("A step that runs a process has neither a time limit nor an input that stays open.", nameof(step));
        }

        _text.Append("say step $sw_step\nprintf '%s step %s\\n' \"$sw_nonce\" $sw_step\n");
        if (step.OutputFile is { } output)
        {
            _text.Append($": | place {Q(output)} 600 || exit 1\n");
        }

        var input = step.Command.StandardInput is { } content ? $"\"$sw_room/{Payload(content)}\"" : "/dev/null";
        _text.Append("(\n").Append(CommandText.Become(step.Command)).Append($") <{input}");
        foreach (var descriptor in _private)
        {
            _text.Append($" {descriptor}<&-");
        }

        _text.Append(step.OutputFile is { } file ? $" >{Q(file)}\nsw_code=$?\ncat -- {Q(file)}\n" : "\nsw_code=$?\n");
        _text.Append("[ $sw_code = 0 ] || fail run $sw_code\n");
        if (step.OutputFile is { } kept)
        {
            _text.Append($"[ \"$(wc -c <{Q(kept)})\" -le {step.Command.CaptureLimit} ] || fail long\n");
        }
    }

    private void Guarded(Step.WithBuildLock step)
    {
        var number = Next();
        var tenths = (long)Math.Ceiling(Math.Min(step.Wait.TotalSeconds, int.MaxValue / 10) * 10);
        var record = step.FailureRecord is { } path ? Q(path) : "''";
        Asks |= step.FailureRecord is not null;
        _text.Append($"lock {number} {Q(step.LockPath)} {tenths} {Q(step.Holder.ReplaceLineEndings(" "))} {record}\n");
        if (step.FailureRecord is not null)
        {
            _text.Append($"sw_record={record}\n");
            _records.Push(record);
        }

        Add(step.Body);
        if (step.FailureRecord is not null)
        {
            _records.Pop();
            _text.Append($"sw_record={(_records.TryPeek(out var outer) ? outer : string.Empty)}\n");
        }

        _text.Append($"unlock {number} {record}\n");
    }

    private void Join(Step.JoinFiles step)
    {
        // A pipeline ends with the code of its last part, so whether the parts can be read is asked before.
        foreach (var file in step.Parts.Select(static part => part.File).OfType<string>())
        {
            _text.Append($"readable {Q(file)}\n");
        }

        _text.Append("{\n");
        foreach (var part in step.Parts)
        {
            if (part.File is { } file)
            {
                _text.Append($"cat -- {Q(file)}");
            }
            else
            {
                Emit(part.Content);
            }

            _text.Append('\n');
        }

        _text.Append($"}} | place {Q(step.Path)} {Octal(step.Mode)} || exit 1\n");
    }

    private void Emit(ReadOnlyMemory<byte> content)
    {
        if (content.Length <= LongestInline && content.Span.IndexOf((byte)0) < 0)
        {
            _text.Append("printf %s ").Append(Q(PosixText.Decode(content.Span)));
        }
        else
        {
            _text.Append($"cat \"$sw_room/{Payload(content)}\"");
        }
    }

    private int Payload(ReadOnlyMemory<byte> content)
    {
        _payloads.Add(content);
        return _payloads.Count;
    }

    private int Next() => _descriptor <= LastDescriptor ? _descriptor++ : throw new ArgumentException("A program holds more locks than a shell has descriptors for.");

    private static string Q(string text) => ShellText.Quote(text);

    private static string Octal(UnixFileMode mode) => Convert.ToString((int)mode, 8).PadLeft(3, '0');
}
