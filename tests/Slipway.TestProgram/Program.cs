using Slipway.Machines.HandOff;
using Slipway.Machines.Posix;
using Slipway.TestProgram;

// A program to test with: each verb does one thing that a real program may do to whoever started it.
var verb = args.Length == 0 ? "" : args[0];
var rest = args.Length == 0 ? [] : args[1..];
return verb switch
{
    "echo" => Bytes.Write(Array.ConvertAll(StartupEnvironment.ReadArguments(rest.Length), PosixText.Encode)),
    "env" => Bytes.Write(StartupEnvironment.Read().Variables),
    "cwd" => Bytes.WriteText(Environment.CurrentDirectory),
    "stdin-copy" => Streams.CopyInput(),
    "flood" => Streams.Flood(long.Parse(rest[0])),
    "sleep" => Waiting.Sleep(),
    "ignore-term" => Waiting.IgnoreTerminate(),
    "spawn-grandchild" => Waiting.SpawnGrandchild(),
    "hold-pipe" => Waiting.HoldPipe(),
    "exit" => int.Parse(rest[0]),
    "kill-self" => Waiting.KillSelf(rest[0]),
    "state" => Bytes.WriteText(ProcessState.Describe()),
    "hand-off" => HandingOff.Exec(lease: null, rest.Length),
    "lease-hand-off" => HandingOff.Exec(rest[0], rest.Length - 1),
    "program-hand-off" => await HandingOff.ExecuteProgramAsync(rest),
    "run" => await HandingOff.RunAsync(rest),
    "write" => FileVerbs.Write(rest[0]),
    "remove-tree" => FileVerbs.RemoveTree(rest[0]),
    _ => 64,
};
