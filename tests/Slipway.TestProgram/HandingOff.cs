using Slipway.Core.Failures;
using Slipway.Machines;
using Slipway.Machines.HandOff;
using Slipway.Machines.Locks;
using Slipway.Machines.Posix;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;

namespace Slipway.TestProgram;

internal static class HandingOff
{
    /// <summary>The last arguments are: file, argument 0, further arguments. All of them as bytes.</summary>
    public static int Exec(string? lease, int count)
    {
        if (lease is not null && !LeaseFile.TryShare(lease, out _))
        {
            return (int)ExitCode.Busy;
        }

        var arguments = Array.ConvertAll(StartupEnvironment.ReadArguments(count), PosixText.Encode);
        var failure = ExecHandOff.Exec(new ExecImage(arguments[0], arguments[1..], StartupEnvironment.Read().Variables.ToArray()));
        Console.Error.WriteLine(failure);
        return (int)failure.Code.Exit;
    }

    /// <summary>Arguments: lease, working directory, command, its arguments. Through a whole program.</summary>
    public static async Task<int> ExecuteProgramAsync(string[] arguments)
    {
        var command = new ProcessCommand(arguments[2], [.. arguments[3..]]) { WorkingDirectory = arguments[1] };
        var program = new MachineProgram("hand off", [new Step.Lease(arguments[0]), new Step.HandOff(command)]);
        var result = await new LocalMachine().ExecuteAsync(program, new Silent(), CancellationToken.None);
        Console.Error.WriteLine(result.ToString());
        return result.IsOk ? 0 : (int)result.Failure.Code.Exit;
    }

    /// <summary>Starts a child the ordinary way and passes its output on.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var result = await new LocalMachine().RunAsync(new ProcessCommand(arguments[0], [.. arguments[1..]]), null, CancellationToken.None);
        Bytes.WriteText(result.Value.OutputText.TrimEnd());
        return result.Value.Code;
    }

    private sealed class Silent : IProgramObserver
    {
        public void StepStarted(string label)
        {
        }

        public void StepOutput(string label, OutputStream stream, ReadOnlySpan<byte> chunk)
        {
        }

        public void Waiting(string holder)
        {
        }
    }
}
